from __future__ import annotations

import pytest

from asr_desktop.recognition.confidence import common_ends


@pytest.mark.parametrize(
    ("words", "others", "ends"),
    [
        ("we came back late", "we went back late", (1, 2)),
        ("we came back", "we came back", (3, 0)),
        ("so so", "so so so", (2, 0)),
        ("one", "two", (0, 0)),
        ("", "two", (0, 0)),
    ],
)
def test_no_word_counts_twice(words: str, others: str, ends: tuple[int, int]) -> None:
    assert common_ends(words.split(), others.split()) == ends
