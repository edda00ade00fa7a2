"""A small repository on the stand-in for the hub, and downloads of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asr_desktop.base import paths
from asr_desktop.model_store.download import Download, Wanted
from asr_desktop.model_store.hub import Hub
from asr_desktop.recognition.model_folder import scan_models
from tests.fixtures.make_models import model_folder
from tests.model_store.hub_stand_in import Fault, HubStandIn, StandInRepository

NAME = "someone/tiny"
NETWORK = "model.onnx"
WAIT_SECONDS = 60.0


@pytest.fixture
def tiny(stand_in: HubStandIn) -> StandInRepository:
    """A repository with a small model that can be used."""
    folder = model_folder("wav2vec2-group")
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    files |= {"README.md": b"# tiny\n", "train.py": b"import os", "optimizer.pt": b"junk"}
    repository = StandInRepository(files, card={"license": "mit", "language": ["en"]})
    stand_in.repositories[NAME] = repository
    return repository


@pytest.fixture
def start(stand_in: HubStandIn, tiny: StandInRepository) -> Callable[..., Download]:
    def make(**changes: Any) -> Download:
        on_progress = changes.pop("on_progress", None)
        wanted = Wanted(**{"name": "tiny", "repository": NAME, **changes})
        return Download(wanted, Hub(stand_in.url), on_progress=on_progress, first_wait_seconds=0.01)

    return make


def nothing_is_installed() -> bool:
    models, broken = scan_models()
    home = paths.models_folder()
    return not broken and all(model.path.parent != home for model in models)


def broken_for_good_after(count: int) -> Fault:
    return Fault(cut_after_bytes=count, times=1, then=Fault(cut_after_bytes=0))
