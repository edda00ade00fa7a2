"""The sound card: it requests sound, and reports when each block becomes audible."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.devices import look_again, portaudio_in_use
from asr_desktop.audio.seekable_sound import OUTPUT_CHANNELS, OUTPUT_RATE
from asr_desktop.base.errors import DeviceError
from asr_desktop.base.sentences import Sentence

# The audible position in a recording, from what the sound card was given and when it is output

# Some seconds of callbacks; far more than the card's latency.
_MARKS = 256


@dataclass(frozen=True, slots=True)
class _Mark:
    """From `heard_at` on (the output's clock) `position` is heard, going on at `speed`; 0 is silence."""

    heard_at: float
    position: float
    speed: float


class HeardPosition:
    """All in seconds: `heard_at` in the card's clock, `position` in the recording.

    Told by the card's callback, which must not wait for a lock, and asked by other threads: marks are only
    ever appended, in one step.
    """

    def __init__(self) -> None:
        self._marks: deque[_Mark] = deque(maxlen=_MARKS)

    def begins(self, heard_at: float, position: float, speed: float) -> None:
        """Sound that was handed over is heard from then on."""
        self._marks.append(_Mark(heard_at, position, speed))

    def rests(self, heard_at: float, position: float) -> None:
        """Silence from then on; playing goes on at `position`."""
        last = self._marks[-1] if self._marks else None
        if last is None or last.speed or last.position != position:
            self._marks.append(_Mark(heard_at, position, 0.0))

    def position_at(self, now: float, *, handed_over: float) -> float:
        """What is heard now. handed_over: the end of what the card has been given."""
        marks = list(self._marks)
        for mark, following in zip(reversed(marks), [None, *reversed(marks)], strict=False):
            if mark.heard_at <= now:
                position = mark.position + (now - mark.heard_at) * mark.speed
                if following is None and mark.speed:
                    position = min(position, max(handed_over, mark.position))
                return position
        return marks[0].position if marks else handed_over


# Output latency: enough that 100 ms of computation in the window causes no gap.
LATENCY_SECONDS = 0.12

Callback = Callable[[NDArray[np.float32], float], None]
"""Fills [frames, 2] with sound; the second argument is when the first of them is heard, in the clock of
`Output.now`."""


class Output(Protocol):
    """A sound card that has been started."""

    def now(self) -> float:
        """Its clock, in seconds."""

    def close(self) -> None: ...


OpenOutput = Callable[[Callback, Callable[[], None]], Output]
"""Opens and starts the output; the second argument is called if it ends by itself. Raises DeviceError."""


class _SoundDeviceOutput:
    def __init__(self, stream: Any, in_use: ExitStack) -> None:
        self._stream = stream
        self._in_use = in_use

    def now(self) -> float:
        return float(self._stream.time)

    def close(self) -> None:
        with suppress(Exception):  # PortAudio's errors about a card that is gone help nobody
            self._stream.close()
        self._in_use.close()


def open_default_output(fill: Callback, ended: Callable[[], None]) -> Output:
    """The system's default output, through PortAudio; raises DeviceError."""
    sounddevice = _sounddevice()

    def callback(out: NDArray[np.float32], frames: int, times: Any, status: object) -> None:
        fill(out, times.outputBufferDacTime)

    look_again()
    in_use = ExitStack()
    in_use.enter_context(portaudio_in_use())
    try:
        stream = sounddevice.OutputStream(
            samplerate=OUTPUT_RATE,
            channels=OUTPUT_CHANNELS,
            dtype="float32",
            latency=LATENCY_SECONDS,
            callback=callback,
            finished_callback=ended,
        )
        stream.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        in_use.close()
        raise DeviceError(
            Sentence(
                "Nothing can be played, because there is no audio output or another program is using "
                "it; you can still edit the text."
            )
        ) from error
    return _SoundDeviceOutput(stream, in_use)


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise DeviceError(
            Sentence(
                "Playback needs the PortAudio library, which is missing: on Debian or Ubuntu run `sudo "
                "apt-get install libportaudio2 libasound2-plugins`; you can still edit the text without "
                "it."
            )
        ) from error
    return sounddevice
