"""The main way of every command, with the shipped model: it does what it is for and complains of nothing.

tests/test_run_time_set.py runs this where only the run-time set is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import paths
from asr_desktop.commands.app import app
from asr_desktop.transcripts.export import FORMATS

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = paths.resources_folder() / "samples" / "welcome.ogg"
PATIENCE_SECONDS = 240.0

pytestmark = pytest.mark.slow

ELSEWHERE = {
    "devices": "tests/commands/test_devices_command.py, with a sound system",
    "serve": "tests/server",
    "open": "tests/commands/test_open_files.py, with a window",
    "menu-entry": "tests/commands/test_menu_entry.py: it writes into the desktop's own folders",
    **dict.fromkeys(
        ("toggle", "start", "stop", "cancel", "correct"),
        "tests/commands/test_dictation_commands.py, with a running program",
    ),
    "tray": "tests/gui/test_tray_start.py, with a tray",
    "live": "tests/commands/test_live_command.py, with a microphone that hears a file",
    "models get": "tests/commands/test_models_command.py, with a hub",
    "models convert": "tests/model_store/test_convert.py: it needs the trainer's packages",
}
"""Commands whose main way needs more than a sound file, and where they are tried."""


def run(*arguments: str | Path, module: str = "asr_desktop") -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def every_command(group: TyperGroup, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from every_command(command, f"{above}{name} ")
        else:
            yield above + name


def test_every_command_is_tried_here_or_elsewhere(tmp_path: Path) -> None:
    """A new command stands in one of the tests below, or in ELSEWHERE."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    text = Path(__file__).read_text(encoding="utf-8")
    missing = [
        name
        for name in every_command(group)
        if name not in ELSEWHERE and "run(" + ", ".join(f'"{word}"' for word in name.split()) not in text
    ]
    assert missing == []


def test_a_file_in_every_format_and_the_library(tmp_path: Path) -> None:
    asked = [part for name in FORMATS for part in ("--format", name)]
    run("transcribe", SAMPLE, *asked, "--output-dir", tmp_path / "out", "--hotword", "machine", "--library")
    written = sorted(path.suffix.removeprefix(".") for path in (tmp_path / "out").iterdir())
    assert written == sorted(FORMATS)
    (entry, *_rest) = run("library", "list").split()
    assert entry == "1"
    assert "left" in run("library", "search", "left")
    assert "left" in run("library", "show", entry)
    assert "-->" in run("library", "export", entry, "--format", "srt")
    run("library", "rename", entry, "Another title")
    run("library", "tag", entry, "tried")
    assert "Another title" in run("library", "list", "--tag", "tried")
    run("library", "delete", entry)
    run("library", "restore", entry)
    run("library", "delete", entry)
    run("library", "empty-bin", "--yes")
    run("library", "add", tmp_path / "out" / "welcome.json")
    run("library", "repair")
    assert "welcome" in run("library", "list")


def test_a_watched_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(SAMPLE, tmp_path / "in")
    run("watch", tmp_path / "in", "--once", "--format", "txt", "--output-dir", tmp_path / "out")
    assert "left" in (tmp_path / "out" / "welcome.txt").read_text(encoding="utf-8")


def test_an_archive(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(SAMPLE, tmp_path / "in")
    assert "1 of 1 recordings" in run("archive", tmp_path / "in", "--output-dir", tmp_path / "out")
    assert "left" in (tmp_path / "out" / "welcome.txt").read_text(encoding="utf-8")


def test_what_there_is(home: Path) -> None:
    assert "Transcription works." in run("doctor")
    assert "FFmpeg" in run("licences")
    run("sessions")
    run("recover")


def test_models(home: Path) -> None:
    shutil.copytree(paths.bundled_models_folder() / DEFAULT_MODEL, home / "a-copy")
    run("models", "add", home / "a-copy")
    assert "a-copy" in run("models", "list")
    assert run("models", "search", "--language", "de")
    run("models", "use", "a-copy")
    assert "a-copy" in run("models", "info", "a-copy")
    run("models", "remove", "a-copy")
    assert "a-copy" not in run("models", "list")


def test_what_the_trainer_does_without_pytorch(tmp_path: Path) -> None:
    """Check training data, and learn a person's words."""
    run("transcribe", SAMPLE, "--format", "json", "--output-dir", tmp_path)
    pairs = ("--all-segments", "--output", tmp_path / "pairs")
    run("pairs", tmp_path / "welcome.json", *pairs, module="trainer.cli")
    run("check", tmp_path / "pairs", module="trainer.cli")
