from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.audio import device_watcher, devices, pulse
from asr_desktop.audio.device_watcher import DeviceWatcher, sound_hardware
from asr_desktop.audio.devices import InputDevice, portaudio_in_use
from tests.audio.fake_sound import wait_for
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]


class Kernel:
    """What sounddevice says on a machine without a sound server; a restarted PortAudio sees what is there."""

    def __init__(self, list_file: Path) -> None:
        self.restarts = 0
        self._list_file = list_file
        self._there: list[str] = []
        self._seen: list[str] = []
        self.plug_in("Built-in")

    def plug_in(self, name: str) -> None:
        self._there.append(name)
        self._list_file.write_text("\n".join(self._there))

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA", "default_input_device": 0}]

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {
                "index": index,
                "name": name,
                "hostapi": 0,
                "max_input_channels": 1,
                "default_samplerate": 48_000.0,
            }
            for index, name in enumerate(self._seen)
        ]

    class default:
        device = (0, 0)

    def _terminate(self) -> None:
        assert not devices.is_in_use(), "a restart ends what is being recorded"

    def _initialize(self) -> None:
        self.restarts += 1
        self._seen = list(self._there)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel(tmp_path / "cards")
    monkeypatch.setattr(pulse, "is_available", lambda: False)
    monkeypatch.setattr(devices, "_sounddevice", lambda: made)
    monkeypatch.setattr(device_watcher, "ALSA_LISTS", (tmp_path / "cards",))
    monkeypatch.setattr(device_watcher, "LOOKS_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(device_watcher, "ASKS_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(device_watcher.sys, "platform", "linux")
    return made


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Counts how often the watcher has had a look at the kernel's list."""
    looked = threading.Semaphore(0)

    def counted() -> tuple[str, ...] | None:
        state = sound_hardware()
        looked.release()
        return state

    monkeypatch.setattr(device_watcher, "sound_hardware", counted)
    return looked


def some_turns(turns: threading.Semaphore) -> None:
    while turns.acquire(blocking=False):
        pass
    for _ in range(5):
        assert turns.acquire(timeout=60)


def test_portaudio_is_left_alone_while_nothing_changes(kernel: Kernel, turns: threading.Semaphore) -> None:
    watcher = DeviceWatcher(lambda inputs: None)
    some_turns(turns)
    before = kernel.restarts
    some_turns(turns)
    assert kernel.restarts == before
    watcher.close()


def test_a_new_device_is_noticed_without_a_sound_server(kernel: Kernel, turns: threading.Semaphore) -> None:
    changes: list[tuple[InputDevice, ...]] = []
    watcher = DeviceWatcher(changes.append)
    some_turns(turns)
    kernel.plug_in("Headset")
    wait_for(lambda: bool(changes), "the headset")
    assert [device.name for device in changes[-1]] == ["Built-in", "Headset"]
    watcher.close()


def test_what_comes_during_a_recording_is_noticed_after_it(
    kernel: Kernel, turns: threading.Semaphore
) -> None:
    changes: list[tuple[InputDevice, ...]] = []
    watcher = DeviceWatcher(changes.append)
    with portaudio_in_use():
        before = kernel.restarts
        kernel.plug_in("Headset")
        some_turns(turns)
        assert (changes, kernel.restarts) == ([], before)
    wait_for(lambda: bool(changes), "the headset")
    watcher.close()


def test_where_nothing_cheap_tells_portaudio_is_asked(
    kernel: Kernel, turns: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_watcher.sys, "platform", "darwin")
    changes: list[tuple[InputDevice, ...]] = []
    watcher = DeviceWatcher(changes.append)
    with portaudio_in_use():
        before = kernel.restarts
        some_turns(turns)
        assert kernel.restarts == before
    kernel.plug_in("Headset")
    wait_for(lambda: bool(changes), "the headset")
    watcher.close()


def test_a_sound_server_that_comes_later_is_followed(
    kernel: Kernel, turns: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class News:
        def __init__(self) -> None:
            self.closed = threading.Event()
            self.said = threading.Event()

        def changes(self) -> Iterator[str]:
            self.said.set()
            self.closed.wait(60)
            yield from ()

        def close(self) -> None:
            self.closed.set()

    news = News()
    watcher = DeviceWatcher(lambda inputs: None)
    monkeypatch.setattr(pulse, "Subscription", lambda: news)
    monkeypatch.setattr(devices, "_pulse_inputs", list)
    monkeypatch.setattr(pulse, "is_available", lambda: True)
    kernel.plug_in("anything")
    assert news.said.wait(60)
    watcher.close()
    assert news.closed.is_set()


def test_plugging_in_and_pulling_out_is_noticed(virtual_microphone: VirtualMicrophone) -> None:
    changes: list[tuple[InputDevice, ...]] = []
    watcher = DeviceWatcher(changes.append)

    def is_noticed() -> bool:
        return any("Second-Microphone" in [one.name for one in now] for now in changes)

    virtual_microphone.plug_in("second", "Second-Microphone", default=False)
    again_at = time.monotonic() + 5
    while not is_noticed() and time.monotonic() < again_at:
        time.sleep(0.05)
    if not is_noticed():
        # It may have come before the subscription had reached the server.
        virtual_microphone.pull_out("second")
        virtual_microphone.plug_in("second", "Second-Microphone", default=False)
    wait_for(is_noticed, "the new one")
    virtual_microphone.pull_out("second")
    wait_for(lambda: "Second-Microphone" not in [one.name for one in changes[-1]], "its going")
    watcher.close()
    count = len(changes)
    virtual_microphone.plug_in("third", "Third-Microphone", default=False)
    assert len(changes) == count
