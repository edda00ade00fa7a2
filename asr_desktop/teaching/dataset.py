"""Transcribed speech on disk: manifests in, utterances out."""

from __future__ import annotations

import math
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio import read
from asr_desktop.audio.read import read_all
from asr_desktop.base.errors import AsrDesktopError, MediaError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS
from asr_desktop.base.text_file import read_table
from asr_desktop.language_model.english import has_digits, normalise_text

SAMPLE_RATE = 16_000


class DataError(AsrDesktopError):
    """Training data that cannot be read or used."""


@dataclass(frozen=True, slots=True)
class TrainingUtterance:
    """One stretch of speech by one speaker, with the words that were said.

    speaker, session: names that are equal where the voice, or the sitting in which it was recorded, is; None
    where nobody says. start_seconds, end_seconds: the stretch inside a longer file; an end of None is the
    file's own.
    """

    path: Path
    speaker: str | None
    seconds: float
    transcript: str
    session: str | None = None
    start_seconds: float = 0.0
    end_seconds: float | None = None

    @property
    def text(self) -> str:
        """The transcript as the recogniser is taught it."""
        return normalise_text(self.transcript)

    def samples(self) -> NDArray[np.float32]:
        """The sound of the stretch, as `read_speech` gives it."""
        return read_speech(self.path, self.start_seconds, self.end_seconds)


def read_manifest(folder: Path) -> list[TrainingUtterance]:
    """Read ``manifest.tsv`` (columns ``file speaker seconds transcript``, others ignored) of a folder of
    recordings.

    Utterances without words and those whose digits leave open what was said are left out.

    :raises DataError: no manifest, a missing column, or a number that is none; the message names the line.
    """
    path = folder / "manifest.tsv"
    if not path.is_file():
        raise DataError(
            Sentence(
                "{folder} contains no manifest.tsv; choose a folder with one, or create one with the "
                "columns file, speaker, seconds and transcript.",
                folder=folder,
            )
        )
    utterances = []
    try:
        table = read_table(path)
    except READ_ERRORS as error:
        raise DataError(Sentence("{path} cannot be read ({reason}).", path=path, reason=error)) from error
    missing = {"file", "speaker", "seconds", "transcript"} - set(table.columns)
    if missing:
        raise DataError(
            Sentence(
                "{path} has no column {names}; add it to the first line.",
                path=path,
                names=", ".join(sorted(missing)),
            )
        )
    for row in table.rows:
        stated = row.values.get("seconds", "")
        try:
            seconds = float(stated if "." in stated else stated.replace(",", "."))
        except ValueError:
            seconds = math.nan
        if not math.isfinite(seconds):
            raise DataError(
                Sentence(
                    "{path}, line {number}: “{text}” is not a number of seconds.",
                    path=path,
                    number=row.line,
                    text=stated,
                )
            )
        values = row.values
        utterance = TrainingUtterance(
            folder / values.get("file", ""), values.get("speaker"), seconds, values.get("transcript", "")
        )
        if utterance.text and not has_digits(utterance.transcript):
            utterances.append(utterance)
    return utterances


def find_packs(names: Iterable[str], roots: Iterable[Path], unpack_to: Path) -> list[Path]:
    """Folders of the named packs: a folder, or a ``NAME.tar`` that is unpacked once below ``unpack_to``.

    :raises DataError: a pack that is in none of the roots.
    """
    roots = list(roots)
    return [_find_pack(name, roots, unpack_to) for name in names]


def _find_pack(name: str, roots: list[Path], unpack_to: Path) -> Path:
    for root in (*roots, unpack_to):
        if (root / name / "manifest.tsv").is_file() or (root / name).is_dir():
            return root / name
        archive = root / f"{name}.tar"
        if archive.is_file():
            unpack_to.mkdir(parents=True, exist_ok=True)
            with tarfile.open(archive) as tar:
                tar.extractall(unpack_to, filter="data")
            return unpack_to / name
    raise DataError(
        Sentence(
            "The data pack {name} was not found in {names}; choose its folder with --data.",
            name=name,
            names=", ".join(map(str, roots)),
        )
    )


def read_speech(
    path: Path, start_seconds: float = 0.0, end_seconds: float | None = None
) -> NDArray[np.float32]:
    """A recording, or a stretch of it, as the recogniser hears it: mono samples at 16 kHz, shape
    ``[samples]``. Sound that ends before the stretch does gives what there is.

    :raises DataError: unreadable, or nothing in the stretch.
    """
    try:
        samples = read_all(path, start_seconds=start_seconds, end_seconds=end_seconds)
    except MediaError as error:
        raise DataError(str(error)) from error
    if samples.size == 0:
        raise DataError(
            Sentence(
                "{path} contains no audio at {start_seconds:.2f} s; remove it from the data or fix its "
                "times.",
                path=path,
                start_seconds=start_seconds,
            )
        )
    return samples


def sound_seconds(path: Path) -> float:
    """How long a recording is.

    :raises DataError: unreadable.
    """
    try:
        return read.sound_seconds(path)
    except MediaError as error:
        raise DataError(str(error)) from error
