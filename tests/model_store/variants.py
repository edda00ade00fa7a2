"""Models that can be told from one another, for what chooses between versions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from asr_desktop.recognition.model_folder import find_model
from tests.fixtures.make_models import model_folder


def variant(folder: Path, mark: str) -> Path:
    """A model that can be told from the others."""
    shutil.copytree(model_folder("hubert"), folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "mark": mark}))
    return folder


def in_use(name: str) -> str:
    mark: str = find_model(name).config["mark"]
    return mark
