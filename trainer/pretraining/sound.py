"""Untranscribed sound in pieces of similar length."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import is_media_name
from asr_desktop.teaching.dataset import DataError, read_speech, sound_seconds
from trainer.pretraining.options import SoundOptions

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """A section of a recording."""

    path: Path
    start_seconds: float
    end_seconds: float

    @property
    def seconds(self) -> float:
        return self.end_seconds - self.start_seconds

    def samples(self) -> Samples:
        """Mono samples at 16 kHz, shape ``[n]``."""
        return read_speech(self.path, self.start_seconds, self.end_seconds)


@dataclass(frozen=True)
class Sound:
    """Pieces for training and for measuring, split by whole recordings."""

    train: list[SoundPiece]
    held_out: list[SoundPiece]


def find_sound(places: list[Path], options: SoundOptions, report: Callable[[str], None]) -> Sound:
    """The pieces of files and folders (recursively); excluded pieces are counted and reported.

    :raises DataError: no sound there, or too little for training and measuring.
    """
    files = _files(places)
    pieces: list[list[SoundPiece]] = []
    unreadable: list[str] = []
    short = quiet = 0
    for path in files:
        try:
            found = _pieces_of(path, options)
            loud = [piece for piece in found if _level_db(piece.samples()) >= options.least_level_db]
        except DataError:
            unreadable.append(path.name)
            continue
        short += not found
        quiet += len(found) - len(loud)
        if loud:
            pieces.append(loud)
    for count, what in (
        (len(unreadable), f"recordings cannot be read: {', '.join(unreadable[:3])}"),
        (short, f"recordings are shorter than {options.least_seconds:g} s"),
        (quiet, "pieces are silent"),
    ):
        if count:
            report(f"left out: {count} {what}")
    # With a single recording, its last pieces are held out instead.
    if len(pieces) == 1:
        pieces = [[piece] for piece in pieces[0]]
    every = max(2, min(options.held_out_every, len(pieces)))
    held_out = [piece for each in pieces[every - 1 :: every] for piece in each]
    train = [piece for number, each in enumerate(pieces, 1) if number % every for piece in each]
    if not train or not held_out:
        raise DataError(
            f"There are {len(pieces)} usable recordings in {', '.join(map(str, places))}; pre-training needs "
            f"at least two of {options.least_seconds:g} s."
        )
    hours = sum(piece.seconds for piece in train) / 3600
    report(f"{len(train)} pieces, {hours:.2f} h to train on; {len(held_out)} pieces to validate with")
    return Sound(train, held_out)


def stacked(pieces: Sequence[SoundPiece], do_normalize: bool, generator: np.random.Generator) -> Samples:
    """``[batch, n]``: cropped at random to the shortest piece, because padding would change the group norm.

    do_normalize: normalise each row to zero mean and unit variance.
    """
    sounds = [piece.samples() for piece in pieces]
    length = min(map(len, sounds))
    rows = []
    for samples in sounds:
        begin = int(generator.integers(0, len(samples) - length + 1))
        row = samples[begin : begin + length]
        rows.append((row - row.mean()) / np.sqrt(row.var() + 1e-7) if do_normalize else row)
    return np.stack(rows).astype(np.float32)


def _files(places: list[Path]) -> list[Path]:
    files: list[Path] = []
    for place in places:
        if place.is_dir():
            files += sorted(path for path in place.rglob("*") if path.is_file() and is_media_name(path))
        elif place.is_file():
            files.append(place)
        else:
            raise DataError(f"{place} does not exist; choose a sound file or a folder with sound files.")
    return files


def _pieces_of(path: Path, options: SoundOptions) -> list[SoundPiece]:
    seconds = sound_seconds(path)
    if seconds < options.least_seconds:
        return []
    count = math.ceil(seconds / options.most_seconds)
    length = seconds / count
    return [SoundPiece(path, number * length, (number + 1) * length) for number in range(count)]


def _level_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))
