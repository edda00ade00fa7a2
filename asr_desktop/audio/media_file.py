"""Opens a file with FFmpeg, or says in one sentence why it cannot be opened.

FFmpeg reads through `watched_file`. Playlists and network references are refused, so a file cannot make it
open another one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.container import InputContainer
from av.error import FFmpegError

from asr_desktop.audio.copy_protection import is_copy_protected
from asr_desktop.audio.watched_file import READ_BYTES, WatchedFile, shown_name
from asr_desktop.base.errors import MediaError
from asr_desktop.base.sentences import Sentence

SNIFFED_BYTES = 4096

_PICTURE_FORMATS = frozenset({"apng", "avif", "gif", "ico", "image2", "svg", "webp", "webp_anim", "fits"})

_TEXT_LIKE_MAGIC = (b"NIST_1A", b"#!AMR", b"#!SILK")


@contextmanager
def open_media(path: str | os.PathLike[str]) -> Iterator[tuple[InputContainer, WatchedFile]]:
    """The opened FFmpeg container with its streams, and the underlying file.

    Raises MediaError with one sentence for any reason why it cannot be opened.
    """
    name = shown_name(path)
    with _open_file(path, name) as file:
        watched = WatchedFile(file, path)
        start = watched.peek_at(0, SNIFFED_BYTES)
        watched.check()
        _refuse_text(start, name)
        if is_copy_protected(watched, start):
            raise MediaError(
                Sentence(
                    "{name} is copy-protected (encrypted) and can only be played by the program or shop "
                    "it comes from: choose a recording without copy protection.",
                    name=name,
                )
            )
        headerless = _headerless(path, start)
        try:
            container = av.open(
                watched,
                mode="r",
                format=None if headerless is None else headerless.format,
                buffer_size=READ_BYTES,
                metadata_errors="replace",
                container_options={
                    "protocol_whitelist": "none",
                    **_wav_options(watched, start),
                    **({} if headerless is None else headerless.options()),
                },
            )
        except (FFmpegError, OSError, ValueError) as error:
            raise _opening_error(error, watched, start, name) from error
        try:
            watched.check()
            yield container, watched
        finally:
            container.close()


def _open_file(path: str | os.PathLike[str], name: str) -> BinaryIO:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise MediaError(
                Sentence("{name} is a folder, not a recording: choose the files in it.", name=name)
            )
        if not stat.S_ISREG(status.st_mode):
            raise MediaError(
                Sentence(
                    "{name} is a pipe, socket or device, not a regular file: save its audio to a file first.",
                    name=name,
                )
            )
        if status.st_size == 0:
            raise MediaError(Sentence("{name} is empty (0 bytes): copy or record it again.", name=name))
        return open(path, "rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MediaError(
            Sentence(
                "{name} does not exist: check the name, and that its drive is connected.",
                name=name,
            )
        ) from error
    except PermissionError as error:
        raise MediaError(
            Sentence(
                "{name} is not readable by this user: change its permissions or copy it to a "
                "folder of your own.",
                name=name,
            )
        ) from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise MediaError(
            Sentence(
                "{name} cannot be opened ({reason}): check its name and its disk.",
                name=name,
                reason=str(reason),
            )
        ) from error


def _refuse_text(start: bytes, name: str) -> None:
    """Refuse text files, which FFmpeg would open as character art, subtitles or playlists."""
    if any(byte < 0x20 and byte not in b"\t\n\f\r\x1b" for byte in start) or start.startswith(
        _TEXT_LIKE_MAGIC
    ):
        return
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut by the end of the sniffed part is no reason to doubt.
        if error.start < len(start) - 4 and not start.isascii():
            return
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")) or b"<html" in head:
        raise MediaError(
            Sentence(
                "{name} is a web page, not an audio or video file: download the recording itself.",
                name=name,
            )
        )
    if head.startswith((b"#extm3u", b"[playlist]", b"ffconcat")):
        raise MediaError(
            Sentence("{name} is a playlist without audio of its own: choose the files it lists.", name=name)
        )
    raise MediaError(
        Sentence("{name} is a text file, not an audio or video file: choose a recording.", name=name)
    )


@dataclass(frozen=True, slots=True)
class _Headerless:
    """Headerless single-channel telephone audio, recognisable only by the file's extension."""

    format: str
    sample_rate: int

    def options(self) -> dict[str, str]:
        return {"sample_rate": str(self.sample_rate)}


