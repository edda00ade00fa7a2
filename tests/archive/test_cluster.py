"""An archive on a Ray cluster of two machines, both of them here, one of which is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.archive.cluster import outcomes_on_cluster
from asr_desktop.archive.outcome import ArchiveError
from tests.archive.scripted_archive import OPTIONS
from tests.archive.test_archive_command import (
    PATIENCE_SECONDS,
    done,
    inbox,
    options_of,
    outputs,
    start,
    wait_for_one,
)
from tests.fake_transcriber import run

__all__ = ["inbox"]

COPIES = 8


def test_without_ray_or_a_cluster_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ArchiveError, match="extra “cluster”"):
        next(outcomes_on_cluster([], OPTIONS, "auto"))


@pytest.fixture
def cluster(home: Path) -> Iterator[Any]:
    """Two machines with one core each."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    small = {"num_cpus": 1, "object_store_memory": 100 * 1024 * 1024, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=small)
    try:
        yield made
    finally:
        made.shutdown()


@pytest.mark.slow
def test_a_lost_machine_and_a_killed_process_cost_only_what_they_did(
    inbox: Path, tmp_path: Path, cluster: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(COPIES):
        shutil.copy(inbox / "long.wav", inbox / f"{number}.wav")
    other = cluster.add_node(num_cpus=1, object_store_memory=100 * 1024 * 1024)
    cluster.wait_for_nodes()
    out = tmp_path / "out"

    program = start(inbox, out, "--ray", cluster.address)
    wait_for_one(out, program)
    killed = _kill_a_task()
    cluster.remove_node(other, allow_graceful=False)
    printed = program.communicate(timeout=PATIENCE_SECONDS)[0].decode()

    assert killed
    assert program.returncode == 1, printed
    wanted = sorted(str(path) for path in inbox.rglob("*.wav"))
    assert sorted(done(out)) == wanted, "each once, also what was lost in the middle"
    report = json.loads((out / "archive-report.json").read_text())
    assert [failure["file"] for failure in report["failures"]] == [str(inbox / "broken.mp3")]
    assert run("archive", inbox, "--output-dir", tmp_path / "here", *options_of(tmp_path)) == 1
    assert outputs(out) == outputs(tmp_path / "here"), "the same files as without a cluster"


def _kill_a_task() -> bool:
    """End a process of Ray that transcribes."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        for line in found.splitlines():
            number, _, name = line.strip().partition(" ")
            if name.strip().startswith("ray::") and "transcribe_row" in name and _is_ours(int(number)):
                os.kill(int(number), signal.SIGKILL)
                return True
        time.sleep(0.02)
    return False


def _is_ours(number: int) -> bool:
    """Whether a process has the data folder of this test."""
    try:
        environment = Path(f"/proc/{number}/environ").read_bytes()
    except OSError:
        return False
    return os.fsencode(f"ASR_DESKTOP_HOME={os.environ['ASR_DESKTOP_HOME']}\0") in environment
