"""The inputs that can be recorded: microphones, line inputs, and the system's own sound.

Names are those shown in the user's sound settings. An input is identified by its `id`, which stays the same
when others are added or removed; PortAudio's numbers do not.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from asr_desktop.audio import pulse
from asr_desktop.base.errors import DeviceError
from asr_desktop.base.sentences import Sentence

RECORDED_CHANNELS = 2
PULSE_BRIDGE = "pulse"  # ALSA's plug-in for the sound server, from Debian's libasound2-plugins

# Virtual devices that route the system's sound to an input, for systems that cannot record it themselves.
_LOOPBACK_NAMES = (
    "[loopback]",
    "stereo mix",
    "blackhole",
    "soundflower",
    "loopback audio",
    "vb-audio",
    "cable output",
)
# On Windows a device appears under several host interfaces; the first of these that exists is used.
_WINDOWS_INTERFACES = ("Windows WASAPI", "Windows DirectSound", "MME")

# Protects PortAudio: while one thread restarts it, no other may read its list.
_refresh_lock = threading.RLock()
_open_streams = 0


@dataclass(frozen=True, slots=True)
class InputDevice:
    """One input. `sample_rate` in Hz and `channels` are what it is recorded with."""

    id: str
    name: str
    sample_rate: int
    channels: int
    is_default: bool
    is_loopback: bool
    interface: str
    """PortAudio's host interface, or "PulseAudio"."""
    portaudio_name: str
    """What PortAudio calls the device that has to be opened."""
    pulse_source: str | None = None


def list_inputs() -> tuple[InputDevice, ...]:
    """All inputs: the default first, then microphones, then monitors of this machine's output.

    During a recording, PortAudio's part of the list is that of the recording's start.
    Raises DeviceError where there is no sound system at all.
    """
    with _refresh_lock:
        inputs = _pulse_inputs() or _portaudio_inputs()
    return tuple(sorted(inputs, key=lambda device: (not device.is_default, device.is_loopback)))


