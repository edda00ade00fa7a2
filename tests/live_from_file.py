"""The command line with a microphone that hears a file.

    python -m tests.live_from_file SOUND SPEED DELAY live …

The sound comes `SPEED` times as fast as it was spoken, silence after it. The acoustic model takes `DELAY`
seconds longer for a second of sound than it would. All else is real.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from asr_desktop import cli
from asr_desktop.audio import recorder
from asr_desktop.audio.devices import InputDevice
from asr_desktop.recognition.worker import client
from tests.audio.fake_sound import FakeCapture, FakeSoundSystem
from tests.recognition import worker_loaders

PACKET_SECONDS = 0.05
STATUS_VARIABLE = "LIVE_STATUS_FILE"
LOADER_VARIABLE = "LIVE_LOADER"


class FileCapture(FakeCapture):
    """Plays a file from the moment it is opened until it is closed."""

    def __init__(self, device: InputDevice, path: str, speed: float) -> None:
        super().__init__(device)
        threading.Thread(target=self._play, args=(path, speed), daemon=True).start()

    def _play(self, path: str, speed: float) -> None:
        count = round(PACKET_SECONDS * self.sample_rate)
        with soundfile.SoundFile(path) as sound:
            assert (sound.samplerate, sound.channels) == (self.sample_rate, 1)
            due = time.monotonic()
            while not self.is_closed:
                piece = sound.read(count, dtype="int16")
                self.hear(np.pad(piece, (0, count - len(piece))))
                due += PACKET_SECONDS / speed
                time.sleep(max(0.0, due - time.monotonic()))


def write_status(path: Path, captures: list[FileCapture]) -> None:
    """Tells whoever asks, twice a second, how much was heard and what of it still waits for the disk."""
    while True:
        if captures:
            heard = captures[-1].callbacks * PACKET_SECONDS
            status = {"seconds": heard, "waiting_packets": captures[-1].packets.qsize()}
            aside = path.with_suffix(".new")
            aside.write_text(json.dumps(status))
            aside.replace(path)
        time.sleep(0.5)


def main() -> None:
    path, speed, delay, *arguments = sys.argv[1:]
    captures: list[FileCapture] = []

    def capture(device: InputDevice) -> FileCapture:
        captures.append(FileCapture(device, path, float(speed)))
        return captures[-1]

    recorder.Recorder = partial(  # type: ignore[assignment, misc]
        recorder.Recorder, find=FakeSoundSystem().find, capture=capture
    )
    if STATUS_VARIABLE in os.environ:
        place = Path(os.environ[STATUS_VARIABLE])
        threading.Thread(target=write_status, args=(place, captures), daemon=True).start()
    os.environ[worker_loaders.DELAY_VARIABLE] = delay
    client.RecogniserProcess = partial(  # type: ignore[assignment, misc]
        client.RecogniserProcess,
        loader=os.environ.get(LOADER_VARIABLE, f"{worker_loaders.NAME}:delayed"),
    )
    cli.main(arguments)


if __name__ == "__main__":
    main()
