"""Teach a recogniser that exists already: a voice, a field's words, or a language that it never heard.

    from trainer.finetune import FinetuneJob, finetune

    result = finetune(FinetuneJob(Path("my-sessions"), Path("models/starter-en"), Path("models/mine")),
                      on_progress=print)

torch and transformers are imported when a job runs, not when this package is.

    job          the whole way from a data set to a model folder
    session      one run of it, from top to bottom
    resolving    the settings it runs with     speech           what it learns from
    starts       what it starts from           trainable_parts  what of it learns
    frozen_part  the rest, computed once       hidden_cache     … and kept on disk
    loop         the training                  state            what a killed one goes on with
    choosing     the weights it comes to       output           the model folder that comes out
"""

from __future__ import annotations

from trainer.finetune.job import FinetuneJob, FinetuneResult, finetune
from trainer.finetune.progress import Progress

__all__ = ["FinetuneJob", "FinetuneResult", "Progress", "finetune"]
