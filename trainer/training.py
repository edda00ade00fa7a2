"""Training from scratch, read from top to bottom: prepare the data, step, look how it goes, keep it safe."""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator

from trainer.augmentation import apply_masks
from trainer.batching import Batch, Targets, collate, endless_batches
from trainer.checkpoint import average, load_checkpoint, save_atomically
from trainer.dataset import DataError, TrainingUtterance, find_packs, read_manifest
from trainer.feature_cache import FeatureCache, JoinedCaches, cache_features
from trainer.frame_targets import read_alignments
from trainer.network import BLANK, FRAMES_PER_SECOND, TrainingNetwork
from trainer.pronunciation import phones_of, read_pronunciations
from trainer.recipe import Recipe, TrainingRecipe
from trainer.scoring import Score, score
from trainer.text import ENGLISH_VOCABULARY, encode

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


def learning_rate(step: int, recipe: TrainingRecipe) -> float:
    """Linear warm-up, then half a cosine down to ``final_rate`` of the peak at the last step."""
    if step < recipe.warmup_steps:
        return recipe.learning_rate * (step + 1) / recipe.warmup_steps
    progress = min(1.0, (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps))
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return recipe.learning_rate * (recipe.final_rate + (1 - recipe.final_rate) * cosine)


def train(
    recipe: Recipe,
    data: TrainingData,
    run: Path,
    report: Report,
    stop_after_seconds: float | None = None,
    start_from: Path | None = None,
) -> Path:
    """Train until the recipe's last step, or until the time is up; resume where a run folder holds a
    checkpoint.

    With ``stop_after_seconds`` the schedule is bent to the time: the remaining steps are re-estimated from
    the measured pace, so that the learning rate always reaches its end. Returns the path of the averaged
    weights.

    :raises CheckpointError: a checkpoint cannot be written or read.
    :raises DataError: the loss is no number; the message says where the last good state is.
    """
    options = recipe.training
    torch.manual_seed(options.seed)
    accelerator = Accelerator(mixed_precision=options.precision)
    network = TrainingNetwork(recipe.network, options.phone_weight)
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters, lr=options.learning_rate, betas=(0.9, 0.98), weight_decay=options.weight_decay
    )
    last = run / "last.pt"
    step = 0
    if last.is_file():
        state = load_checkpoint(last)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["torch_random"])
        step = int(state["step"])
        report(f"resumed at step {step}")
    elif start_from is not None:
        network.load_state_dict(load_checkpoint(start_from)["network"])
        report(f"started from the weights in {start_from}")
    network, optimiser = accelerator.prepare(network, optimiser)
    plain: TrainingNetwork = accelerator.unwrap_model(network)
    frames = [variant.frames for variant in data.cache.variants]
    batches = endless_batches(frames, data.weights, options.seconds_per_batch, options.seed, skip=step)
    started, first_step, sound_seconds = time.monotonic(), step, 0.0
    log = _Log(run / "log.jsonl")
    running: dict[str, float] = {}
    while step < options.steps:
        items = collate(data.cache, next(batches), data.targets, plain.stride, plain.kernel)
        batch = _on(accelerator.device, items)
        masks_generator = np.random.default_rng((options.seed, step))
        apply_masks(batch.features, batch.frames, recipe.masks, FRAMES_PER_SECOND, masks_generator)
        rate = learning_rate(step, options)
        for group in optimiser.param_groups:
            group["lr"] = rate
        network.train()
        with accelerator.autocast():
            losses = plain.losses(batch, letters_by_frame=step < options.frame_steps)
        if not bool(torch.isfinite(losses.total)):
            raise DataError(
                f"The loss is no number any more at step {step}; lower training.learning_rate. "
                f"{last} is the last good state."
            )
        accelerator.backward(losses.total)
        accelerator.clip_grad_norm_(parameters, options.clip_norm)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        sound_seconds += float(batch.frames.sum()) / FRAMES_PER_SECOND
        elapsed = time.monotonic() - started
        _smooth(running, "characters", float(losses.characters.detach()))
        _smooth(running, "phones", float(losses.phones.detach()) if losses.phones is not None else 0.0)
        if stop_after_seconds is not None and (step - first_step) % 50 == 0:
            pace = elapsed / (step - first_step)
            options = _with_steps(options, first_step + int(stop_after_seconds / pace))
        if step % 25 == 0 or step == options.steps:
            left = elapsed / (step - first_step) * max(0, options.steps - step)
            log.write(step=step, rate=rate, **running)
            report(
                f"step {step} of {options.steps}  loss {running['characters']:.3f}  "
                f"phones {running['phones']:.3f}  "
                f"{sound_seconds / elapsed:.0f} × real time  {left / 60:.0f} min left"
            )
        if step % options.average_every == 0:
            _keep_recent(run, step, _state(plain, optimiser, step, recipe), options.average_last)
        if step % options.save_every == 0 or step >= options.steps:
            save_atomically(_state(plain, optimiser, step, recipe), last)
        if step % options.validate_every == 0 or step >= options.steps:
            result = validate(plain, data, accelerator.device)
            log.write(step=step, wer=result.wer, cer=result.cer)
            report(f"step {step}  validation (greedy): {result}")
    recent = sorted(run.glob("recent-*.pt"))
    path = run / "averaged.pt"
    states = [load_checkpoint(checkpoint)["network"] for checkpoint in recent] or [plain.state_dict()]
    save_atomically({"network": average(states), "recipe": json.dumps(asdict(recipe))}, path)
    return path


