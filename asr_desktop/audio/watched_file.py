"""The file object through which FFmpeg reads, instead of opening a file by its name.

So every name works (not UTF-8, with quotes, with a colon that FFmpeg would take for a network protocol),
and disk errors are recognised as such.
"""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import BinaryIO

from asr_desktop.base.errors import MediaError
from asr_desktop.base.sentences import Sentence

# Large enough that a two-hour file is not read in tiny pieces, small enough that picking the sound out of a
# film, which jumps from sound to sound, does not read the pictures too.
READ_BYTES = 64 * 1024
FOUND_WITHIN_BYTES = 16 * 1024 * 1024


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
    """A file that simply ends for FFmpeg when the disk fails.

    FFmpeg treats a read error as the end of the file in most places anyway; `check` reports it afterwards.
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
