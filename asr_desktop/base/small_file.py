"""Reading a small file that somebody else may have written: settings, descriptions of models, transcripts.

    content = read_json(folder / "config.json")

Everything that such a file can do to its reader is bounded here, in one place. It has to be a regular file (a
pipe would be waited for without end, and a device such as /dev/zero never ends), not larger than a limit,
text in UTF-8 where text is read, not nested too deeply to be walked through, and without numbers that are
none (NaN, infinity) where JSON is read. Whatever fails raises OSError, FileNotFoundError among them, or
SmallFileError, whose message is a Sentence that completes "… cannot be read (…)".
"""

from __future__ import annotations

import errno
import json
import math
import os
import stat
import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO, Never

from asr_desktop.base.sentences import Sentence

MOST_BYTES = 16_000_000
"""Of a file about something; a transcript of an hour takes one megabyte, a vocabulary some thousand bytes."""
MOST_LINE_BYTES = 4_000_000
"""Of one line of a log in JSON lines."""
DEEPEST = 64
"""Lists and tables inside each other. What the program reads has five or so."""

READ_ERRORS = (OSError, ValueError)
"""What the functions here raise; ValueError, because SmallFileError is one."""


class SmallFileError(ValueError):
    """A file is not what it has to be. The message is a Sentence that completes "… cannot be read (…)"."""


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """A regular file, open for reading in bytes. Never waits, which opening a pipe would do."""
    _check_regular(os.stat(path).st_mode)  # first: opening a device may already do something
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    try:
        _check_regular(os.fstat(descriptor).st_mode)  # it may have been replaced in between
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_bytes(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES) -> bytes:
    """All of a file."""
    with open_regular(path) as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise SmallFileError(
            Sentence("it is larger than {most:g} MB, which is too large", most=most_bytes / 1e6)
        )
    return data


def read_text(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES, *, errors: str = "strict") -> str:
    """A text in UTF-8, without its byte order mark. errors: as in `bytes.decode`."""
    return decoded(read_bytes(path, most_bytes), errors=errors)


def read_json(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES) -> Any:
    """What a JSON file holds."""
    return parse_json(read_bytes(path, most_bytes))


def read_toml(path: str | os.PathLike[str], most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """What a TOML file holds. Its numbers may be infinite or NaN, which TOML knows; ask `is_sane_number`."""
    return parse_toml(read_text(path, most_bytes))


def read_json_lines(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """The objects of a log, one a line; a line that was torn by a crash, or holds something else, is left
    out. The file may be of any length: no more than a line of it is held at a time."""
    with open_regular(path) as file:
        is_rest = False
        while line := file.readline(MOST_LINE_BYTES):
            was_rest, is_rest = is_rest, not line.endswith(b"\n")
            if was_rest:
                continue
            try:
                entry = parse_json(line)
            except SmallFileError:
                continue
            if isinstance(entry, dict):
                yield entry


def parse_json(data: bytes | str, *, sane_numbers: bool = True) -> Any:
    """`read_json` for what is in memory. sane_numbers: False where the caller looks at each number itself,
    to say where it stands."""
    text = data if isinstance(data, str) else decoded(data)
    try:
        content = json.loads(text, parse_constant=_no_number if sane_numbers else None)
    except RecursionError:
        raise SmallFileError(_TOO_DEEP) from None
    except SmallFileError:
        raise
    except ValueError as error:
        raise SmallFileError(Sentence("it is not valid JSON: {reason}", reason=error)) from error
    _check_depth(content, sane_numbers=sane_numbers)
    return content


def parse_toml(text: str) -> dict[str, Any]:
    """`read_toml` for what is in memory."""
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise SmallFileError(_TOO_DEEP) from None
    except ValueError as error:
        raise SmallFileError(Sentence("it is not valid TOML: {reason}", reason=error)) from error
    _check_depth(content, sane_numbers=False)
    return content


def decoded(data: bytes, *, errors: str = "strict") -> str:
    """UTF-8 as text, without its byte order mark."""
    try:
        return data.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        raise SmallFileError(
            Sentence("it is not text in UTF-8 (byte {position})", position=error.start)
        ) from None


def is_sane_number(value: Any) -> bool:
    """A number that can be calculated with: no bool, not infinite, not NaN, not beyond what a float holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


_TOO_DEEP = Sentence("its lists and tables are nested too deeply")


def _check_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise SmallFileError(Sentence("it is a pipe, a socket or a device, not a file"))


def _no_number(name: str) -> Never:
    raise SmallFileError(
        Sentence("it is not valid JSON: {reason}", reason=Sentence("{name} is not a number", name=name))
    )


def _check_depth(content: Any, *, sane_numbers: bool) -> None:
    """Without recursion, which is what a deep nesting would exhaust."""
    level = [content]
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif sane_numbers and isinstance(value, int | float) and not _is_finite(value):
                raise SmallFileError(Sentence("a number in it is out of range"))
        if not below:
            return
        level = below
    raise SmallFileError(_TOO_DEEP)


def _is_finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
