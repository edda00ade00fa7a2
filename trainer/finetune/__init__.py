"""Fine-tunes an existing recogniser: on a voice, the vocabulary of a field, or a new language.

    from trainer.finetune import FinetuneJob, finetune

    result = finetune(FinetuneJob(Path("my-sessions"), Path("models/starter-en"), Path("models/mine")),
                      on_progress=print)

torch and transformers are imported when a job runs, not with this package.

    job          the job, its progress, result and errors
    session      one run of it, from top to bottom: settings, start, speech, loop, output
    options      the settings of a recipe and their defaults
    speech       training and validation utterances, and their spelling in labels
    starts       the start model               trainable_parts  which weights are trained
    frozen_part  the rest, computed once       features         … and cached on disk
    batches      composition of batches, and their sound
    loop         the training                  output           saved state for resuming; the model folder
"""

from __future__ import annotations

from trainer.finetune.job import FinetuneJob, FinetuneResult, TrainingProgress, finetune

__all__ = ["FinetuneJob", "FinetuneResult", "TrainingProgress", "finetune"]
