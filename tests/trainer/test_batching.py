from __future__ import annotations

import itertools

import numpy as np

from trainer.finetune.batches import endless_batches, epoch_batches

FRAMES = list(np.random.default_rng(0).integers(60, 1700, size=300))
WEIGHTS = [1.0] * 300


def test_an_epoch_holds_every_item_once_within_the_limit() -> None:
    batches = epoch_batches(FRAMES, WEIGHTS, 40.0, seed=1, epoch=0)
    assert sorted(itertools.chain(*batches)) == list(range(300))
    assert all(
        len(batch) * max(FRAMES[item] for item in batch) <= 4000 for batch in batches if len(batch) > 1
    )


def test_batches_hold_items_of_near_equal_length() -> None:
    batches = epoch_batches(FRAMES, WEIGHTS, 40.0, seed=1, epoch=0)
    padded = sum(len(batch) * max(FRAMES[item] for item in batch) for batch in batches)
    assert sum(FRAMES) / padded > 0.85


def test_epochs_differ_and_repeat_with_their_seed() -> None:
    assert epoch_batches(FRAMES, WEIGHTS, 40.0, 1, 0) == epoch_batches(FRAMES, WEIGHTS, 40.0, 1, 0)
    assert epoch_batches(FRAMES, WEIGHTS, 40.0, 1, 0) != epoch_batches(FRAMES, WEIGHTS, 40.0, 1, 1)


def test_weights_repeat_items_and_fractions_do_so_on_average() -> None:
    weights = [2.0] * 150 + [0.5] * 150
    counts = np.zeros(300)
    for epoch in range(40):
        for item in itertools.chain(*epoch_batches(FRAMES, weights, 40.0, 1, epoch)):
            counts[item] += 1
    assert (counts[:150] == 80).all()
    assert abs(counts[150:].mean() - 20) < 1.5


def test_resuming_skips_exactly_what_was_trained() -> None:
    whole = list(itertools.islice(endless_batches(FRAMES, WEIGHTS, 40.0, 1, skip=0), 200))
    for skip in (0, 3, 74, 150):
        rest = list(itertools.islice(endless_batches(FRAMES, WEIGHTS, 40.0, 1, skip=skip), 200 - skip))
        assert rest == whole[skip:]
