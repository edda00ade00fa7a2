from __future__ import annotations

from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing import WordPlace
from asr_desktop.transcripts.editing.document import quotation


def said(text: str, start: float, speaker: str | None = None) -> Segment:
    words = tuple(Word(word, start + i, start + i + 0.5, 1.0) for i, word in enumerate(text.split()))
    return Segment(words, speaker)


TALK = (
    said("where were you", 59.0, "Ada"),
    said("at home", 3700.0, "Charles"),
    said("with friends", 3705.0, "Charles"),
    said("somebody laughed", 3710.0),
)


def test_a_part_of_a_segment_has_the_time_of_its_first_word() -> None:
    assert quotation(TALK, WordPlace(0, 1), WordPlace(0, 1)) == "[00:01:00] Ada: were"


def test_each_turn_is_a_line_however_many_segments_it_has() -> None:
    assert quotation(TALK, WordPlace(0, 2), WordPlace(3, 0)).split("\n") == [
        "[00:01:01] Ada: you",
        "[01:01:40] Charles: at home with friends",
        "[01:01:50] somebody",
    ]
