"""A recording whose microphone is unplugged, changed or busy, on a sound system made for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio.capture import Packet
from asr_desktop.audio.levels import level_of
from asr_desktop.audio.recorder import Recorder, RecorderState
from asr_desktop.audio.recorder_input import Gap, GapDetector, InputHealth
from asr_desktop.base.errors import DeviceError
from tests.audio.fake_sound import FakeCapture, FakeSoundSystem, microphone, ramp, wait_for
from tests.audio.recordings import Recording, recording, samples_of
from tests.fixtures.make_media import sine


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
    assert '"Fake microphone" was unplugged; everything so far is saved: plug it in again' in str(
        lost.message
    )
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
    assert one.event("device_changed").message == 'Recording continues with "Headset".'


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
        one.sound.hears_at_once = ramp(8_000, 8_000)
        one.sound.capture.lost = "stopped"
        wait_for(lambda: "device_changed" in one.kinds, "the device")
        assert one.recorder.state is RecorderState.PAUSED
        one.hear(ramp(16_000, 8_000))
    assert np.array_equal(samples_of(one.recorder.session), ramp(0, 8_000))


def test_a_device_that_cannot_be_opened_leaves_no_session_behind(tmp_path: Path) -> None:
    one = Recording(tmp_path)
    one.sound.open = lambda device: (_ for _ in ()).throw(DeviceError("busy: try later."))  # type: ignore[assignment,method-assign]
    one.recorder = Recorder(folder=tmp_path, find=one.sound.find, capture=one.sound.open)
    with pytest.raises(DeviceError, match="busy"):
        one.recorder.start()
    assert list(tmp_path.iterdir()) == []


RATE = 48_000
FRAMES = 2_400  # 50 ms


def gaps(moments: list[float]) -> list[Gap]:
    """What is found when a packet of 50 ms arrives at each of these moments."""
    detector = GapDetector(RATE)
    return [gap for moment in moments if (gap := detector.heard(FRAMES, moment)) is not None]


def test_a_steady_stream_has_no_gaps() -> None:
    assert gaps([0.05 * n for n in range(2_000)]) == []


def test_jitter_and_late_bursts_are_no_gaps() -> None:
    random = np.random.default_rng(0)
    moments = [0.05 * n + random.uniform(0, 0.2) for n in range(2_000)]
    assert gaps(sorted(moments)) == []
    stalled = [
        max(moment, 31.0) if 28.0 < moment < 31.0 else moment for moment in (0.05 * n for n in range(2_000))
    ]
    assert gaps(stalled) == []


@pytest.mark.parametrize("parts_per_million", [-500, 500])
def test_a_sound_card_that_runs_fast_or_slow_has_no_gaps(parts_per_million: int) -> None:
    assert gaps([0.05 * n * (1 + parts_per_million * 1e-6) for n in range(40_000)]) == []


@pytest.mark.parametrize("missing", [0.4, 3.0, 600.0])
def test_lost_sound_is_found_with_its_length_and_place(missing: float) -> None:
    moments = [0.05 * n + (missing if n >= 400 else 0.0) for n in range(800)]
    found = gaps(moments)
    assert len(found) == 1
    assert found[0].missing_seconds == pytest.approx(missing, abs=0.06)
    # Told when it is sure, with the place where it was: at 20 s.
    assert 1.9 < found[0].seconds_ago < 3.3


def test_two_gaps_are_told_one_by_one() -> None:
    moments = [0.05 * n + (1.0 if n >= 400 else 0.0) + (2.0 if n >= 600 else 0.0) for n in range(800)]
    assert [round(gap.missing_seconds) for gap in gaps(moments)] == [1, 2]


def packet(samples: np.ndarray, at: float, *, overflowed: bool = False) -> Packet:
    return Packet(samples.astype(np.int16).tobytes(), at, overflowed)


def test_silence_that_no_microphone_makes_is_told_once() -> None:
    health = InputHealth(FakeCapture(microphone(sample_rate=RATE)))
    told = []
    for turn in range(240):
        told += health.accept([packet(np.zeros(FRAMES), turn * 0.05)])
        told += health.look(0.05)
    assert [kind for kind, _, _ in told] == ["listening", "silent"]
    assert '"Fake microphone" records only silence' in str(told[1][1])


def test_the_end_of_such_a_silence_is_told_once() -> None:
    health = InputHealth(FakeCapture(microphone(sample_rate=RATE)))
    told = []
    for turn in range(480):
        is_muted = turn < 120 or 240 <= turn < 360
        told += health.accept([packet(np.full(FRAMES, 0 if is_muted else 9), turn * 0.05)])
        told += health.look(0.05)
    assert [kind for kind, _, _ in told] == ["listening", "silent", "heard"]


def test_overflows_are_told_once_a_second() -> None:
    health = InputHealth(FakeCapture(microphone(sample_rate=RATE)))
    told = []
    for turn in range(60):
        told += health.accept([packet(np.ones(FRAMES), turn * 0.05, overflowed=True)])
    assert [kind for kind, _, _ in told] == ["overflow"] * 3


def test_a_device_that_says_nothing_is_lost_after_some_patience() -> None:
    capture = FakeCapture(microphone())
    health = InputHealth(capture)
    for _ in range(198):
        health.look(0.05)
    assert health.why_lost() is None
    for _ in range(4):
        health.look(0.05)
    assert health.why_lost() == "stopped sending audio"
    capture.hear(np.ones(10, np.int16))
    health.look(0.05)
    assert health.why_lost() is None
    for _ in range(62):
        health.look(0.05)
    assert health.why_lost() == "stopped sending audio"


def test_levels() -> None:
    full = (sine(1_000, 0.1, RATE, 1.0) * 32_767).astype(np.int16)
    level = level_of(full)
    assert level.peak_dbfs == pytest.approx(0.0, abs=0.01)
    assert level.rms_dbfs == pytest.approx(-3.01, abs=0.05)
    assert level.is_clipping
    quiet = level_of((full // 10).astype(np.int16))
    assert quiet.peak_dbfs == pytest.approx(-20, abs=0.1)
    assert not quiet.is_clipping
    assert level_of(np.zeros(0, np.int16)).peak_dbfs == -100
    assert level_of(np.zeros(10, np.int16)).rms_dbfs == -100
