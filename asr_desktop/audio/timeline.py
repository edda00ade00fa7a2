"""Places each decoded frame on the timeline that a player shows.

A word's time must be the time that a player shows. So decoded frames are placed by their timestamps: sound
that begins after the picture is preceded by silence, and gaps left by a paused recorder, a lost network
packet or a damaged part are filled with silence.

Timestamps are often rounded to milliseconds, and in broken files they jump by hours: small deviations are
ignored, impossible ones are ignored and reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from av import AudioFrame, AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition

from asr_desktop.audio.watched_file import WatchedFile

# Timestamps of healthy files wander by rounding and by jitter of the recorder's clock; FFmpeg's own
# `aresample` takes 0.1 s too.
TOLERANCE_SECONDS = 0.1
# Right after a packet that could not be decoded the hole is real, however small.
TOLERANCE_AFTER_DAMAGE_SECONDS = 0.002
# A recorder whose sound clock runs fast is followed in steps too short to harm a word.
TRIM_SECONDS = 0.02
# Sound that lies further back than this was not recorded twice: the clock was set anew.
CLOCK_RESET_SECONDS = 0.5
# Formats made of concatenated or cut broadcasts: a long jump forward is a new clock, no hole. FFmpeg's limit.
BROADCAST_FORMATS = frozenset({"mpegts", "mpeg", "ogg", "rm"})
LONGEST_BROADCAST_HOLE_SECONDS = 10.0
LONGEST_HOLE_SECONDS = 24 * 3600.0
LONGEST_BEFORE_ZERO_SECONDS = 15.0  # pictures between two that a cut can be made at
OPUS_DTX_SECONDS = 0.5  # RFC 6716 2.1.9: one packet in 400 ms
# Formats without any timestamps in the file: FFmpeg counts frames, and takes a damaged stretch for one frame.
FRAME_COUNTED_FORMATS = frozenset({"mp3", "aac", "ac3", "eac3", "dts", "amr", "amrnb", "amrwb", "loas"})


@dataclass(slots=True)
class DecodingReport:
    """Problems found in a track; filled while it is read."""

    damaged_at_seconds: list[float] = field(default_factory=list)
    """Where packets could not be read, in seconds from the start of the timeline."""
    holes: list[tuple[float, float]] = field(default_factory=list)
    """(where, how long) in seconds: stretches for which the file holds no packets at all."""
    clock_resets_at_seconds: list[float] = field(default_factory=list)
    """Where timestamps made no sense and were ignored."""
    decoded_packets: int = 0
    before_zero_seconds: float = 0.0
    """Sound that is stamped as before the beginning, and left out as players do."""


class Timeline:
    """Keeps the current position, and places the next frame.

    start_seconds: where reading begins; earlier frames are skipped.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: AudioStream,
        file: WatchedFile,
        report: DecodingReport,
        start_seconds: int = 0,
    ) -> None:
        self._report = report
        self._tick = float(stream.time_base) if stream.time_base else 0.0
        self._other_starts = _starts_of_other_streams(container, stream)
        self._origin: float | None = origin_seconds(container, stream) if start_seconds else None
        self._is_before_start = start_seconds > 0
        self._surplus = 0  # samples still to be dropped
        self.frame_grid: tuple[int, int] | None = None
        """(where a frame begins, how long all are) in samples, where timestamps are coarser than samples."""
        self._known_seconds = container.duration / 1e6 if container.duration else None
        formats = set(container.format.name.split(","))
        self._is_broadcast = bool(BROADCAST_FORMATS & formats)
        self._counted = _FrameCount(file) if FRAME_COUNTED_FORMATS & formats else None
        ends = "mp4" in formats and stream.start_time is not None and stream.duration
        self._track_end = (stream.start_time or 0) + (stream.duration or 0) if ends else None
        # Opus leaves out packets on purpose while nobody speaks.
        self._ordinary_hole = OPUS_DTX_SECONDS if stream.codec_context.name.endswith("opus") else 0.0
        self._start = None if stream.start_time is None else stream.start_time * self._tick
        self._base_seconds = float(start_seconds)  # where the current sample rate began
        self._samples = 0
        self._rate = 0
        self._stamps_mean_time = True

    @property
    def position_seconds(self) -> float:
        return self._base_seconds + (self._samples / self._rate if self._rate else 0.0)

    def seconds_of(self, timestamp: int | None) -> float:
        """The place of a packet; the current place where it has no timestamp."""
        if timestamp is None or self._origin is None:
            return self.position_seconds
        return max(0.0, self._seconds(timestamp) - self._origin)

    def begins_after(self, frame: AudioFrame, seconds: float) -> bool:
        """Whether the frame lies behind a place, or nowhere at all for want of a timestamp."""
        return frame.pts is None or self.seconds_of(frame.pts) > seconds

    def passed(self, packet: Packet) -> None:
        """Takes note of a packet that was decoded."""
        self._report.decoded_packets += 1
        if self._counted is not None and packet.pts is not None and packet.duration:
            self._counted.passed(packet)

    def passed_over(self, packet: Packet) -> None:
        """Takes note of a packet that holds no sound, though FFmpeg counts it as a frame."""
        if self._counted is not None:
            self._counted.passed_over(packet)

    def lost(self, packet: Packet) -> None:
        """Takes note of a packet that could not be decoded."""
        self._report.damaged_at_seconds.append(self.seconds_of(packet.pts))
        if self._counted is not None:
            self._counted.damaged = True

    def place(self, frame: AudioFrame, after_damage: bool) -> tuple[int, int, int]:
        """How much silence goes before the frame, and which of its samples `[begin:end]` are taken."""
        if frame.sample_rate != self._rate:
            # Chained Ogg streams go on counting in samples, of another length now.
            self._stamps_mean_time = not (self._rate and self._tick * self._rate == 1.0)
            self._base_seconds, self._samples, self._rate = self.position_seconds, 0, frame.sample_rate
        silence, trim = self._correction(frame, after_damage)
        begin = min(trim, frame.samples)
        end = max(begin, frame.samples - self._padding(frame))
        self._samples += silence + end - begin
        return silence, begin, end

    def _correction(self, frame: AudioFrame, after_damage: bool) -> tuple[int, int]:
        if self._surplus:
            return 0, self._take_surplus(frame)
        if frame.pts is None or not self._stamps_mean_time:
            return 0, 0
        stamp = self._seconds(frame.pts)
        is_first = self._origin is None
        if self._origin is None:
            # A stream may start before its first frame: WMA's first packets decode to nothing.
            own = stamp if self._start is None else min(stamp, self._start)
            self._origin = _earliest(own, self._other_starts)
        place = stamp - self._origin
        if self._is_before_start and self.frame_grid is not None:
            place = self._on_grid(place)
        ahead = place - self.position_seconds
        if (is_first and ahead < 0) or self._is_before_start:
            self._is_before_start = False
            self._surplus = max(0, round(-ahead * self._rate))
            if is_first:
                self._report.before_zero_seconds = -ahead
            if self._surplus:
                return 0, self._take_surplus(frame)
        tolerance = TOLERANCE_AFTER_DAMAGE_SECONDS if after_damage else TOLERANCE_SECONDS
        if is_first:
            tolerance = 0.0
        if abs(ahead) <= tolerance:
            return 0, 0
        if not -CLOCK_RESET_SECONDS <= ahead <= self._longest_hole():
            self._origin += ahead
            self._report.clock_resets_at_seconds.append(self.position_seconds)
            return 0, 0
        if ahead > 0:
            if not (is_first or after_damage or ahead < self._ordinary_hole):
                self._report.holes.append((self.position_seconds, ahead))
            return round(ahead * self._rate), 0
        return 0, round(min(-ahead, TRIM_SECONDS) * self._rate)

    def _take_surplus(self, frame: AudioFrame) -> int:
        trim = min(self._surplus, frame.samples)
        self._surplus -= trim
        return trim

    def _on_grid(self, place: float) -> float:
        """A stamp in whole milliseconds as the sample that it was rounded from."""
        assert self.frame_grid is not None
        first, length = self.frame_grid
        exact = (first + round((place * self._rate - first) / length) * length) / self._rate
        return exact if abs(exact - place) <= self._tick else place

    def _padding(self, frame: AudioFrame) -> int:
        """How much of an MP4 track's last frame is the encoder's filling; FFmpeg trims it elsewhere."""
        if self._track_end is None or frame.pts is None:
            return 0
        excess = frame.samples - round((self._track_end - frame.pts) * self._tick * frame.sample_rate)
        return excess if 0 < excess < frame.samples else 0

    def _seconds(self, timestamp: int) -> float:
        return (timestamp + (self._counted.skew if self._counted is not None else 0)) * self._tick

    def _longest_hole(self) -> float:
        if self._counted is not None:
            return LONGEST_HOLE_SECONDS
        if self._is_broadcast and self._samples:
            return LONGEST_BROADCAST_HOLE_SECONDS
        if self._known_seconds is None:
            return LONGEST_HOLE_SECONDS
        return max(0.0, self._known_seconds - self.position_seconds) + 1.0


