"""What every reader of a data set has in common: utterances collected, and what was left out and why.

Nothing is left out silently: what a reader passes over is in `Reading.left_out`, named as the person knows it
(a file, a line) and with a reason that says what to do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from asr_desktop.base.paths import data_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS
from asr_desktop.base.text_file import MOST_TABLE_BYTES, WESTERN, Table, read_any_text, read_table
from asr_desktop.language_model.english import has_digits
from asr_desktop.teaching.dataset import DataError, TrainingUtterance, sound_seconds

SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".webm", ".aac", ".wma", ".aiff", ".sph")

NO_WORDS = "its transcript contains no words"
DIGITS = "its transcript contains digits, which can be read in several ways: write them as words"
NO_SOUND_FILE = "its sound file is missing"
MORE_CELLS = "it has more cells than the first line has columns: put its text in quotation marks"
NO_LENGTH = "it has no length: fix its times, or replace its empty file"


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
        return read_any_text(path, MOST_TABLE_BYTES).text.splitlines()
    except READ_ERRORS as error:
        raise DataError(Sentence("{path} cannot be read ({reason}).", path=path, reason=error)) from error


def read_rows(path: Path) -> Table:
    """A table, however it was saved.

    :raises DataError: it cannot be read, or is no text.
    """
    try:
        return read_table(path)
    except READ_ERRORS as error:
        raise DataError(Sentence("{path} cannot be read ({reason}).", path=path, reason=error)) from error


def note_encoding(reading: Reading, path: Path, table: Table) -> None:
    """Tell of an encoding that was guessed."""
    if table.encoding == WESTERN:
        reading.notes.append(
            Sentence(
                "{name} was read as Windows-1252; if its accents are wrong, save it as CSV UTF-8",
                name=path.name,
            )
        )


def sound_named(name: str, folder: Path) -> Path:
    """The sound file that a table calls `name`: beside the table, from another system (with backslashes, or
    the drive of the machine where it was made), or without its ending. A file that is not there keeps the
    first of these places."""
    places = [Path(name)]
    if "\\" in name and os.sep != "\\":
        windows = PureWindowsPath(name)
        if not windows.is_absolute():
            places = [Path(*windows.parts)]
        else:
            places = [Path(*windows.parts[first:]) for first in range(1, len(windows.parts))]
    candidates = [folder / place for place in places]  # an absolute one stays what it is
    for candidate in candidates:
        found = candidate if candidate.is_file() else find_sound(candidate)
        if found is not None:
            return found
    return candidates[0]


def pick(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The first of `names` that is among `columns`, in whatever case it is written."""
    by_name = {column.strip().lower(): column for column in columns if column}
    return next((by_name[name] for name in names if name in by_name), None)


# Data sets that come packed: a `.tar` (also .tar.gz, .tgz …) is unpacked once, into the data folder

_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")


def unpacked(place: Path) -> Path:
    """The folder in an archive (its only one, if there is just that), or `place` itself where it is none.

    :raises DataError: the archive is damaged or there is no room.
    """
    if not place.is_file() or not place.name.lower().endswith(_SUFFIXES):
        return place
    target = unpacking_folder(place)
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made aside and moved in one step: a run that is stopped leaves no half data set to be trained on.
        aside = Path(tempfile.mkdtemp(dir=target.parent))
        try:
            with tarfile.open(place) as archive:
                archive.extractall(aside, filter="data")
            os.replace(aside, target)
        except (tarfile.TarError, OSError, EOFError) as error:
            shutil.rmtree(aside, ignore_errors=True)
            if not target.is_dir():  # unless another run was faster
                raise DataError(
                    f"{place} cannot be unpacked to {target.parent} ({error}); download it again or free "
                    "up disk space."
                ) from error
    entries = [entry for entry in target.iterdir() if not entry.name.startswith(".")]
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else target


def unpacking_folder(place: Path) -> Path:
    """Where what is unpacked of `place` lies: a folder of its own for each file and state of it."""
    state = place.stat()
    mark = hashlib.sha256(f"{place.resolve()}|{state.st_size}|{state.st_mtime_ns}".encode()).hexdigest()[:12]
    return data_folder() / "unpacked" / f"{place.name.split('.')[0]}-{mark}"
