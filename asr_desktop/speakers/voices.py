"""Voices that the user saved under a name, so that the program recognises them later.

A voiceprint is stored only when the user presses "Remember this voice", in one file of the user's data folder
that is readable by that user only. It is never part of a transcript or an export.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import SpeakersError
from asr_desktop.base.paths import voices_file
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.base.typed_data import TypedData
from asr_desktop.speakers.clustering import best_pairs
from asr_desktop.speakers.turns import KnownSpeaker
from asr_desktop.transcripts.document import is_speaker_name

LENGTH = 192
SAME_VOICE = 0.55
"""Dot product above which two voiceprints are more likely one person's (see docs/measurements.md)."""
STEEPNESS = 18.0
MOST_COUNTED_SECONDS = 600.0
"""Maximum weight of earlier speech against new speech, because voices and microphones change."""


@dataclass(frozen=True, slots=True)
class RememberedVoice:
    """A named voice. remembered_at: ISO 8601 in UTC. heard_seconds: seconds of speech in the voiceprint."""

    name: str
    voiceprint: tuple[float, ...]
    heard_seconds: float
    remembered_at: str


@dataclass(frozen=True, slots=True)
class _Stored:
    """The file."""

    version: Literal[2]
    voices: tuple[RememberedVoice, ...]


class VoiceStore:
    """The file of remembered voices, by default the user's. Every method reads it again, so several programs
    may use it. All raise SpeakersError where it cannot be read or written."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or voices_file()

    def voices(self) -> tuple[RememberedVoice, ...]:
        """All voices, sorted by name."""
        try:
            content = read_json(self.path)
        except FileNotFoundError:
            return ()
        except READ_ERRORS as error:
            raise self._unreadable(error) from error
        try:
            stored: _Stored = TypedData().read(content, _Stored)
            found = [_checked(voice) for voice in stored.voices]
        except ValueError as error:
            raise self._unreadable(error) from error
        return tuple(sorted(found, key=lambda voice: voice.name.casefold()))

    def remember(self, name: str, voiceprint: Sequence[float], heard_seconds: float) -> None:
        """Store a voice; an existing one of this name is averaged with it, weighted by seconds of speech."""
        kept = {voice.name: voice for voice in self.voices()}
        mean = np.asarray(voiceprint, np.float64)
        if name in kept:
            before = min(kept[name].heard_seconds, MOST_COUNTED_SECONDS)
            mean = mean * heard_seconds + np.asarray(kept[name].voiceprint) * before
            heard_seconds += before
        mean = mean / max(float(np.linalg.norm(mean)), 1e-9)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rounded = tuple(round(float(value), 5) for value in mean)
        kept[name] = _checked(RememberedVoice(name, rounded, round(heard_seconds, 1), now))
        self._write(kept.values())

    def rename(self, old: str, new: str) -> None:
        """Rename a voice; an existing one of the new name is replaced."""
        kept = {voice.name: voice for voice in self.voices()}
        if old in kept and old != new:
            kept[new] = _checked(replace(kept.pop(old), name=new))
            self._write(kept.values())

    def forget(self, name: str) -> None:
        """Delete a voice permanently."""
        self._write(voice for voice in self.voices() if voice.name != name)

    def forget_all(self) -> None:
        """Delete the file, even if it is unreadable."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def _write(self, voices: Iterable[RememberedVoice]) -> None:
        stored = _Stored(2, tuple(voices))
        if not stored.voices:
            self.forget_all()
            return
        try:
            make_folder(self.path.parent)
            write_text(self.path, json.dumps(TypedData().write(stored), ensure_ascii=False))
        except OSError as error:
            raise self._unwritable(error) from error

    def _unreadable(self, error: Exception) -> SpeakersError:
        reason = getattr(error, "strerror", None) or error
        return SpeakersError(
            Sentence(
                "The remembered voices in {path} cannot be read ({reason}): delete the file and "
                "remember them again.",
                path=self.path,
                reason=reason,
            )
        )

    def _unwritable(self, error: OSError) -> SpeakersError:
        return SpeakersError(
            Sentence(
                "The remembered voices in {path} cannot be changed ({reason}): make room or check its "
                "permissions.",
                path=self.path,
                reason=error.strerror or error,
            )
        )


def recognised(
    voices: Sequence[ArrayLike], remembered: Sequence[RememberedVoice]
) -> tuple[KnownSpeaker, ...]:
    """Which speakers (voiceprints in the order of their numbers) match remembered voices; one-to-one."""
    if not len(voices) or not remembered:
        return ()
    similar = (
        np.stack([np.asarray(voice) for voice in voices]) @ np.array([v.voiceprint for v in remembered]).T
    )
    # Voices that are too different are not matched.
    mine, theirs = best_pairs(-np.where(similar >= SAME_VOICE, similar, 0.0))
    return tuple(
        KnownSpeaker(int(speaker) + 1, remembered[name].name, confidence_of(float(similar[speaker, name])))
        for speaker, name in zip(mine, theirs, strict=True)
        if similar[speaker, name] >= SAME_VOICE
    )


def confidence_of(similarity: float) -> float:
    """Probability that two voiceprints with this dot product are one person's, 0…1."""
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (similarity - SAME_VOICE)))


def _checked(voice: RememberedVoice) -> RememberedVoice:
    is_print = len(voice.voiceprint) == LENGTH and all(map(math.isfinite, voice.voiceprint))
    if not is_print or not is_speaker_name(voice.name) or not voice.heard_seconds >= 0:
        raise ValueError(f"no voice: {voice.name!r}")
    return voice
