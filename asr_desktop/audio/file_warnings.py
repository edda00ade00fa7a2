"""Warnings about a file that could be read: lost sound, and tracks that were not used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from av import AudioStream
from av.container import InputContainer

from asr_desktop.audio.media import AudioTrack
from asr_desktop.audio.timeline import DecodingReport
from asr_desktop.audio.watched_file import WatchedFile
from asr_desktop.base.clock import position
from asr_desktop.base.sentences import Sentence

PLACES_NAMED = 3
SAME_PLACE_SECONDS = 1.0
ENDS_EARLY_SECONDS = 0.5
# Shorter than a word; encoders put some milliseconds in front.
NOTICED_SECONDS = 0.2


def losses(
    name: str,
    container: InputContainer,
    stream: AudioStream,
    file: WatchedFile,
    report: DecodingReport,
    read_seconds: float,
) -> Iterator[Sentence]:
    """A warning for each kind of loss, after the file was read to its end."""
    damaged = _places(report.damaged_at_seconds)
    if is_cut_off(file) or _is_shorter_than_stated(container, stream, read_seconds):
        yield Sentence(
            "{name} is cut off at {time}: everything up to there was read; copy it again if it should "
            "be longer.",
            name=name,
            time=position(read_seconds, hour_digits=1),
        )
        # The torn last packet is the cut itself.
        damaged = [seconds for seconds in damaged if seconds < read_seconds - SAME_PLACE_SECONDS]
    if damaged:
        yield Sentence(
            "{name} is damaged at {places}: these parts were replaced by silence, and words may be missing.",
            name=name,
            places=_listed(damaged),
        )
    if report.holes:
        yield Sentence(
            "{name} has no audio at {places} ({seconds:.1f} s in total), because recording was paused "
            "or the file is damaged: these parts were replaced by silence.",
            name=name,
            places=_listed([start for start, _ in report.holes]),
            seconds=sum(seconds for _, seconds in report.holes),
        )
    if report.before_zero_seconds >= NOTICED_SECONDS:
        yield Sentence(
            "The first {seconds:.1f} s of audio in {name} lie before time 0:00, where players skip "
            "them: they were left out; export the recording again if they matter.",
            name=name,
            seconds=report.before_zero_seconds,
        )
    if report.clock_resets_at_seconds:
        yield Sentence(
            "The timestamps of {name} jump at {time}: later times may differ from those shown by a player.",
            name=name,
            time=position(report.clock_resets_at_seconds[0], hour_digits=1),
        )


def other_tracks(
    name: str, tracks: tuple[AudioTrack, ...], heard: int, *, is_chosen: bool, is_silent: bool
) -> Sentence | None:
    """Which of several tracks was used, unless the user chose it and it contains sound."""
    others = [track.called for track in tracks if track.number != heard]
    if not others or (is_chosen and not is_silent):
        return None
    values = {"name": name, "track": tracks[heard - 1].called, "others": _joined(others)}
    if is_silent:
        return Sentence(
            "Audio track {track} of {name} is silent: choose another of its tracks, {others}.", **values
        )
    return Sentence(
        "Only audio track {track} of {name} was transcribed: choose another track for {others}.",
        **values,
    )


def _joined(names: list[str]) -> str:
    joined = names[0]
    for name in names[1:]:
        joined = Sentence("{first}, {second}", first=joined, second=name)
    return joined


def _places(seconds: list[float]) -> list[float]:
    """Merge damage: packets lost within a second of one another count as one place."""
    places: list[float] = []
    last = -SAME_PLACE_SECONDS
    for place in sorted(seconds):
        if place - last >= SAME_PLACE_SECONDS:
            places.append(place)
        last = place
    return places


def _listed(places: list[float]) -> str:
    named = ", ".join(position(seconds, hour_digits=1) for seconds in places[:PLACES_NAMED])
    more = len(places) - PLACES_NAMED
    return Sentence("{places} and {count} other places", places=named, count=more) if more > 0 else named


def _is_shorter_than_stated(container: InputContainer, stream: AudioStream, read_seconds: float) -> bool:
    """FLAC states its number of samples in the header, where `is_cut_off` does not look."""
    if container.format.name != "flac" or not stream.duration or not stream.time_base:
        return False
    return read_seconds < float(stream.duration * stream.time_base) - ENDS_EARLY_SECONDS


# Does a file end where its format says it should?
#
# A recording cut off by a full disk, a broken download or a crash usually still decodes up to the cut, and
# FFmpeg does not distinguish it from a short one. The container does: nearly every format states its length
# somewhere, or marks its last part. Each check reads a few kilobytes; formats without such a mark (MPEG-TS,
# AMR, raw AAC) are not checked.
#
# Sources: RIFF/WAVE and AIFF (EA IFF 85), ISO/IEC 14496-12 (MP4), RFC 8794 (EBML), RFC 3533 (Ogg), the
# Xing/LAME header of MP3 as FFmpeg and LAME write it.

# Recorders that write to a pipe cannot go back to fill in the size; they leave 0 or one of these "as long as
# it takes" values.
_STREAMED_SIZE_FROM = 0x7FFF_0000
_OGG_TAIL_BYTES = 128 * 1024
_MP3_SEARCH_BYTES = 8 * 1024


def is_cut_off(file: WatchedFile) -> bool:
    """True if the container states more than the file holds; False if it is complete, or unknown."""
    start = file.peek_at(0, 16)
    if start[:4] in (b"RIFF", b"FORM"):
        return _iff_is_cut_off(file, "little" if start[:4] == b"RIFF" else "big")
    if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return _boxes_are_cut_off(file)
    if start[:4] == b"\x1a\x45\xdf\xa3":
        return _ebml_is_cut_off(file)
    if start[:4] == b"OggS":
        return _ogg_is_cut_off(file)
    if start[:3] == b"ID3" or (start[:1] == b"\xff" and start[1:2] >= b"\xe0"):
        return _mp3_is_cut_off(file, start)
    return False


def _iff_is_cut_off(file: WatchedFile, byte_order: Literal["little", "big"]) -> bool:
    """Any chunk that reaches beyond the file, up to and with the one that holds the sound."""
    offset = 12
    while len(header := file.peek_at(offset, 12)) >= 8:
        size = int.from_bytes(header[4:8], byte_order)
        if offset + 8 + size > file.size_at_opening:
            return size < _STREAMED_SIZE_FROM
        if header[:4] in (b"data", b"SSND") or header[8:12] == b"movi":
            return False
        offset += 8 + size + (size & 1)
    return False


def _boxes_are_cut_off(file: WatchedFile) -> bool:
    offset = 0
    while len(header := file.peek_at(offset, 16)) >= 8:
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size < 8:  # 0: "to the end of the file"
            return False
        offset += size
    return offset > file.size_at_opening


def _ebml_is_cut_off(file: WatchedFile) -> bool:
    """Matroska and WebM: an EBML header, then a Segment with its size (all ones when recorded live)."""
    offset = 0
    for _ in range(2):
        head = file.peek_at(offset, 12)
        if len(head) < 12:
            return False
        id_length = _ebml_length(head[0])
        size_length = _ebml_length(head[id_length]) if id_length <= 4 else 9
        if size_length > 8 or id_length + size_length > len(head):
            return False
        size_bytes = head[id_length : id_length + size_length]
        mask = (1 << (7 * size_length)) - 1
        size = int.from_bytes(size_bytes, "big") & mask
        if size == mask:
            return False
        offset += id_length + size_length + size
    return offset > file.size_at_opening


def _ebml_length(first_byte: int) -> int:
    return 9 - first_byte.bit_length()


def _ogg_is_cut_off(file: WatchedFile) -> bool:
    """The last page must be whole. Its end-of-stream flag proves nothing: browsers never set it."""
    tail = file.peek_at(max(0, file.size_at_opening - _OGG_TAIL_BYTES), _OGG_TAIL_BYTES)
    page = tail.rfind(b"OggS")
    if page < 0 or page + 27 > len(tail):
        return True
    segments = tail[page + 26]
    page_length = 27 + segments + sum(tail[page + 27 : page + 27 + segments])
    return page + page_length > len(tail)


def _mp3_is_cut_off(file: WatchedFile, start: bytes) -> bool:
    """The Xing/Info header of the first frame may state how many bytes the frames take."""
    offset = 0
    if start[:3] == b"ID3":
        offset = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(start[6:10], (21, 14, 7, 0), strict=True)
        )
    head = file.peek_at(offset, _MP3_SEARCH_BYTES)
    mark = max(head.find(b"Xing"), head.find(b"Info"))
    if not 0 < mark < 64:
        return False
    flags = int.from_bytes(head[mark + 4 : mark + 8], "big")
    if flags & 3 != 3:  # both the number of frames and of bytes are stated
        return False
    stated = int.from_bytes(head[mark + 12 : mark + 16], "big")
    return stated > 0 and offset + stated > file.size_at_opening + 1024
