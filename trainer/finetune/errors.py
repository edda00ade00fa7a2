"""What can go wrong in a fine-tuning and can be mended by the person who started it."""

from __future__ import annotations

from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError


class FinetuneError(AsrDesktopError):
    """A fine-tuning that cannot start or go on; the message says what was saved."""


class OtherTrainingError(FinetuneError):
    """What lies in `folder` is the state of another training, with which this one cannot go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} contains a training run with different data, a different model or different "
            "trainable parts; choose another output folder, or delete it."
        )
        self.folder = folder
