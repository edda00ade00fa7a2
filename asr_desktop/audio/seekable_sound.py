"""Any recording from any position, at any speed from half to double; the source of playback.

    source → frames on the timeline → 48 kHz stereo → atempo (FFmpeg) → blocks

The timeline is that of `read.read_blocks`, also after seeking. Nothing of the file is cached; each seek
reopens it, which takes some milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from av import AudioFrame, AudioResampler, AudioStream
from av.container import InputContainer
from av.error import EOFError as FFmpegEndOfFile
from av.error import FFmpegError
from av.filter import Graph
from numpy.typing import NDArray

from asr_desktop.audio.decoding import RUN_UP_SECONDS, planes_of
from asr_desktop.audio.media import choose_track, probe
from asr_desktop.audio.media_file import open_media
from asr_desktop.audio.resample import Downmixer
from asr_desktop.audio.session import Session
from asr_desktop.audio.timeline import TOLERANCE_SECONDS, origin_seconds
from asr_desktop.audio.watched_file import shown_name
from asr_desktop.audio.wav_part import HEADER_BYTES, WavPart
from asr_desktop.base.errors import MediaError
from asr_desktop.base.sentences import Sentence

# Sound at another tempo and the same pitch, by FFmpeg's atempo

SLOWEST, FASTEST = 0.5, 2.0
# atempo's output is ahead of the position computed from its samples by this much (measured with bursts of
# sound at nine speeds: 8 to 12 ms).
LEAD_SECONDS = 0.010


class Tempo:
    """A stream of stereo sound, float32 [frames, 2], at `speed` seconds of it in one second of the outcome.

    Raises ValueError for a speed that is not SLOWEST to FASTEST.
    """

    def __init__(self, speed: float, sample_rate: int) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"the speed has to be {SLOWEST} to {FASTEST}, got {speed}")
        self._sample_rate = sample_rate
        self._graph = Graph()
        source = self._graph.add_abuffer(
            sample_rate=sample_rate, format="flt", layout="stereo", time_base=Fraction(1, sample_rate)
        )
        tempo = self._graph.add("atempo", f"{speed:.6f}")
        sink = self._graph.add("abuffersink")
        source.link_to(tempo)
        tempo.link_to(sink)
        self._graph.configure()

    def accept(self, samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """What can be given out after these."""
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", "stereo")
        frame.sample_rate = self._sample_rate
        self._graph.push(frame)
        yield from self._pull()

    def flush(self) -> Iterator[NDArray[np.float32]]:
        """What is left at the end."""
        self._graph.push(None)
        yield from self._pull()

    def _pull(self) -> Iterator[NDArray[np.float32]]:
        while True:
            try:
                pulled = self._graph.pull()
            except (av.error.BlockingIOError, FFmpegEndOfFile):
                return
            assert isinstance(pulled, AudioFrame)
            yield np.asarray(pulled.to_ndarray(), np.float32).reshape(-1, 2)


OUTPUT_RATE = 48_000
OUTPUT_CHANNELS = 2

_SESSION_BLOCK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A stretch of sound to be played.

    samples: float32 [frames, 2] at OUTPUT_RATE. start_seconds: which moment of the recording its first frame
    is. speed: seconds of the recording in one second of playing.
    """

    samples: NDArray[np.float32]
    start_seconds: float
    speed: float

    @property
    def end_seconds(self) -> float:
        return self.start_seconds + len(self.samples) * self.speed / OUTPUT_RATE


