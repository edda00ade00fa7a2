"""The waveform of a recording for display: the lowest and highest sample of each short stretch.

It is computed once, block by block, and cached on the disk. Coarser levels are derived from the finest one,
so that drawing an hour or a second reads about as many values as there are pixels.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_blocks
from asr_desktop.audio.session import Session
from asr_desktop.base.atomic_write import replacing
from asr_desktop.base.errors import CancelledError
from asr_desktop.base.paths import data_folder
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.small_file import open_regular

BINS_PER_SECOND = 100
"""Of the finest outline."""
_BIN_SAMPLES = SAMPLE_RATE // BINS_PER_SECOND
_COARSER = 8
_FULL_SCALE = 127
_VERSION = 2
_LONGEST_CACHED = 200  # files; the oldest go


@dataclass(frozen=True)
class Waveform:
    """Outlines of one recording in several resolutions.

    levels[k]: int8 [bins, 2], the lowest and the highest sample (full scale is ±127) of each stretch of
    8**k / BINS_PER_SECOND seconds.
    """

    levels: tuple[NDArray[np.int8], ...]
    duration_seconds: float

    @staticmethod
    def of(finest: NDArray[np.int8], duration_seconds: float) -> Waveform:
        levels = [finest]
        while len(levels[-1]) > 1000:
            levels.append(_coarser(levels[-1]))
        return Waveform(tuple(levels), duration_seconds)

    def outline(
        self, start_seconds: float, end_seconds: float, columns: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """(times, low, high) of at most about 8 × `columns` stretches that cover the time asked for.

        Times are the stretches' middles in seconds, low and high are within ±1.
        """
        start, end = max(0.0, start_seconds), min(end_seconds, self.duration_seconds)
        wanted = max(1, columns)
        bins_per_second = float(BINS_PER_SECOND)
        level = 0
        while level + 1 < len(self.levels) and (end - start) * bins_per_second / _COARSER >= wanted:
            level += 1
            bins_per_second /= _COARSER
        first = max(0, int(start * bins_per_second) - 1)
        stop = min(len(self.levels[level]), int(end * bins_per_second) + 2)
        shown = self.levels[level][first : max(first, stop)]
        values = shown.astype(np.float32) / np.float32(_FULL_SCALE)
        times = (np.arange(first, first + len(values), dtype=np.float32) + 0.5) / np.float32(bins_per_second)
        return times, values[:, 0], values[:, 1]


def waveform_of(
    source: str | os.PathLike[str] | Session,
    *,
    progress: Callable[[Waveform], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    cache: Path | None = None,
) -> Waveform:
    """The outline of a sound or video file or a session, from the cache or computed now.

    progress: gets the outline so far, now and then. cancelled: asked often; True ends the work with
    CancelledError. Raises MediaError where the file cannot be read.
    """
    path = source.path if isinstance(source, Session) else Path(source)
    kept = (cache or data_folder() / "cache" / "waveforms") / f"{_fingerprint(path)}.npy"
    known = _read(kept)
    if known is not None:
        return known
    pieces: list[NDArray[np.int8]] = []
    samples = 0
    told = 0
    for block in _whole_bins(read_blocks(path, stop=cancelled)):
        if cancelled is not None and cancelled():
            raise CancelledError("Drawing the sound was stopped.")
        samples += len(block)
        pieces.append(_peaks(block))
        if progress is not None and samples - told >= 60 * SAMPLE_RATE:
            told = samples
            progress(Waveform.of(np.concatenate(pieces), samples / SAMPLE_RATE))
    finest = np.concatenate(pieces) if pieces else np.zeros((0, 2), np.int8)
    waveform = Waveform.of(finest, samples / SAMPLE_RATE)
    _keep(kept, waveform)
    return waveform


def _whole_bins(blocks: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """The same sound in blocks of whole bins, but for the last one."""
    waiting = np.zeros(0, np.float32)
    for block in blocks:
        joined = np.concatenate([waiting, block])
        whole = len(joined) - len(joined) % _BIN_SAMPLES
        if whole:
            yield joined[:whole]
        waiting = joined[whole:].copy()
    if len(waiting):
        yield waiting


def _peaks(block: NDArray[np.float32]) -> NDArray[np.int8]:
    missing = -len(block) % _BIN_SAMPLES
    bins = np.pad(block, (0, missing), mode="edge").reshape(-1, _BIN_SAMPLES)
    peaks = np.stack([bins.min(axis=1), bins.max(axis=1)], axis=1)
    return np.rint(np.clip(peaks, -1.0, 1.0) * _FULL_SCALE).astype(np.int8)


def _coarser(level: NDArray[np.int8]) -> NDArray[np.int8]:
    padded = np.pad(level, ((0, -len(level) % _COARSER), (0, 0)), mode="edge").reshape(-1, _COARSER, 2)
    return np.stack([padded[:, :, 0].min(axis=1), padded[:, :, 1].max(axis=1)], axis=1)


def _fingerprint(path: Path) -> str:
    """Cache key; it changes when the file does."""
    parts = [str(_VERSION), os.path.realpath(path)]
    for file in Session(path).part_files() if path.is_dir() else [path]:
        if file.exists():
            status = file.stat()
            parts += [str(status.st_size), str(status.st_mtime_ns)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _read(kept: Path) -> Waveform | None:
    """The cached waveform, or None if there is none or it is damaged."""
    try:
        with open_regular(kept) as file:
            duration = float(np.load(file, allow_pickle=False))
            finest = np.load(file, allow_pickle=False)
    except (OSError, ValueError, TypeError, EOFError):
        return None
    if finest.dtype != np.int8 or finest.ndim != 2 or finest.shape[1] != 2:
        return None
    return Waveform.of(finest, duration)


def _keep(kept: Path, waveform: Waveform) -> None:
    """Write the cache; failing to do so only costs time."""
    try:
        make_folder(kept.parent)
        with replacing(kept) as beside, beside.open("wb") as file:
            _write(file, waveform)
        by_age = sorted(kept.parent.glob("*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in by_age[_LONGEST_CACHED:]:
            old.unlink()
    except OSError:
        return


def _write(file: IO[bytes], waveform: Waveform) -> None:
    np.save(file, np.float64(waveform.duration_seconds))
    np.save(file, waveform.levels[0])
