"""Decodes one audio track onto the file's timeline.

FFmpeg (through PyAV) demuxes and decodes, and drops the encoder's priming samples; `timeline` places each
frame; this module joins the frames, with silence in between, into chunks of half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from av import AudioFrame, AudioStream
from av.audio.plane import AudioPlane
from av.container import InputContainer
from av.error import EOFError as FFmpegEndOfFile
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard
from numpy.typing import NDArray

from asr_desktop.audio.timeline import BROADCAST_FORMATS, DecodingReport, Timeline, origin_seconds
from asr_desktop.audio.watched_file import WatchedFile

CHUNK_SECONDS = 0.5

# Decoded before a seek target, because packets depend on earlier ones (MP3's bit reservoir, Opus' 80 ms,
# AAC's overlap).
RUN_UP_SECONDS = 0.5

GRID_PACKETS = 8

# Some demuxers can go on after an error, none after this many in a row.
DEMUX_ERRORS_IN_A_ROW = 20

# FFmpeg's sample formats as numpy types.
_DTYPES = {
    "u8": "u1",
    "s16": "i2",
    "s32": "i4",
    "s64": "i8",
    "flt": "f4",
    "dbl": "f8",
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """About half a second of decoded sound as it is in the file."""

    channels: NDArray[np.float32]
    """`[channels, samples]`, full scale at ±1 (floating-point files may exceed it)."""
    sample_rate: int
    channel_names: tuple[str, ...]


class CannotSeekError(Exception):
    """The file's format or timestamps do not allow reading from the middle."""


def read_chunks(
    container: InputContainer,
    stream: AudioStream,
    file: WatchedFile,
    report: DecodingReport,
    start_seconds: int = 0,
) -> Iterator[Chunk]:
    """The track's sound from `start_seconds` of the file's timeline on, without holes.

    Raises MediaError where the file underneath fails, and CannotSeekError, before the first chunk, where only
    reading from the beginning finds the place; damage within the file goes into `report`.
    """
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    timeline = Timeline(container, stream, file, report, start_seconds)
    if start_seconds:
        timeline.frame_grid = _frame_grid(container, stream)
        _seek(container, stream, start_seconds)
    pile: _Pile | None = None
    for frame, after_damage in _frames(container, stream, file, timeline, report):
        if start_seconds and pile is None and timeline.begins_after(frame, start_seconds):
            raise CannotSeekError
        if pile is None or not pile.suits(frame):
            if pile is not None and pile.samples:
                yield pile.take()
            pile = _Pile(frame)
        silence, begin, end = timeline.place(frame, after_damage)
        while silence:
            step = min(silence, pile.full_samples)
            silence -= step
            pile.add_silence(step)
            yield from pile.take_full()
        pile.add(frame, begin, end)
        yield from pile.take_full()
    if pile is not None and pile.samples:
        yield pile.take()


def _frame_grid(container: InputContainer, stream: AudioStream) -> tuple[int, int] | None:
    """How long the first frame of an open file is and all that follow are, in samples; None where its
    timestamps are exact to the sample, or its frames are not of one length."""
    rate = stream.codec_context.sample_rate
    if not stream.time_base or stream.time_base * rate <= 1:
        return None
    frames: list[tuple[int | None, int]] = []
    try:
        for packet, _ in zip(container.demux(stream), range(GRID_PACKETS), strict=False):
            frames += [(frame.pts, frame.samples) for frame in packet.decode()]
    except FFmpegError:
        return None
    if len(frames) < 3 or frames[0][0] is None or len({samples for _, samples in frames[1:]}) != 1:
        return None
    start = float(frames[0][0] * stream.time_base) - origin_seconds(container, stream)
    return round(start * rate) + frames[0][1], frames[1][1]


def stated_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    """The end of the track on the file's timeline as the file states it, or None."""
    if stream.duration is not None and stream.time_base:
        end = ((stream.start_time or 0) + stream.duration) * float(stream.time_base)
        return end - origin_seconds(container, stream)
    return container.duration / 1e6 if container.duration and container.duration > 0 else None


def counted_seconds(container: InputContainer, stream: AudioStream) -> float:
    """Where the track's last packet ends; reads all packets without decoding them."""
    tick = float(stream.time_base) if stream.time_base else 0.0
    end = 0.0
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                end = max(end, (packet.pts + (packet.duration or 0)) * tick)
    except FFmpegError:
        pass  # what comes before the damage counts
    return max(0.0, end - origin_seconds(container, stream))


def _seek(container: InputContainer, stream: AudioStream, seconds: int) -> None:
    """Seek to a little before this second of the timeline."""
    if BROADCAST_FORMATS & set(container.format.name.split(",")) - {"ogg"} or not stream.time_base:
        raise CannotSeekError
    stamp = origin_seconds(container, stream) + seconds - RUN_UP_SECONDS
    try:
        container.seek(int(stamp / stream.time_base), stream=stream)
    except FFmpegError as error:
        raise CannotSeekError from error


def planes_of(frame: AudioFrame) -> list[AudioPlane]:
    """The frame's memory: one plane per channel in planar formats, otherwise a single plane.

    PyAV's own `AudioFrame.planes` searches for the end of FFmpeg's list of planes, which is not terminated
    from eight channels on, and reads beyond it.
    """
    count = frame.layout.nb_channels if frame.format.is_planar else 1
    return [AudioPlane(frame, number) for number in range(count)]


