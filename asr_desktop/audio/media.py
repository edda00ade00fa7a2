"""Any sound or video file as 16 kHz mono blocks: what every recogniser in this program listens to.

    file → FFmpeg (PyAV) → timeline → one channel → 16 kHz → blocks

A file of any length takes the same memory. Block boundaries carry no meaning; sample `n` of the whole is the
moment `n / 16000` seconds of the file, as a player counts it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from asr_desktop.audio.completeness import is_cut_off
from asr_desktop.audio.decoding import Chunk, read_chunks
from asr_desktop.audio.downmix import Downmixer
from asr_desktop.audio.media_file import open_media, picture_or_video
from asr_desktop.audio.resample import HIGHEST_RATE, LOWEST_RATE, StreamResampler
from asr_desktop.audio.timeline import DecodingReport
from asr_desktop.audio.watched_file import WatchedFile, shown_name
from asr_desktop.errors import MediaError
from asr_desktop.sentences import Sentence

SAMPLE_RATE = 16_000
BLOCK_SECONDS = 0.5

_SUFFIXES = """
    .3g2 .3gp .aac .ac3 .aif .aifc .aiff .amr .ape .asf .au .avi .awb .caf .dss .flac .flv .m2ts .m4a .m4b
    .m4v .mka .mkv .mov .mp2 .mp3 .mp4 .mpeg .mpg .mts .oga .ogg .ogv .opus .ra .rf64 .snd .spx .ts .tta .vob
    .voc .w64 .wav .weba .webm .wma .wmv .wv
"""
MEDIA_SUFFIXES = frozenset(_SUFFIXES.split())
"""Endings, in lower case, of files worth opening in a folder. What the user names is opened in any case."""

PLACES_NAMED = 3
# Noise that happens to look like a packet now and then is no recording.
HOPELESS_DAMAGE = 4.0
SAME_PLACE_SECONDS = 1.0
ENDS_EARLY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One audio track; `number` counts from 1, `language` and `title` are as the file states them."""

    number: int
    codec: str
    sample_rate: int
    channels: int
    language: str | None
    title: str | None

    def __str__(self) -> str:
        voices = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        details = [self.codec, f"{self.sample_rate / 1000:g} kHz", voices, self.language, self.title]
        return f"{self.number} ({', '.join(detail for detail in details if detail)})"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file holds. `duration_seconds` is the file's own claim: None or an estimate in some formats."""

    path: Path
    duration_seconds: float | None
    tracks: tuple[AudioTrack, ...]


def is_media_name(path: str | os.PathLike[str]) -> bool:
    """Whether a file met in a folder looks like sound or video by its ending."""
    return Path(path).suffix.lower() in MEDIA_SUFFIXES


def probe(path: str | os.PathLike[str]) -> MediaInfo:
    """The file's audio tracks, without decoding them.

    Raises MediaError where the file cannot be read or has no audio track.
    """
    with open_media(path) as (container, _):
        tracks = _tracks(container, shown_name(path))
        duration = container.duration / 1e6 if container.duration and container.duration > 0 else None
        return MediaInfo(Path(path), duration, tracks)


def read_blocks(
    path: str | os.PathLike[str],
    *,
    track: int = 1,
    block_seconds: float = BLOCK_SECONDS,
    on_warning: Callable[[str], None] | None = None,
) -> Iterator[NDArray[np.float32]]:
    """Yields the track as mono float32 blocks at 16 kHz within ±1, all `block_seconds` long but the last.

    Sample `n` of the whole is `n / 16000` s on the timeline that a player shows: silence stands where the
    sound starts later than the picture, where a recording was paused, and where a packet was damaged.

    Raises MediaError (also midway) where nothing can be read or the file vanishes. A damaged or cut-off file
    is read as far as it goes, and `on_warning` gets one sentence on each kind of loss once the end is
    reached.
    """
    block_samples = max(1, round(block_seconds * SAMPLE_RATE))
    name = shown_name(path)
    with open_media(path) as (container, file):
        stream = _choose(container, track, name)
        report = DecodingReport()

        blocks = _Reblocker(block_samples)
        for mono in _to_16_khz(read_chunks(container, stream, file, report), name):
            yield from blocks.accept(mono)
        damaged = len(report.damaged_at_seconds)
        if blocks.total_samples == 0 or damaged > HOPELESS_DAMAGE * report.decoded_packets:
            if damaged:
                raise MediaError(
                    Sentence(
                        "No sound in {name} could be decoded, it is too damaged: copy or export it again.",
                        name=name,
                    )
                )
            raise MediaError(
                Sentence("The audio track of {name} is empty: choose another file or track.", name=name)
            )
        yield from blocks.flush()
        if on_warning is not None:
            for sentence in _warnings(
                name, container, stream, file, report, blocks.total_samples / SAMPLE_RATE
            ):
                on_warning(sentence)


