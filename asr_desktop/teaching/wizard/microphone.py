"""Takes out of a running recording: the recorder writes to the disk all the time, a take is a stretch of it.

So nothing that is said can be lost, the device stays warm between sentences, and a take begins a little
before the moment at which somebody said "now", where the first consonant hides.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.recorder import Recorder, RecorderState
from asr_desktop.audio.tail import read_growing
from asr_desktop.base.errors import RecordingError
from asr_desktop.base.sentences import Sentence

SAMPLE_RATE = 16_000
BEFORE_SECONDS = 0.15
AFTER_SECONDS = 0.35
"""What was said when somebody stopped the take is still on its way through the sound system."""
_LOOKS_EVERY_SECONDS = 0.03
_PATIENCE_SECONDS = 5.0


class TakeRecorder:
    """Marks takes in what `recorder` records; the recorder is started, and stopped, by whoever made it."""

    def __init__(self, recorder: Recorder, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._recorder = recorder
        self._clock = clock
        self._from_seconds: float | None = None
        self._last_end_seconds = 0.0

    @property
    def is_recording(self) -> bool:
        """Whether a take has begun and not ended."""
        return self._from_seconds is not None

    def begin(self) -> None:
        """A take begins now.

        Raises RecordingError while the device is not ready.
        """
        if not self._recorder.wait_until_listening(_PATIENCE_SECONDS):
            raise RecordingError(
                Sentence("No sound comes from the microphone yet: wait a moment, or choose another one.")
            )
        self._from_seconds = max(self._last_end_seconds, self._heard_seconds() - BEFORE_SECONDS)

    def end(self) -> NDArray[np.float32]:
        """The take that ends now: mono samples at 16 kHz, shape [n]. Waits until they are on the disk.

        Raises RecordingError where no take was begun, or the microphone has fallen silent.
        """
        if self._from_seconds is None:
            raise RecordingError(Sentence("No recording was started: start one first."))
        start, self._from_seconds = self._from_seconds, None
        end = self._heard_seconds() + AFTER_SECONDS
        deadline = self._clock() + _PATIENCE_SECONDS
        while self._recorder.recorded_seconds < end:
            if self._recorder.state is RecorderState.STOPPED or self._clock() > deadline:
                raise RecordingError(
                    Sentence("The microphone stopped sending sound: plug it in and read the sentence again.")
                )
            time.sleep(_LOOKS_EVERY_SECONDS)
        self._last_end_seconds = end
        return self._read(start, end)

    def cancel(self) -> None:
        """The take that was begun is none."""
        self._from_seconds = None

    def _heard_seconds(self) -> float:
        return self._recorder.recorded_seconds + self._recorder.waiting_seconds

    def _read(self, start_seconds: float, end_seconds: float) -> NDArray[np.float32]:
        first, wanted = round(start_seconds * SAMPLE_RATE), round((end_seconds - start_seconds) * SAMPLE_RATE)
        blocks: list[NDArray[np.float32]] = []
        taken = 0
        deadline = self._clock() + _PATIENCE_SECONDS
        for block in read_growing(
            self._recorder.session, start_sample=first, stop=lambda: self._clock() > deadline
        ):
            blocks.append(block)
            taken += len(block)
            if taken >= wanted:
                break
        if not blocks:
            raise RecordingError(Sentence("The recording could not be read back: read the sentence again."))
        return np.concatenate(blocks)[:wanted]
