"""Teach a recogniser that exists already: a voice, a field's words, or a language that it never heard.

    from trainer.finetune import FinetuneJob, finetune

    result = finetune(FinetuneJob(Path("my-sessions"), Path("models/starter-en"), Path("models/mine")),
                      on_progress=print)

torch and transformers are imported when a job runs, not when this package is.

    job          the whole way from a data set to a model folder
    session      one run of it, from top to bottom: settings, start, speech, loop, output
    options      what a recipe may say, and what holds where it says nothing
    speech       what it learns from, and the labels it is written in
    starts       what it starts from           trainable_parts  what of it learns
    frozen_part  the rest, computed once       features         … and kept on disk
    batches      which utterances together, and their sound
    loop         the training                  state            what a killed one goes on with
    progress     what is told of it            output           the model folder at the end
"""

from __future__ import annotations

from trainer.finetune.job import FinetuneJob, FinetuneResult, finetune
from trainer.finetune.progress import TrainingProgress

__all__ = ["FinetuneJob", "FinetuneResult", "TrainingProgress", "finetune"]