class _FrameCount:
    """Keeps time across damage in formats whose only clock is the number of frames so far.

    FFmpeg takes a damaged stretch for one frame or for none. How many it held is seen from the place in the
    file where the next good frame lies, and from how many bytes a frame has taken lately.
    """

    def __init__(self, file: WatchedFile) -> None:
        self.damaged = False
        self.skew = 0  # to be added to FFmpeg's timestamps, in their units
        self._file = file
        self._end_offset: int | None = None
        self._end_ticks = 0
        self._bytes = self._ticks = 0.0

    def passed(self, packet: Packet) -> None:
        assert packet.pts is not None
        assert packet.duration is not None
        if self._end_offset is None:
            offset: int | None = packet.pos
        elif self.damaged:
            offset = self._file.find(bytes(packet)[:64], self._end_offset)
        else:
            offset = self._end_offset
        if offset is None:
            return
        if self.damaged and self._end_offset is not None and self._bytes:
            frames = round((offset - self._end_offset) * self._ticks / self._bytes / packet.duration)
            self.skew = self._end_ticks + frames * packet.duration - packet.pts
        self.damaged = False
        self._end_offset = offset + packet.size
        self._end_ticks = packet.pts + self.skew + packet.duration
        self._bytes = 0.99 * self._bytes + packet.size
        self._ticks = 0.99 * self._ticks + packet.duration

    def passed_over(self, packet: Packet) -> None:
        self.skew -= packet.duration or 0
        if self._end_offset is not None:
            self._end_offset += packet.size


