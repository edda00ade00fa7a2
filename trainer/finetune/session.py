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

from asr_desktop.teaching.scoring import Score
from trainer.deepspeech2 import deepspeech2_defaults
from trainer.finetune.batches import WaveformLoader, epoch_batches
from trainer.finetune.features import (
    CachedFeatures,
    CachePlan,
    ComputedFeatures,
    Features,
    HiddenCache,
    cache_key,
    hidden_of,
    open_cache,
)
from trainer.finetune.frozen_part import Depth, UpperNetwork, fill_mask_embedding
from trainer.finetune.job import (
    FinetuneError,
    FinetuneJob,
    FinetuneResult,
    OnProgress,
    TrainingProgress,
    begin_trackers,
    duration,
    open_accelerator,
    write_recipe,
)
from trainer.finetune.loop import LoopOutcome, TrainingTask, train
from trainer.finetune.options import FinetuneRecipe, defaults_for, lay_over
from trainer.finetune.output import (
    KeptState,
    StoredTraining,
    inherited_language_model,
    weigh_language_model,
    write_output,
)
from trainer.finetune.speech import Speech, TranscriptSpelling, find_speech, fingerprint, learnable
from trainer.finetune.starts import Start, enable_gradient_checkpointing, open_start, set_masks
from trainer.finetune.trainable_parts import choose_trainable, frozen_depth, published_network
from trainer.recipe import build, read_tables

# Opens the loop's input: cached outputs of the frozen part if that is worthwhile, otherwise sound.


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
    """From the cache if that is worthwhile, otherwise from sound; None if cancelled."""
    options, seed = recipe.data, recipe.optimisation.seed
    noise = Path(options.noise).expanduser() if options.noise else None
    if noise is not None and not noise.is_dir():
        raise FinetuneError(
            f"data.noise is {noise}, which is not a folder; choose a folder with noise recordings (*.flac)."
        )
    loader = WaveformLoader(speech.train, recipe.augmentation, noise, seed)
    heard = WaveformLoader(speech.validation, recipe.augmentation, None, seed)
    plan = CachePlan([u.seconds for u in speech.train], recipe.batches.seconds, options.augmented_share, seed)
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
            lambda sentence: tell(TrainingProgress("training", 0.0, sentence)),
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
                tell(TrainingProgress("caching", done / of, sentence, seconds_left=seconds_left))

        key = cache_key(start.base, depth, utterances, variants, recipe.augmentation, seed)
        # The first process computes the cache, the others open it.
        with accelerator.local_main_process_first():
            return open_cache(folder, key, len(utterances), variants, compute, progress, cancelled)

    training = from_disk(loader, speech.train, recipe.cache.variants, "training")
    validation = from_disk(heard, speech.validation, 1, "measuring") if training else None
    if training is None or validation is None:
        return None
    return CachedFeatures(plan, recipe.cache.variants, training, validation, device)


# The settings of a job: the defaults for its data, network and machine, its recipe, and ``--set``

# With --minutes alone, the time limit ends the training, not the number of steps.
NO_LIMIT = 10**8


def tables_of(job: FinetuneJob) -> dict[str, Any]:
    """The recipe, and the settings that override it, as tables."""
    tables = read_tables(job.recipe, job.overrides)
    if job.steps is not None:
        # The command line's number of steps also overrides the recipe's number of epochs.
        tables.setdefault("schedule", {}).update(steps=job.steps, epochs=0.0)
    if tables.get("start", {}).get("architecture"):
        return lay_over(deepspeech2_defaults(tables, is_timed=job.minutes is not None), tables)
    return tables


def resolved(tables: dict[str, Any], speech: Speech, start: Start, job: FinetuneJob) -> FinetuneRecipe:
    """The recipe with defaults for the amount of speech, the network and the machine."""
    way = tables.get("trainable", {}).get("way")
    defaults = defaults_for(
        speech.train_seconds,
        start.parameters,
        new_head=start.new_head,
        on_cpu=on_cpu(),
        way=way,
        family=start.network.config.model_type,
        cpu_has_bf16=cpu_has_bf16(),
        layers=len(getattr(start.base.encoder, "layers", ())),
    )
    if job.minutes is not None:
        defaults["schedule"]["steps"] = NO_LIMIT
    recipe: FinetuneRecipe = build(FinetuneRecipe, lay_over(defaults, tables))
    recipe = _epochs_as_steps(recipe, speech)
    if recipe.optimisation.precision == "fp16" and on_cpu():
        raise FinetuneError("fp16 needs a graphics card; set optimisation.precision to bf16 or none.")
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


