"""The catalogue: published models that are worth having, what is known of each, and where from.

`models/catalogue.toml` comes with the program and is read without a network. What nobody has published is not
in it; sums are there where they are known, else those that the hub states for the pinned version are checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelStoreError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_toml
from asr_desktop.model_store.hub import HubFile

FILE_NAME = "catalogue.toml"


@dataclass(frozen=True)
class WordErrorRate:
    """A published figure. percent: errors per 100 words. test: of which set, and with which decoding."""

    percent: float
    test: str


@dataclass(frozen=True)
class Entry:
    """A model of the catalogue.

    name: of the folder that it becomes. languages: ISO 639 codes, the main one first.
    revision: the commit that is fetched; None takes the newest, which is then noted in the folder.
    size_bytes: about what is downloaded. needs_conversion: it is published as PyTorch weights only.
    network: "base" (12 layers of 768) or "large" (24 of 1024), the two sizes of the family; "" for others.
    files: the network's files where the catalogue chooses them, with their sums.
    source: where licence, size and figures are stated.
    """

    name: str
    title: str
    repository: str
    languages: tuple[str, ...]
    licence: str
    size_bytes: int
    source: str
    revision: str | None = None
    description: str = ""
    needs_conversion: bool = False
    network: str = ""
    files: tuple[HubFile, ...] = ()
    word_error_rates: tuple[WordErrorRate, ...] = field(default=())

    @property
    def language(self) -> str:
        """The main language's code."""
        return self.languages[0]


def shipped_catalogue() -> tuple[Entry, ...]:
    """The catalogue that comes with the program; empty where somebody took it away."""
    path = paths.bundled_models_folder() / FILE_NAME
    return read_catalogue(path) if path.is_file() else ()


@cache
def read_catalogue(path: Path) -> tuple[Entry, ...]:
    """The entries of a catalogue file; ModelStoreError names what is wrong with it."""
    try:
        content = read_toml(path)
    except READ_ERRORS as error:
        raise ModelStoreError(
            Sentence(
                "The model catalogue {path} cannot be read ({reason}); reinstall the program.",
                path=path,
                reason=error,
            )
        ) from error
    entries = []
    for table in content.get("model", []):
        try:
            entries.append(_entry(table))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelStoreError(
                Sentence(
                    "The model catalogue {path} has an invalid entry, {entry} ({reason}); reinstall the "
                    "program.",
                    path=path,
                    entry=table.get("name", "without a name"),
                    reason=error,
                )
            ) from error
    return tuple(entries)


def find_entry(name: str) -> Entry | None:
    """The entry of that name or repository in the shipped catalogue."""
    return next((entry for entry in shipped_catalogue() if name in (entry.name, entry.repository)), None)


def search_catalogue(text: str = "", language: str | None = None) -> list[Entry]:
    """Entries in that language whose name, title or description holds every word of `text`."""
    words = text.lower().split()
    found = []
    for entry in shipped_catalogue():
        about = " ".join((entry.name, entry.title, entry.repository, entry.description, *entry.languages))
        if all(word in about.lower() for word in words) and language in (None, *entry.languages):
            found.append(entry)
    return found


def _entry(table: Mapping[str, Any]) -> Entry:
    languages = table["languages"]
    if not languages or not all(isinstance(language, str) for language in languages):
        raise ValueError("languages has to be a list of codes")
    return Entry(
        name=_text(table, "name"),
        title=Sentence(_text(table, "title")),
        repository=_text(table, "repository"),
        languages=tuple(languages),
        licence=_text(table, "licence"),
        size_bytes=int(table["size_bytes"]),
        source=_text(table, "source"),
        revision=_text(table, "revision") if "revision" in table else None,
        description=Sentence(_text(table, "description")) if "description" in table else "",
        needs_conversion=bool(table.get("needs_conversion", False)),
        network=_text(table, "network") if "network" in table else "",
        files=tuple(
            HubFile(_text(file, "path"), int(file["size_bytes"]), _text(file, "sha256"))
            for file in table.get("files", [])
        ),
        word_error_rates=tuple(
            WordErrorRate(float(rate["percent"]), Sentence(_text(rate, "test")))
            for rate in table.get("word_error_rates", [])
        ),
    )


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} has to be a text")
    return value