def read_all(
    path: str | os.PathLike[str], *, track: int = 1, on_warning: Callable[[str], None] | None = None
) -> NDArray[np.float32]:
    """The whole track as one array `[samples]`, 16 kHz mono; for short clips (an hour takes 230 MB)."""
    return np.concatenate(list(read_blocks(path, track=track, on_warning=on_warning)))


def clock(seconds: float) -> str:
    """A place in a file as people write it: 0:03:07."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


class _Reblocker:
    """Arrays of any length in, blocks of one length out."""

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
    """Downmix and resample; both start afresh where a stream changes its sample rate or its channels."""
    downmixer: Downmixer | None = None
    resampler: StreamResampler | None = None
    channel_names: tuple[str, ...] = ()
    for chunk in chunks:
        if not LOWEST_RATE <= chunk.sample_rate <= HIGHEST_RATE:
            raise MediaError(
                Sentence(
                    "{name} states an impossible sample rate of {sample_rate} Hz, its header is damaged: "
                    "copy it again.",
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


def _tracks(container: InputContainer, name: str) -> tuple[AudioTrack, ...]:
    streams = container.streams.audio
    if not streams:
        raise picture_or_video(container, name)
    return tuple(_describe(number, stream) for number, stream in enumerate(streams, start=1))


def _describe(number: int, stream: AudioStream) -> AudioTrack:
    codec = stream.codec_context
    language = stream.metadata.get("language")
    return AudioTrack(
        number=number,
        codec=codec.name if codec is not None else "unknown codec",
        sample_rate=codec.sample_rate if codec is not None else 0,
        channels=codec.channels if codec is not None else 0,
        language=None if language in (None, "", "und") else language,
        title=stream.metadata.get("title") or None,
    )


def _choose(container: InputContainer, track: int, name: str) -> AudioStream:
    tracks = _tracks(container, name)
    if not 1 <= track <= len(tracks):
        listed = "; ".join(str(entry) for entry in tracks)
        have = "only one audio track" if len(tracks) == 1 else f"{len(tracks)} audio tracks"
        raise MediaError(
            Sentence(
                "{name} has no audio track {track}, it has {have}: choose {listed}.",
                name=name,
                track=track,
                have=have,
                listed=listed,
            )
        )
    stream = container.streams.audio[track - 1]
    if stream.codec_context is None:
        raise MediaError(
            Sentence(
                "Audio track {track} of {name} is in a format that FFmpeg cannot decode: convert the file "
                "to WAV, MP3 or M4A.",
                track=track,
                name=name,
            )
        )
    return stream


def _warnings(
    name: str,
    container: InputContainer,
    stream: AudioStream,
    file: WatchedFile,
    report: DecodingReport,
    read_seconds: float,
) -> Iterator[str]:
    damaged = _places(report.damaged_at_seconds)
    if is_cut_off(file) or _is_shorter_than_stated(container, stream, read_seconds):
        yield (
            f"{name} is cut off and ends early, at {clock(read_seconds)}: everything up to there was read; "
            "copy it again if there should be more."
        )
        # The torn last packet is the cut itself.
        damaged = [seconds for seconds in damaged if seconds < read_seconds - SAME_PLACE_SECONDS]
    if damaged:
        yield f"{name} is damaged at {_listed(damaged)}: silence stands there, and words may be missing."
    if report.holes:
        places = _listed([start for start, _ in report.holes])
        total = sum(seconds for _, seconds in report.holes)
        yield (
            f"{name} holds no sound at {places} ({total:.1f} s in all), from a paused recording or a damaged "
            "part: silence stands there."
        )
    if report.clock_resets_at_seconds:
        place = clock(report.clock_resets_at_seconds[0])
        yield f"The time stamps of {name} jump at {place}: later times may differ from those a player shows."


def _places(seconds: list[float]) -> list[float]:
    """Damage seldom comes alone: packets lost within a second of one another are one place."""
    places: list[float] = []
    last = -SAME_PLACE_SECONDS
    for place in sorted(seconds):
        if place - last >= SAME_PLACE_SECONDS:
            places.append(place)
        last = place
    return places


def _listed(places: list[float]) -> str:
    named = ", ".join(clock(seconds) for seconds in places[:PLACES_NAMED])
    more = len(places) - PLACES_NAMED
    return f"{named} and {more} other places" if more > 0 else named


def _is_shorter_than_stated(container: InputContainer, stream: AudioStream, read_seconds: float) -> bool:
    """FLAC states its number of samples in the header, where `is_cut_off` does not look."""
    if container.format.name != "flac" or not stream.duration or not stream.time_base:
        return False
    return read_seconds < float(stream.duration * stream.time_base) - ENDS_EARLY_SECONDS
