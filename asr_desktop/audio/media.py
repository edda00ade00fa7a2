"""The audio tracks of a sound or video file, and which of them is used.

A file with several tracks marks one as its default (a film's original sound, a conference's floor); like
players, this program uses that one unless another is chosen.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from av import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from asr_desktop.audio.media_file import open_media, picture_or_video
from asr_desktop.audio.watched_file import shown_name
from asr_desktop.base.errors import MediaError
from asr_desktop.base.sentences import Sentence

# Languages of audio tracks in words; films and recordings state them by the codes of ISO 639

# The codes of two letters, and both sets of codes of three.
_NAMES = {
    "ar ara": Sentence("Arabic"),
    "cs ces cze": Sentence("Czech"),
    "da dan": Sentence("Danish"),
    "de deu ger": Sentence("German"),
    "el ell gre": Sentence("Greek"),
    "en eng": Sentence("English"),
    "es spa": Sentence("Spanish"),
    "fi fin": Sentence("Finnish"),
    "fr fra fre": Sentence("French"),
    "he heb": Sentence("Hebrew"),
    "hi hin": Sentence("Hindi"),
    "hu hun": Sentence("Hungarian"),
    "it ita": Sentence("Italian"),
    "ja jpn": Sentence("Japanese"),
    "ko kor": Sentence("Korean"),
    "nl nld dut": Sentence("Dutch"),
    "no nb nor nob": Sentence("Norwegian"),
    "pl pol": Sentence("Polish"),
    "pt por": Sentence("Portuguese"),
    "ro ron rum": Sentence("Romanian"),
    "ru rus": Sentence("Russian"),
    "sv swe": Sentence("Swedish"),
    "tr tur": Sentence("Turkish"),
    "uk ukr": Sentence("Ukrainian"),
    "zh zho chi": Sentence("Chinese"),
}
_BY_CODE = {code: name for codes, name in _NAMES.items() for code in codes.split()}


def language_of(code: str | None) -> str | None:
    """The language's name, or the code itself if it is not a common one."""
    return None if code is None else _BY_CODE.get(code.lower().split("-")[0], code)


SAMPLE_RATE = 16_000
"""Of all sound that a recogniser hears, in Hz."""

_SUFFIXES = """
    .3g2 .3gp .aac .ac3 .aif .aifc .aiff .al .alaw .amr .ape .asf .au .avi .awb .caf .dss .flac .flv .m2ts
    .m4a .m4b .m4v .mka .mkv .mov .mp2 .mp3 .mp4 .mpeg .mpg .mts .oga .ogg .ogv .opus .pcma .pcmu .ra
    .rf64 .snd .spx .ts .tta .ul .ulaw .vob .voc .w64 .wav .weba .webm .wma .wmv .wv
"""
MEDIA_SUFFIXES = frozenset(_SUFFIXES.split())
"""Lower-case extensions of files to open in a folder. Files named explicitly are opened whatever they are
called."""


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

    @property
    def called(self) -> str:
        """Description of the track: number, language and title."""
        title = None if self.title is None else f"“{self.title}”"
        match language_of(self.language), title:
            case None, None:
                return str(self.number)
            case str(language), str(title):
                return Sentence(
                    "{number} ({language}, {title})", number=self.number, language=language, title=title
                )
            case language, title:
                return Sentence("{number} ({detail})", number=self.number, detail=language or title)


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A file's content. `duration_seconds` is what the file states: None or an estimate in some formats."""

    path: Path
    duration_seconds: float | None
    tracks: tuple[AudioTrack, ...]
    default_track: int = 1
    """The number of the one that is heard where nobody chooses."""


def is_media_name(path: str | os.PathLike[str]) -> bool:
    """Whether a file in a folder looks like sound or video by its extension."""
    return Path(path).suffix.lower() in MEDIA_SUFFIXES


def probe(path: str | os.PathLike[str]) -> MediaInfo:
    """The file's audio tracks, without decoding them.

    Raises MediaError where the file cannot be read or has no audio track.
    """
    with open_media(path) as (container, _):
        tracks = tracks_of(container, shown_name(path))
        duration = container.duration / 1e6 if container.duration and container.duration > 0 else None
        return MediaInfo(Path(path), duration, tracks, _default_track(container))


def tracks_of(container: InputContainer, name: str) -> tuple[AudioTrack, ...]:
    """All audio tracks of an open file; raises MediaError where there is none."""
    streams = container.streams.audio
    if not streams:
        raise picture_or_video(container, name)
    return tuple(_describe(number, stream) for number, stream in enumerate(streams, start=1))


def choose_track(container: InputContainer, track: int | None, name: str) -> AudioStream:
    """The stream of this track, from 1, or of the file's default one; raises MediaError where that is none
    that can be decoded."""
    tracks = tracks_of(container, name)
    track = _default_track(container) if track is None else track
    if not 1 <= track <= len(tracks):
        listed = "; ".join(str(entry) for entry in tracks)
        have = "only one audio track" if len(tracks) == 1 else f"{len(tracks)} audio tracks"
        raise MediaError(
            Sentence(
                "{name} has no audio track {track}, only {have}: choose {listed}.",
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


def _default_track(container: InputContainer) -> int:
    """The first track marked as default, else the first that is not an audio description or commentary."""
    streams = container.streams.audio
    besides = (
        Disposition.comment
        | Disposition.hearing_impaired
        | Disposition.visual_impaired
        | Disposition.descriptions
    )
    main = [number for number, stream in enumerate(streams, 1) if not stream.disposition & besides]
    default = [number for number in main if streams[number - 1].disposition & Disposition.default]
    return next(iter([*default, *main]), 1)


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
