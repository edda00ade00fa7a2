"""Opening a file for FFmpeg, and saying in one sentence why one cannot be opened.

FFmpeg reads through a Python file object of ours rather than by name. So every name works (not UTF-8, with
quotes, with a colon that FFmpeg would take for a network protocol), a disk that fails under our hands is seen
for what it is, and nothing in a file can make FFmpeg fetch another one: playlists and network references are
refused.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.error import FFmpegError

from asr_desktop.errors import MediaError
from asr_desktop.sentences import Sentence

# Large enough that a two-hour file is not read in tiny pieces, small enough that picking the sound out of a
# film, which jumps from sound to sound, does not read the pictures too.
READ_BYTES = 64 * 1024
SNIFFED_BYTES = 4096
FOUND_WITHIN_BYTES = 16 * 1024 * 1024

_PICTURE_FORMATS = frozenset({"apng", "avif", "gif", "ico", "image2", "svg", "webp", "webp_anim", "fits"})

_TEXT_LIKE_MAGIC = (b"NIST_1A", b"#!AMR", b"#!SILK")


def shown_name(path: str | os.PathLike[str]) -> str:
    """The file's name as any terminal can print it: quoted, on one line, bytes that are no text escaped."""
    name = os.path.basename(os.path.abspath(path)) or os.fspath(path)
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return (
        '"'
        + "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
        + '"'
    )


class WatchedFile(io.RawIOBase):
    """The file as FFmpeg sees it: when the disk fails, it simply ends.

    FFmpeg takes a read error for the end of the file in most places anyway; `check` keeps it from being
    forgotten.
    """

    def __init__(self, file: BinaryIO, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self._file = file
        self._shown_name = shown_name(path)
        # FFmpeg sees no more of the name than its ending, a hint at the format.
        suffix = Path(path).suffix.lower()
        self.name = "media" + (suffix if suffix.isascii() and suffix.isprintable() else "")
        self.error: OSError | None = None
        self.size_at_opening = os.fstat(file.fileno()).st_size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            self.error = error
            return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """The new place, or -1 as FFmpeg expects it after a failure."""
        try:
            return self._file.seek(offset, whence)
        except OSError as error:
            # A damaged file may point to places before its own beginning; that is no fault of the disk.
            if error.errno != errno.EINVAL:
                self.error = error
            return -1

    def tell(self) -> int:
        return self._file.tell()

    def peek_at(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset` on; the reading position stays where it was."""
        place = self.tell()
        self.seek(offset)
        found = self.read(size)
        self.seek(place)
        return found

    def find(self, piece: bytes, offset: int) -> int | None:
        """Where `piece` next lies at or after `offset`, if that is within the next megabytes."""
        start = offset
        while start < offset + FOUND_WITHIN_BYTES and len(
            window := self.peek_at(start, 4 * READ_BYTES)
        ) >= len(piece):
            place = window.find(piece)
            if place >= 0:
                return start + place
            start += len(window) - len(piece) + 1
        return None

    def check(self) -> None:
        """Raises MediaError if the disk has failed or the file has become shorter since it was opened."""
        if self.error is None and os.fstat(self._file.fileno()).st_size >= self.size_at_opening:
            return
        reason = (self.error.strerror or str(self.error)) if self.error is not None else "it became shorter"
        raise MediaError(
            Sentence(
                "{name} could not be read to its end ({reason}): check that its disk or network drive is "
                "still connected and that no other program is changing the file, then try again.",
                name=self._shown_name,
                reason=str(reason),
            )
        )


@contextmanager
def open_media(path: str | os.PathLike[str]) -> Iterator[tuple[InputContainer, WatchedFile]]:
    """FFmpeg's view of the file, with its streams known, and the file underneath.

    Raises MediaError, one clear sentence, for whatever stands in the way.
    """
    name = shown_name(path)
    with _open_file(path, name) as file:
        watched = WatchedFile(file, path)
        start = watched.peek_at(0, SNIFFED_BYTES)
        watched.check()
        _refuse_text(start, name)
        try:
            container = av.open(
                watched,
                mode="r",
                buffer_size=READ_BYTES,
                metadata_errors="replace",
                container_options={"protocol_whitelist": "none", **_wav_options(watched, start)},
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
                    "{name} is a pipe, socket or device, not an ordinary file: save its sound to a file "
                    "first.",
                    name=name,
                )
            )
        if status.st_size == 0:
            raise MediaError(Sentence("{name} is empty (0 bytes): copy or record it again.", name=name))
        return open(path, "rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MediaError(
            Sentence(
                "{name} does not exist: check the name, and that the drive it lies on is connected.",
                name=name,
            )
        ) from error
    except PermissionError as error:
        raise MediaError(
            Sentence(
                "{name} may not be read by this user: change its permissions or copy it to a folder of "
                "your own.",
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
    """Text is kept from FFmpeg, which would open it as character art, as subtitles or as a playlist."""
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
                "{name} is a web page, not a sound or video file: download the recording itself again.",
                name=name,
            )
        )
    if head.startswith((b"#extm3u", b"[playlist]", b"ffconcat")):
        raise MediaError(
            Sentence("{name} is a playlist and holds no sound itself: choose the files it names.", name=name)
        )
    raise MediaError(
        Sentence("{name} is a text file, not a sound or video file: choose a recording.", name=name)
    )


def _wav_options(watched: WatchedFile, start: bytes) -> dict[str, str]:
    """FFmpeg options for a WAV file whose header was never completed.

    A recorder that was killed leaves the sizes it wrote at its start, usually 0 or those of its first second.
    FFmpeg would stop there. Where what follows the stated end is no RIFF chunk, it is sound.
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
                "{name} was cut off before its table of contents (the last thing a recorder writes) and "
                "cannot be played: copy it again, or repair it with a tool such as untrunc.",
                name=name,
            )
        )
    if not start.strip(b"\0"):
        return MediaError(
            Sentence(
                "{name} begins with nothing but zeros, as after a broken copy: copy it again.",
                name=name,
            )
        )
    return MediaError(
        Sentence(
            "{name} is not a sound or video file, or it is damaged: check that it plays in a media player.",
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
            Sentence("{name} is a picture, not a recording: choose a sound or video file.", name=name)
        )
    if container.streams.video:
        return MediaError(
            Sentence("{name} is a video without an audio track: choose a file with sound.", name=name)
        )
    return MediaError(Sentence("{name} has no audio track: choose a file with sound.", name=name))
