"""Ends a real process where it stands, as a power cut or an impatient person does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from trainer.training import load_checkpoint

ROOT = Path(__file__).parents[2]


def kill_when(arguments: Sequence[str], is_time: Callable[[], bool]) -> None:
    """`python ARGUMENTS` is started in the repository's root and killed as soon as ``is_time``."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 300
        while not is_time():
            if process.poll() is not None:
                raise AssertionError(
                    f"it ended before it could be killed: {process.communicate()[1][-3000:]}"
                )
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)


def saved_step(state: Path) -> int:
    """The step of a saved state, -1 where there is none yet."""
    return int(load_checkpoint(state)["step"]) if state.is_file() else -1
