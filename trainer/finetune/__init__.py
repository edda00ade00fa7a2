"""Teach a recogniser that exists already: a voice, a field's words, or a language that it never heard.

    from trainer.finetune import FinetuneJob, finetune

    result = finetune(FinetuneJob(Path("my-sessions"), Path("models/starter-en"), Path("models/mine")),
                      on_progress=print)

torch and transformers are imported when a job runs, not when this package is.

    job          what it is asked for, what it tells on its way, what comes out, and its errors
    session      one run of it, from top to bottom: settings, start, speech, loop, output
    options      what a recipe may say, and what holds where it says nothing
    speech       what it learns from, and the labels it is written in
    starts       what it starts from           trainable_parts  what of it learns
    frozen_part  the rest, computed once       features         … and kept on disk
    batches      which utterances together, and their sound
    loop         the training                  output           what a killed one goes on with; the folder
"""

from __future__ import annotations

from trainer.finetune.job import FinetuneJob, FinetuneResult, TrainingProgress, finetune

__all__ = ["FinetuneJob", "FinetuneResult", "TrainingProgress", "finetune"]
