"""Recordings on a sound system made for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from asr_desktop.audio.recorder import Recorder, RecorderEvent
from asr_desktop.audio.session import Session
from tests.audio.fake_sound import FakeSoundSystem, wait_for


class Recording:
    """A recorder on a fake sound system, with all it told."""

    def __init__(
        self, folder: Path, *, sound: FakeSoundSystem | None = None, device: str | None = None
    ) -> None:
        self.sound = sound or FakeSoundSystem()
        self.events: list[RecorderEvent] = []
        self.recorder = Recorder(
            device, folder=folder, on_event=self.events.append, find=self.sound.find, capture=self.sound.open
        )

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def event(self, kind: str) -> RecorderEvent:
        return next(event for event in self.events if event.kind == kind)

    def hear(self, samples: np.ndarray) -> None:
        self.sound.capture.hear(samples)

    def wait_until_written(self, seconds: float) -> None:
        wait_for(lambda: self.recorder.recorded_seconds >= seconds, f"{seconds} s on the disk")


@contextmanager
def recording(folder: Path, **options: object) -> Iterator[Recording]:
    one = Recording(folder, **options)  # type: ignore[arg-type]
    one.recorder.start()
    try:
        yield one
    finally:
        one.recorder.stop()


def samples_of(session: Session) -> np.ndarray:
    parts = [soundfile.read(part.path, dtype="int16")[0].reshape(-1) for part in session.parts()]
    return np.concatenate(parts)
