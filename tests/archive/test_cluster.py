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
from types import SimpleNamespace
from typing import Any

import pytest

from asr_desktop.archive import cluster as cluster_module
from asr_desktop.archive.cluster import outcomes_on_cluster
from asr_desktop.archive.outcome import ArchiveError, Outcome, Recording
from asr_desktop.audio.input_files import SourceStamp
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


class _Rows:
    """What is asked of Ray Data, one task after the other in this process."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def from_items(self, rows: list[dict[str, Any]], **more: object) -> _Rows:
        return _Rows(rows)

    def map(self, task: Any, fn_kwargs: dict[str, Any], **more: object) -> _Rows:
        return _Rows([task(row, **fn_kwargs) for row in self.rows])

    def iter_rows(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


@pytest.mark.parametrize("is_here", [True, False])
def test_a_machine_without_the_disk_is_named_and_fails_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_here: bool
) -> None:
    ray = SimpleNamespace(data=_Rows([]), shutdown=lambda: None)
    monkeypatch.setattr(cluster_module, "_connected", lambda address: ray)
    monkeypatch.setattr(cluster_module, "_recogniser", lambda asked: None)
    monkeypatch.setattr(cluster_module.socket, "gethostname", lambda: "node7")
    path = tmp_path / "talk.wav"

    def failed(recording: Recording, *more: object) -> Outcome:
        return Outcome(recording, None, failure="There is no such file.")

    monkeypatch.setattr(cluster_module, "transcribed", failed)
    outcomes = outcomes_on_cluster([Recording(path, "talk", 1.0)], OPTIONS, "auto")
    stamps = iter([None, SourceStamp(1, 1) if is_here else None])  # there, and then here
    monkeypatch.setattr(cluster_module, "stamp_of", lambda path: next(stamps))
    if is_here:
        with pytest.raises(ArchiveError, match=r"node7 does not have .*talk\.wav"):
            next(outcomes)
    else:
        assert next(outcomes).failure == "There is no such file."


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
    os.kill(_wait_for_a_task(cluster.head_node), signal.SIGKILL)
    _wait_for_a_task(other)
    cluster.remove_node(other, allow_graceful=False)
    printed = program.communicate(timeout=PATIENCE_SECONDS)[0].decode()

    assert program.returncode == 1, printed
    wanted = sorted(str(path) for path in inbox.rglob("*.wav"))
    assert sorted(done(out)) == wanted, "each once, also what was lost in the middle"
    report = json.loads((out / "archive-report.json").read_text())
    assert [failure["file"] for failure in report["failures"]] == [str(inbox / "broken.mp3")]
    assert run("archive", inbox, "--output-dir", tmp_path / "here", *options_of(tmp_path)) == 1
    assert outputs(out) == outputs(tmp_path / "here"), "the same files as without a cluster"


def _wait_for_a_task(machine: Any) -> int:
    """The process of Ray that transcribes on one of the two machines."""
    (daemon,) = machine.all_processes["raylet"]
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        command = ["ps", "-o", "pid=,args=", "--ppid", str(daemon.process.pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        for line in found.splitlines():
            number, _, name = line.strip().partition(" ")
            if name.strip().startswith("ray::") and "transcribe_row" in name and _is_ours(int(number)):
                return int(number)
        time.sleep(0.02)
    raise AssertionError("one of the machines has nothing to do")


def _is_ours(number: int) -> bool:
    """Whether a process has the data folder of this test."""
    try:
        environment = Path(f"/proc/{number}/environ").read_bytes()
    except OSError:
        return False
    return os.fsencode(f"ASR_DESKTOP_HOME={os.environ['ASR_DESKTOP_HOME']}\0") in environment
