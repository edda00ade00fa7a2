"""No job of the trainer reaches another machine unasked, or leaves a file outside its output folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.make_models import model_folder
from tests.isolated import Computer


@pytest.mark.parametrize("command", ["evaluate", "export", "check", "train"])
def test_a_command_keeps_to_itself(tmp_path: Path, packs: Path, command: str) -> None:
    computer = Computer.new(tmp_path / "computer")
    model, output = model_folder("wav2vec2-group"), tmp_path / "out"
    arguments: dict[str, tuple[object, ...]] = {
        "evaluate": (model, packs / "held-out"),
        "export": (model, "--output", output),
        "check": (packs / "held-out",),
        "train": (packs / "train", "--from", model, "--output", output, "--steps", 1),
    }
    done = computer.python("-m", "trainer.cli", command, *arguments[command])
    assert done.returncode in (0, 1), done.stderr  # 1: the check found something
    assert "Traceback" not in done.stderr
    assert command == "check" or done.returncode == 0, done.stderr
    assert computer.left_elsewhere() == []
    assert computer.open_to_others() == []
