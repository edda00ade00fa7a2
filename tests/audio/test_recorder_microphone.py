"""The recorder on a real sound system: PortAudio and PulseAudio, with a microphone made of software."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.recorder import Recorder, RecorderEvent, RecorderState
from asr_desktop.audio.session import Session, SessionState
from asr_desktop.audio.tail import read_growing
from tests.audio.fake_sound import wait_for
from tests.audio.measure import at_16_khz, share_heard
from tests.fixtures.make_media import speech_like
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

RATE = 48_000
# Less than all, since a busy machine's sound server stutters while it plays. That the recorder itself loses
# not a sample is shown where the sound comes from a driver made of software (test_recorder.py).
ENOUGH = 0.7
ROOT = Path(__file__).parents[2]


def heard_in(session: Session) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *read_growing(session)])


def kept(session: Session, played: NDArray[np.float32]) -> float:
    """The share of what was played that the session holds."""
    return share_heard(heard_in(session), at_16_khz(played, RATE))


def test_all_that_is_said_between_listening_and_stop_is_recorded(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    """Speech begins the moment that listening is announced, and Stop comes the moment it ends."""
    voice = speech_like(2.0, RATE)
    with Recorder(folder=tmp_path) as recorder:
        assert recorder.wait_until_listening(30)
        virtual_microphone.play(voice, RATE)
    assert kept(recorder.session, voice) >= ENOUGH
    part = recorder.session.parts()[0]
    assert (part.sample_rate, part.channels) == (RATE, 2)


def test_the_systems_own_sound_can_be_recorded(virtual_microphone: VirtualMicrophone, tmp_path: Path) -> None:
    voice = speech_like(1.5, RATE)
    with Recorder("Monitor of", folder=tmp_path) as recorder:
        assert recorder.device is not None
        assert recorder.device.is_loopback
        assert recorder.wait_until_listening(30)
        virtual_microphone.play(voice, RATE)
    assert kept(recorder.session, voice) >= ENOUGH


def test_a_microphone_that_is_pulled_out_and_plugged_in_again(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    """PulseAudio moves the recording silently to another input: the sound of that one must not get in."""
    events: list[RecorderEvent] = []
    before, meanwhile, after = (speech_like(1.5, RATE, seed) for seed in range(3))
    with Recorder("Virtual-Microphone", folder=tmp_path, on_event=events.append) as recorder:
        assert recorder.wait_until_listening(30)
        virtual_microphone.play(before, RATE)
        time.sleep(0.5)
        virtual_microphone.pull_out()
        wait_for(lambda: recorder.state is RecorderState.NO_DEVICE, "the loss")
        virtual_microphone.play(meanwhile, RATE)
        assert recorder.state is RecorderState.NO_DEVICE
        virtual_microphone.plug_in()
        wait_for(lambda: recorder.state is RecorderState.LISTENING, "the microphone")
        virtual_microphone.play(after, RATE)
    assert kept(recorder.session, before) >= ENOUGH
    assert kept(recorder.session, meanwhile) == 0.0
    assert kept(recorder.session, after) >= ENOUGH
    assert any(event.kind == "gap" and event.details["reason"] == "device" for event in events)
    lost = next(event for event in events if event.kind == "device_lost")
    assert '"Virtual-Microphone" was unplugged; everything so far is saved' in str(lost.message)


_CHILD = """
import sys, time
from pathlib import Path
from asr_desktop.audio.recorder import Recorder

recorder = Recorder(folder=Path(sys.argv[1]))
recorder.start()
assert recorder.wait_until_listening(30)
print("listening", flush=True)
sys.stdin.readline()
recorder.stop()
"""


def start_child(folder: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "listening\n"
    return child


@pytest.mark.parametrize("attempt", range(3))
def test_kill_9_at_any_moment_loses_at_most_a_second(
    attempt: int, virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    voice = speech_like(8.0, RATE, seed=attempt)
    child = start_child(tmp_path)
    player = virtual_microphone.start_playing(voice, RATE)
    session = Session(next(tmp_path.iterdir()))
    enough_seconds = 3.5 + np.random.default_rng(attempt).uniform(0, 1.0)
    wait_for(lambda: session.duration_seconds() > enough_seconds, "some sound")
    child.kill()
    killed_at = datetime.now(UTC)
    child.wait()
    player.kill()
    player.wait()
    assert session.state() is SessionState.BROKEN
    session.repair()
    assert session.state() is SessionState.FINISHED
    first_sound = next(event for event in session.events() if event["type"] == "part")
    ran_seconds = (killed_at - datetime.fromisoformat(first_sound["time"])).total_seconds()
    assert heard_in(session).size / 16_000 >= ran_seconds - 1.0
    assert kept(session, voice[:RATE]) >= ENOUGH


def test_a_machine_that_stood_still_loses_no_recording(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    """SIGSTOP and SIGCONT, as a laptop's lid does it to the whole system."""
    voice = speech_like(1.5, RATE)
    child = start_child(tmp_path)
    os.kill(child.pid, signal.SIGSTOP)
    time.sleep(4)
    os.kill(child.pid, signal.SIGCONT)
    time.sleep(0.5)
    virtual_microphone.play(voice, RATE)
    assert child.stdin is not None
    child.stdin.write("stop\n")
    child.stdin.flush()
    assert child.wait(timeout=60) == 0
    session = Session(next(tmp_path.iterdir()))
    assert session.state() is SessionState.FINISHED
    assert kept(session, voice) >= ENOUGH
    assert "device_lost" not in [event["type"] for event in session.events()]
