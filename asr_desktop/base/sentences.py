"""Sentences for the person that remember what they are made of, so that the window can say them in another
language.

    raise MediaError(Sentence("{name} is empty (0 bytes): copy or record it again.", name=name))

A Sentence is text like any other: the command line prints it, logs keep it. Its template is what
scripts/translations.py collects, under the context CONTEXT, and what asr_desktop.gui.translations looks up.
What the operating system gives as a reason ("No space left on device") becomes a Sentence by itself where it
is a value of another one.
"""

from __future__ import annotations

import errno
import os
import re
import string
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

CONTEXT = "Engine"

Value = str | int | float


class Sentence(str):
    """A template in the notation of `str.format`, filled in. A value may be a Sentence itself; a path, an
    error and the like stand for their text."""

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: object) -> Sentence:
        said = {name: _kept(value) for name, value in values.items()}
        made = super().__new__(cls, template.format(**said))
        made.template = template
        made.values = MappingProxyType(said)
        return made

    def __str__(self) -> str:
        """Itself, so that `str(error)` of an error with this message is still a Sentence."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Sentence], tuple[str, dict[str, Value]]]:
        return _again, (self.template, dict(self.values))


def spoken(sentence: str, translate: Callable[[str], str], write_number: Callable[[str], str] = str) -> str:
    """In another language: `translate` gives a template's words in it, `write_number` a number as Python
    writes it ("12,345.5") as people there do. Plain text stays as it is."""
    if not isinstance(sentence, Sentence):
        return sentence
    values = {
        name: spoken(value, translate, write_number) if isinstance(value, str) else value
        for name, value in sentence.values.items()
    }
    return _Formatter(write_number).vformat(translate(sentence.template), (), values)


def reason(error: OSError) -> str:
    """Why something did not go: a Sentence where the reason is a common one, else the system's own words."""
    # Windows has two names for the errors of its sockets: WSAECONNREFUSED is ECONNREFUSED.
    known = _REASONS.get(errno.errorcode.get(error.errno or 0, "").removeprefix("WSA"))
    return known or _known_reason(error.strerror or str(error))


class _Formatter(string.Formatter):
    def __init__(self, write_number: Callable[[str], str]) -> None:
        self._write_number = write_number

    def format_field(self, value: Any, format_spec: str) -> str:
        text: str = super().format_field(value, format_spec)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self._write_number(text) if is_number else text


def _again(template: str, values: dict[str, Value]) -> Sentence:
    return Sentence(template, **values)


def _kept(value: object) -> Value:
    if isinstance(value, OSError):
        return reason(value)
    if isinstance(value, Sentence | int | float):
        return value
    return _known_reason(str(value))


def _known_reason(text: str) -> str:
    """Most errors tell their reason as text alone: the C library's, which changes with the locale.

    Python puts a number before it ("[Errno -2] Name or service not known"), which tells nobody anything.
    """
    text = _NUMBER.sub("", text)
    for name, known in _REASONS.items():
        number = getattr(errno, name, None)  # Windows has not all of them
        if text == known or (number is not None and text == os.strerror(number)):
            return known
    return next((known for known in _REASONS_OF_LIBRARIES if text == known), text)


# In the words of the GNU C library.
_REASONS = {
    "EACCES": Sentence("Permission denied"),
    "EADDRINUSE": Sentence("Address already in use"),
    "EADDRNOTAVAIL": Sentence("Cannot assign requested address"),
    "EAFNOSUPPORT": Sentence("Address family not supported by protocol"),
    "EBUSY": Sentence("Device or resource busy"),
    "ECONNREFUSED": Sentence("Connection refused"),
    "ECONNRESET": Sentence("Connection reset by peer"),
    "EDQUOT": Sentence("Disk quota exceeded"),
    "EEXIST": Sentence("File exists"),
    "EFBIG": Sentence("File too large"),
    "EHOSTUNREACH": Sentence("No route to host"),
    "EINVAL": Sentence("Invalid argument"),
    "EIO": Sentence("Input/output error"),
    "EISDIR": Sentence("Is a directory"),
    "ELOOP": Sentence("Too many levels of symbolic links"),
    "EMFILE": Sentence("Too many open files"),
    "ENAMETOOLONG": Sentence("File name too long"),
    "ENETUNREACH": Sentence("Network is unreachable"),
    "ENODEV": Sentence("No such device"),
    "ENOENT": Sentence("No such file or directory"),
    "ENOMEM": Sentence("Cannot allocate memory"),
    "ENOSPC": Sentence("No space left on device"),
    "ENOTDIR": Sentence("Not a directory"),
    "ENOTEMPTY": Sentence("Directory not empty"),
    "EPERM": Sentence("Operation not permitted"),
    "EPIPE": Sentence("Broken pipe"),
    "EROFS": Sentence("Read-only file system"),
    "ESTALE": Sentence("Stale file handle"),
    "ETIMEDOUT": Sentence("Connection timed out"),
    "EXDEV": Sentence("Invalid cross-device link"),
}
_NUMBER = re.compile(r"^\[(Errno|WinError) -?\d+\] (?=\S)")
# Of FFmpeg, SQLite and PortAudio, and of look-ups of names.
_REASONS_OF_LIBRARIES = (
    Sentence("Name or service not known"),
    Sentence("Temporary failure in name resolution"),
    Sentence("Invalid data found when processing input"),
    Sentence("End of file"),
    Sentence("attempt to write a readonly database"),
    Sentence("database disk image is malformed"),
    Sentence("database is locked"),
    Sentence("database or disk is full"),
    Sentence("disk I/O error"),
    Sentence("file is not a database"),
    Sentence("unable to open database file"),
    Sentence("Device unavailable"),
    Sentence("Invalid device"),
    Sentence("Invalid number of channels"),
    Sentence("Invalid sample rate"),
    Sentence("Sample format not supported"),
    Sentence("Unanticipated host error"),
    Sentence("Wait timed out"),
)