def on_cpu() -> bool:
    """Whether accelerate will train on the CPU."""
    if os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes"):
        return True
    return not (torch.cuda.is_available() or torch.backends.mps.is_available())


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bfloat16 numbers itself; without that, it is slower than float32."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def uses_cache(recipe: FinetuneRecipe, depth: Depth) -> bool:
    """Whether the frozen part's outputs are cached on disk."""
    if depth.convolutions == 0:
        return False  # nothing is frozen
    return recipe.cache.use == "yes" or (recipe.cache.use == "auto" and on_cpu())


def fastest(recipe: FinetuneRecipe) -> float:
    """The largest speed factor of augmented copies."""
    augmentation = recipe.augmentation
    stretch = augmentation.stretch[1] if augmentation.stretch_probability else 1.0
    return max(1.0, augmentation.speed[1] * stretch)


def described(recipe: FinetuneRecipe, start: Start, processes: int) -> str:
    """A sentence that describes the training."""
    learning = sum(p.numel() for p in start.network.parameters() if p.requires_grad)
    steps = recipe.schedule.steps
    length = "" if steps >= NO_LIMIT else f", {steps} steps"
    together = f" by {processes} processes" if processes > 1 else ""
    return (
        f"training the {recipe.trainable.way} way{together}: {learning / 1e6:.2f} M of "
        f"{start.parameters / 1e6:.2f} M weights{length}, learning rate up to "
        f"{recipe.schedule.learning_rate:.2g} ({recipe.schedule.shape})"
    )


TRAINING_FOLDER = "training"


