from __future__ import annotations

from itertools import islice

from trainer.finetune.batches import planned_batches

SECONDS = [1.0 + 0.37 * (number % 7) for number in range(40)]


def plan(
    variants: int | None = 4, skip: int = 0, share: float = 0.6, seed: int = 3
) -> list[list[tuple[int, int]]]:
    return list(islice(planned_batches(SECONDS, 8.0, share, variants, seed, skip), 60))


def epoch_length() -> int:
    seen: set[int] = set()
    for number, batch in enumerate(plan()):
        seen |= {utterance for utterance, _ in batch}
        if len(seen) == len(SECONDS):
            return number + 1
    raise AssertionError("no epoch in sixty batches")


def test_a_plan_resumed_anywhere_goes_on_as_if_nothing_had_happened() -> None:
    whole = plan()
    for skip in (1, epoch_length() - 1, epoch_length(), epoch_length() + 5):
        assert plan(skip=skip)[: 60 - skip] == whole[skip:]


def test_an_epoch_holds_every_utterance_once() -> None:
    utterances = [utterance for batch in plan()[: epoch_length()] for utterance, _ in batch]
    assert sorted(utterances) == list(range(len(SECONDS)))


def test_batches_keep_to_their_seconds() -> None:
    for batch in plan():
        assert len(batch) * max(SECONDS[utterance] for utterance, _ in batch) <= 8.0


def test_without_a_cache_every_epoch_sounds_different() -> None:
    first, second = (
        {item for batch in plan(None, skip=skip)[: epoch_length()] for item in batch if item[1]}
        for skip in (0, epoch_length())
    )
    assert first
    assert first.isdisjoint(second)


def test_the_augmented_share_is_kept() -> None:
    items = [item for batch in plan(share=0.6) for item in batch]
    assert 0.4 < sum(variant > 0 for _, variant in items) / len(items) < 0.8
    assert not any(variant for batch in plan(share=0.0) for _, variant in batch)
    assert not any(variant for batch in plan(variants=1) for _, variant in batch)
    assert {variant for batch in plan(variants=4) for _, variant in batch} == {0, 1, 2, 3}
