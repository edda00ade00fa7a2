"""A recording whose microphone is unplugged, changed or busy, on a sound system made for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio.recorder import Recorder, RecorderState
from asr_desktop.base.errors import DeviceError
from tests.audio.fake_sound import FakeSoundSystem, microphone, ramp, wait_for
from tests.audio.recordings import Recording, recording, samples_of


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
