"""A recording on a disk that is full, and one that is killed: what is on the disk, and what is told."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio import part_writer, wav_part
from asr_desktop.audio.recorder import RecorderState
from asr_desktop.audio.session import Session, SessionState, create_session
from asr_desktop.base.errors import RecordingError
from tests.audio.fake_sound import ramp, wait_for
from tests.audio.recordings import Recording, recording, samples_of


class FullDisk:
    """Lets `room` bytes of sound through, then says what a full disk says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room = room
        self._write = os.write
        monkeypatch.setattr(wav_part.os, "write", self.write)
        monkeypatch.setattr(part_writer, "TRIES_FULL_DISK_EVERY_SECONDS", 0.05)

    def write(self, file: int, data: bytes | memoryview) -> int:
        if len(data) <= 44:  # headers lie on ground that is already taken
            return self._write(file, data)
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._write(file, data[: self.room])
        self.room -= written
        return written


def test_a_full_disk_is_told_and_nothing_is_lost_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch, room=16_001)
    with recording(tmp_path) as one:
        one.hear(ramp(0, 16_000))
        wait_for(lambda: "disk_full" in one.kinds, "the news")
        assert one.recorder.waiting_seconds == pytest.approx(0.5, abs=0.001)
        one.hear(ramp(16_000, 16_000))
        disk.room = 1_000_000
        wait_for(lambda: "disk_ok" in one.kinds, "the relief")
        one.hear(ramp(32_000, 16_000))
    assert np.array_equal(samples_of(one.recorder.session), ramp(0, 48_000))
    message = str(one.event("disk_full").message)
    assert message.startswith(
        "The recording cannot be written to disk (No space left on device): free some space"
    )
    assert "disk_full" in [event["type"] for event in one.recorder.session.events()]


def test_a_disk_that_stays_full_ends_the_recording_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FullDisk(monkeypatch, room=16_000)
    one = Recording(tmp_path)
    one.recorder.start()
    for start in range(0, 62 * 16_000, 16_000):
        one.hear(ramp(start, 16_000))
    wait_for(lambda: one.recorder.state is RecorderState.STOPPED, "the end")
    with pytest.raises(RecordingError, match="the disk is full: free some space"):
        one.recorder.stop()
    one.recorder.stop()  # a second one says nothing
    session = one.recorder.session
    assert np.array_equal(samples_of(session), ramp(0, 8_000))
    assert session.state() is SessionState.FINISHED
    assert one.event("stopped").details["reason"] == "disk full"


def test_stop_on_a_full_disk_tells_how_much_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FullDisk(monkeypatch, room=16_000)
    one = Recording(tmp_path)
    one.recorder.start()
    one.hear(ramp(0, 16_000))
    with pytest.raises(
        RecordingError, match=r"The last 0\.5 s of audio could not be saved, because the disk is full"
    ):
        one.recorder.stop()
    assert np.array_equal(samples_of(one.recorder.session), ramp(0, 8_000))


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk"
)
def test_a_really_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        one = Recording(folder)
        one.recorder.start()
        for start in range(0, 400_000, 8_000):
            one.hear(ramp(start, 8_000))
        wait_for(lambda: "disk_full" in one.kinds, "the news")
        with pytest.raises(RecordingError, match="could not be saved, because the disk is full"):
            one.recorder.stop()
        kept = samples_of(one.recorder.session)
        assert kept.size > 180_000
        assert np.array_equal(kept, ramp(0, kept.size))
        types = [event["type"] for event in one.recorder.session.events()]
        assert "disk_full" in types
        assert types[-1] == "stopped"
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_will_soon_be_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 16_000 * 2 * 60 * 3})
    monkeypatch.setattr(part_writer.shutil, "disk_usage", lambda _: usage)
    with recording(tmp_path) as one:
        one.hear(ramp(0, 800))
        wait_for(lambda: "disk_low" in one.kinds, "the warning")
    assert one.event("disk_low").message == "The disk has room for 3 more minutes of audio: free some space."


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    one = Recording(tmp_path / "file")
    with pytest.raises(RecordingError, match="Recordings cannot be saved in"):
        one.recorder.start()


_CHILD = """
import os, sys, time, numpy as np
from pathlib import Path
from asr_desktop.audio.recorder import Recorder
from tests.audio.fake_sound import FakeSoundSystem, ramp

# What the disk itself holds matters to a power cut, not to a kill; and other programs may keep it busy.
os.fdatasync = os.fsync = lambda file: None
sound = FakeSoundSystem()
recorder = Recorder(folder=Path(sys.argv[1]), find=sound.find, capture=sound.open)
recorder.start()
told, heard, started = open(sys.argv[2], "wb", buffering=0), 0, time.monotonic()
while True:
    due = int((time.monotonic() - started) * 16_000)
    sound.capture.hear(ramp(heard, due - heard))
    heard = due
    told.write(np.array([time.monotonic(), heard]).tobytes())
    time.sleep(0.02)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX thing")
@pytest.mark.parametrize("attempt", range(4))
def test_a_killed_recorder_loses_less_than_a_second(attempt: int, tmp_path: Path) -> None:
    told = tmp_path / "told"
    sessions = tmp_path / "sessions"
    root = Path(__file__).parents[2]
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(sessions), str(told)], cwd=root)
    try:
        wait_for(lambda: told.exists() and told.stat().st_size > 16 * 30, "the recorder")
        extra = np.random.default_rng(attempt).uniform(0, 1.5) * 50 * 16
        wait_for(lambda: told.stat().st_size > 16 * 30 + extra, "some more sound")
    finally:
        child.kill()
        child.wait()
    moments = np.fromfile(told, dtype=np.float64)
    moments = moments[: moments.size // 2 * 2].reshape(-1, 2)
    heard_a_second_before = moments[moments[:, 0] <= moments[-1, 0] - 1.0][-1:, 1]
    session = create_session(tmp_path / "unused")
    session = Session(next(sessions.iterdir()))
    assert session.state() is SessionState.BROKEN
    session.repair()
    kept = samples_of(session)
    assert np.array_equal(kept, ramp(0, kept.size))
    assert kept.size >= (heard_a_second_before[0] if heard_a_second_before.size else 0)
    assert kept.size > 0
    assert session.state() is SessionState.FINISHED
