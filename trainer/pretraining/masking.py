"""Which frames are hidden, and which others each hidden frame has to be told from.

As in transformers, but drawn from a generator of ours: the same step of a resumed training hides the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.pretraining.options import MaskingOptions

LEAST_SPANS = 2  # with less than two hidden frames there is nothing to be told from


def draw_mask(
    rows: int, frames: int, options: MaskingOptions, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """``[rows, frames]``, True where hidden: spans with random starts that may overlap."""
    length = min(options.span_frames, max(1, frames // LEAST_SPANS))
    mask = np.zeros((rows, frames), dtype=bool)
    for row in mask:
        # Rounded by chance, so that short pieces have the same share on average.
        spans = max(LEAST_SPANS, int(options.share * frames / length + generator.random()))
        starts = generator.choice(frames - length + 1, size=min(spans, frames - length + 1), replace=False)
        for start in starts:
            row[start : start + length] = True
    return mask


def draw_negatives(mask: NDArray[np.bool_], count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """``[rows, frames, count]``: for each hidden frame, ``count`` other hidden frames of the same row, as
    numbers among all rows' frames; 0 for frames that are not hidden.
    """
    rows, frames = mask.shape
    negatives = np.zeros((rows, frames, count), dtype=np.int64)
    for row in range(rows):
        hidden = np.flatnonzero(mask[row])
        drawn = generator.integers(0, len(hidden) - 1, size=(len(hidden), count))
        drawn += drawn >= np.arange(len(hidden))[:, None]  # never the frame itself
        negatives[row, hidden] = row * frames + hidden[drawn]
    return negatives
