"""What `asr-desktop live` shows: in a terminal, in a pipe, and as JSON."""

from __future__ import annotations

import io
import json

import pytest

from asr_desktop.commands.live_captions import JsonView, NamingView, TerminalView, TextView, view_for
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    Listening,
    LiveEvent,
    LiveNotice,
    Partial,
    SpeakersHeard,
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
    assert isinstance(view_for(Terminal(), as_json=False, speakers=True), NamingView)
    assert isinstance(view_for(Terminal(), as_json=True, speakers=True), JsonView)  # whoever reads it waits


EVENTS: list[LiveEvent] = [
    Listening("Mic", "/s"),
    Partial(1, words("a b"), 1, 0.0, 1.0),
    Final(1, words("a b"), 0.0, 2.0),
    SpeakersHeard(1, ("Speaker 1", "Anna")),
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


def named_lines(*events: LiveEvent) -> list[str]:
    stream = io.StringIO()
    view = view_for(stream, as_json=False, speakers=True)
    for event in events:
        view.show(event)
    return stream.getvalue().splitlines()


def test_a_name_stands_where_somebody_begins_to_speak_and_not_again() -> None:
    said = [
        Final(number, words(text), 0.0, 2.0) for number, text in enumerate(("a b", "c d e", "f g"), start=1)
    ]
    assert named_lines(
        said[0],
        SpeakersHeard(1, ("Speaker 1", "Speaker 1")),
        said[1],
        SpeakersHeard(2, ("Speaker 1", "Anna", "Anna")),
        said[2],
        SpeakersHeard(3, ("Anna", "Speaker 1")),
    ) == ["Speaker 1: a b", "c", "Anna: d e", "f", "Speaker 1: g"]


def test_text_whose_speaker_is_not_told_comes_without_a_name_and_in_its_order() -> None:
    said = [
        Final(number, words(text), 0.0, 2.0) for number, text in enumerate(("a", "b c", "d", "e"), start=1)
    ]
    # Nobody tells of the first; the third has fewer words than names; the fourth waits to the end.
    lines = named_lines(
        said[0],
        said[1],
        SpeakersHeard(2, ("Anna", "Anna")),
        said[2],
        SpeakersHeard(3, ("Anna", "Ben")),
        said[3],
        Stopped(9.5, True, "/s"),
    )
    assert lines == ["a", "Anna: b c", "d", "e"]


def test_what_is_known_better_at_the_end_is_not_said_again() -> None:
    lines = named_lines(
        Final(1, words("a b"), 0.0, 2.0),
        SpeakersHeard(1, ("Speaker 1", "Speaker 1")),
        SpeakersHeard(1, ("Speaker 2", "Speaker 1")),
        Stopped(9.5, True, "/s"),
    )
    assert lines == ["Speaker 1: a b"]


def test_in_a_terminal_the_name_comes_with_the_final_line() -> None:
    terminal = Terminal()
    view = NamingView(TerminalView(terminal, width=80))
    view.show(Partial(1, words("the boat"), 1, 0.0, 3.0))
    view.show(Final(1, words("the boat"), 0.0, 4.0))
    view.show(SpeakersHeard(1, ("Anna", "Anna")))
    assert terminal.screen == "Anna: the boat\n"
