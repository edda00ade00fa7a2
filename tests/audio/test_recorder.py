"""The recorder on a sound system that does what the test says; the real path: test_recorder_microphone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio import part_writer
from asr_desktop.audio.recorder import Recorder, RecorderEvent, RecorderState
from asr_desktop.audio.session import SessionState
from asr_desktop.base.errors import AsrDesktopError, RecordingError
from tests.audio.fake_sound import FakeSoundSystem, ramp, wait_for
from tests.audio.recordings import recording, samples_of


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


def test_one_session_has_one_recorder(tmp_path: Path) -> None:
    with recording(tmp_path) as one:
        second = Recorder(session=one.recorder.session, find=one.sound.find, capture=one.sound.open)
        with pytest.raises(RecordingError, match="is being recorded by another program"):
            second.start()
        with pytest.raises(RecordingError, match="has already been started"):
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


def test_every_message_is_for_people() -> None:
    assert issubclass(RecordingError, AsrDesktopError)
    with pytest.raises(RecordingError, match="has not been started"):
        _ = Recorder().session
