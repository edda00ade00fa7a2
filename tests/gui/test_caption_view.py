"""Captions that grow: the newest line stays in sight, and what a final changes is shown."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from asr_desktop.gui.theme import theme
from asr_desktop.gui.widgets.caption_view import CaptionView, changed_words
from asr_desktop.recognition.live_events import Final, Partial, Rewritten, SpeakersHeard
from asr_desktop.transcripts.document import Word

PATIENCE_MS = 60_000


def words(text: str, at: float = 0.0) -> tuple[Word, ...]:
    return tuple(Word(word, at + i, at + i + 0.5, 0.9) for i, word in enumerate(text.split()))


@pytest.fixture
def view(qtbot: QtBot) -> CaptionView:
    theme.apply("light")
    view = CaptionView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    for number in range(20):
        view.show_final(Final(number + 1, words(f"sentence number {number}", 5.0 * number), 0.0, 1.0))
    return view


def is_at_end(view: CaptionView) -> bool:
    bar = view.verticalScrollBar()
    return bar.maximum() > 0 and bar.value() == bar.maximum()


def test_the_newest_line_stays_in_sight_when_the_room_gets_less(view: CaptionView, qtbot: QtBot) -> None:
    assert is_at_end(view)
    view.resize(400, 200)  # as when a strip comes below it
    qtbot.waitUntil(lambda: is_at_end(view), timeout=PATIENCE_MS)
    view.resize(250, 200)  # where every line takes more room
    qtbot.waitUntil(lambda: is_at_end(view), timeout=PATIENCE_MS)
    view.show_partial(Partial(21, words("and so on " * 10, 100.0), 3, 100.0, 130.0))
    assert is_at_end(view)


def test_whoever_has_scrolled_up_is_left_there(view: CaptionView, qtbot: QtBot) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 3)
    place = bar.value()
    view.show_partial(Partial(21, words("and so on", 100.0), 3, 100.0, 103.0))
    view.show_final(Final(21, words("and so on", 100.0), 100.0, 103.0))
    assert bar.value() == place
    bar.setValue(bar.maximum())
    view.show_final(Final(22, words("and once more", 110.0), 110.0, 113.0))
    assert is_at_end(view)


@pytest.mark.parametrize(
    ("shown", "final", "changed"),
    [
        ("the boat came", "the boat came back", []),
        ("the boat came", "the goat came back", ["goat"]),
        ("the boat came", "the came back", ["came"]),
        ("the boat came", "the old boat came back", ["old"]),
        ("the boat", "the goat came back", ["goat"]),
        ("", "the boat", []),
        ("the boat", "", []),
    ],
)
def test_changed_words_are_those_in_the_place_of_committed_ones(
    shown: str, final: str, changed: list[str]
) -> None:
    after = words(final)
    assert [after[number].text for number in changed_words(words(shown), after)] == changed


def test_what_a_final_changes_is_shown_for_a_moment(view: CaptionView, qtbot: QtBot) -> None:
    view.show_partial(Partial(21, words("the boat came bag", 100.0), 3, 100.0, 104.0))
    view.show_final(Final(21, words("the goat came back", 100.0), 100.0, 104.0))
    marks = view.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["goat"]
    view._changed.timeout.emit()
    assert view.extraSelections() == []


def test_what_is_only_written_is_no_change() -> None:
    he, was, twenty, six = words("he was twenty six")
    final = (
        Word("He", 0.0, 0.5, 0.9, (he,)),
        was,
        Word("26.", 2.0, 3.5, 0.9, (twenty, six)),
    )

    assert changed_words(words("he was twenty six"), final) == []
    assert changed_words(words("he was twenty five"), final) == [2]
    assert changed_words(words("she was"), final) == [0]


def test_a_mark_that_is_taken_back_goes_from_its_line(view: CaptionView) -> None:
    view.show_final(Final(21, words("he came.", 100.0), 100.0, 104.0))
    view.show_partial(Partial(22, words("and then", 105.0), 1, 105.0, 106.0))

    view.show_rewritten(Rewritten(21, words("he came", 100.0), 100.0, 104.0))

    assert view.text().endswith("he came")
    shown = view.toPlainText()
    assert shown.count("he came") == 1
    assert shown.index("he came") < shown.index("and then")
    view.show_rewritten(Rewritten(99, words("never said"), 0.0, 1.0))
    assert "never said" not in view.text()


def test_names_stand_where_somebody_begins_to_speak(view: CaptionView, qtbot: QtBot) -> None:
    view.clear_captions()
    view.show_final(Final(1, words("how are you"), 0.0, 3.0))
    view.show_final(Final(2, words("very well and you", 5.0), 5.0, 9.0))
    view.show_final(Final(3, words("oh fine", 10.0), 10.0, 12.0))
    view.show_speakers(SpeakersHeard(1, ("Speaker 1",) * 3))
    view.show_speakers(SpeakersHeard(2, ("Anna",) * 4))
    assert view.text() == "Speaker 1: how are you\nAnna: very well and you\noh fine"
    view.show_speakers(SpeakersHeard(2, ("Anna", "Anna", "Speaker 1", "Speaker 1")))
    view.show_speakers(SpeakersHeard(3, ("Speaker 1",) * 2))
    assert view.text() == "Speaker 1: how are you\nAnna: very well\nSpeaker 1: and you\noh fine"
    shown = "0:00\tSpeaker 1: how are you\n0:05\tAnna: very well\n\tSpeaker 1: and you\n0:10\toh fine"
    qtbot.waitUntil(lambda: view.toPlainText() == shown, timeout=PATIENCE_MS)
    # What comes for a sentence that has other words by now is passed over.
    view.show_speakers(SpeakersHeard(1, ("Anna",) * 7))
    assert view.text().startswith("how are you\nAnna: very well\n")
    view.clear_captions()
    view.show_final(Final(1, words("alone"), 0.0, 1.0))
    assert view.text() == "alone"
