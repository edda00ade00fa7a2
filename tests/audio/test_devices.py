from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

from asr_desktop.audio import devices, pulse
from asr_desktop.audio.devices import InputDevice, find_input, list_inputs
from asr_desktop.base.errors import DeviceError
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]


def device(name: str, *, default: bool = False, loopback: bool = False) -> InputDevice:
    return InputDevice(f"test:{name}", name, 48_000, 1, default, loopback, "test", name)


@pytest.fixture
def three_inputs(monkeypatch: pytest.MonkeyPatch) -> list[InputDevice]:
    inputs = [
        device("Monitor of Speakers", loopback=True),
        device("Headset Microphone"),
        device("Built-in Microphone", default=True),
    ]
    monkeypatch.setattr(devices, "_pulse_inputs", lambda: inputs)
    return inputs


def test_the_default_comes_first_and_loopbacks_last(three_inputs: list[InputDevice]) -> None:
    assert [one.name for one in list_inputs()] == [
        "Built-in Microphone",
        "Headset Microphone",
        "Monitor of Speakers",
    ]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (None, "Built-in Microphone"),
        ("2", "Headset Microphone"),
        ("test:Headset Microphone", "Headset Microphone"),
        ("headset microphone", "Headset Microphone"),
        ("head", "Headset Microphone"),
        ("MONITOR", "Monitor of Speakers"),
    ],
)
def test_an_input_is_found(wanted: str | None, name: str, three_inputs: list[InputDevice]) -> None:
    assert find_input(wanted).name == name


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("micro", 'matches several inputs: choose one of "Built-in Microphone"; "Headset Microphone".'),
        ("4", 'There is no input "4": choose one of "Built-in Microphone"; '),
        ("webcam", 'There is no input "webcam": choose one of '),
    ],
)
def test_an_input_that_is_not_found(wanted: str, sentence: str, three_inputs: list[InputDevice]) -> None:
    with pytest.raises(DeviceError) as caught:
        find_input(wanted)
    assert sentence in str(caught.value)


def test_system_sound_is_never_the_default_by_itself(
    three_inputs: list[InputDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_pulse_inputs", lambda: [three_inputs[0]])
    with pytest.raises(DeviceError, match="No microphone was found, only system audio"):
        find_input()


def test_without_any_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_pulse_inputs", list)
    monkeypatch.setattr(devices, "_portaudio_inputs", list)
    assert list_inputs() == ()
    with pytest.raises(DeviceError, match="No microphone was found: plug one in"):
        find_input()


def test_without_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def refuse(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(pulse, "is_available", lambda: False)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(
        DeviceError, match="Recording needs the PortAudio library, which is missing: on Debian"
    ):
        list_inputs()


class FakeSoundDevice:
    """What sounddevice says on a Windows machine, where every device appears once for each interface."""

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [
            {"name": "MME", "default_input_device": 0},
            {"name": "Windows WASAPI", "default_input_device": 2},
        ]

    def query_devices(self) -> list[dict[str, Any]]:
        rows = [
            ("Mic", 0, 2),
            ("Speakers", 0, 0),
            ("Mic", 1, 4),
            ("Speakers [Loopback]", 1, 2),
            ("Speakers", 1, 0),
        ]
        return [
            {
                "index": index,
                "name": name,
                "hostapi": api,
                "max_input_channels": inputs,
                "default_samplerate": 44_100.0,
            }
            for index, (name, api, inputs) in enumerate(rows)
        ]

    def _terminate(self) -> None: ...

    def _initialize(self) -> None: ...


def test_windows_devices_are_listed_once_with_their_loopbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "is_available", lambda: False)
    monkeypatch.setattr(devices, "_sounddevice", FakeSoundDevice)
    found = list_inputs()
    assert [(one.name, one.is_default, one.is_loopback, one.channels) for one in found] == [
        ("Mic", True, False, 2),
        ("Speakers [Loopback]", False, True, 2),
    ]
    assert found[0].sample_rate == 44_100


def test_inputs_of_a_real_sound_server(virtual_microphone: VirtualMicrophone) -> None:
    microphone, monitor = list_inputs()
    assert (microphone.name, microphone.is_default, microphone.is_loopback) == (
        "Virtual-Microphone",
        True,
        False,
    )
    assert (microphone.sample_rate, microphone.channels, microphone.id) == (48_000, 2, "pulse:vmic")
    assert (monitor.is_default, monitor.is_loopback) == (False, True)
