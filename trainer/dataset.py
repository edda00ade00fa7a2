"""Transcribed speech on disk: manifests in, utterances out."""

from __future__ import annotations

import math
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.base.delimited_text import read_table
from asr_desktop.base.small_file import READ_ERRORS
from asr_desktop.errors import AsrDesktopError, MediaError
from asr_desktop.sentences import Sentence
from trainer.text import has_digits, normalise_text

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
                "{folder} holds no manifest.tsv; name a folder with one, or make one with the columns "
                "file, speaker, seconds and transcript.",
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
                "{path} lacks the column {names}; add it to the first line.",
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
                    "{path}, line {number}: “{text}” is no number of seconds.",
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
            "The data pack {name} is in none of {names}; name its folder with --data.",
            name=name,
            names=", ".join(map(str, roots)),
        )
    )


def read_speech(
    path: Path, start_seconds: float = 0.0, end_seconds: float | None = None
) -> NDArray[np.float32]:
    """A recording, or a stretch of it, as mono samples at 16 kHz, shape ``[samples]``; any format and rate.

    libsndfile jumps straight to the stretch and needs no FFmpeg, so it comes first; what it does not know
    goes the way that the app's own files go. Sound that ends before the stretch does gives what there is.

    :raises DataError: unreadable, or nothing in the stretch.
    """
    try:
        with soundfile.SoundFile(path) as file:
            if file.format in _PLAYED_BY_FFMPEG:
                samples, rate = _decoded(path, path.stat().st_mtime_ns), SAMPLE_RATE
                samples = samples[round(start_seconds * rate) :]
            else:
                rate = file.samplerate
                file.seek(min(round(start_seconds * rate), file.frames))
                count = -1 if end_seconds is None else round((end_seconds - start_seconds) * rate)
                samples = file.read(count, dtype="float32", always_2d=True).mean(axis=1)
    except (OSError, soundfile.LibsndfileError):
        samples, rate = _decoded(path, _modified(path)), SAMPLE_RATE
        samples = samples[round(start_seconds * rate) :]
    if end_seconds is not None:
        samples = samples[: round((end_seconds - start_seconds) * rate)]
    if samples.size == 0:
        raise DataError(
            Sentence(
                "{path} holds no sound at {start_seconds:.2f} s; remove it from the data or mend its times.",
                path=path,
                start_seconds=start_seconds,
            )
        )
    if rate != SAMPLE_RATE:
        import soxr

        samples = np.clip(soxr.resample(samples, rate, SAMPLE_RATE), -1.0, 1.0)
    return np.asarray(samples, dtype=np.float32)


def sound_seconds(path: Path) -> float:
    """How long a recording is: by its header where that says it, else by decoding all of it.

    :raises DataError: unreadable.
    """
    try:
        header = soundfile.info(path)
        if header.format not in _PLAYED_BY_FFMPEG:
            return float(header.frames) / header.samplerate
    except (OSError, soundfile.LibsndfileError):
        pass  # a format of FFmpeg's, or no sound at all: the decoder says which
    from asr_desktop.audio.media import probe

    try:
        stated = probe(path).duration_seconds
    except MediaError as error:
        raise DataError(str(error)) from error
    return _decoded(path, _modified(path)).size / SAMPLE_RATE if stated is None else stated


# libsndfile counts the encoder's padding of MP3 as sound, and guesses the length of files without an index.
_PLAYED_BY_FFMPEG = frozenset({"MP3", "MPEG"})


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=1)
def _decoded(path: Path, modified: int) -> NDArray[np.float32]:
    """A whole file through FFmpeg. Kept until the next one, since stretches of a file come one after another;
    `modified` keeps a file that was written anew from being taken for the old one.
    """
    from asr_desktop.audio.media import read_all

    try:
        return read_all(path)
    except MediaError as error:
        raise DataError(str(error)) from error
