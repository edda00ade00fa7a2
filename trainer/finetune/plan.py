"""Which utterances come in which batch, and as which augmented copy: a pure function of seed and batch
number, which is what lets a killed training go on as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from trainer.batching import epoch_batches

Item = tuple[int, int]  # utterance, variant; variant 0 is the recording as it is


def planned_batches(
    seconds: Sequence[float],
    batch_seconds: float,
    augmented_share: float,
    variants: int | None,
    seed: int,
    skip: int = 0,
) -> Iterator[list[Item]]:
    """Batch after batch for ever, the first ``skip`` left out; each epoch holds every utterance once.

    variants: how many of each utterance there are (a cache); None = a new one in every epoch.
    """
    frames = [round(100 * length) for length in seconds]
    epoch = 0
    while True:
        batches = epoch_batches(frames, [1.0] * len(frames), batch_seconds, seed, epoch)
        if skip >= len(batches):
            skip -= len(batches)
        else:
            generator = np.random.default_rng((seed, 1, epoch))
            augmented = generator.random(len(frames)) < augmented_share
            chosen = (
                np.full(len(frames), 1 + epoch)
                if variants is None
                else generator.integers(1, variants, len(frames))
                if variants > 1
                else np.zeros(len(frames), dtype=int)
            )
            drawn = np.where(augmented, chosen, 0)
            for batch in batches[skip:]:
                yield [(utterance, int(drawn[utterance])) for utterance in batch]
            skip = 0
        epoch += 1
