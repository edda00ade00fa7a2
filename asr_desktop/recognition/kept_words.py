"""Whether a final keeps the words that its caption had committed.

Who reads captions has read these words, so the final changes them only where it is clearly better: of the
texts that the decoder finds about as probable as the best one, the one that keeps most of them is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import SequenceMatcher

from asr_desktop.recognition.beam_search import Hypothesis

CLEARLY_BETTER = math.log(3)
"""A text that is so many times as probable (here: 3) is clearly better than another."""


def most_kept(
    alternatives: Sequence[Hypothesis], committed: Sequence[str], clearly_better: float = CLEARLY_BETTER
) -> int:
    """Which of the alternatives, best first, is the final."""
    if not committed:
        return 0
    near = [
        number
        for number, alternative in enumerate(alternatives)
        if alternative.score > alternatives[0].score - clearly_better
    ]
    return max(near, key=lambda number: (_kept(alternatives[number].text.split(), committed), -number))


def _kept(words: Sequence[str], committed: Sequence[str]) -> int:
    matcher = SequenceMatcher(None, committed, words, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())
