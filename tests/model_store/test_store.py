"""The store: what there is, what becomes of it, and what is used where no model is named."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import paths, settings
from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.errors import CancelledError, DownloadError, ModelFolderError, ModelStoreError
from asr_desktop.model_store import catalogue, convert, disk
from asr_desktop.model_store import store as store_module
from asr_desktop.model_store.catalogue import CatalogueEntry, WordErrorRate
from asr_desktop.model_store.download import DownloadState
from asr_desktop.model_store.hub import Hub, HubFile
from asr_desktop.model_store.selection import chosen_language_model, chosen_model, default_model
from asr_desktop.model_store.speed_check import Speed, SpeedVerdict, measure_speed
from asr_desktop.model_store.store import ModelCard, ModelState, ModelStore
from tests.fixtures.make_models import model_folder
from tests.model_store.hub_stand_in import Fault, HubStandIn, StandInRepository

NETWORK = "onnx/model_quantized.onnx"


@pytest.fixture
def store(stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """A store whose catalogue has one model, with its network where transformers.js repositories have it."""
    folder = model_folder("wav2vec2-group")
    files = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix == ".json"}
    network = (folder / "model.onnx").read_bytes()
    files |= {NETWORK: network, "onnx/model.onnx": b"not this one"}
    stand_in.repositories["someone/tiny"] = StandInRepository(files, commit="a" * 40)
    entry = CatalogueEntry(
        name="tiny-en",
        title="English, tiny",
        repository="someone/tiny",
        revision="a" * 40,
        languages=("en",),
        licence="mit",
        size_bytes=len(network),
        source="https://example.invalid/tiny",
        files=(HubFile(NETWORK, len(network), hashlib.sha256(network).hexdigest()),),
        word_error_rates=(WordErrorRate(12.5, "a test set"),),
    )
    monkeypatch.setattr(catalogue, "shipped_catalogue", lambda: (entry,))
    # One run of the network, not runs for three seconds of which the fastest counts.
    monkeypatch.setattr(store_module, "measure_speed", partial(measure_speed, seconds=0.0))
    return ModelStore(Hub(stand_in.url))


@pytest.fixture
def own() -> Path:
    """A folder of the user's own, somewhere else."""
    return model_folder("wav2vec2-layer")


def card(store: ModelStore, name: str) -> ModelCard:
    return next(card for card in store.cards() if card.name == name)


def test_a_model_goes_from_available_to_active_and_back(store: ModelStore) -> None:
    assert card(store, "tiny-en").state is ModelState.AVAILABLE
    assert card(store, DEFAULT_MODEL).state is ModelState.ACTIVE
    store.download("tiny-en").run()
    installed = card(store, "tiny-en")
    assert installed.state is ModelState.INSTALLED
    assert installed.path == paths.models_folder() / "tiny-en"
    assert (installed.title, installed.licence, installed.languages) == ("English, tiny", "mit", ("en",))
    assert (installed.repository, installed.revision) == ("someone/tiny", "a" * 40)
    assert installed.word_error_rates[0].percent == 12.5
    assert not installed.can_be_trained
    assert installed.can_be_removed
    assert not card(store, DEFAULT_MODEL).can_be_removed
    store.use("tiny-en")
    assert card(store, "tiny-en").state is ModelState.ACTIVE
    assert card(store, DEFAULT_MODEL).state is ModelState.INSTALLED
    assert settings.load()[0].model == "tiny-en"
    assert store.remove("tiny-en") > 100_000
    assert card(store, "tiny-en").state is ModelState.AVAILABLE
    assert default_model() == DEFAULT_MODEL
    assert settings.load()[0].model == DEFAULT_MODEL
    assert not [path for path in disk.staging_folder().iterdir() if path.is_dir()]


