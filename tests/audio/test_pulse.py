"""The sound server's own tool, and that it never outlives the program that asked it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from asr_desktop.audio import pulse
from tests.audio.fake_sound import wait_for

ROOT = Path(__file__).parents[2]
LISTENING = """
import signal
from asr_desktop.audio.pulse import Subscription
subscription = Subscription()
print(next(subscription.changes()), flush=True)
signal.pause()
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PulseAudio is of Linux")


@pytest.fixture
def pactl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `pactl subscribe` that has one piece of news; the file where it writes its process number."""
    number = tmp_path / "number"
    program = tmp_path / "pactl"
    program.write_text(
        f"#!/bin/sh\necho $$ >{number}\necho \"Event 'new' on sink #1\"\n"
        "echo \"Event 'new' on source #1\"\nexec sleep 600\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return number


def is_running(number: Path) -> bool:
    """Whether it runs; a process that has ended and that nobody has asked about yet does not."""
    try:
        status = Path(f"/proc/{int(number.read_text())}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_killed_program_leaves_no_pactl_behind(pactl: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", LISTENING], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "Event 'new' on source #1\n"
    assert is_running(pactl)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    wait_for(lambda: not is_running(pactl), "the end of pactl")


def test_a_subscription_ends_when_it_is_closed(pactl: Path) -> None:
    subscription = pulse.Subscription()
    changes = subscription.changes()
    assert next(changes) == "Event 'new' on source #1"
    subscription.close()
    assert list(changes) == []
    wait_for(lambda: not is_running(pactl), "the end of pactl")


def test_a_subscription_ends_with_the_sound_server(pactl: Path) -> None:
    subscription = pulse.Subscription()
    changes = subscription.changes()
    next(changes)
    os.kill(int(pactl.read_text()), signal.SIGTERM)
    assert list(changes) == []
    subscription.close()
