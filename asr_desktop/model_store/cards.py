"""Model cards: everything known about each model; `store` creates them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.model_store import catalogue, disk
from asr_desktop.model_store.catalogue import CatalogueEntry, WordErrorRate
from asr_desktop.model_store.speed_check import Speed, SpeedVerdict, expected_verdict, remembered_speed
from asr_desktop.recognition.model_folder import (
    SOURCE_FILE,
    ModelFolder,
    card_lines,
    recogniser_folders,
)

_TRAINABLE = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")


class ModelState(StrEnum):
    """State of a model."""

    AVAILABLE = "available"  # in the catalogue
    PAUSED = "paused"  # partly downloaded; goes on where it stopped
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    CONVERTING = "converting"
    INSTALLED = "installed"
    ACTIVE = "active"  # installed, and used where none is named
    UNUSABLE = "unusable"  # a folder that is no complete model


@dataclass(frozen=True)
class ModelCard:
    """Everything known about one model.

    languages: ISO 639 codes, perhaps none. size_bytes: on the disk, or what a download takes.
    speed: as measured on this machine. expected: what a model that is not here is probably fast enough for.
    can_be_converted: an unusable folder that lacks nothing but the conversion.
    problem: why an unusable folder is one. source: where the published figures are stated.
    can_be_removed: it is not one that came with the program. checked: what holds its files to be the right
    ones; None for a folder that did not come from the hub.
    """

    name: str
    title: str
    state: ModelState
    languages: tuple[str, ...] = ()
    licence: str | None = None
    size_bytes: int | None = None
    description: str = ""
    repository: str | None = None
    revision: str | None = None
    word_error_rates: tuple[WordErrorRate, ...] = ()
    source: str | None = None
    path: Path | None = None
    speed: Speed | None = None
    expected: SpeedVerdict | None = None
    has_language_model: bool = False
    can_be_trained: bool = False
    needs_conversion: bool = False
    can_be_removed: bool = False
    can_be_converted: bool = False
    problem: str | None = None
    checked: str | None = None


def installed_cards(active: str) -> Iterator[ModelCard]:
    """Of every folder with the models, the user's own before those that ship. active: the chosen one."""
    for folder in recogniser_folders():
        yield _installed_card(folder, active)


def entry_card(entry: CatalogueEntry, state: ModelState, starter: Speed | None = None) -> ModelCard:
    """Of a model in the catalogue that is not installed. starter: how fast starter-en is here."""
    return ModelCard(
        name=entry.name,
        title=entry.title,
        state=state,
        languages=entry.languages,
        licence=entry.licence,
        size_bytes=entry.size_bytes,
        description=entry.description,
        repository=entry.repository,
        revision=entry.revision,
        word_error_rates=entry.word_error_rates,
        source=entry.source,
        expected=expected_verdict(entry.network, starter),
        can_be_trained=entry.needs_conversion,
        needs_conversion=entry.needs_conversion,
        can_be_removed=state is ModelState.PAUSED,
        checked=_checked(entry),
    )


def _installed_card(folder: Path, active: str) -> ModelCard:
    name = folder.name
    is_own = folder.parent == paths.models_folder()
    try:
        model = ModelFolder.load(folder)
    except ModelFolderError as error:
        return ModelCard(
            name,
            name,
            ModelState.UNUSABLE,
            size_bytes=disk.folder_bytes(folder),
            path=folder,
            can_be_removed=is_own,
            can_be_converted=is_own and _is_checkpoint(folder),
            problem=str(error),
        )
    source = _source(folder)
    entry = catalogue.find_entry(name)
    if entry is not None and source.get("repository") != entry.repository:
        entry = None  # a folder of the same name from elsewhere
    return ModelCard(
        name=name,
        title=entry.title if entry else name,
        state=ModelState.ACTIVE if name == active else ModelState.INSTALLED,
        languages=tuple(source.get("languages") or ()) or ((model.language,) if model.language else ()),
        licence=source.get("licence") or stated_in_readme(model.path, "license"),
        size_bytes=disk.folder_bytes(folder),
        description=entry.description if entry else "",
        repository=source.get("repository"),
        revision=source.get("commit"),
        word_error_rates=entry.word_error_rates if entry else (),
        source=entry.source if entry else None,
        path=folder,
        speed=remembered_speed(model),
        has_language_model=model.language_model is not None,
        can_be_trained=_has_weights(model.path),
        can_be_removed=is_own,
        checked=_checked(entry if entry and entry.revision == source.get("commit") else None)
        if source.get("commit")
        else None,
    )


def _checked(entry: CatalogueEntry | None) -> str:
    """What is known of a download's files beforehand: their sums, the version, or nothing (None)."""
    if entry is not None and entry.files:
        return "the catalogue pins the version and the network's size and SHA-256; the hub states the rest"
    stated = "each file by the size and sum that the hub states for it"
    if entry is not None and entry.revision:
        return f"the catalogue pins the version; {stated}"
    return f"no version is pinned: the newest is taken the first time, and noted; {stated}"


def _has_weights(folder: Path) -> bool:
    return any((folder / weights).is_file() for weights in _TRAINABLE)


def _is_checkpoint(folder: Path) -> bool:
    has_onnx = any(folder.glob("*.onnx")) or any(folder.glob("onnx/*.onnx"))
    return _has_weights(folder) and not has_onnx and (folder / "vocab.json").is_file()


def _source(folder: Path) -> dict[str, Any]:
    """What the store noted when it made the folder; nothing for a folder of another origin."""
    try:
        content = read_json(folder / SOURCE_FILE)
    except READ_ERRORS:
        return {}
    return content if isinstance(content, dict) else {}


def stated_in_readme(folder: Path, name: str) -> str | None:
    """One plain value of the YAML header of a model card."""
    lines = card_lines(folder)
    if not lines or lines[0].strip() != "---":
        return None
    for line in lines[1:]:
        if line.strip() == "---":
            return None
        if line.startswith(f"{name}:"):
            return line.partition(":")[2].strip(" \"'[]") or None
    return None
