"""One run of a fine-tuning job, from top to bottom: data, start, cache, loop, model folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from asr_desktop.teaching.scoring import Score
from trainer.finetune.errors import FinetuneError
from trainer.finetune.frozen_part import Depth, UpperNetwork, fill_mask_embedding
from trainer.finetune.job import FinetuneJob, FinetuneResult
from trainer.finetune.loop import Outcome, Task, train
from trainer.finetune.opening import open_features
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.output import inherited_language_model, write_output
from trainer.finetune.progress import OnProgress, Progress, duration
from trainer.finetune.resolving import described, fastest, resolved, tables_of, uses_cache
from trainer.finetune.speech import Speech, find_speech, fingerprint, learnable
from trainer.finetune.starts import Start, enable_gradient_checkpointing, open_start, set_masks
from trainer.finetune.state import Kept, TrainingState
from trainer.finetune.tracking import begin_trackers, open_accelerator, write_recipe
from trainer.finetune.trainable_parts import choose_trainable, frozen_depth, published_network
from trainer.finetune.vocabulary import TranscriptSpelling
from trainer.finetune.weighing import weigh_language_model
from trainer.recipe import build

TRAINING_FOLDER = "training"


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
    tables = tables_of(job)
    first: FinetuneRecipe = build(FinetuneRecipe, tables)
    lists_to = job.output if is_main else None
    speech = find_speech(job.data, job.validation, first.data, first.optimisation.seed, lists_to, report)
    # New heads, adapters and masks' vectors are drawn at random: the same in every run of the job.
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
    kept = Kept(work)
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
    task = Task(
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
    outcome = train(task, state or TrainingState(belongs_to, start.new_head))
    if outcome.finished and accelerator.is_main_process:
        tell(Progress("writing", 0.0, f"writing {job.output}", step=outcome.steps))
        if depth.encoder_layers is not None and original_mask_embedding is not None:
            # It stood for masked frames elsewhere in the network; the model gets its own back.
            start.base.masked_spec_embed.data.copy_(original_mask_embedding)
        weights = None
        if recipe.output.weigh_language_model and inherited_language_model(start, recipe.output):
            weights = weigh_language_model(
                start.folder,
                speech.train,
                lambda sentence: tell(Progress("writing", 0.0, sentence, step=outcome.steps)),
                cancelled,
            )
        write_output(published_network(start), start, job.output, recipe.output, report, weights)
        if not job.keep_training:
            kept.clear()
            if not recipe.cache.keep and not recipe.cache.folder:
                shutil.rmtree(work / "cache", ignore_errors=True)
        tell(Progress("writing", 1.0, f"wrote {job.output}", step=outcome.steps))
    accelerator.wait_for_everyone()
    accelerator.end_training()
    return _result(job, outcome)


def _start(job: FinetuneJob, transcripts: list[str], recipe: FinetuneRecipe, work: Path) -> Start:
    """The model that the job names, or the new network that its recipe names."""
    if recipe.start.architecture and job.start is None:
        from trainer.deepspeech2.start import new_start

        return new_start(work, transcripts, recipe)
    if recipe.start.architecture or job.start is None:
        raise FinetuneError(
            "Use either --from MODEL or --architecture deepspeech2 (start.architecture in the recipe), "
            "not both."
        )
    return open_start(job.start, transcripts, recipe)


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


def _own_mask_embedding(start: Start) -> torch.Tensor | None:
    if start.mask_embedding_is_new or not hasattr(start.base, "masked_spec_embed"):
        return None
    embedding: torch.Tensor = start.base.masked_spec_embed.detach().clone()
    return embedding


def _stopped(job: FinetuneJob, state: TrainingState | None) -> FinetuneResult:
    """Before the loop began."""
    step = 0 if state is None else state.step
    return _result(job, Outcome(step, None, None, "none", finished=False))


def _result(job: FinetuneJob, outcome: Outcome) -> FinetuneResult:
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
