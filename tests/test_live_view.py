"""What `asr-desktop live` shows: in a terminal, in a pipe, and as JSON."""

from __future__ import annotations

import io
import json

import pytest

from asr_desktop.commands.live_view import JsonView, TerminalView, TextView, view_for
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    Listening,
    LiveEvent,
    LiveNotice,
    Partial,
    Stopped,
    event_fields,
)
from asr_desktop.transcripts.document import Word
from tests.live_program import LINE_KEYS


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, place, place + 0.5, 0.9) for place, word in enumerate(text.split()))


class Terminal(io.StringIO):
    """What is seen: a line that is cleared is gone."""

    def isatty(self) -> bool:
        return True

    @property
    def screen(self) -> str:
        lines = self.getvalue().split("\n")
        return "\n".join(line.split("\r\x1b[K")[-1] for line in lines)


def test_in_a_terminal_committed_words_are_plain_and_open_ones_dim() -> None:
    terminal = Terminal()
    view = TerminalView(terminal, width=80)
    view.show(Partial(1, words("the boat came"), 2, 0.0, 3.0))
    assert terminal.screen == "the boat\x1b[2m came\x1b[0m"
    view.show(Partial(1, words("the boat came back"), 4, 0.0, 4.0))
    assert terminal.screen == "the boat came back\x1b[2m\x1b[0m"
    view.show(Final(1, words("the boat came back"), 0.0, 4.0))
    view.show(Partial(2, words("it"), 0, 5.0, 5.2))
    assert terminal.screen == "the boat came back\n\x1b[2mit\x1b[0m"
    view.show(Final(2, (), 5.0, 5.5))
    assert terminal.screen == "the boat came back\n"


def test_a_caption_that_is_longer_than_the_line_shows_its_end() -> None:
    terminal = Terminal()
    TerminalView(terminal, width=21).show(Partial(1, words("one two three four five six"), 4, 0.0, 6.0))
    seen = terminal.screen.replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert seen == "…three four five six"[-len(seen) :]
    assert len(seen) <= 20
    assert seen.startswith("…")
    assert "\x1b[2m five six" in terminal.screen


def test_messages_never_get_into_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    view = TerminalView(terminal, width=80)
    view.show(Partial(1, words("the boat"), 1, 0.0, 3.0))
    for event in (
        Listening("Mic", "/s"),
        Lag(3.21),
        Lag(0.0),
        LiveNotice("Mind the gap."),
        Stopped(3, False, "/s"),
    ):
        view.show(event)
    assert terminal.screen == ""
    err = capsys.readouterr().err
    assert "Listening to Mic" in err
    assert "3.2 s behind" in err
    assert "Mind the gap." in err
    assert "recover" in err
    assert len(err.splitlines()) == 4


def test_the_view_fits_its_reader() -> None:
    assert isinstance(view_for(Terminal(), as_json=False), TerminalView)
    assert isinstance(view_for(io.StringIO(), as_json=False), TextView)
    assert isinstance(view_for(Terminal(), as_json=True), JsonView)


EVENTS: list[LiveEvent] = [
    Listening("Mic", "/s"),
    Partial(1, words("a b"), 1, 0.0, 1.0),
    Final(1, words("a b"), 0.0, 2.0),
    Lag(1.234),
    LiveNotice("Careful."),
    Stopped(9.5, True, "/s"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_is_a_line_of_json_with_the_same_keys(event: LiveEvent) -> None:
    stream = io.StringIO()
    JsonView(stream).show(event)
    (line,) = stream.getvalue().splitlines()
    fields = json.loads(line)
    assert fields.keys() >= LINE_KEYS
    assert fields["time"].endswith("+00:00")
    assert {name: value for name, value in event_fields(event).items() if name != "time"} == {
        name: value for name, value in fields.items() if name != "time"
    }
