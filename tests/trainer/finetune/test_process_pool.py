from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from pathlib import Path

import pytest

from trainer.finetune.batches import kill_pool, processes_of, result_of

ROOT = Path(__file__).parents[2]

PARENT = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from trainer.finetune.batches import end_with_parent
pool = ProcessPoolExecutor(1, initializer=end_with_parent)
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(600)
"""


def is_running(pid: int) -> bool:
    """A process that nobody has asked about yet still has an entry, as a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.slow
def test_a_result_comes_and_a_lost_process_is_an_error() -> None:
    pool = ProcessPoolExecutor(1)
    try:
        pid = result_of(pool.submit(os.getpid), pool)
        assert [process.pid for process in processes_of(pool)] == [pid]
        waiting = pool.submit(time.sleep, 600)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(BrokenExecutor):
            result_of(waiting, pool, 0.2)
    finally:
        kill_pool(pool)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no signals that stop a process")
def test_half_a_result_is_not_waited_for() -> None:
    pool = ProcessPoolExecutor(1)
    try:
        pid = result_of(pool.submit(os.getpid), pool)
        waiting = pool.submit(time.sleep, 600)
        os.kill(pid, signal.SIGSTOP)
        writer = pool._result_queue._writer  # type: ignore[attr-defined]
        os.write(writer.fileno(), struct.pack("!i", 1000) + b"half of it")
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(BrokenExecutor):
            result_of(waiting, pool, 0.2)
        reader = pool._executor_manager_thread  # type: ignore[attr-defined]
        kill_pool(pool)
        reader.join(60)
        assert not reader.is_alive()
    finally:
        kill_pool(pool)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look into")
def test_a_process_ends_with_the_one_that_started_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_running(pid)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 60
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
