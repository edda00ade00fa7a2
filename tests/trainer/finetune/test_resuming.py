"""Trainings that were killed or cancelled: they go on, and come to the same weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainer.finetune.jobs import assert_same_weights, job, stop_after, whole
from tests.trainer.killing import ROOT, kill_when, saved_step
from trainer.finetune import finetune
from trainer.finetune.job import FinetuneError, read_figures
from trainer.training import load_checkpoint

__all__ = ["whole"]


# It stands still when the moment has come, which would be missed now and then otherwise.
RUN = """
import sys, time, torch
torch.set_num_threads(1)
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.trainer.finetune.jobs import job
from tests.trainer.killing import saved_step
from trainer.finetune import finetune, output

folder, moment = Path({output!r}), {moment!r}
put_in_place = output._put_in_place

def stand_still():
    Path({come!r}).touch()
    time.sleep(600)

def look(progress):
    if moment == "while it listens" and any((folder / "training" / "cache").glob("*/*.part")):
        stand_still()
    if moment == "while it trains" and saved_step(folder / "training" / "state.pt") >= 2:
        stand_still()

def write(made, place):
    if moment == "while it writes":
        stand_still()
    put_in_place(made, place)

output._put_in_place = write
finetune(job(Path({packs!r}), Path({start!r}), folder), on_progress=look)
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["while it listens", "while it trains", "while it writes"])
def test_a_job_that_was_killed_comes_to_the_same_weights(
    packs: Path, starts: Path, whole: Path, tmp_path: Path, moment: str
) -> None:
    output = tmp_path / "killed"
    state = output / "training" / "state.pt"
    come = tmp_path / "come"
    script = RUN.format(
        root=str(ROOT),
        packs=str(packs),
        start=str(starts / "wav2vec2"),
        output=str(output),
        moment=moment,
        come=str(come),
    )
    kill_when(["-c", script], come.exists)
    assert any((output / "training" / "cache").glob("*/*.part")) == (moment == "while it listens")
    assert any(output.glob(".writing-*")) == (moment == "while it writes")
    saved = saved_step(state)
    told: list[str] = []
    result = finetune(job(packs, starts / "wav2vec2", output), lambda progress: told.append(str(progress)))
    assert result.finished
    assert any(f"resuming at step {saved}" in sentence for sentence in told) == (saved >= 0)
    assert_same_weights(whole, output)
    assert not list(output.glob(".writing-*"))
    # The log is that of one training, from its first step on.
    figures = [read_figures(folder / "training" / "figures.jsonl") for folder in (whole, output)]
    assert [row["step"] for row in figures[0]] == [row["step"] for row in figures[1]]
    assert [row.get("cer") for row in figures[0]] == [row.get("cer") for row in figures[1]]


def test_a_cancelled_job_goes_on_where_it_was(packs: Path, starts: Path, whole: Path, tmp_path: Path) -> None:
    output = tmp_path / "cancelled"
    result = finetune(job(packs, starts / "wav2vec2", output), cancelled=stop_after(4, output))
    assert not result.finished
    assert result.steps == 4
    assert "Run the same command again to resume" in result.sentence
    assert not (output / "model.safetensors").exists()
    assert finetune(job(packs, starts / "wav2vec2", output)).finished
    assert_same_weights(whole, output)


def test_cancelled_while_it_listens(packs: Path, starts: Path, tmp_path: Path) -> None:
    result = finetune(job(packs, starts / "wav2vec2", tmp_path / "m"), cancelled=lambda: True)
    assert not result.finished
    assert result.steps == 0


def test_cancelled_in_the_middle_of_a_measurement_it_is_made_again(
    packs: Path, starts: Path, whole: Path, tmp_path: Path
) -> None:
    from trainer.finetune import loop

    output = tmp_path / "cancelled"

    class Stop:
        """Says so from the third question of the second measurement on."""

        def __init__(self) -> None:
            self.measurements = self.questions = 0

        def __call__(self) -> bool:
            self.questions += 1
            return self.measurements == 2 and self.questions > 2

    stop = Stop()
    real = loop.measure

    def measure(*arguments: object) -> object:
        stop.measurements, stop.questions = stop.measurements + 1, 0
        return real(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "measure", measure)
        result = finetune(job(packs, starts / "wav2vec2", output), cancelled=stop)
    assert not result.finished
    saved = load_checkpoint(output / "training" / "state.pt")
    assert saved["step"] == result.steps == 4
    assert saved["measure_next"]
    assert finetune(job(packs, starts / "wav2vec2", output)).finished
    assert_same_weights(whole, output)
    figures = [read_figures(folder / "training" / "figures.jsonl") for folder in (whole, output)]
    assert [row.get("cer") for row in figures[0]] == [row.get("cer") for row in figures[1]]


def test_a_folder_of_another_training_is_not_mixed_in(packs: Path, starts: Path, tmp_path: Path) -> None:
    output = tmp_path / "m"
    finetune(job(packs, starts / "wav2vec2", output), cancelled=stop_after(2, output))
    with pytest.raises(FinetuneError, match=r"different data|different trainable"):
        finetune(job(packs, starts / "wav2vec2", output, "trainable.way=lora"))
