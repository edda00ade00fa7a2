"""The command line with a microphone that hears a file.

    python -m tests.live_from_file SOUND SPEED DELAY live …

The sound comes `SPEED` times as fast as it was spoken, silence after it. The acoustic model takes `DELAY`
seconds longer for a second of sound than it would. All else is real.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import partial

import numpy as np
import soundfile

from asr_desktop import cli
from asr_desktop.audio import recorder
from asr_desktop.audio.devices import InputDevice
from asr_desktop.recognition.worker import client
from tests.audio.fake_sound import FakeCapture, FakeSoundSystem
from tests.recognition import worker_loaders

PACKET_SECONDS = 0.05


class FileCapture(FakeCapture):
    """Plays its sound from the moment it is opened until it is closed."""

    def __init__(self, device: InputDevice, sound: np.ndarray, speed: float) -> None:
        super().__init__(device)
        threading.Thread(target=self._play, args=(sound, speed), daemon=True).start()

    def _play(self, sound: np.ndarray, speed: float) -> None:
        count = round(PACKET_SECONDS * self.sample_rate)
        place = 0
        while not self.is_closed:
            piece = sound[place : place + count]
            self.hear(np.pad(piece, (0, count - len(piece))))
            place += count
            time.sleep(PACKET_SECONDS / speed)


def main() -> None:
    path, speed, delay, *arguments = sys.argv[1:]
    sound, rate = soundfile.read(path, dtype="int16")
    assert rate == 16_000
    recorder.Recorder = partial(  # type: ignore[assignment, misc]
        recorder.Recorder,
        find=FakeSoundSystem().find,
        capture=lambda device: FileCapture(device, sound, float(speed)),
    )
    os.environ[worker_loaders.DELAY_VARIABLE] = delay
    client.RecogniserProcess = partial(  # type: ignore[assignment, misc]
        client.RecogniserProcess, loader=f"{worker_loaders.NAME}:delayed"
    )
    cli.main(arguments)


if __name__ == "__main__":
    main()
