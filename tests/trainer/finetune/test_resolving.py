from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asr_desktop.teaching.data import read_dataset
from trainer.finetune.job import FinetuneJob
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.session import NO_LIMIT, resolved, tables_of
from trainer.finetune.speech import Speech
from trainer.finetune.starts import open_start
from trainer.recipe import build


def recipe(packs: Path, starts: Path, *overrides: str, **length: Any) -> FinetuneRecipe:
    job = FinetuneJob(
        packs / "train",
        starts / "wav2vec2",
        Path("unused"),
        overrides=("batches.seconds=6", *overrides),
        **length,
    )
    tables = tables_of(job)
    speech = Speech(read_dataset(packs / "train"), read_dataset(packs / "held-out"))
    transcripts = [utterance.transcript for utterance in speech.train]
    start = open_start(starts / "wav2vec2", transcripts, build(FinetuneRecipe, tables))
    return resolved(tables, speech, start, job)


def test_epochs_become_steps_and_the_command_line_wins(packs: Path, starts: Path) -> None:
    one = recipe(packs, starts, "schedule.epochs=1").schedule.steps
    assert 5 < one <= 24
    assert recipe(packs, starts, "schedule.epochs=3").schedule.steps == 3 * one
    halved = recipe(packs, starts, "schedule.epochs=2", "batches.accumulation=2")
    assert halved.schedule.steps == pytest.approx(one, abs=1)
    assert recipe(packs, starts, "schedule.epochs=3", steps=7).schedule.steps == 7
    assert recipe(packs, starts, "schedule.steps=9", steps=7).schedule.steps == 7


def test_minutes_end_a_training_that_has_no_other_end(packs: Path, starts: Path) -> None:
    assert recipe(packs, starts, minutes=1.0).schedule.steps == NO_LIMIT
    # With both, whatever ends first.
    assert recipe(packs, starts, minutes=1.0, steps=7).schedule.steps == 7
    by_epochs = recipe(packs, starts, "schedule.epochs=2", minutes=1.0).schedule.steps
    assert by_epochs == recipe(packs, starts, "schedule.epochs=2").schedule.steps


def test_measuring_each_epoch_is_measuring_every_so_many_steps(packs: Path, starts: Path) -> None:
    made = recipe(packs, starts, "schedule.epochs=4", "evaluation.every_epochs=1")
    assert made.schedule.steps == 4 * made.evaluation.every_steps


def test_what_is_set_lies_over_the_defaults(packs: Path, starts: Path) -> None:
    made = recipe(packs, starts, "masks.time_share=0.11")
    assert made.masks.time_share == 0.11
    assert made.masks.channel_share == recipe(packs, starts).masks.channel_share