_HEADERLESS = {
    ".al": _Headerless("alaw", 8_000),
    ".alaw": _Headerless("alaw", 8_000),
    ".pcma": _Headerless("alaw", 8_000),
    ".ul": _Headerless("mulaw", 8_000),
    ".ulaw": _Headerless("mulaw", 8_000),
    ".pcmu": _Headerless("mulaw", 8_000),
}
"""ITU-T G.711, by the endings that Asterisk, SoX and FFmpeg give it."""

_MAGIC = (b"RIFF", b"RF64", b"FORM", b".snd", b"OggS", b"fLaC", b"ID3", b"caff", b"\x1a\x45\xdf\xa3")


def _headerless(path: str | os.PathLike[str], start: bytes) -> _Headerless | None:
    """The headerless format of the file; None for one that has a header despite its extension."""
    kind = _HEADERLESS.get(os.path.splitext(os.fsdecode(path))[1].lower())
    has_header = start.startswith(_MAGIC) or start[4:8] == b"ftyp"
    return None if kind is None or has_header else kind


def _wav_options(watched: WatchedFile, start: bytes) -> dict[str, str]:
    """FFmpeg options for a WAV file whose header was never completed.

    A killed recorder leaves the sizes that it wrote at its start, usually 0 or those of its first second, and
    FFmpeg would stop there. If no RIFF chunk follows the stated end, the rest of the file is sound.
    """
    if start[:4] != b"RIFF" or start[8:12] != b"WAVE":
        return {}
    offset = 12
    while (header := watched.peek_at(offset, 8)) and len(header) == 8:
        size = int.from_bytes(header[4:8], "little")
        end = offset + 8 + size + (size & 1)
        if header[:4] == b"data":
            # Some writers leave out the padding byte after an odd size.
            complete = any(_is_end_or_chunk(watched, place) for place in {end, offset + 8 + size})
            return {} if complete else {"ignore_length": "1"}
        offset = end
    return {}


def _is_end_or_chunk(watched: WatchedFile, offset: int) -> bool:
    header = watched.peek_at(offset, 8)
    name = header[:4].replace(b" ", b"_").replace(b"_", b"a")
    fits = offset + 8 + int.from_bytes(header[4:], "little") <= watched.size_at_opening + 1
    return len(header) < 8 or (name.isalnum() and fits)


def _opening_error(error: Exception, watched: WatchedFile, start: bytes, name: str) -> MediaError:
    watched.check()
    if start[4:8] in (b"ftyp", b"mdat", b"wide", b"free", b"skip") and _lacks_movie_index(watched):
        return MediaError(
            Sentence(
                "{name} is incomplete: its index, which a recorder writes last, is missing; copy it "
                "again, or repair it with a tool such as untrunc.",
                name=name,
            )
        )
    if not start.strip(b"\0"):
        return MediaError(
            Sentence(
                "{name} starts with zeros only, as after an interrupted copy: copy it again.",
                name=name,
            )
        )
    return MediaError(
        Sentence(
            "{name} is not an audio or video file, or it is damaged: check that it plays in a media player.",
            name=name,
        )
    )


def _lacks_movie_index(watched: WatchedFile) -> bool:
    """Whether no "moov" box stands among the top-level boxes of an MP4 or QuickTime file."""
    offset = 0
    while len(header := watched.peek_at(offset, 16)) >= 8:
        if header[4:8] == b"moov":
            return False
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size < 8:
            return True
        offset += size
    return True


def picture_or_video(container: InputContainer, name: str) -> MediaError:
    """The sentence for a file that FFmpeg can open but that has no audio track."""
    formats = set(container.format.name.split(","))
    if formats & _PICTURE_FORMATS or any(part.endswith("_pipe") for part in formats):
        return MediaError(
            Sentence("{name} is a picture, not a recording: choose an audio or video file.", name=name)
        )
    if container.streams.video:
        return MediaError(
            Sentence("{name} is a video without an audio track: choose a file with audio.", name=name)
        )
    return MediaError(Sentence("{name} has no audio track: choose a file with audio.", name=name))
