"""The text of a Word document (.docx), read without unpacking more than its text.

A .docx is a zip archive; what a small one may unpack to has no bound, so only word/document.xml is read of
it, up to a limit, and it is walked through and not built in memory. Expat, which reads the XML, stops where
entities make more and more of little.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, open_regular

MOST_TEXT_BYTES = 200_000_000
"""Of word/document.xml unpacked; a thousand pages take ten million."""
_NOT_ONE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ElementTree.ParseError,
)
_TEXT_PART = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}


def read_word_document(source: Path) -> str:
    """Its paragraphs, an empty line between them. Raises LanguageModelError."""
    try:
        with open_regular(source) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(_TEXT_PART).file_size > MOST_TEXT_BYTES:
                raise _too_large(source)
            # No more than the stated size comes out of it: zipfile holds the archive to that.
            with archive.open(_TEXT_PART) as part:
                return "\n\n".join(_paragraphs(part))
    except _NOT_ONE as error:
        raise LanguageModelError(
            Sentence("{source} is no Word document; save it as one again.", source=source)
        ) from error
    except READ_ERRORS as error:
        raise LanguageModelError(
            Sentence("{source} cannot be read ({reason}).", source=source, reason=error)
        ) from error


def _too_large(source: Path) -> LanguageModelError:
    return LanguageModelError(
        Sentence(
            "{source} unpacks to more than {most} MB of text; divide it.",
            source=source,
            most=MOST_TEXT_BYTES // 1_000_000,
        )
    )


def _paragraphs(part: IO[bytes]) -> list[str]:
    paragraphs: list[str] = []
    text: list[str] = []
    within: list[ElementTree.Element] = []
    for event, element in ElementTree.iterparse(part, ("start", "end")):
        if event == "start":
            within.append(element)
            continue
        within.pop()
        if element.tag == f"{_W}t":
            text.append(element.text or "")
        elif element.tag in _SPACES:
            text.append(_SPACES[element.tag])
        elif element.tag == f"{_W}p":
            paragraphs.append("".join(text))
            text = []
        if within:
            within[-1].remove(element)  # what was read needs no memory any more
    return paragraphs
