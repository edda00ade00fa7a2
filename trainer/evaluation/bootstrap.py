"""How far an error rate may be off by chance: bootstrap over utterances.

Bisani & Ney 2004, "Bootstrap estimates for confidence intervals in ASR performance evaluation" (ICASSP): the
utterances are drawn with replacement many times over, and the rate of each draw is taken. Two recognisers are
compared on the same draws, so that hard utterances do not hide the difference; the share of draws in which
the second makes fewer errors is their "probability of improvement".

Utterances count as independent, which those of one speaker are not quite: for other speakers than those in
the data, the interval is somewhat wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
CONFIDENCE = 0.95
_SEED = 1
_DRAWS_AT_ONCE = 500


@dataclass(frozen=True)
class Interval:
    """A rate, and the range that holds it with CONFIDENCE."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Interval):
    """New minus old (negative: the new one is better).

    probability_better: the share of draws in which the new one makes fewer errors; a tie counts half.
    """

    probability_better: float


def rate_interval(errors: Sequence[int], words: Sequence[int]) -> Interval:
    """The error rate of utterances with so many errors and reference words each."""
    rates = _draw_rates(np.array([errors]), np.array(words))[0]
    return Interval(_rate(errors, words), *_range(rates))


def paired_difference(old: Sequence[int], new: Sequence[int], words: Sequence[int]) -> Difference:
    """How the error rate changes from one recogniser to another on the same utterances."""
    old_rates, new_rates = _draw_rates(np.array([old, new]), np.array(words))
    change = new_rates - old_rates
    better = float((change < 0).mean() + 0.5 * (change == 0).mean())
    return Difference(_rate(new, words) - _rate(old, words), *_range(change), probability_better=better)


def _rate(errors: Sequence[int], words: Sequence[int]) -> float:
    return sum(errors) / max(1, sum(words))


def _range(rates: NDArray[np.float64]) -> tuple[float, float]:
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(rates, [tail, 100 - tail])
    return float(low), float(high)


def _draw_rates(errors: NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.float64]:
    """Error rates ``[recognisers, DRAWS]`` of ``errors [recognisers, utterances]``."""
    generator = np.random.default_rng(_SEED)
    count = len(words)
    parts = []
    for _ in range(0, DRAWS, _DRAWS_AT_ONCE):
        # How often each utterance was drawn says the same as which were drawn.
        times = generator.multinomial(count, np.full(count, 1 / count), size=_DRAWS_AT_ONCE)
        parts.append((errors @ times.T) / np.maximum(1, words @ times.T))
    return np.concatenate(parts, axis=1)
