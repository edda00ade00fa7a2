"""One run of a fine-tuning job, from top to bottom: data, start, cache, loop, model folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from trainer.batching import epoch_batches
from trainer.deepspeech2.options import deepspeech2_defaults
from trainer.finetune.defaults import defaults_for
from trainer.finetune.errors import FinetuneError
from trainer.finetune.features import CachedFeatures, ComputedFeatures, Features, Plan
from trainer.finetune.frozen_part import Depth, UpperNetwork, fill_mask_embedding
from trainer.finetune.hidden_cache import HiddenCache, cache_key, hidden_of, open_cache
from trainer.finetune.job import FinetuneJob, FinetuneResult
from trainer.finetune.loading import WaveformLoader
from trainer.finetune.loop import Task, train
from trainer.finetune.options import FinetuneRecipe, lay_over
from trainer.finetune.output import write_output
from trainer.finetune.progress import OnProgress, Progress, duration
from trainer.finetune.speech import Speech, find_speech, fingerprint, learnable
from trainer.finetune.starts import Start, open_start, set_masks
from trainer.finetune.state import Kept, TrainingState
from trainer.finetune.trainable_parts import choose_trainable, frozen_depth, published_network
from trainer.finetune.vocabulary import TranscriptSpelling
from trainer.recipe import build, read_tables

TRAINING_FOLDER = "training"

# With --minutes alone the time ends the training, and no number of steps.
_NO_LIMIT = 10**8


def run(job: FinetuneJob, on_progress: OnProgress, cancelled: Callable[[], bool]) -> FinetuneResult:
    """See :func:`trainer.finetune.finetune`."""
    is_main = int(os.environ.get("RANK", "0")) == 0  # of those that `accelerate launch` starts

    def report(sentence: str) -> None:
        if is_main:
            on_progress(Progress("preparing", 0.0, sentence))

    def tell(progress: Progress) -> None:
        if is_main:
            on_progress(progress)

    work = job.output / TRAINING_FOLDER
    tables = _tables(job)
    first: FinetuneRecipe = build(FinetuneRecipe, tables)
    lists_to = job.output if is_main else None
    speech = find_speech(job.data, job.validation, first.data, first.optimisation.seed, lists_to, report)
    # New heads, adapters and masks' vectors are drawn at random: the same in every run of the job.
    torch.manual_seed(first.optimisation.seed)
    start = _start(job, [u.transcript for u in speech.train], first, work)
    report(start.described())
    recipe = _resolved(tables, speech, start, job)
    set_masks(start.network.config, recipe.masks)
    belongs_to = _belongs_to(start, speech, recipe)
    spelling = TranscriptSpelling(start.labels)
    speech, labels, references = learnable(speech, spelling, start.network.config, _fastest(recipe), report)
    choose_trainable(start, recipe.trainable)
    depth = frozen_depth(start, recipe.trainable)
    cached = _uses_cache(recipe, depth)
    if not cached:
        # Without a cache, frozen layers inside the encoder are cheaper in batches than one by one.
        depth = Depth(depth.convolutions)
    accelerator = _accelerator(recipe, work)
    report(_described(recipe, start, accelerator.num_processes))
    if recipe.optimisation.gradient_checkpointing:
        if not start.network.supports_gradient_checkpointing:
            raise FinetuneError(
                f"A {start.network.config.model_type} network knows no gradient checkpointing; leave "
                "optimisation.gradient_checkpointing out, and take smaller batches.seconds instead."
            )
        start.network.activation_checkpointing_enable({"use_reentrant": False})
    kept = Kept(work)
    state = kept.load_state(belongs_to)
    if state is not None:
        report(f"going on at step {state.step}, after {duration(state.seconds)} of training")
    _write_recipe(recipe, work, accelerator)
    device = accelerator.device
    start.network.to(device)
    original_mask_embedding = _own_mask_embedding(start)
    features = _features(start, depth, cached, speech, recipe, work, accelerator, tell, cancelled)
    if features is None:
        return _stopped(job, state)
    has_masks = hasattr(start.base, "masked_spec_embed")
    if has_masks and (start.mask_embedding_is_new or depth.encoder_layers is not None):
        fill_mask_embedding(start.base, depth, features.validation(0))
    task = Task(
        upper=UpperNetwork(start.network, depth, start.labels.blank_id),
        spelling=spelling,
        features=features,
        labels=labels,
        references=references,
        recipe=recipe,
        kept=kept,
        accelerator=accelerator,
        stop_after_seconds=None if job.minutes is None else 60 * job.minutes,
        on_progress=on_progress,
        cancelled=cancelled,
    )
    outcome = train(task, state or TrainingState(belongs_to, start.new_head))
    if outcome.finished and accelerator.is_main_process:
        tell(Progress("writing", 0.0, f"writing {job.output}", step=outcome.steps))
        if depth.encoder_layers is not None and original_mask_embedding is not None:
            # It stood for masked frames elsewhere in the network; the model gets its own back.
            start.base.masked_spec_embed.data.copy_(original_mask_embedding)
        write_output(published_network(start), start, job.output, recipe.output, report)
        if not job.keep_training:
            kept.clear()
            if not recipe.cache.keep and not recipe.cache.folder:
                shutil.rmtree(work / "cache", ignore_errors=True)
        tell(Progress("writing", 1.0, f"wrote {job.output}", step=outcome.steps))
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return FinetuneResult(
        folder=job.output,
        finished=outcome.finished,
        steps=outcome.steps,
        before_wer=outcome.before.wer,
        before_cer=outcome.before.cer,
        after_wer=outcome.after.wer,
        after_cer=outcome.after.cer,
        chosen=outcome.chosen,
    )


def _tables(job: FinetuneJob) -> dict[str, Any]:
    tables = read_tables(job.recipe, job.overrides)
    if job.steps is not None:
        tables.setdefault("schedule", {})["steps"] = job.steps
    if tables.get("start", {}).get("architecture"):
        return lay_over(deepspeech2_defaults(tables, is_timed=job.minutes is not None), tables)
    return tables


def _start(job: FinetuneJob, transcripts: list[str], recipe: FinetuneRecipe, work: Path) -> Start:
    """The model that the job names, or the new network that its recipe names."""
    if recipe.start.architecture and job.start is None:
        from trainer.deepspeech2.start import new_start

        return new_start(work, transcripts, recipe)
    if recipe.start.architecture or job.start is None:
        raise FinetuneError(
            "Name either a model to start from (--from MODEL) or a new network's architecture "
            "(--architecture deepspeech2, or start.architecture in the recipe), not both."
        )
    return open_start(job.start, transcripts, recipe)


def _resolved(tables: dict[str, Any], speech: Speech, start: Start, job: FinetuneJob) -> FinetuneRecipe:
    """The recipe over the defaults for this much speech, this network and this machine."""
    way = tables.get("trainable", {}).get("way", "whole")
    defaults = defaults_for(
        speech.train_seconds, start.parameters, new_head=start.new_head, on_cpu=_on_cpu(), way=way
    )
    if job.minutes is not None:
        defaults["schedule"]["steps"] = _NO_LIMIT
    recipe: FinetuneRecipe = build(FinetuneRecipe, lay_over(defaults, tables))
    recipe = _epochs_as_steps(recipe, speech)
    if recipe.optimisation.precision == "fp16" and _on_cpu():
        raise FinetuneError("fp16 needs a graphics card; set optimisation.precision to bf16, or to none.")
    return recipe


def _epochs_as_steps(recipe: FinetuneRecipe, speech: Speech) -> FinetuneRecipe:
    frames = [round(100 * utterance.seconds) for utterance in speech.train]
    batches = len(epoch_batches(frames, [1.0] * len(frames), recipe.batches.seconds, 0, 0))
    together = recipe.batches.accumulation * int(os.environ.get("WORLD_SIZE", "1"))
    schedule, evaluation = recipe.schedule, recipe.evaluation
    if schedule.epochs:
        schedule = replace(schedule, steps=max(1, round(schedule.epochs * batches / together)))
    if evaluation.every_epochs:
        evaluation = replace(
            evaluation, every_steps=max(1, round(evaluation.every_epochs * batches / together))
        )
    return replace(recipe, schedule=schedule, evaluation=evaluation)


def _on_cpu() -> bool:
    if os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes"):
        return True
    return not (torch.cuda.is_available() or torch.backends.mps.is_available())


def _uses_cache(recipe: FinetuneRecipe, depth: Depth) -> bool:
    if depth.convolutions == 0:
        return False  # nothing is frozen
    return recipe.cache.use == "yes" or (recipe.cache.use == "auto" and _on_cpu())


def _fastest(recipe: FinetuneRecipe) -> float:
    augmentation = recipe.augmentation
    stretch = augmentation.stretch[1] if augmentation.stretch_probability else 1.0
    return max(1.0, augmentation.speed[1] * stretch)


def _described(recipe: FinetuneRecipe, start: Start, processes: int) -> str:
    learning = sum(p.numel() for p in start.network.parameters() if p.requires_grad)
    steps = recipe.schedule.steps
    length = "" if steps >= _NO_LIMIT else f", {steps} steps"
    together = f" by {processes} processes" if processes > 1 else ""
    return (
        f"training the {recipe.trainable.way} way{together}: {learning / 1e6:.2f} M of "
        f"{start.parameters / 1e6:.2f} M weights{length}, learning rate up to "
        f"{recipe.schedule.learning_rate:.2g} ({recipe.schedule.shape})"
    )


def _belongs_to(start: Start, speech: Speech, recipe: FinetuneRecipe) -> str:
    """A hash of what a saved state cannot be moved away from."""
    digest = hashlib.sha256()
    for name, tensor in sorted(start.network.state_dict().items()):
        # The mask's vector may be drawn anew each time it is loaded.
        if not name.endswith("masked_spec_embed") and not (start.new_head and name.startswith("lm_head")):
            digest.update(tensor.numpy().tobytes())
    settings: list[Any] = [start.labels.tokens, fingerprint(speech.train), fingerprint(speech.validation)]
    settings += [asdict(recipe.trainable), recipe.optimisation.seed]
    digest.update(json.dumps(settings).encode())
    return digest.hexdigest()


def _accelerator(recipe: FinetuneRecipe, work: Path) -> Any:
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState
    from accelerate.utils import LoggerType

    # accelerate keeps its settings for the whole process; the window trains more than once in one.
    AcceleratorState._reset_state()
    precision = recipe.optimisation.precision
    known = {str(kind.value) for kind in LoggerType} - {"all"}
    unknown = sorted(set(recipe.tracking.trackers) - known)
    if unknown:
        raise FinetuneError(
            f"tracking.trackers names “{unknown[0]}”, which is none of {', '.join(sorted(known))}."
        )
    accelerator = Accelerator(
        mixed_precision="no" if precision == "none" else precision,
        log_with=["tensorboard", *recipe.tracking.trackers],
        project_dir=work,
        # A mask's vector has no gradient in a batch without masks.
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
    settings = {
        f"{table}.{name}": value if isinstance(value, (int, float, str, bool)) else str(value)
        for table, values in asdict(recipe).items()
        for name, value in values.items()
    }
    accelerator.init_trackers("tensorboard", settings)
    return accelerator


def _write_recipe(recipe: FinetuneRecipe, work: Path, accelerator: Any) -> None:
    """Every setting as it was, beside the checkpoints: how to repeat it."""
    if not accelerator.is_main_process:
        return
    lines = []
    for table, values in asdict(recipe).items():
        lines += [f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()), ""]
    work.mkdir(parents=True, exist_ok=True)
    (work / "recipe.toml").write_text("\n".join(lines), encoding="utf-8")


def _own_mask_embedding(start: Start) -> torch.Tensor | None:
    if start.mask_embedding_is_new or not hasattr(start.base, "masked_spec_embed"):
        return None
    embedding: torch.Tensor = start.base.masked_spec_embed.detach().clone()
    return embedding


def _features(
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
        raise FinetuneError(f"data.noise names {noise}, which is no folder; name one with *.flac noises.")
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
                sentence = f"listening to the {name} speech: {done} of {of}, {duration(seconds_left)} left"
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


def _stopped(job: FinetuneJob, state: TrainingState | None) -> FinetuneResult:
    nan = float("nan")
    step = 0 if state is None else state.step
    return FinetuneResult(job.output, False, step, nan, nan, nan, nan, "none")
