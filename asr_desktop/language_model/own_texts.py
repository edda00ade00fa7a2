"""The user's own texts: plain copies in the program's data folder, used again when more are added.

<data folder>/training/texts/Letters.txt     one paragraph per line
"""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.paths import data_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, open_regular, read_text
from asr_desktop.base.text_file import read_any_text

# The text of a Word document (.docx), read without unpacking more than its text.
#
# A .docx is a zip archive, which may unpack to any size, so only word/document.xml is read, up to a limit and
# as a stream. Expat, the XML parser, stops at exponential entity expansion.

MOST_TEXT_BYTES = 200_000_000
"""Limit for the unpacked word/document.xml; a thousand pages take ten million bytes."""
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
    """The paragraphs of a Word document, separated by empty lines. Raises LanguageModelError."""
    try:
        with open_regular(source) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(_TEXT_PART).file_size > MOST_TEXT_BYTES:
                raise _too_large(source)
            # zipfile never unpacks more than the size stated in the archive.
            with archive.open(_TEXT_PART) as part:
                return "\n\n".join(_paragraphs(part))
    except _NOT_ONE as error:
        raise LanguageModelError(
            Sentence("{source} is not a Word document; save it again as one.", source=source)
        ) from error
    except READ_ERRORS as error:
        raise LanguageModelError(
            Sentence("{source} cannot be read ({reason}).", source=source, reason=error)
        ) from error


def _too_large(source: Path) -> LanguageModelError:
    return LanguageModelError(
        Sentence(
            "{source} unpacks to more than {most} MB of text; split it.",
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
            within[-1].remove(element)  # frees the memory of elements that were read
    return paragraphs


MOST_BYTES = 200_000_000
_UNSAFE = re.compile(r"[^\w \-.,()]+")
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n")
_SENTENCE_ENDS = (".", "!", "?", "…", ":", '"', "”", "»", ")")


@dataclass(frozen=True, slots=True)
class OwnText:
    """One text of the collection, and how many words it has."""

    path: Path
    words: int

    @property
    def name(self) -> str:
        return self.path.stem


def texts_folder() -> Path:
    return data_folder() / "training" / "texts"


def list_texts() -> list[OwnText]:
    """The collection, by name."""
    found = sorted(texts_folder().glob("*.txt"), key=lambda path: path.name.lower())
    texts = []
    for path in found:
        with suppress(*READ_ERRORS):  # unreadable files are not part of the collection
            texts.append(OwnText(path, len(read_text(path, 2 * MOST_BYTES, errors="replace").split())))
    return texts


def add_text(source: Path) -> OwnText:
    """Copy a text file (plain, Markdown or Word) into the collection; one of the same name is replaced.

    Raises LanguageModelError where it cannot be read as text.
    """
    return _store(source.stem, _read(source))


def add_pasted(text: str) -> OwnText:
    """Add text from the clipboard; its name is its first words."""
    return _store(" ".join(text.split()[:5])[:60], text)


def remove_text(name: str) -> None:
    """Remove a text from the collection; the user's own file is not changed."""
    (texts_folder() / f"{name}.txt").unlink(missing_ok=True)


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs, one line each: hard-wrapped lines are joined."""
    joined: list[str] = []
    for block in _PARAGRAPH_BREAK.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [" ".join(line.split()) for line in block.split("\n")]
        whole = ""
        for line in filter(None, lines):
            goes_on = whole and not whole.endswith(_SENTENCE_ENDS) and not line[:1].isupper()
            if whole and not goes_on:
                joined.append(whole)
            whole = f"{whole} {line}" if goes_on else line
        if whole:
            joined.append(whole)
    return joined


def _store(name: str, text: str) -> OwnText:
    paragraphs = paragraphs_of(text)
    if not any(character.isalpha() for character in text):
        raise LanguageModelError(
            Sentence("“{name}” contains no words to learn from; choose another text.", name=name)
        )
    safe = " ".join(_UNSAFE.sub(" ", name).split()).strip(" .") or "text"
    path = texts_folder() / f"{safe}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, "\n".join(paragraphs) + "\n")
    except OSError as error:
        raise LanguageModelError(
            Sentence(
                "The text cannot be stored in {parent} ({reason}); free up disk space.",
                parent=path.parent,
                reason=error.strerror or error,
            )
        ) from error
    return OwnText(path, sum(len(paragraph.split()) for paragraph in paragraphs))


def _read(source: Path) -> str:
    if source.suffix.lower() == ".docx":
        return read_word_document(source)
    try:
        return read_any_text(source, MOST_BYTES).text
    except READ_ERRORS as error:
        raise LanguageModelError(
            Sentence("{source} cannot be read ({reason}).", source=source, reason=error)
        ) from error