def test_a_card_says_what_holds_the_files_to_be_the_right_ones(
    store: ModelStore, stand_in: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a pinned version, what the first download found is pinned in the folder."""
    assert "pins the version and the network's size and SHA-256" in (card(store, "tiny-en").checked or "")
    stand_in.repositories["another/unpinned"] = stand_in.repositories["someone/tiny"]
    folder = store.download("another/unpinned").run()
    source = json.loads((folder.path / "source.json").read_text())
    sums = {file["path"]: file["sha256"] or file["git_object"] for file in source["files"]}
    assert source["commit"] == "a" * 40
    assert set(sums) >= {"config.json", "vocab.json"}
    assert all(sums.values())
    unpinned = card(store, "unpinned")
    assert unpinned.revision == "a" * 40
    assert (unpinned.checked or "").startswith("no version is pinned: the newest is taken the first time")
    (entry,) = catalogue.shipped_catalogue()
    monkeypatch.setattr(catalogue, "shipped_catalogue", lambda: (replace(entry, files=()),))
    assert (card(store, "tiny-en").checked or "").startswith("the catalogue pins the version; each file by")
    assert card(store, DEFAULT_MODEL).checked is None


def test_the_catalogue_chooses_the_network(store: ModelStore) -> None:
    folder = store.download("tiny-en").run()
    assert folder.onnx_path == folder.path / NETWORK
    assert not (folder.path / "onnx/model.onnx").exists()


def test_a_download_shows_in_the_card_while_it_runs_and_after_it_broke(
    store: ModelStore, stand_in: HubStandIn
) -> None:
    stand_in.faults[NETWORK] = Fault(pause_seconds=0.05, then=None)
    moving = threading.Event()
    begun = store.download("tiny-en", on_progress=lambda progress: progress.done_bytes and moving.set())

    def run() -> None:
        with contextlib.suppress(CancelledError):
            begun.run()

    thread = threading.Thread(target=run)
    thread.start()
    assert moving.wait(60)
    assert card(store, "tiny-en").state is ModelState.DOWNLOADING
    assert store.download("tiny-en") is begun
    with pytest.raises(ModelStoreError, match="is being downloaded; stop that first"):
        store.remove("tiny-en")
    # Another program sees it as well.
    assert card(ModelStore(), "tiny-en").state is ModelState.DOWNLOADING
    begun.cancel()
    thread.join(60)
    assert begun.progress.state is DownloadState.CANCELLED
    paused = card(store, "tiny-en")
    assert paused.state is ModelState.PAUSED
    assert paused.can_be_removed
    assert store.remove("tiny-en") > 0
    assert card(store, "tiny-en").state is ModelState.AVAILABLE


def test_any_repository_of_the_hub_can_be_had_by_name(store: ModelStore, stand_in: HubStandIn) -> None:
    files = dict(stand_in.repositories["someone/tiny"].files)
    files["model.onnx"] = files.pop(NETWORK)
    stand_in.repositories["other/speech"] = StandInRepository(files, card={"license": "cc0-1.0"})
    store.download("other/speech").run()
    assert card(store, "speech").licence == "cc0-1.0"
    assert store.card("other/speech").name == "speech"
    store.download("other/speech", as_name="again").run()
    with pytest.raises(ModelStoreError, match="is not in the catalogue"):
        store.download("speech-recogniser")


def test_what_was_begun_of_no_catalogue_s_model_is_seen(store: ModelStore, stand_in: HubStandIn) -> None:
    stand_in.repositories["other/speech"] = stand_in.repositories["someone/tiny"]
    stand_in.faults["vocab.json"] = Fault(status=404)
    with pytest.raises(DownloadError):
        store.download("other/speech").run()
    assert card(store, "speech").state is ModelState.PAUSED
    store.remove("speech")
    assert disk.unfinished() == []


def test_a_folder_is_added_as_a_copy_without_what_is_no_model(
    store: ModelStore, own: Path, tmp_path: Path
) -> None:
    source = tmp_path / "mine"
    shutil.copytree(own, source)
    (source / "checkpoint-100").mkdir()
    (source / "checkpoint-100" / "model.safetensors").write_bytes(b"old")
    (source / "diary.txt").write_text("private")
    added = store.add(source)
    assert added.path == paths.models_folder() / "mine"
    assert {path.name for path in added.path.iterdir()} == {path.name for path in own.iterdir()}
    assert card(store, "mine").can_be_trained
    with pytest.raises(ModelStoreError, match="A model mine already exists"):
        store.add(source)
    assert store.add(source, "other").name == "other"


def test_what_is_no_model_is_not_added(store: ModelStore, own: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError, match=r"has no config\.json"):
        store.add(tmp_path)
    source = tmp_path / "half"
    shutil.copytree(own, source)
    (source / "vocab.json").write_text("{}")
    with pytest.raises(ModelFolderError):
        store.add(source)
    assert not (paths.models_folder() / "half").exists()
    assert not [path for path in disk.staging_folder().iterdir() if path.is_dir()]


def test_a_folder_without_onnx_is_converted_on_the_way(
    store: ModelStore, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "weights"
    shutil.copytree(own, source)
    network = (source / "model.onnx").read_bytes()
    (source / "model.onnx").unlink()

    def convert_here(folder: Path, cancelled: object = None, *, arguments: object = ()) -> list[str]:
        (folder / "model.onnx").write_bytes(network)
        return ["a note"]

    monkeypatch.setattr(convert, "convert_in_own_process", convert_here)
    assert (store.add(source).path / "model.onnx").is_file()
    assert not (source / "model.onnx").exists()
    # And one that is there already is converted where it lies.
    (paths.models_folder() / "weights" / "model.onnx").unlink()
    model, notes = store.convert(paths.models_folder() / "weights")
    assert (model.path.name, notes) == ("weights", ["a note"])


def test_a_broken_folder_is_shown_with_its_reason_and_can_be_removed(store: ModelStore) -> None:
    broken = paths.models_folder() / "broken"
    broken.mkdir(parents=True)
    shown = card(store, "broken")
    assert shown.state is ModelState.UNUSABLE
    assert "config.json" in str(shown.problem)
    with pytest.raises(ModelFolderError):
        store.use("broken")
    store.remove("broken")
    assert not broken.exists()


def test_what_is_not_there_cannot_be_used_removed_or_measured(store: ModelStore) -> None:
    with pytest.raises(
        ModelStoreError, match="There is no model “nobody”; available models: starter-en, tiny-en"
    ):
        store.use("nobody")
    with pytest.raises(ModelStoreError, match="get it with: asr-desktop models get tiny-en"):
        store.use("tiny-en")
    with pytest.raises(ModelStoreError, match="cannot be measured"):
        store.measure("tiny-en")
    with pytest.raises(ModelStoreError, match="no model “tiny-en” to remove"):
        store.remove("tiny-en")
    with pytest.raises(ModelStoreError, match="cannot be named"):
        store.remove("../library")
    with pytest.raises(ModelStoreError, match="is part of the program"):
        store.remove(DEFAULT_MODEL)


def test_a_linked_folder_is_only_unlinked(store: ModelStore, own: Path) -> None:
    paths.models_folder().mkdir(parents=True)
    (paths.models_folder() / "linked").symlink_to(own, target_is_directory=True)
    assert store.remove("linked") == 0
    assert (own / "model.onnx").is_file()


def test_a_chosen_model_that_is_gone_is_said(store: ModelStore, own: Path) -> None:
    store.add(own, "mine")
    store.use("mine")
    assert chosen_model() == ("mine", None)
    shutil.rmtree(paths.models_folder() / "mine")
    name, sentence = chosen_model()
    assert name == DEFAULT_MODEL
    assert str(sentence).startswith("The selected model mine no longer exists")


def test_a_language_model_chosen_apart_goes_with_the_chosen_model_alone(
    store: ModelStore, own: Path, tmp_path: Path
) -> None:
    store.add(own, "mine")
    store.use("mine")
    learnt = tmp_path / "learnt"
    learnt.mkdir()
    settings.save(settings.load()[0].changed(language_model=str(learnt)))
    assert chosen_language_model("mine") == (str(learnt), None)
    assert chosen_language_model(DEFAULT_MODEL) == (None, None)
    (learnt / "alphabet.json").write_text('{"labels": ["ж", "ф"]}', encoding="utf-8")
    name, sentence = chosen_language_model("mine")
    assert name is None
    assert "a different alphabet" in str(sentence)
    shutil.rmtree(learnt)
    name, sentence = chosen_language_model("mine")
    assert name is None
    assert "no longer exists" in str(sentence)
    settings.save(settings.load()[0].changed(language_model=""))
    assert chosen_language_model("mine") == (None, None)


def test_the_measured_speed_is_on_the_card(store: ModelStore, own: Path) -> None:
    store.add(own, "mine")
    assert card(store, "mine").speed is None
    speed = store.measure("mine")
    assert card(store, "mine").speed == speed
    assert speed.real_time_factor > 0.0
    assert speed.provider
    # Another network in its place has not been measured.
    network = paths.models_folder() / "mine" / "model.onnx"
    network.write_bytes(network.read_bytes() + b"")
    assert card(store, "mine").speed is None


@pytest.mark.parametrize(
    ("factor", "verdict"), [(0.05, SpeedVerdict.LIVE), (0.3, SpeedVerdict.DELAYED), (0.9, SpeedVerdict.FILES)]
)
def test_the_verdict_follows_the_speed(factor: float, verdict: SpeedVerdict) -> None:
    assert Speed(factor, "cpu").verdict is verdict


@pytest.mark.parametrize("damage", ["", "[]", '{"a": 3}', "{"])
def test_damaged_speeds_count_as_none(store: ModelStore, own: Path, damage: str) -> None:
    store.add(own, "mine")
    (paths.data_folder() / "speeds.json").write_text(damage)
    assert card(store, "mine").speed is None
    store.measure("mine")
    assert card(store, "mine").speed is not None


def test_what_killed_programs_left_of_copies_is_removed_and_nothing_else() -> None:
    downloads = paths.models_folder() / ".downloads"
    left, begun = downloads / "add-k3_x9abc", downloads / "begun"
    for folder in (left, begun):
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(bytes(100))
    with folder_aside(downloads, disk.ADDING) as in_use:
        disk.remove_leftovers()
        assert in_use.is_dir()
        assert not left.exists()
        assert begun.is_dir(), "a download that goes on later"