class _Pile:
    """Collects frames of one format into chunks; samples are converted once per chunk, not per frame.

    All chunks but the last have the same length, independent of the frames, so decisions made per chunk are
    made at the same places wherever reading began.
    """

    def __init__(self, frame: AudioFrame) -> None:
        self._rate = frame.sample_rate
        self._format_name = frame.format.name
        self._layout = frame.layout
        self._channel_names = tuple(channel.name for channel in frame.layout.channels)
        self._dtype = np.dtype(_DTYPES[self._format_name.removesuffix("p")])
        # Planar formats have a plane for each channel, the others a single one with the channels in turn.
        self._turns = 1 if frame.format.is_planar else len(self._channel_names)
        self._planes: list[list[NDArray[np.generic]]] = [[] for _ in planes_of(frame)]
        self.samples = 0
        self.full_samples = max(1, round(CHUNK_SECONDS * self._rate))

    def suits(self, frame: AudioFrame) -> bool:
        return bool(
            frame.sample_rate == self._rate
            and frame.format.name == self._format_name
            and frame.layout == self._layout
        )

    def add(self, frame: AudioFrame, begin: int, end: int) -> None:
        count = frame.samples * self._turns
        for waiting, plane in zip(self._planes, planes_of(frame), strict=True):
            samples = np.frombuffer(memoryview(plane), self._dtype, count)
            waiting.append(samples[begin * self._turns : end * self._turns])
        self.samples += end - begin

    def add_silence(self, samples: int) -> None:
        middle = 128 if self._dtype.kind == "u" else 0
        for waiting in self._planes:
            waiting.append(np.full(samples * self._turns, middle, self._dtype))
        self.samples += samples

    def take_full(self) -> Iterator[Chunk]:
        """The full chunks there are; the rest stays."""
        if self.samples < self.full_samples:
            return
        planes = [np.concatenate(waiting) for waiting in self._planes]
        size = self.full_samples * self._turns
        whole = self.samples // self.full_samples
        for number in range(whole):
            yield self._chunk([plane[number * size : (number + 1) * size] for plane in planes])
        self.samples -= whole * self.full_samples
        self._planes = [[plane[whole * size :]] for plane in planes]

    def take(self) -> Chunk:
        """All there is, as a chunk."""
        planes = [np.concatenate(waiting) for waiting in self._planes]
        self._planes = [[] for _ in planes]
        self.samples = 0
        return self._chunk(planes)

    def _chunk(self, planes: list[NDArray[np.generic]]) -> Chunk:
        channels = planes[0].reshape(-1, self._turns).T if len(planes) == 1 else np.stack(planes)
        return Chunk(_to_float(channels), self._rate, self._channel_names)


def _frames(
    container: InputContainer,
    stream: AudioStream,
    file: WatchedFile,
    timeline: Timeline,
    report: DecodingReport,
) -> Iterator[tuple[AudioFrame, bool]]:
    """Decoded frames, each with whether something before it was lost."""
    damaged = False
    tags = _Tags() if container.format.name == "mp3" else None
    for packet in _packets(container, stream, file, timeline, report):
        if packet is None:
            damaged = True
            continue
        if tags is not None and tags.hold(packet):
            timeline.passed_over(packet)
            continue
        try:
            frames = cast("list[AudioFrame]", packet.decode())
        except FFmpegEndOfFile:
            return
        except FFmpegError:
            file.check()
            timeline.lost(packet)
            damaged = True
            continue
        timeline.passed(packet)
        for frame in frames:
            if frame.samples > 0:
                if frame.is_corrupt and not damaged:
                    report.damaged_at_seconds.append(timeline.seconds_of(frame.pts))
                yield frame, damaged
                damaged = False


class _Tags:
    """ID3 tags in the middle of an MP3 file that was joined from several.

    FFmpeg splits them into packets as if they were sound.
    """

    def __init__(self) -> None:
        self._end_offset = 0

    def hold(self, packet: Packet) -> bool:
        """Whether the packet begins within a tag."""
        if packet.pos is None:
            return False
        head = bytes(packet)[:16]
        if head.startswith(b"ID3") and len(head) >= 10:
            size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
            self._end_offset = packet.pos + 10 + size
        elif head.startswith(b"APETAGEX") and len(head) == 16:
            self._end_offset = packet.pos + 32 + int.from_bytes(head[12:16], "little")
        elif head.startswith(b"TAG"):
            self._end_offset = packet.pos + 128
        return packet.pos < self._end_offset


def _packets(
    container: InputContainer,
    stream: AudioStream,
    file: WatchedFile,
    timeline: Timeline,
    report: DecodingReport,
) -> Iterator[Packet | None]:
    """The track's packets; None where the container itself was damaged and reading went on behind it."""
    errors_in_a_row = 0
    while errors_in_a_row < DEMUX_ERRORS_IN_A_ROW:
        try:
            for packet in container.demux(stream):
                errors_in_a_row = 0
                yield packet
            file.check()
            return
        except FFmpegError:
            file.check()
            if errors_in_a_row == 0:
                report.damaged_at_seconds.append(timeline.position_seconds)
            errors_in_a_row += 1
            yield None


def _to_float(samples: NDArray[np.generic]) -> NDArray[np.float32]:
    """The same samples with full scale at ±1, whatever their type."""
    if samples.dtype.kind == "f":
        single = samples.astype(np.float32, copy=False)
        # Broken floating-point files hold NaN and infinity, which a filter would spread over all that
        # follows.
        return (
            single if np.isfinite(single).all() else np.nan_to_num(single, nan=0.0, posinf=1.0, neginf=-1.0)
        )
    if samples.dtype.kind == "u":
        return (samples.astype(np.float32) - 128.0) / np.float32(128.0)
    return samples.astype(np.float32) * np.float32(1.0 / (1 << (8 * samples.dtype.itemsize - 1)))
