"""Transcribed speech on disk: manifests in, utterances out."""

from __future__ import annotations

import csv
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.errors import AsrDesktopError
from trainer.text import has_digits, normalise_text

SAMPLE_RATE = 16_000


class DataError(AsrDesktopError):
    """Training data that cannot be read or used."""


@dataclass(frozen=True, slots=True)
class TrainingUtterance:
    """One stretch of speech by one speaker, with the words that were said."""

    path: Path
    speaker: str
    seconds: float
    transcript: str

    @property
    def text(self) -> str:
        """The transcript as the recogniser is taught it."""
        return normalise_text(self.transcript)


def read_manifest(folder: Path) -> list[TrainingUtterance]:
    """Read ``manifest.tsv`` (columns ``file speaker seconds transcript``, others ignored) of a folder of
    recordings.

    Utterances without words and those whose digits leave open what was said are left out.

    :raises DataError: no manifest, a missing column, or a number that is none; the message names the line.
    """
    path = folder / "manifest.tsv"
    if not path.is_file():
        raise DataError(
            f"{folder} holds no manifest.tsv; name a folder with one, or make one with the columns "
            "file, speaker, seconds and transcript."
        )
    utterances = []
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = {"file", "speaker", "seconds", "transcript"} - set(rows.fieldnames or ())
        if missing:
            raise DataError(
                f"{path} lacks the column {', '.join(sorted(missing))}; add it to the first line."
            )
        for number, row in enumerate(rows, start=2):
            try:
                seconds = float(row["seconds"])
            except (TypeError, ValueError):
                raise DataError(
                    f"{path}, line {number}: “{row['seconds']}” is no number of seconds."
                ) from None
            utterance = TrainingUtterance(
                folder / row["file"], row["speaker"], seconds, row["transcript"] or ""
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
        f"The data pack {name} is in none of {', '.join(map(str, roots))}; name its folder with --data."
    )


def read_speech(path: Path) -> NDArray[np.float32]:
    """A recording as mono samples at 16 kHz, shape ``[samples]``, through libsndfile (wav, flac, ogg, opus,
    mp3).

    :raises DataError: unreadable, or at another rate (resampling belongs to whoever prepares the data).
    """
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise DataError(
            f"{path} cannot be read as sound ({error}); remove it from the manifest or mend it."
        ) from None
    if rate != SAMPLE_RATE:
        raise DataError(f"{path} has {rate} samples a second; convert it to {SAMPLE_RATE} first.")
    return np.asarray(samples.mean(axis=1), dtype=np.float32)
