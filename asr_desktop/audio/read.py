"""The one reader: any sound or video file, or any recording, as 16 kHz mono blocks.

    file    → FFmpeg (PyAV) → timeline → one channel → 16 kHz → blocks
    session → its parts on the disk    → one channel → 16 kHz → blocks

Recognition, the editor's second look, checks, training and the waveform all use it, so they get the same
samples of the same file. Memory use does not depend on the file's length. Block boundaries have no meaning;
sample `n` of the whole is `n / 16000` seconds into the file, as a player counts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.decoding import (
    CannotSeekError,
    Chunk,
    counted_seconds,
    read_chunks,
    stated_seconds,
)
from asr_desktop.audio.file_warnings import is_cut_off, losses, other_tracks
from asr_desktop.audio.media import SAMPLE_RATE, choose_track, tracks_of
from asr_desktop.audio.media_file import open_media
from asr_desktop.audio.resample import HIGHEST_RATE, LOWEST_RATE, MEMORY_SECONDS, Downmixer, StreamResampler
from asr_desktop.audio.session import Session
from asr_desktop.audio.tail import read_growing, samples_so_far
from asr_desktop.audio.timeline import FRAME_COUNTED_FORMATS, DecodingReport
from asr_desktop.audio.watched_file import shown_name
from asr_desktop.base.errors import MediaError
from asr_desktop.base.sentences import Sentence

BLOCK_SECONDS = 0.5

# A file of noise that occasionally looks like a packet is not a recording.
HOPELESS_DAMAGE = 4.0
# Peak of an empty track: digital silence, or the dither of 16 bits.
SILENT_BELOW = 2.0 / 32768
# Read before a stretch, so that the filters have settled when it begins, and the downmix knows which
# channels have reversed polarity.
_FILTER_RUN_UP_SECONDS = 1
_DOWNMIX_RUN_UP_SECONDS = round(5 * MEMORY_SECONDS)

Source = str | os.PathLike[str] | Session


def read_blocks(
    source: Source,
    *,
    start_seconds: float = 0.0,
    end_seconds: float | None = None,
    track: int | None = None,
    block_seconds: float = BLOCK_SECONDS,
    on_warning: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Iterator[NDArray[np.float32]]:
    """Yields the track as mono float32 blocks at 16 kHz within ±1, all `block_seconds` long but the last.

    source: a sound or video file, or a recording session or its folder; a session that is being recorded is
        read as it grows, until its end.
    start_seconds, end_seconds: a stretch of it; a stretch behind the end is empty.
    track: which audio track of a video, from 1; None is the file's default one.
    stop: polled while a growing session is read; True ends reading.

    Sample `n` of the whole is `n / 16000` s on the timeline that a player shows: there is silence where the
    sound starts later than the picture, where a recording was paused, and where a packet was damaged. A
    stretch has the same samples as that part of the whole.

    Raises MediaError (also midway) if nothing can be read or the file vanishes. A damaged or cut-off file
    is read as far as possible. At the end of the whole file, `on_warning` gets one sentence for each kind
    of loss, and one that lists the tracks if there are several.
    """
    start = max(0, round(start_seconds * SAMPLE_RATE))
    end = None if end_seconds is None else max(start, round(end_seconds * SAMPLE_RATE))
    blocks = _Reblocker(max(1, round(block_seconds * SAMPLE_RATE)))
    remaining = None if end is None else end - start
    tell = on_warning if start == 0 and end is None else None
    with closing(_from_sample(source, start, track, tell, stop)) as arrays:
        for mono in arrays:
            wanted = mono if remaining is None else mono[:remaining]
            yield from blocks.accept(wanted)
            if remaining is not None:
                remaining -= wanted.size
                if remaining == 0:
                    break
    yield from blocks.flush()


def read_all(
    source: Source,
    *,
    start_seconds: float = 0.0,
    end_seconds: float | None = None,
    track: int | None = None,
    on_warning: Callable[[str], None] | None = None,
) -> NDArray[np.float32]:
    """As `read_blocks`, as one array `[samples]`; for short clips (an hour takes 230 MB)."""
    blocks = read_blocks(
        source, start_seconds=start_seconds, end_seconds=end_seconds, track=track, on_warning=on_warning
    )
    return np.concatenate([np.zeros(0, np.float32), *blocks])


def sound_seconds(source: Source, *, track: int | None = None) -> float:
    """Length of what `read_blocks` gives: from the file's header where it is reliable, else by scanning the
    file. Raises MediaError."""
    session = _as_session(source)
    if session is not None:
        return samples_so_far(session) / SAMPLE_RATE
    assert not isinstance(source, Session)
    with open_media(source) as (container, file):
        stream = choose_track(container, track, shown_name(source))
        is_guess = (
            bool(FRAME_COUNTED_FORMATS & set(container.format.name.split(",")))
            or "ignore_length" in container.container_options
            or is_cut_off(file)
        )
        stated = None if is_guess else stated_seconds(container, stream)
        return counted_seconds(container, stream) if stated is None else stated


def _as_session(source: Source) -> Session | None:
    if isinstance(source, Session):
        return source
    session = Session(Path(source))
    return session if os.path.isdir(source) and session.part_files() else None


def _from_sample(
    source: Source,
    start: int,
    track: int | None,
    on_warning: Callable[[str], None] | None,
    stop: Callable[[], bool] | None,
) -> Generator[NDArray[np.float32]]:
    """Mono arrays of any size, the first of which begins with this sample."""
    session = _as_session(source)
    if session is not None:
        yield from read_growing(session, start_sample=start, stop=stop)
        return
    assert not isinstance(source, Session)
    if start == 0:
        yield from _whole_file(source, track, on_warning)
        return
    try:
        yield from _file_from(source, start, track)
    except CannotSeekError:
        yield from _without_first(_whole_file(source, track, None), start)


def _whole_file(
    path: str | os.PathLike[str], track: int | None, on_warning: Callable[[str], None] | None
) -> Iterator[NDArray[np.float32]]:
    name = shown_name(path)
    with open_media(path) as (container, file):
        stream = choose_track(container, track, name)
        report = DecodingReport()
        samples = 0
        peak = 0.0
        for mono in _to_16_khz(read_chunks(container, stream, file, report), name):
            samples += mono.size
            if peak < SILENT_BELOW:
                peak = max(peak, float(np.abs(mono).max(initial=0.0)))
            yield mono
        damaged = len(report.damaged_at_seconds)
        if samples == 0 or damaged > HOPELESS_DAMAGE * report.decoded_packets:
            if damaged:
                raise MediaError(
                    Sentence(
                        "No audio in {name} could be decoded, because it is too damaged: copy or export "
                        "it again.",
                        name=name,
                    )
                )
            raise MediaError(
                Sentence("The audio track of {name} is empty: choose another file or track.", name=name)
            )
        if on_warning is not None:
            for sentence in losses(name, container, stream, file, report, samples / SAMPLE_RATE):
                on_warning(sentence)
            heard = [each.index for each in container.streams.audio].index(stream.index) + 1
            notice = other_tracks(
                name,
                tracks_of(container, name),
                heard,
                is_chosen=track is not None,
                is_silent=peak < SILENT_BELOW,
            )
            if notice is not None:
                on_warning(notice)


def _file_from(path: str | os.PathLike[str], start: int, track: int | None) -> Iterator[NDArray[np.float32]]:
    """Reading begins earlier, at a whole second: there a sample of the file falls on one at 16 kHz."""
    name = shown_name(path)
    with open_media(path) as (container, file):
        stream = choose_track(container, track, name)
        run_up = _FILTER_RUN_UP_SECONDS if stream.codec_context.channels == 1 else _DOWNMIX_RUN_UP_SECONDS
        begin = max(0, start // SAMPLE_RATE - run_up)
        chunks = read_chunks(container, stream, file, DecodingReport(), begin)
        yield from _without_first(_to_16_khz(chunks, name), start - begin * SAMPLE_RATE)


def _without_first(arrays: Iterator[NDArray[np.float32]], unwanted: int) -> Iterator[NDArray[np.float32]]:
    for array in arrays:
        if array.size > unwanted:
            yield array[unwanted:]
        unwanted = max(0, unwanted - array.size)


class _Reblocker:
    """Regroup arrays of any length into blocks of equal length."""

    def __init__(self, block_samples: int) -> None:
        self._block_samples = block_samples
        self._waiting = np.zeros(0, dtype=np.float32)
        self.total_samples = 0

    def accept(self, samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        self.total_samples += samples.size
        joined = np.concatenate([self._waiting, samples])
        whole = joined.size - joined.size % self._block_samples
        for start in range(0, whole, self._block_samples):
            yield joined[start : start + self._block_samples].copy()
        self._waiting = joined[whole:].copy()

    def flush(self) -> Iterator[NDArray[np.float32]]:
        if self._waiting.size:
            yield self._waiting


def _to_16_khz(chunks: Iterator[Chunk], name: str) -> Iterator[NDArray[np.float32]]:
    """Downmix and resample; both are reset where a stream changes its sample rate or channels."""
    downmixer: Downmixer | None = None
    resampler: StreamResampler | None = None
    channel_names: tuple[str, ...] = ()
    for chunk in chunks:
        if not LOWEST_RATE <= chunk.sample_rate <= HIGHEST_RATE:
            raise MediaError(
                Sentence(
                    "{name} has an impossible sample rate of {sample_rate} Hz, so its header is "
                    "damaged: copy it again.",
                    name=name,
                    sample_rate=chunk.sample_rate,
                )
            )
        if resampler is None or resampler.input_rate != chunk.sample_rate:
            if resampler is not None:
                yield np.clip(resampler.flush(), -1.0, 1.0)
            resampler, downmixer = StreamResampler(chunk.sample_rate, SAMPLE_RATE), None
        if downmixer is None or channel_names != chunk.channel_names:
            downmixer, channel_names = Downmixer(chunk.channel_names, chunk.sample_rate), chunk.channel_names
        yield np.clip(resampler.accept(downmixer.mix(chunk.channels)), -1.0, 1.0)
    if resampler is not None:
        yield np.clip(resampler.flush(), -1.0, 1.0)
