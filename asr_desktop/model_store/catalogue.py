"""The catalogue: recommended published models, their properties and sources.

`models/catalogue.toml` comes with the program and is read without a network. What nobody has published is not
in it; sums are there where they are known, else those that the hub states for the pinned version are checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelStoreError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_toml
from asr_desktop.base.typed_data import TypedData
from asr_desktop.model_store.hub import HubFile

_DATA = TypedData(passes_over_unknown=True)

FILE_NAME = "catalogue.toml"


@dataclass(frozen=True)
class WordErrorRate:
    """A published figure. percent: errors per 100 words. test: of which set, and with which decoding."""

    percent: float
    test: str


@dataclass(frozen=True)
class CatalogueEntry:
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
    word_error_rates: tuple[WordErrorRate, ...] = ()

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError(Sentence("languages has to be a list of codes"))

    @property
    def language(self) -> str:
        """The main language's code."""
        return self.languages[0]


def shipped_catalogue() -> tuple[CatalogueEntry, ...]:
    """The catalogue that comes with the program; empty where somebody took it away."""
    path = paths.bundled_models_folder() / FILE_NAME
    return read_catalogue(path) if path.is_file() else ()


@cache
def read_catalogue(path: Path) -> tuple[CatalogueEntry, ...]:
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
        except (LookupError, ValueError) as error:
            raise ModelStoreError(
                Sentence(
                    "The model catalogue {path} has an invalid entry, {entry} ({reason}); reinstall the "
                    "program.",
                    path=path,
                    entry=table.get("name", "without a name") if isinstance(table, dict) else table,
                    reason=error,
                )
            ) from error
    return tuple(entries)


def find_entry(name: str) -> CatalogueEntry | None:
    """The entry of that name or repository in the shipped catalogue."""
    return next((entry for entry in shipped_catalogue() if name in (entry.name, entry.repository)), None)


def search_catalogue(text: str = "", language: str | None = None) -> list[CatalogueEntry]:
    """Entries in that language whose name, title or description holds every word of `text`."""
    words = text.lower().split()
    found = []
    for entry in shipped_catalogue():
        about = " ".join((entry.name, entry.title, entry.repository, entry.description, *entry.languages))
        if all(word in about.lower() for word in words) and language in (None, *entry.languages):
            found.append(entry)
    return found


def _entry(table: object) -> CatalogueEntry:
    entry: CatalogueEntry = _DATA.read(table, CatalogueEntry)
    return replace(
        entry,
        title=Sentence(entry.title),
        description=Sentence(entry.description) if entry.description else "",
        word_error_rates=tuple(replace(rate, test=Sentence(rate.test)) for rate in entry.word_error_rates),
    )
