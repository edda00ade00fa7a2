"""What two texts of the same sound begin and end with alike."""

from __future__ import annotations

from collections.abc import Sequence


def common_ends(words: Sequence[str], others: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the rest both end with.

    >>> common_ends("we came back late".split(), "we went back late".split())
    (1, 2)
    """
    shorter = min(len(words), len(others))
    before = 0
    while before < shorter and words[before] == others[before]:
        before += 1
    after = 0
    while after < shorter - before and words[-1 - after] == others[-1 - after]:
        after += 1
    return before, after
