"""Trainings that cannot go on: a sentence, and a state that is saved."""

from __future__ import annotations

import errno
import resource
import signal
from pathlib import Path

import pytest
import torch

from tests.trainer.finetune.jobs import job, stop_after
from trainer.finetune import finetune
from trainer.finetune.job import FinetuneError
from trainer.training import CheckpointError, load_checkpoint


def test_a_loss_that_is_no_number_is_a_sentence_and_a_saved_state(
    packs: Path, starts: Path, tmp_path: Path
) -> None:
    broken = job(
        packs, starts / "wav2vec2", tmp_path / "m", "schedule.learning_rate=1e30", "schedule.warmup_share=0.0"
    )
    with pytest.raises(FinetuneError, match=r"lower schedule\.learning_rate"):
        finetune(broken)
    state = load_checkpoint(tmp_path / "m" / "training" / "state.pt")
    assert all(bool(torch.isfinite(tensor).all()) for tensor in state["weights"].values())


def test_too_little_memory_is_a_sentence_and_a_saved_state(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.finetune import loop

    real, calls = loop.collate, []

    def greedy(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 4:
            return torch.empty(2**50)  # what a batch that is far too large asks for
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "collate", greedy)
    with pytest.raises(FinetuneError, match=r"batches\.seconds=3 .*batches\.accumulation=2"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m"))
    assert load_checkpoint(tmp_path / "m" / "training" / "state.pt")["step"] == 3
    monkeypatch.undo()
    smaller = job(packs, starts / "wav2vec2", tmp_path / "m", "batches.seconds=3", "batches.accumulation=2")
    assert finetune(smaller).finished


def test_a_full_disk_is_a_sentence_and_keeps_the_state(packs: Path, starts: Path, tmp_path: Path) -> None:
    output = tmp_path / "m"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_the_disk() -> bool:
        if stop_after(4, output)():
            # No file may grow beyond what a checkpoint needs: as a full disk, and undone as easily.
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        return False

    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(CheckpointError, match="free up disk space"):
            finetune(job(packs, starts / "wav2vec2", output), cancelled=fill_the_disk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)
    assert load_checkpoint(output / "training" / "state.pt")["step"] == 4
    assert finetune(job(packs, starts / "wav2vec2", output)).finished


def test_a_disk_that_fills_up_while_it_listens_or_logs_is_a_sentence(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.finetune.job import FigureLog

    def full(log: FigureLog, step: int, **figures: float) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FigureLog, "write", full)
        with pytest.raises(FinetuneError, match=r"The disk is full.*resume from the last complete state"):
            finetune(job(packs, starts / "wav2vec2", tmp_path / "m"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        with pytest.raises(FinetuneError, match=r"cache in .* cannot be written"):
            finetune(job(packs, starts / "wav2vec2", tmp_path / "n"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)


def test_too_little_memory_while_it_measures_is_a_sentence(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.finetune import loop

    monkeypatch.setattr(loop, "measure", lambda *arguments: torch.empty(2**50))
    with pytest.raises(FinetuneError, match=r"not enough memory .*data\.most_seconds"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m"))


def test_fp16_needs_a_card(packs: Path, starts: Path, tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a card")
    with pytest.raises(FinetuneError, match="bf16"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m", "optimisation.precision=fp16"))
