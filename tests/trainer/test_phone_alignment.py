from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import pytest

from trainer import phone_alignment
from trainer.dataset import DataError
from trainer.phone_alignment import align_packs

FATAL = "11.flac"


def aligned(job: tuple[str, str, str]) -> tuple[str, phone_alignment.Words | None]:
    """Stands in for PocketSphinx."""
    name, _, text = job
    return name, [(text, 0, 1, [])]


def lost(job: tuple[str, str, str]) -> tuple[str, phone_alignment.Words | None]:
    """The same, until the process is killed."""
    if job[0].endswith(FATAL):
        os.kill(os.getpid(), signal.SIGKILL)
    return aligned(job)


def files(output: Path) -> list[str]:
    return [json.loads(line)["file"] for line in output.read_text().splitlines()]


@pytest.mark.slow
def test_a_lost_process_is_a_sentence_and_the_next_run_goes_on(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", ModuleType("pocketsphinx"))
    monkeypatch.setattr(phone_alignment, "JOBS_A_CHUNK", 1)
    output = tmp_path / "alignments.jsonl"
    said: list[str] = []
    monkeypatch.setattr(phone_alignment, "_align", lost)
    with pytest.raises(DataError, match="goes on from what is aligned"):
        align_packs([packs / "train"], output, 1, said.append)
    assert files(output) == [f"train/{number}.flac" for number in range(11)]
    monkeypatch.setattr(phone_alignment, "_align", aligned)
    assert align_packs([packs / "train"], output, 2, said.append) == 24
    assert files(output) == [f"train/{number}.flac" for number in range(24)]
