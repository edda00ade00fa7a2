"""Opens what the loop trains on: the frozen part's outputs from the disk where that pays, from the sound
otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.finetune.errors import FinetuneError
from trainer.finetune.features import CachedFeatures, ComputedFeatures, Features, Plan
from trainer.finetune.frozen_part import Depth
from trainer.finetune.hidden_cache import HiddenCache, cache_key, hidden_of, open_cache
from trainer.finetune.loading import WaveformLoader
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.progress import OnProgress, Progress, duration
from trainer.finetune.speech import Speech
from trainer.finetune.starts import Start


def open_features(
    start: Start,
    depth: Depth,
    cached: bool,
    speech: Speech,
    recipe: FinetuneRecipe,
    work: Path,
    accelerator: Any,
    tell: OnProgress,
    cancelled: Callable[[], bool],
) -> Features | None:
    """From the disk where that pays, from the sound otherwise; None when cancelled."""
    options, seed = recipe.data, recipe.optimisation.seed
    noise = Path(options.noise).expanduser() if options.noise else None
    if noise is not None and not noise.is_dir():
        raise FinetuneError(
            f"data.noise is {noise}, which is not a folder; choose a folder with noise recordings (*.flac)."
        )
    loader = WaveformLoader(speech.train, recipe.augmentation, noise, seed)
    heard = WaveformLoader(speech.validation, recipe.augmentation, None, seed)
    plan = Plan([u.seconds for u in speech.train], recipe.batches.seconds, options.augmented_share, seed)
    device = accelerator.device
    if not cached:
        return ComputedFeatures(
            plan,
            start.base,
            depth,
            start.do_normalize,
            loader,
            heard,
            options.loader_workers,
            lambda sentence: tell(Progress("training", 0.0, sentence)),
            device,
        )
    folder = Path(recipe.cache.folder).expanduser() if recipe.cache.folder else work / "cache"

    def from_disk(which: WaveformLoader, utterances: Any, variants: int, name: str) -> HiddenCache | None:
        def compute(utterance: int, variant: int) -> Any:
            samples = which((utterance, variant))
            return hidden_of(start.base, depth, samples, start.do_normalize, device).cpu().numpy()

        def progress(done: int, of: int, seconds_left: float) -> None:
            if done % 20 == 0 or done == of:
                sentence = f"processing the {name} speech: {done} of {of}, {duration(seconds_left)} left"
                tell(Progress("caching", done / of, sentence, seconds_left=seconds_left))

        key = cache_key(start.base, depth, utterances, variants, recipe.augmentation, seed)
        # The first process computes it, the others find it.
        with accelerator.local_main_process_first():
            return open_cache(folder, key, len(utterances), variants, compute, progress, cancelled)

    training = from_disk(loader, speech.train, recipe.cache.variants, "training")
    validation = from_disk(heard, speech.validation, 1, "measuring") if training else None
    if training is None or validation is None:
        return None
    return CachedFeatures(plan, recipe.cache.variants, training, validation, device)