def find_input(wanted: str | None = None) -> InputDevice:
    """Find an input by id, number in the list (from 1), name, or an unambiguous part of its name.

    None is the system's default. Raises DeviceError that lists the choices where nothing or too much fits.
    """
    inputs = list_inputs()
    if not inputs:
        raise DeviceError(
            Sentence("No microphone was found: plug one in, or switch it on in the system's sound settings.")
        )
    if wanted is None:
        chosen = [device for device in inputs if device.is_default] or [
            device for device in inputs if not device.is_loopback
        ]
        if not chosen:
            raise DeviceError(
                Sentence(
                    "No microphone was found, only system audio: plug one in, or choose the system audio.",
                )
            )
        return chosen[0]
    if wanted.isdigit() and 1 <= int(wanted) <= len(inputs):
        return inputs[int(wanted) - 1]
    for fits in (
        [device for device in inputs if wanted in (device.id, device.name)],
        [device for device in inputs if device.name.casefold() == wanted.casefold()],
        [device for device in inputs if wanted.casefold() in device.name.casefold()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise DeviceError(
                Sentence(
                    '"{wanted}" matches several inputs: choose one of {inputs}.',
                    wanted=wanted,
                    inputs=_listed(fits),
                )
            )
    raise DeviceError(
        Sentence(
            'There is no input "{wanted}": choose one of {inputs}.',
            wanted=wanted,
            inputs=_listed(inputs),
        )
    )


def open_stream(
    device: InputDevice, *, sample_rate: int, channels: int, latency_seconds: float, **callbacks: Any
) -> Any:
    """An opened, not yet started `sounddevice.RawInputStream` of 16-bit samples.

    `callbacks` are sounddevice's `callback` and `finished_callback`. Hand it to `close_stream` at the end.
    Raises DeviceError where the input is gone, busy or forbidden.
    """
    global _open_streams
    sounddevice = _sounddevice()
    with _refresh_lock:
        before = os.environ.get("PULSE_SOURCE")
        if device.pulse_source is not None:
            # Read by the sound server's client library when the stream connects.
            os.environ["PULSE_SOURCE"] = device.pulse_source
        try:
            stream = sounddevice.RawInputStream(
                samplerate=sample_rate,
                channels=channels,
                dtype="int16",
                device=_portaudio_index(sounddevice, device),
                latency=latency_seconds,
                **callbacks,
            )
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(
                Sentence(
                    'The input "{device}" cannot be opened ({reason}): check that it is plugged in, '
                    "that no other program is using it, and that this program may use the microphone.",
                    device=device.name,
                    reason=_short(error),
                )
            ) from error
        finally:
            if device.pulse_source is not None:
                os.environ.pop("PULSE_SOURCE")
                if before is not None:
                    os.environ["PULSE_SOURCE"] = before
        _open_streams += 1
        return stream


def close_stream(stream: Any) -> None:
    """Closes what `open_stream` gave; a device that is gone is no error."""
    global _open_streams
    with suppress(Exception):  # errors about a device that has vanished are not useful to the user
        stream.close()
    with _refresh_lock:
        _open_streams -= 1


def is_in_use() -> bool:
    """Whether something is being recorded or played, so that PortAudio cannot look for new devices."""
    return _open_streams > 0


def look_again() -> None:
    """Make PortAudio notice added and removed devices, unless something is being recorded or played.

    For code that opens streams by other means. Raises DeviceError where there is no sound system.
    """
    _portaudio_devices(_sounddevice())


@contextmanager
def portaudio_in_use() -> Iterator[None]:
    """Prevent PortAudio from being restarted; for code that opens streams by other means, such as
    playback."""
    global _open_streams
    with _refresh_lock:
        _open_streams += 1
    try:
        yield
    finally:
        with _refresh_lock:
            _open_streams -= 1


def _pulse_inputs() -> list[InputDevice]:
    if not sys.platform.startswith("linux") or not pulse.is_available():
        return []
    sounddevice = _sounddevice()
    # The list of the program's start will do, unless the sound server came up after it.
    if not _has_pulse(sounddevice.query_devices()) and not _has_pulse(_portaudio_devices(sounddevice)):
        return []
    return [
        InputDevice(
            id=f"pulse:{source.name}",
            name=source.description,
            sample_rate=source.sample_rate,
            channels=min(source.channels, RECORDED_CHANNELS),
            is_default=source.is_default,
            is_loopback=source.is_monitor,
            interface="PulseAudio",
            portaudio_name=PULSE_BRIDGE,
            pulse_source=source.name,
        )
        for source in pulse.sources()
    ]


def _has_pulse(devices: Iterable[dict[str, Any]]) -> bool:
    return any(entry["name"] == PULSE_BRIDGE for entry in devices)


def _portaudio_inputs() -> list[InputDevice]:
    sounddevice = _sounddevice()
    devices = _portaudio_devices(sounddevice)
    interfaces = [str(entry["name"]) for entry in sounddevice.query_hostapis()]
    preferred = next((name for name in _WINDOWS_INTERFACES if name in interfaces), None)
    default = _default_index(sounddevice, preferred)
    inputs = []
    for entry in devices:
        interface = interfaces[entry["hostapi"]]
        if entry["max_input_channels"] < 1 or (preferred is not None and interface != preferred):
            continue
        name = str(entry["name"])
        inputs.append(
            InputDevice(
                id=f"{interface}:{name}",
                name=name,
                sample_rate=round(entry["default_samplerate"]),
                channels=min(int(entry["max_input_channels"]), RECORDED_CHANNELS),
                is_default=entry["index"] == default,
                is_loopback=any(mark in name.casefold() for mark in _LOOPBACK_NAMES),
                interface=interface,
                portaudio_name=name,
            )
        )
    return inputs


def _default_index(sounddevice: Any, preferred: str | None) -> int:
    if preferred is not None:
        for entry in sounddevice.query_hostapis():
            if entry["name"] == preferred:
                return int(entry["default_input_device"])
    return int(sounddevice.default.device[0])


def _portaudio_devices(sounddevice: Any) -> list[dict[str, Any]]:
    """PortAudio's list after a restart: it finds new devices only at its start, which ends open streams."""
    with _refresh_lock:
        if _open_streams == 0:
            sounddevice._terminate()
            sounddevice._initialize()
        return list(sounddevice.query_devices())


def _portaudio_index(sounddevice: Any, device: InputDevice) -> int:
    interfaces = [str(entry["name"]) for entry in sounddevice.query_hostapis()]
    for entry in sounddevice.query_devices():
        on_interface = device.interface in ("PulseAudio", interfaces[entry["hostapi"]])
        if entry["name"] == device.portaudio_name and on_interface and entry["max_input_channels"] > 0:
            return int(entry["index"])
    raise DeviceError(
        Sentence(
            'The input "{device}" is no longer connected: plug it in again or choose another.',
            device=device.name,
        )
    )


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise DeviceError(
            Sentence(
                "Recording needs the PortAudio library, which is missing: on Debian or Ubuntu run `sudo "
                "apt-get install libportaudio2 libasound2-plugins`.",
            )
        ) from error
    return sounddevice


def _listed(inputs: Sequence[InputDevice]) -> str:
    return "; ".join(f'"{device.name}"' for device in inputs)


def _short(error: Exception) -> str:
    """PortAudio's message without its numbers."""
    text = str(error.args[0] if error.args else error).removeprefix("Error opening RawInputStream: ")
    return text.split(" [")[0]
