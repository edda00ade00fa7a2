"""The model store: lists, downloads, converts, selects and removes models.

store = ModelStore()
for card in store.cards():
    print(card.name, card.state)
store.download("wav2vec2-base-960h-int8").run()
store.use("wav2vec2-base-960h-int8")
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import paths, settings
from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.errors import ModelStoreError
from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store import catalogue, convert, disk
from asr_desktop.model_store.cards import ModelCard, ModelState, entry_card, installed_cards
from asr_desktop.model_store.disk import is_running, unfinished
from asr_desktop.model_store.download import Download, DownloadProgress, DownloadState, Wanted
from asr_desktop.model_store.hub import Hub
from asr_desktop.model_store.selection import CONFIGURATION, default_model, set_default_model
from asr_desktop.model_store.speed_check import Speed, measure_speed, remember_speed
from asr_desktop.recognition.model_folder import SOURCE_FILE, ModelFolder

__all__ = ["ModelCard", "ModelState", "ModelStore", "default_model", "set_default_model"]

_RUNNING = (DownloadState.DOWNLOADING, DownloadState.VERIFYING, DownloadState.CONVERTING)


class ModelStore:
    """See the module. The program uses one instance, because it keeps track of the downloads it has
    started."""

    def __init__(self, hub: Hub | None = None) -> None:
        self._hub = hub or Hub()
        self._downloads: dict[str, Download] = {}

    def cards(self) -> list[ModelCard]:
        """A card of every model: the installed, then what is broken, then the rest of the catalogue."""
        active = default_model()
        cards: dict[str, ModelCard] = {}
        for card in installed_cards(active):
            cards.setdefault(card.name, card)  # the user's own come first
        starter = cards[DEFAULT_MODEL].speed if DEFAULT_MODEL in cards else None
        begun = unfinished()
        for entry in catalogue.shipped_catalogue():
            state = self._download_state(entry.name, begun)
            cards.setdefault(entry.name, entry_card(entry, state, starter))
        for name in begun:
            cards.setdefault(
                name, ModelCard(name, name, self._download_state(name, begun), can_be_removed=True)
            )
        return list(cards.values())

    def card(self, name: str) -> ModelCard:
        """The card of one model, by its name or by its repository; ModelStoreError where there is none."""
        cards = self.cards()
        for card in cards:
            if card.name == name:
                return card
        for card in cards:
            if card.repository == name:
                return card
        known = ", ".join(card.name for card in cards)
        raise ModelStoreError(
            Sentence("There is no model “{name}”; available models: {known}.", name=name, known=known)
        )

    # Getting models

    def download(
        self,
        name: str,
        *,
        as_name: str | None = None,
        revision: str | None = None,
        weights: bool = False,
        with_language_model: bool = True,
        on_progress: Callable[[DownloadProgress], None] | None = None,
    ) -> Download:
        """A download that `run()` starts, or goes on with.

        name: of the catalogue, or any repository "owner/name" of the hub. as_name: of its folder.
        weights: the PyTorch weights too, to train from. Raises ModelStoreError for a name that is neither.
        """
        entry = catalogue.find_entry(name)
        if entry is not None:
            wanted = Wanted(
                as_name or entry.name,
                entry.repository,
                revision or entry.revision,
                # Sums are those of the version that the catalogue names.
                files=entry.files if revision in (None, entry.revision) else (),
                licence=entry.licence,
                languages=entry.languages,
            )
        elif name.count("/") == 1:
            wanted = Wanted(as_name or name.rpartition("/")[2], name, revision)
        else:
            raise ModelStoreError(
                Sentence(
                    "“{name}” is not in the catalogue; list what is with: asr-desktop models search, or "
                    "name a repository of the hub (owner/name).",
                    name=name,
                )
            )
        wanted = replace(wanted, weights=weights, with_language_model=with_language_model)
        running = self._downloads.get(wanted.name)
        if running is not None and running.progress.state in _RUNNING:
            return running
        download = Download(wanted, self._hub, on_progress=on_progress)
        self._downloads[wanted.name] = download
        return download

    def add(self, folder: Path, name: str | None = None) -> ModelFolder:
        """Copy a model folder into the store; where it holds PyTorch weights only, convert the copy.

        name: of the copy, the folder's own where left out. Raises ModelStoreError or ModelFolderError.
        """
        source = folder.expanduser()
        if not (source / "config.json").is_file():
            raise ModelStoreError(
                Sentence(
                    "{source} is not a model: it has no config.json; choose the folder that contains "
                    "it, vocab.json and the network.",
                    source=source,
                )
            )
        return self._from_folder(source, name or source.resolve().name, must_convert=False)[0]

    def convert(
        self,
        folder: Path,
        name: str | None = None,
        *,
        keep_float: bool = True,
        dev: Path | None = None,
        int8_cost: float = convert.MOST_INT8_COST,
    ) -> tuple[ModelFolder, list[str]]:
        """Turn a checkpoint into a model: a copy in the store, or in place for a folder that is there.

        dev, int8_cost: as in `convert_in_place`. Returns the model, and sentences about it. Raises
        ModelStoreError (ConversionError) or ModelFolderError.
        """
        source = folder.expanduser()
        arguments = [] if keep_float else ["--no-float"]
        if dev is not None:
            arguments += ["--dev", str(dev.expanduser().resolve()), "--int8-cost", str(int8_cost)]
        if name is None and source.resolve().parent == paths.models_folder().resolve():
            notes = convert.convert_in_own_process(source, arguments=arguments)
            return ModelFolder.load(source), notes
        return self._from_folder(
            source, name or source.resolve().name, must_convert=True, arguments=arguments
        )

    def _from_folder(
        self, source: Path, name: str, *, must_convert: bool, arguments: list[str] | None = None
    ) -> tuple[ModelFolder, list[str]]:
        disk.checked_name(name)
        if (paths.models_folder() / name).exists():
            raise ModelStoreError(
                Sentence("A model {name} already exists; choose another name with --name.", name=name)
            )
        files = [file for file in _model_files(source) if not (must_convert and file.suffix == ".onnx")]
        size = sum(file.stat().st_size for file in files)
        disk.check_space(size * (3 if must_convert else 1), Sentence("The model {name}", name=name))
        disk.staging_folder().mkdir(parents=True, exist_ok=True)
        notes: list[str] = []
        with folder_aside(disk.staging_folder(), disk.ADDING) as aside:
            staged = aside / name
            for file in files:
                target = staged / file.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
            has_network = any(file.suffix == ".onnx" for file in files)
            if must_convert or not has_network:
                notes = convert.convert_in_own_process(staged, arguments=arguments or ())
            return disk.install(staged, name), notes

    # Using and removing them

    def use(self, name: str) -> ModelFolder:
        """Make an installed model the one that is used where none is named; stored in the settings."""
        card = self.card(name)
        if card.path is None:
            raise ModelStoreError(
                Sentence("“{name}” is not installed; get it with: asr-desktop models get {name}", name=name)
            )
        model = ModelFolder.load(card.path)
        set_default_model(card.name)
        return model

    def remove(self, name: str) -> int:
        """Delete a model, or what has arrived of it; returns the bytes that this frees.

        Where it was the active one, the one that ships is used again. Raises ModelStoreError for a model that
        came with the program, or is being downloaded.
        """
        disk.checked_name(name)
        installed = paths.models_folder() / name
        begun = disk.staging_folder() / name
        if is_running(name):
            raise ModelStoreError(
                Sentence("The model {name} is being downloaded; stop that first.", name=name)
            )
        if not installed.is_dir() and not begun.is_dir():
            if (paths.bundled_models_folder() / name).is_dir():
                raise ModelStoreError(
                    Sentence("{name} is part of the program and cannot be removed.", name=name)
                )
            raise ModelStoreError(
                Sentence("There is no model “{name}” to remove; see: asr-desktop models list", name=name)
            )
        freed = 0
        for folder in (installed, begun):
            if folder.is_symlink():
                folder.unlink()  # the folder that it points to is somebody else's
            elif folder.is_dir():
                freed += disk.folder_bytes(folder)
                _delete(folder)
        self._downloads.pop(name, None)
        if settings.load()[0].model == name and not (paths.bundled_models_folder() / name).is_dir():
            set_default_model(DEFAULT_MODEL)
        return freed

    def measure(self, name: str) -> Speed:
        """How fast an installed model is here, which takes some seconds; remembered for its card."""
        card = self.card(name)
        if card.path is None:
            raise ModelStoreError(Sentence("“{name}” is not installed, so it cannot be measured.", name=name))
        model = ModelFolder.load(card.path)
        speed = measure_speed(model)
        remember_speed(model, speed)
        return speed

    def _download_state(self, name: str, begun: list[str]) -> ModelState:
        running = self._downloads.get(name)
        if running is not None and running.progress.state in _RUNNING:
            return ModelState(running.progress.state.value)
        if is_running(name):
            return ModelState.DOWNLOADING  # in another process
        return ModelState.PAUSED if name in begun else ModelState.AVAILABLE


def _model_files(source: Path) -> list[Path]:
    """What of a folder belongs to a model; not a training run's checkpoints, nor what else lies there."""
    names = {*CONFIGURATION, SOURCE_FILE, "alphabet.json"}
    found = []
    for file in sorted(source.rglob("*")):
        inside = file.relative_to(source)
        is_network = file.suffix in (".onnx", ".safetensors", ".data", ".onnx_data") or file.name in (
            "pytorch_model.bin",
            "model.safetensors.index.json",
        )
        is_known = inside.parts[:-1] in ((), ("onnx",)) and (file.name in names or is_network)
        if file.is_file() and (is_known or inside.parts[:-1] == ("language_model",)):
            found.append(file)
    return found


def _delete(folder: Path) -> None:
    # First out of the way in one step, so that no half-deleted folder passes for a model.
    disk.staging_folder().mkdir(parents=True, exist_ok=True)
    try:
        with folder_aside(disk.staging_folder(), disk.REMOVING) as grave:
            folder.rename(grave / folder.name)
            shutil.rmtree(grave)
    except OSError as error:
        raise ModelStoreError(
            Sentence(
                "{folder} cannot be deleted ({reason}); close what uses it, then try again.",
                folder=folder,
                reason=error.strerror or error,
            )
        ) from error
