"""Trackers beside TensorBoard."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.trainer.finetune.jobs import job
from trainer.finetune import finetune
from trainer.finetune.job import FinetuneError


def test_a_tracker_that_nobody_knows_is_a_sentence(packs: Path, starts: Path, tmp_path: Path) -> None:
    with pytest.raises(FinetuneError, match=r"“nonsense”.*mlflow.*wandb"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m", 'tracking.trackers=["nonsense"]'))


def test_a_tracker_that_is_not_installed_is_a_sentence(packs: Path, starts: Path, tmp_path: Path) -> None:
    if find_spec("clearml"):
        pytest.skip("it is installed")
    with pytest.raises(FinetuneError, match="“clearml”, which is not installed"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m", 'tracking.trackers=["clearml"]'))


def test_other_trackers_get_what_tensorboard_gets(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accelerate import tracking

    class Notebook(tracking.GeneralTracker):
        """As anybody can register one with accelerate."""

        name = "notebook"
        requires_logging_directory = False
        settings: ClassVar[dict[str, object]] = {}
        rows: ClassVar[list[tuple[int, dict[str, float]]]] = []

        def __init__(self, run_name: str, **named: object) -> None:
            super().__init__()

        @property
        def tracker(self) -> None:
            return None

        def store_init_configuration(self, values: dict[str, object]) -> None:
            self.settings.update(values)

        def log(self, values: dict[str, float], step: int | None = None, **named: object) -> None:
            self.rows.append((step or 0, values))

    monkeypatch.setitem(tracking.LOGGER_TYPE_TO_CLASS, "notebook", Notebook)
    settings = ('tracking.trackers=["notebook"]', "checkpoints.choose=last")
    finetune(job(packs, starts / "wav2vec2", tmp_path / "m", *settings, steps=10))
    assert Notebook.settings["schedule.steps"] == 10
    assert [step for step, row in Notebook.rows if "validation/cer" in row] == [0, 5, 10]
    assert [step for step, row in Notebook.rows if "train/loss" in row] == [10]
    events = EventAccumulator(str(tmp_path / "m" / "training" / "tensorboard")).Reload()
    assert [event.step for event in events.Scalars("validation/cer")] == [0, 5, 10]
    assert [event.step for event in events.Scalars("train/loss")] == [10]
