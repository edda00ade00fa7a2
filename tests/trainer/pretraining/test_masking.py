from __future__ import annotations

import numpy as np

from trainer.pretraining.network import draw_mask, draw_negatives
from trainer.pretraining.options import MaskingOptions


def test_spans_hide_about_half() -> None:
    mask = draw_mask(64, 600, MaskingOptions(share=0.65, span_frames=10), np.random.default_rng(1))
    # Overlapping spans: 1 - (1 - 0.065)^10 of the frames.
    assert abs(mask.mean() - (1 - (1 - 0.065) ** 10)) < 0.03
    edges = np.diff(mask.astype(int), axis=1)
    assert (edges == 1).sum() < 64 * 40  # in spans, not frame by frame


def test_short_pieces_have_something_to_be_told_from() -> None:
    for frames in (4, 5, 12, 30):
        mask = draw_mask(8, frames, MaskingOptions(share=0.1), np.random.default_rng(frames))
        assert (mask.sum(axis=1) >= 2).all()


def test_negatives_are_other_hidden_frames_of_the_same_row() -> None:
    generator = np.random.default_rng(3)
    mask = draw_mask(5, 90, MaskingOptions(), generator)
    negatives = draw_negatives(mask, 40, generator)
    flat = mask.ravel()
    drawn = set()
    for row, frame in zip(*np.nonzero(mask), strict=True):
        own = row * 90 + frame
        others = negatives[row, frame]
        assert flat[others].all()
        assert (others // 90 == row).all()
        assert own not in others
        drawn |= set(others.tolist())
    assert drawn == set(np.flatnonzero(flat).tolist())  # every hidden frame serves


def test_the_same_generator_draws_the_same() -> None:
    first, second = (draw_mask(3, 50, MaskingOptions(), np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
