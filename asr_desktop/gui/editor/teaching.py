"""From the editor to the trainer: a corrected transcript becomes training pairs."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from asr_desktop.errors import AsrDesktopError
from asr_desktop.paths import data_folder
from asr_desktop.transcripts.document import Transcript


class TeachingError(AsrDesktopError):
    """The corrections cannot be made into training pairs."""


def pairs_folder() -> Path:
    """The data set that all corrections go into; the trainer's personalisation looks for it there."""
    return data_folder() / "training" / "corrections"


def can_teach() -> bool:
    """Whether the trainer and what it needs are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("trainer", "soundfile"))


def teach(
    transcript: Transcript,
    sound: Path,
    model: str,
    folder: Path | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> str:
    """Cut the transcript and its sound into training pairs in `folder`; a sentence about what came of it.

    model: which one holds the pairs against the sound. Pairs of the same sound from before are replaced.
    Raises AsrDesktopError, and the trainer's DataError as TeachingError.
    """
    if not can_teach():
        raise TeachingError(
            "The trainer is not installed: run `pip install 'asr-desktop[train]'`, and try again."
        )
    from asr_desktop.audio.session import Session
    from trainer.corrections import Correction, align_correction
    from trainer.dataset import DataError
    from trainer.listening import Listener
    from trainer.pair_folder import write_pairs
    from trainer.recorded_sound import RecordedSound

    try:
        recorded = (
            RecordedSound.of_session(Session(sound)) if sound.is_dir() else RecordedSound.of_file(sound)
        )
        speakers = [segment.speaker for segment in transcript.segments for _ in segment.words]
        correction = Correction(recorded.name, recorded, transcript.words, speakers)
        pairs = align_correction(correction, Listener(model), report=progress)
        write_pairs(recorded, pairs, folder or pairs_folder())
    except DataError as error:
        raise TeachingError(str(error)) from error
    kept, left_out = len(pairs.kept), len(pairs.left_out)
    sentence = f"{kept} sentences ({pairs.seconds / 60:.1f} min) are ready to teach the model"
    if left_out:
        sentence += f"; {left_out} stretches stay out, because they do not fit the sound clearly enough"
    return f"{sentence}. Go to Voice to train with them."
