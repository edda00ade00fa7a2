from __future__ import annotations

import pytest

from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing.finding import Match, Query, find_all

SEGMENTS = [
    Segment((Word("The", 0, 1, 1), Word("cat", 1, 2, 1), Word("concatenates", 2, 3, 1))),
    Segment((Word("Cat.", 4, 5, 1),)),
]


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        (Query("cat"), [Match(0, 4, 7), Match(0, 11, 14), Match(1, 0, 3)]),
        (Query("cat", whole_words=True), [Match(0, 4, 7), Match(1, 0, 3)]),
        (Query("cat", match_case=True), [Match(0, 4, 7), Match(0, 11, 14)]),
        (Query("the  CAT"), [Match(0, 0, 7)]),
        (Query("cat concatenates cat"), []),
        (Query("c.t"), []),
        (Query("  "), []),
    ],
)
def test_what_is_found(query: Query, matches: list[Match]) -> None:
    assert find_all(SEGMENTS, query) == matches
