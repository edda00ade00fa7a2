"""The recorder on a sound system that does what the test says; the real path: test_recorder_microphone."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio import part_writer, wav_part
from asr_desktop.audio.recorder import Recorder, RecorderEvent, RecorderState
from asr_desktop.audio.session import Session, SessionState, create_session
from asr_desktop.errors import AsrDesktopError, DeviceError, RecordingError
from tests.audio.fake_sound import FakeSoundSystem, microphone, ramp, wait_for


class Recording:
    """A recorder on a fake sound system, with all it told."""

    def __init__(
        self, folder: Path, *, sound: FakeSoundSystem | None = None, device: str | None = None
    ) -> None:
        self.sound = sound or FakeSoundSystem()
        self.events: list[RecorderEvent] = []
        self.recorder = Recorder(
            device, folder=folder, on_event=self.events.append, find=self.sound.find, capture=self.sound.open
        )

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def event(self, kind: str) -> RecorderEvent:
        return next(event for event in self.events if event.kind == kind)

    def hear(self, samples: np.ndarray) -> None:
        self.sound.capture.hear(samples)

    def wait_until_written(self, seconds: float) -> None:
        wait_for(lambda: self.recorder.recorded_seconds >= seconds, f"{seconds} s on the disk")


@contextmanager
def recording(folder: Path, **options: object) -> Iterator[Recording]:
    one = Recording(folder, **options)  # type: ignore[arg-type]
    one.recorder.start()
    try:
        yield one
    finally:
        one.recorder.stop()


def samples_of(session: Session) -> np.ndarray:
    parts = [soundfile.read(part.path, dtype="int16")[0].reshape(-1) for part in session.parts()]
    return np.concatenate(parts)


def test_every_sample_is_on_the_disk_in_order(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        for start in range(0, 80_000, 800):
            one.hear(ramp(start, 800))
    session = one.recorder.session
    assert np.array_equal(samples_of(session), ramp(0, 80_000))
    assert session.state() is SessionState.FINISHED
    assert one.recorder.state is RecorderState.STOPPED
    assert one.kinds[:2] == ["started", "part"]
    assert one.kinds[-1] == "stopped"
    stored = [event["type"] for event in session.events()]
    assert stored == one.kinds
    assert sorted(path.name for path in session.path.iterdir()) == [
        "events.jsonl",
        "recording.lock",
        "sound-001.wav",
    ]


def test_listening_is_told_only_after_the_first_sound_and_some_settling(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        assert not one.recorder.wait_until_listening(0.5)
        assert one.recorder.state is RecorderState.STARTING
        one.hear(ramp(0, 800))
        assert one.recorder.wait_until_listening(20)
        assert one.recorder.state is RecorderState.LISTENING
        wait_for(lambda: "listening" in one.kinds, "the event")
        first = next(iter(one.recorder.session.events()))
        assert first["type"] == "started"


def test_sound_is_on_the_disk_within_a_second_and_playable_meanwhile(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.hear(ramp(0, 16_000))
        one.wait_until_written(1.0)
        part = one.recorder.session.parts()[0]
        wait_for(lambda: soundfile.info(part.path).frames == 16_000, "the header")
        assert one.recorder.session.state() is SessionState.RECORDING


def test_what_is_still_in_the_queue_at_stop_is_kept(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        for start in range(0, 160_000, 1_600):
            one.hear(ramp(start, 1_600))
    assert one.recorder.recorded_seconds == 10.0


def test_pause_keeps_what_came_before_and_drops_what_comes_after(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.hear(ramp(0, 8_000))
        one.recorder.pause()
        one.hear(ramp(8_000, 8_000))
        wait_for(lambda: one.recorder.state is RecorderState.PAUSED, "the pause")
        assert one.recorder.level.peak_dbfs == -100
        one.recorder.resume()
        one.hear(ramp(16_000, 8_000))
    assert np.array_equal(
        samples_of(one.recorder.session), np.concatenate([ramp(0, 8_000), ramp(16_000, 8_000)])
    )
    assert one.event("paused").at_seconds == one.event("resumed").at_seconds == 0.5


def test_the_level_follows_the_sound(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.hear(np.full(800, 3_277))
        wait_for(lambda: one.recorder.level.peak_dbfs > -25, "a level")
        assert one.recorder.level.peak_dbfs == pytest.approx(-20, abs=0.1)


def test_an_unplugged_device_is_waited_for_and_the_session_goes_on(tmp_path: Path) -> None:
    with recording(tmp_path, device="Fake microphone") as one:
        one.hear(ramp(0, 8_000))
        device = one.sound.devices.pop()
        one.sound.capture.lost = "was unplugged"
        wait_for(lambda: one.recorder.state is RecorderState.NO_DEVICE, "the loss")
        assert one.sound.captures[0].is_closed
        one.sound.devices.append(device)
        wait_for(lambda: len(one.sound.captures) == 2, "the device")
        one.hear(ramp(8_000, 8_000))
        wait_for(lambda: "gap" in one.kinds, "the gap")
    assert np.array_equal(samples_of(one.recorder.session), ramp(0, 16_000))
    lost = one.event("device_lost")
    assert lost.at_seconds == 0.5
    assert '"Fake microphone" was unplugged, all so far is kept: plug it in again' in str(lost.message)
    assert one.event("gap").details["seconds"] > 0
    assert one.event("gap").details["reason"] == "device"


def test_a_device_that_comes_back_with_another_rate_begins_a_new_part(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.hear(ramp(0, 8_000))
        one.sound.devices = [microphone(sample_rate=48_000, channels=2)]
        one.sound.capture.lost = "stopped"
        wait_for(lambda: len(one.sound.captures) == 2, "the device")
        one.hear(ramp(8_000, 9_600))
    session = one.recorder.session
    assert [(part.sample_rate, part.channels) for part in session.parts()] == [(16_000, 1), (48_000, 2)]
    assert session.duration_seconds() == 0.5 + 0.1
    assert np.array_equal(samples_of(session), ramp(0, 17_600))


def test_without_a_wish_the_next_default_takes_over(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.sound.devices = [microphone("Headset")]
        one.sound.capture.lost = "was unplugged"
        wait_for(lambda: len(one.sound.captures) == 2, "the other device")
        assert one.sound.capture.device.name == "Headset"
    assert one.event("device_changed").message == 'Recording goes on with "Headset".'


def test_another_device_can_be_chosen_while_recording(tmp_path: Path) -> None:
    sound = FakeSoundSystem(microphone("One"), microphone("Two"))
    with recording(tmp_path, sound=sound, device="One") as one:
        one.hear(ramp(0, 8_000))
        one.recorder.switch_device("Two")
        wait_for(lambda: len(sound.captures) == 2, "the other device")
        one.hear(ramp(8_000, 8_000))
        with pytest.raises(DeviceError):
            one.recorder.switch_device("Three")
    assert np.array_equal(samples_of(one.recorder.session), ramp(0, 16_000))
    assert sound.capture.device.name == "Two"


def test_a_paused_recording_stays_paused_through_a_loss(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.hear(ramp(0, 8_000))
        one.recorder.pause()
        one.sound.capture.lost = "stopped"
        wait_for(lambda: len(one.sound.captures) == 2, "the device")
        one.hear(ramp(8_000, 8_000))
        wait_for(lambda: one.recorder.state is RecorderState.PAUSED, "the pause")
    assert np.array_equal(samples_of(one.recorder.session), ramp(0, 8_000))


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
    assert message.startswith("The disk takes no more sound (No space left on device): free some space")
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
    with pytest.raises(RecordingError, match="disk stayed full: free some space"):
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
        RecordingError, match=r"The last 0\.5 s of sound could not be stored, the disk is full"
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
        with pytest.raises(RecordingError, match="could not be stored, the disk is full"):
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
    assert one.event("disk_low").message == "The disk has room for 3 more minutes of sound: free some space."


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    one = Recording(tmp_path / "file")
    with pytest.raises(RecordingError, match="Recordings cannot be stored in"):
        one.recorder.start()


def test_a_device_that_cannot_be_opened_leaves_no_session_behind(tmp_path: Path) -> None:
    one = Recording(tmp_path)
    one.sound.open = lambda device: (_ for _ in ()).throw(DeviceError("busy: try later."))  # type: ignore[assignment,method-assign]
    one.recorder = Recorder(folder=tmp_path, find=one.sound.find, capture=one.sound.open)
    with pytest.raises(DeviceError, match="busy"):
        one.recorder.start()
    assert list(tmp_path.iterdir()) == []


def test_one_session_has_one_recorder(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        second = Recorder(session=one.recorder.session, find=one.sound.find, capture=one.sound.open)
        with pytest.raises(RecordingError, match="is being recorded by another program"):
            second.start()
        with pytest.raises(RecordingError, match="was started before"):
            one.recorder.start()
    assert one.recorder.session.parts() == []


def test_a_session_can_be_recorded_on_later(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        one.hear(ramp(0, 8_000))
    session = one.recorder.session
    sound = FakeSoundSystem()
    with Recorder(session=session, find=sound.find, capture=sound.open) as more:
        sound.capture.hear(ramp(8_000, 8_000))
    assert more.recorded_seconds == 1.0
    assert np.array_equal(samples_of(session), ramp(0, 16_000))


def test_a_listener_that_fails_does_not_end_the_recording(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sound = FakeSoundSystem()

    def fail(event: RecorderEvent) -> None:
        raise ValueError(event.kind)

    with Recorder(folder=tmp_path, on_event=fail, find=sound.find, capture=sound.open) as recorder:
        sound.capture.hear(ramp(0, 8_000))
    assert recorder.recorded_seconds == 0.5
    assert "a listener to the recorder's events failed" in caplog.text


def test_a_listener_may_stop_the_recording(tmp_path: Path) -> None:
    sound = FakeSoundSystem()
    recorder = Recorder(
        folder=tmp_path,
        on_event=lambda event: recorder.stop() if event.kind == "listening" else None,
        find=sound.find,
        capture=sound.open,
    )
    recorder.start()
    sound.capture.hear(ramp(0, 8_000))
    wait_for(lambda: recorder.state is RecorderState.STOPPED, "the end")
    assert recorder.session.state() is SessionState.FINISHED


def test_a_long_recording_is_cut_into_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_writer, "LONGEST_PART_BYTES", 20_000)
    with recording(tmp_path) as one:
        for start in range(0, 32_000, 1_600):
            one.hear(ramp(start, 1_600))
            one.wait_until_written(start / 16_000)
    session = one.recorder.session
    assert len(session.parts()) >= 3
    assert np.array_equal(samples_of(session), ramp(0, 32_000))


_CHILD = """
import sys, time, numpy as np
from pathlib import Path
from asr_desktop.audio.recorder import Recorder
from tests.audio.fake_sound import FakeSoundSystem, ramp

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


def test_every_message_is_for_people() -> None:
    assert issubclass(RecordingError, AsrDesktopError)
    with pytest.raises(RecordingError, match="has not been started"):
        _ = Recorder().session