class SeekableSound(Protocol):
    """A recording that can be played from any moment."""

    @property
    def duration_seconds(self) -> float:
        """Its length; an estimate in formats that do not state it."""

    def frames(self, start_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
        """Decoded frames with the moment that each begins, from the one that holds `start_seconds` (or from
        earlier) on. Raises MediaError."""


def open_sound(source: str | os.PathLike[str] | Session) -> SeekableSound:
    """A sound or video file, or a session or its folder. Raises MediaError where it holds no sound."""
    if isinstance(source, Session):
        return SessionSound(source)
    path = Path(source)
    return SessionSound(Session(path)) if path.is_dir() else MediaSound(path)


def blocks(sound: SeekableSound, start_seconds: float, speed: float = 1.0) -> Iterator[SoundBlock]:
    """The sound from `start_seconds` to its end, at `speed`, without a change of pitch."""
    natural = _from(sound, max(0.0, start_seconds))
    tempo = None if speed == 1.0 else Tempo(speed, OUTPUT_RATE)
    place = start_seconds + (0.0 if tempo is None else LEAD_SECONDS)
    for samples in natural:
        for array in [samples] if tempo is None else tempo.accept(samples):
            block = SoundBlock(array, place, speed)
            yield block
            place = block.end_seconds
    if tempo is not None:
        for array in tempo.flush():
            block = SoundBlock(array, place, speed)
            yield block
            place = block.end_seconds


class MediaSound:
    """A sound or video file."""

    def __init__(self, path: Path, track: int | None = None) -> None:
        self._path = path
        self._track = track
        self._duration_seconds = probe(path).duration_seconds or 0.0

    @property
    def duration_seconds(self) -> float:
        return self._duration_seconds

    def frames(self, start_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
        with open_media(self._path) as (container, file):
            stream = choose_track(container, self._track, shown_name(self._path))
            origin = origin_seconds(container, stream)
            _seek(container, stream, origin + start_seconds - RUN_UP_SECONDS)
            tick = float(stream.time_base) if stream.time_base else 0.0
            place = 0.0
            for frame in _decoded(container, stream):
                if frame.pts is not None:
                    place = frame.pts * tick - origin
                yield place, frame
                place += frame.samples / frame.sample_rate
            file.check()


class SessionSound:
    """A recording session: its parts one after the other."""

    def __init__(self, session: Session) -> None:
        self._session = session
        if not session.parts():
            raise MediaError(
                Sentence('The session "{session}" contains no audio: choose another.', session=session.name)
            )

    @property
    def duration_seconds(self) -> float:
        return self._session.duration_seconds()

    def frames(self, start_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
        begin = 0.0
        for part in self._session.parts():
            length = part.seconds()
            if begin + length > start_seconds:
                yield from _part_frames(part, begin, max(0.0, start_seconds - begin))
            begin += length


def _part_frames(part: WavPart, begin: float, skip_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
    frame = int(skip_seconds * part.sample_rate)
    block_bytes = round(_SESSION_BLOCK_SECONDS * part.sample_rate) * part.frame_bytes
    try:
        with part.path.open("rb") as file:
            file.seek(HEADER_BYTES + frame * part.frame_bytes)
            while sound := file.read(block_bytes):
                whole = len(sound) - len(sound) % part.frame_bytes
                samples = np.frombuffer(sound[:whole], np.int16).reshape(1, -1)
                layout = {1: "mono", 2: "stereo"}.get(part.channels, f"{part.channels}c")
                made = AudioFrame.from_ndarray(samples, format="s16", layout=layout)
                made.sample_rate = part.sample_rate
                yield begin + frame / part.sample_rate, made
                frame += whole // part.frame_bytes
    except OSError as error:
        raise MediaError(
            Sentence(
                "{name} cannot be read ({reason}): check its disk.",
                name=shown_name(part.path),
                reason=error.strerror or error,
            )
        ) from error


def _seek(container: InputContainer, stream: AudioStream, stamp_seconds: float) -> None:
    if stream.time_base is None or stamp_seconds <= 0.0:
        return
    try:
        container.seek(int(stamp_seconds / stream.time_base), stream=stream)
    except FFmpegError:
        # A format without any means to jump: it is read from its beginning, and what is too early dropped.
        container.seek(0)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """All that can be decoded; what is damaged is passed over, for the timestamps tell of the hole."""
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except FFmpegEndOfFile:
                return
            except FFmpegError:
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame) and frame.samples:
                    yield frame
    except FFmpegError:
        return


def _from(sound: SeekableSound, start_seconds: float) -> Iterator[NDArray[np.float32]]:
    """Stereo at OUTPUT_RATE whose first sample is the moment `start_seconds`; holes are silent."""
    resampler: _Stereo | None = None
    kind: tuple[object, ...] = ()
    place: float | None = None  # where the next frame belongs, if there is no hole
    surplus = 0  # samples still to be dropped
    for begin, frame in sound.frames(start_seconds):
        if place is None and begin + frame.samples / frame.sample_rate < start_seconds - RUN_UP_SECONDS:
            continue  # a format that cannot jump is read from its beginning
        new_kind = (frame.sample_rate, frame.format.name, frame.layout.name)
        if resampler is None or kind != new_kind:
            if resampler is not None:
                yield from _drop_none(resampler.take(None))
            resampler, kind = _Stereo(frame), new_kind
        if place is None:
            surplus = round((start_seconds - begin) * OUTPUT_RATE)
            if surplus < 0:
                yield np.zeros((-surplus, OUTPUT_CHANNELS), np.float32)
                surplus = 0
        elif begin - place > TOLERANCE_SECONDS:
            hole = round((begin - place) * OUTPUT_RATE)
            dropped = min(hole, surplus)
            surplus -= dropped
            for samples in range(dropped, hole, OUTPUT_RATE):
                yield np.zeros((min(OUTPUT_RATE, hole - samples), OUTPUT_CHANNELS), np.float32)
        place = begin + frame.samples / frame.sample_rate
        frame.pts = None  # the resampler counts by itself
        for array in resampler.take(frame):
            kept = array[surplus:]
            surplus -= len(array) - len(kept)
            if len(kept):
                yield kept
    if resampler is not None:
        yield from _drop_none(array[surplus:] for array in resampler.take(None))


def _drop_none(arrays: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    return (array for array in arrays if len(array))


class _Stereo:
    """Frames of one kind to stereo at OUTPUT_RATE.

    FFmpeg knows how loud each loudspeaker's channel is to be. Of channels without names it takes the sum,
    many times too loud: those are mixed as for the recogniser.
    """

    def __init__(self, frame: AudioFrame) -> None:
        names = tuple(channel.name for channel in frame.layout.channels)
        is_mixed = len(names) > OUTPUT_CHANNELS and "NONE" in names
        self._channels = len(names) if is_mixed else OUTPUT_CHANNELS
        self._mixer = Downmixer(names, OUTPUT_RATE) if is_mixed else None
        self._resampler = AudioResampler("flt", frame.layout if is_mixed else "stereo", OUTPUT_RATE)

    def take(self, frame: AudioFrame | None) -> Iterator[NDArray[np.float32]]:
        """What the frame lets through, None for the rest."""
        for resampled in self._resampler.resample(frame):
            (plane,) = planes_of(resampled)
            count = resampled.samples * self._channels
            samples = np.frombuffer(memoryview(plane), np.float32, count).reshape(-1, self._channels)
            if self._mixer is not None:
                mono = self._mixer.mix(np.ascontiguousarray(samples.T))
                samples = np.repeat(mono[:, np.newaxis], OUTPUT_CHANNELS, axis=1)
            yield samples.copy()