def run(job: FinetuneJob, on_progress: OnProgress, cancelled: Callable[[], bool]) -> FinetuneResult:
    """See :func:`trainer.finetune.finetune`."""
    is_main = int(os.environ.get("RANK", "0")) == 0  # of the processes that `accelerate launch` starts

    def report(sentence: str) -> None:
        if is_main:
            on_progress(TrainingProgress("preparing", 0.0, sentence))

    def tell(progress: TrainingProgress) -> None:
        if is_main:
            on_progress(progress)

    work = job.output / TRAINING_FOLDER
    tables = tables_of(job)
    first: FinetuneRecipe = build(FinetuneRecipe, tables)
    lists_to = job.output if is_main else None
    speech = find_speech(job.data, job.validation, first.data, first.optimisation.seed, lists_to, report)
    # New heads, adapters and mask embeddings are random, but the same in every run of the job.
    torch.manual_seed(first.optimisation.seed)
    start = _start(job, [u.transcript for u in speech.train], first, work)
    report(start.described())
    recipe = resolved(tables, speech, start, job)
    set_masks(start.network.config, recipe.masks)
    belongs_to = _belongs_to(start, speech, recipe)
    spelling = TranscriptSpelling(start.labels)
    speech, labels, references = learnable(speech, spelling, start.network.config, fastest(recipe), report)
    choose_trainable(start, recipe.trainable)
    depth = frozen_depth(start, recipe.trainable)
    cached = uses_cache(recipe, depth)
    if not cached:
        # Without a cache, frozen layers inside the encoder are cheaper in batches than one by one.
        depth = Depth(depth.convolutions)
    accelerator = open_accelerator(recipe, work)
    report(described(recipe, start, accelerator.num_processes))
    if recipe.optimisation.gradient_checkpointing:
        enable_gradient_checkpointing(start.network)
    kept = KeptState(work)
    state = kept.load_state(belongs_to)
    if state is not None:
        report(f"resuming at step {state.step}, after {duration(state.seconds)} of training")
    write_recipe(recipe, work, accelerator)
    begin_trackers(recipe, accelerator, 0 if state is None else state.step)
    device = accelerator.device
    start.network.to(device)
    original_mask_embedding = _own_mask_embedding(start)
    features = open_features(start, depth, cached, speech, recipe, work, accelerator, tell, cancelled)
    if features is None:
        return _stopped(job, state)
    has_masks = hasattr(start.base, "masked_spec_embed")
    if has_masks and (start.mask_embedding_is_new or depth.encoder_layers is not None):
        fill_mask_embedding(start.base, depth, features.validation(0))
    task = TrainingTask(
        upper=UpperNetwork(start.network, depth, start.labels.blank_id, recipe.optimisation.consistency),
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
    outcome = train(task, state or StoredTraining(belongs_to, start.new_head))
    if outcome.finished and accelerator.is_main_process:
        tell(TrainingProgress("writing", 0.0, f"writing {job.output}", step=outcome.steps))
        if depth.encoder_layers is not None and original_mask_embedding is not None:
            # During training it stood for masked frames of another layer; restore the model's own vector.
            start.base.masked_spec_embed.data.copy_(original_mask_embedding)
        weights = None
        if recipe.output.weigh_language_model and inherited_language_model(start, recipe.output):
            weights = weigh_language_model(
                start.folder,
                speech.train,
                lambda sentence: tell(TrainingProgress("writing", 0.0, sentence, step=outcome.steps)),
                cancelled,
            )
        write_output(published_network(start), start, job.output, recipe.output, report, weights)
        if not job.keep_training:
            kept.clear()
            if not recipe.cache.keep and not recipe.cache.folder:
                shutil.rmtree(work / "cache", ignore_errors=True)
        tell(TrainingProgress("writing", 1.0, f"wrote {job.output}", step=outcome.steps))
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return _result(job, outcome)


def _start(job: FinetuneJob, transcripts: list[str], recipe: FinetuneRecipe, work: Path) -> Start:
    """The job's start model, or the new network of its recipe."""
    if recipe.start.architecture and job.start is None:
        from trainer.finetune.starts import new_start

        return new_start(work, transcripts, recipe)
    if recipe.start.architecture or job.start is None:
        raise FinetuneError(
            "Use either --from MODEL or --architecture deepspeech2 (start.architecture in the recipe), "
            "not both."
        )
    return open_start(job.start, transcripts, recipe)


def _belongs_to(start: Start, speech: Speech, recipe: FinetuneRecipe) -> str:
    """A hash of everything that a saved state depends on."""
    digest = hashlib.sha256()
    for name, tensor in sorted(start.network.state_dict().items()):
        # The mask embedding may be initialised at random each time the model is loaded.
        if not name.endswith("masked_spec_embed") and not (start.new_head and name.startswith("lm_head")):
            digest.update(tensor.numpy().tobytes())
    settings: list[Any] = [start.labels.tokens, fingerprint(speech.train), fingerprint(speech.validation)]
    settings += [asdict(recipe.trainable), recipe.optimisation.seed]
    digest.update(json.dumps(settings).encode())
    return digest.hexdigest()


def _own_mask_embedding(start: Start) -> torch.Tensor | None:
    if start.mask_embedding_is_new or not hasattr(start.base, "masked_spec_embed"):
        return None
    embedding: torch.Tensor = start.base.masked_spec_embed.detach().clone()
    return embedding


def _stopped(job: FinetuneJob, state: StoredTraining | None) -> FinetuneResult:
    """The result of a job that was cancelled before the loop began."""
    step = 0 if state is None else state.step
    return _result(job, LoopOutcome(step, None, None, "none", finished=False))


def _result(job: FinetuneJob, outcome: LoopOutcome) -> FinetuneResult:
    def rates(score: Score | None) -> tuple[float, float]:
        return (float("nan"), float("nan")) if score is None else (score.wer, score.cer)

    (before_wer, before_cer), (after_wer, after_cer) = rates(outcome.before), rates(outcome.after)
    return FinetuneResult(
        folder=job.output,
        finished=outcome.finished,
        steps=outcome.steps,
        before_wer=before_wer,
        before_cer=before_cer,
        after_wer=after_wer,
        after_cer=after_cer,
        chosen=outcome.chosen,
    )
