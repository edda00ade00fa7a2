"""What a training from scratch reads: packs found, what cannot be learnt from dropped, features computed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trainer.batching import Targets
from trainer.dataset import DataError, TrainingUtterance, find_packs, read_manifest
from trainer.feature_cache import FeatureCache, JoinedCaches, cache_features
from trainer.frame_targets import read_alignments
from trainer.network import FRAMES_PER_SECOND
from trainer.pronunciation import phones_of, read_pronunciations
from trainer.recipe import Recipe
from trainer.text import encode

Report = Callable[[str], None]


@dataclass(frozen=True)
class TrainingData:
    """Everything the loop reads: cached features, their targets, and how often each item comes in an
    epoch.
    """

    cache: JoinedCaches
    targets: list[Targets]
    weights: list[float]
    validation_cache: FeatureCache
    validation: list[TrainingUtterance]


def prepare(
    recipe: Recipe, roots: list[Path], work: Path, report: Report, workers: int | None = None
) -> TrainingData:
    """Find the packs, drop what cannot be learnt from (and say so), compute the front end's features.

    :raises DataError: a pack is missing, or nothing is left to train on.
    """
    data, seed = recipe.data, recipe.training.seed
    noise = find_packs([data.noise], roots, work / "packs")[0] if data.noise else None

    def cached(pack: list[TrainingUtterance], variants: int) -> FeatureCache:
        return cache_features(
            work / "features", pack, variants, recipe.augmentation, noise, seed, report, workers
        )

    packs: list[list[TrainingUtterance]] = []
    caches: list[FeatureCache] = []
    weights: list[float] = []
    for name, folder in zip(data.train, find_packs(data.train, roots, work / "packs"), strict=True):
        pack = _usable(read_manifest(folder), recipe, report)
        report(f"{name}: {len(pack)} utterances, {sum(u.seconds for u in pack) / 3600:.2f} h")
        packs.append(pack)
        caches.append(cached(pack, data.variants))
        weights += [data.weights.get(name, 1.0)] * len(pack)
    utterances = [utterance for pack in packs for utterance in pack]
    validation = [
        utterance
        for folder in find_packs(data.validation, roots, work / "packs")
        for utterance in read_manifest(folder)
    ]
    if not utterances or not validation:
        raise DataError(
            "There is nothing to train on, or nothing to validate with; "
            "name packs under [data] train and validation."
        )
    validation = validation[:: max(1, len(validation) // recipe.training.validation_utterances)]
    joined = JoinedCaches(caches, [len(pack) for pack in packs])
    return TrainingData(
        cache=joined,
        targets=_targets(utterances, recipe, roots),
        weights=[
            weights[variant.utterance] * (data.augmented_weight if variant.variant else 1.0)
            for variant in joined.variants
        ],
        validation_cache=cached(validation, 1),
        validation=validation,
    )


def _usable(utterances: list[TrainingUtterance], recipe: Recipe, report: Report) -> list[TrainingUtterance]:
    """CTC needs a frame a letter, and one more between two equal letters; the quickest variant has the fewest
    frames.
    """
    frames_per_second = FRAMES_PER_SECOND / recipe.network.subsampling / recipe.augmentation.speed[1]
    kept = []
    for utterance in utterances:
        text = utterance.text
        needed = len(text) + sum(a == b for a, b in itertools.pairwise(text))
        fits = needed < utterance.seconds * frames_per_second
        if fits and recipe.data.least_seconds <= utterance.seconds <= recipe.data.most_seconds:
            kept.append(utterance)
    if len(kept) < len(utterances):
        report(
            f"{len(utterances) - len(kept)} utterances left out: too short, too long, "
            "or spoken too fast for the frame rate"
        )
    return kept


def _targets(utterances: list[TrainingUtterance], recipe: Recipe, roots: list[Path]) -> list[Targets]:
    pronunciations, alignments = {}, {}
    if recipe.data.pronunciations:
        pronunciations = read_pronunciations(_find_file(recipe.data.pronunciations, roots))
    if recipe.data.alignments:
        alignments = read_alignments(_find_file(recipe.data.alignments, roots))
    return [
        Targets(
            tuple(encode(utterance.text)),
            tuple(phones_of(utterance.text, pronunciations) or ()),
            alignments.get(f"{utterance.path.parent.name}/{utterance.path.name}"),
        )
        for utterance in utterances
    ]


def _find_file(name: str, roots: list[Path]) -> Path:
    for root in roots:
        if (root / name).is_file():
            return root / name
    raise DataError(
        f"The file {name} is in none of {', '.join(map(str, roots))}; name its folder with --data."
    )
