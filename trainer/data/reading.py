"""What every reader of a data set has in common: utterances collected, and what was left out and why.

Nothing is left out silently: what a reader passes over is in `Reading.left_out`, named as the person knows it
(a file, a line) and with a reason that says what to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asr_desktop.sentences import Sentence
from trainer.dataset import DataError, TrainingUtterance, sound_seconds
from trainer.text import has_digits

SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".webm", ".aac", ".wma", ".aiff", ".sph")

NO_WORDS = "its transcript holds no words"
DIGITS = "its transcript holds digits, which leave open how they were read: write them as words"
NO_SOUND_FILE = "its sound file is missing"
NO_LENGTH = "it has no length: mend its times, or its file is empty"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not used: `item` is a file, or a place in one; `reason` completes "left out:"."""

    item: str
    reason: str

    def __str__(self) -> str:
        return f"{self.item}: {self.reason}"


@dataclass
class Reading:
    """A data set as it was read: its utterances, what was left out, and what the person should know."""

    place: Path
    format: str
    utterances: list[TrainingUtterance] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def leave_out(self, item: str | Path, reason: str) -> None:
        self.left_out.append(LeftOut(str(item), reason))

    def add(
        self,
        path: Path,
        transcript: str | None,
        *,
        speaker: str | None = None,
        session: str | None = None,
        start_seconds: float = 0.0,
        end_seconds: float | None = None,
        seconds: float | None = None,
        item: str | None = None,
    ) -> None:
        """Add an utterance, or say in `left_out` why it cannot be used.

        seconds: its length where somebody states it; otherwise the file is asked. item: what to call it.
        """
        item = item or path.name
        transcript = (transcript or "").strip()
        if not any(character.isalpha() for character in transcript):
            return self.leave_out(item, DIGITS if has_digits(transcript) else NO_WORDS)
        if has_digits(transcript):
            return self.leave_out(item, DIGITS)
        if not path.is_file():
            return self.leave_out(item, NO_SOUND_FILE)
        if seconds is None:
            try:
                end = sound_seconds(path) if end_seconds is None else end_seconds
            except DataError as error:
                return self.leave_out(item, f"its sound cannot be read ({error})")
            seconds = end - start_seconds
        if not seconds > 0.0 or start_seconds < 0.0:
            return self.leave_out(item, NO_LENGTH)
        self.utterances.append(
            TrainingUtterance(
                path=path,
                speaker=speaker or None,
                seconds=seconds,
                transcript=transcript,
                session=session or None,
                start_seconds=start_seconds,
                end_seconds=end_seconds,
            )
        )

    def sentences(self) -> list[str]:
        """What was read and what was left out, a sentence each kind of reason, the first items named."""
        hours = sum(utterance.seconds for utterance in self.utterances) / 3600
        said = [
            f"{self.place}: {len(self.utterances)} utterances, {hours:.2f} h ({self.format})",
            *self.notes,
        ]
        reasons = Counter(entry.reason for entry in self.left_out)
        for reason, count in reasons.most_common():
            items = [entry.item for entry in self.left_out if entry.reason == reason]
            named = ", ".join(items[:3]) + (f" and {count - 3} others" if count > 3 else "")
            said.append(f"{count} left out: {reason} ({named})")
        return said


def find_sound(stem: Path) -> Path | None:
    """The sound file of that name with any of the usual endings; the name may have one already."""
    if stem.suffix.lower() in SOUND_SUFFIXES and stem.is_file():
        return stem
    for suffix in SOUND_SUFFIXES:
        for ending in (suffix, suffix.upper()):
            # Not with_suffix: a name such as "talk.2" would lose its own number.
            candidate = stem.with_name(stem.name + ending)
            if candidate.is_file():
                return candidate
    return None


def read_lines(path: Path) -> list[str]:
    """The lines of a text file without their ends; a byte order mark is dropped.

    :raises DataError: it cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(
            Sentence("{path} is not text in UTF-8; save it as UTF-8 and try again.", path=path)
        ) from None
    except OSError as error:
        raise DataError(
            Sentence("{path} cannot be read ({reason}).", path=path, reason=error.strerror or error)
        ) from error


def first_line(path: Path) -> str:
    """The first line of a text file, "" where it has none or is no text: for guessing what it is."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return lines.readline(100_000).rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return ""


def pick(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The first of `names` that is among `columns`, in whatever case it is written."""
    by_name = {column.strip().lower(): column for column in columns if column}
    return next((by_name[name] for name in names if name in by_name), None)