def origin_seconds(container: InputContainer, stream: AudioStream) -> float:
    """The timestamp, in seconds, that a player shows as 0:00, as the container states it.

    `Timeline` finds the same from the first frame; for those who begin somewhere else.
    """
    tick = float(stream.time_base) if stream.time_base else 0.0
    own = 0.0 if stream.start_time is None else stream.start_time * tick
    return _earliest(own, _starts_of_other_streams(container, stream))


def _earliest(own: float, others: list[float]) -> float:
    """Players begin with the earliest stream, but not before the timestamp 0: what is stamped below it lay
    before a cut, and they pass over it. Whole minutes of it are a clock that went wrong."""
    earliest = min([own, *others])
    return 0.0 if -LONGEST_BEFORE_ZERO_SECONDS <= earliest < 0 else earliest


def _starts_of_other_streams(container: InputContainer, stream: AudioStream) -> list[float]:
    """Start times in seconds of the pictures and the other audio tracks: the earliest is a player's zero."""
    starts = []
    for other in container.streams:
        if other.index == stream.index or other.start_time is None or other.time_base is None:
            continue
        is_cover = bool(other.disposition & (Disposition.attached_pic | Disposition.still_image))
        if other.type == "audio" or (other.type == "video" and not is_cover):
            starts.append(float(other.start_time * other.time_base))
    return starts