@torch.no_grad()
def validate(network: TrainingNetwork, data: TrainingData, device: torch.device) -> Score:
    """Greedy word and character error rates over the validation utterances, one at a time as the app hears
    them.
    """
    network.eval()
    references, hypotheses = [], []
    for number, utterance in enumerate(data.validation):
        features = torch.from_numpy(data.validation_cache[number])[None].to(device)
        scores, _ = network(features, torch.tensor([features.shape[2]], device=device))
        references.append(utterance.text)
        hypotheses.append(greedy_text(scores[0]))
    return score(references, hypotheses)


def greedy_text(scores: torch.Tensor) -> str:
    """Collapsed best labels of ``[frames, labels]`` as text."""
    best = torch.unique_consecutive(scores.argmax(-1)).tolist()
    characters = [ENGLISH_VOCABULARY[label] for label in best if label != BLANK]
    return " ".join(
        "".join(token for token in characters if not token.startswith("<")).replace("|", " ").split()
    )


class _Log:
    """Figures of the run as JSON lines, for whoever plots them."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def write(self, **figures: float) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({name: round(value, 6) for name, value in figures.items()}) + "\n")


def _state(network: TrainingNetwork, optimiser: Any, step: int, recipe: Recipe) -> dict[str, Any]:
    return {
        "network": network.state_dict(),
        "recipe": json.dumps(asdict(recipe)),
        "optimiser": optimiser.state_dict(),
        "torch_random": torch.get_rng_state(),
        "step": step,
    }


def _keep_recent(run: Path, step: int, state: dict[str, Any], keep: int) -> None:
    weights = {"network": state["network"], "recipe": state["recipe"]}
    save_atomically(weights, run / f"recent-{step:08d}.pt")
    for old in sorted(run.glob("recent-*.pt"))[:-keep]:
        old.unlink()


def _smooth(running: dict[str, float], name: str, value: float) -> None:
    running[name] = value if name not in running else 0.98 * running[name] + 0.02 * value


def _with_steps(options: TrainingRecipe, steps: int) -> TrainingRecipe:
    return TrainingRecipe(**{**asdict(options), "steps": max(steps, 1)})


def _on(device: torch.device, batch: Batch) -> Batch:
    return Batch(**{name: value.to(device) for name, value in vars(batch).items()})
