"""A data folder in which nearly everything is odd: every command names what it cannot read, and goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.make_models import model_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")

DEEP = '{"a":' * 100_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    healthy = model_folder("wav2vec2-group")
    models = tmp_path / "models"
    for name in ("good", "deep", "pipe", "pointer"):
        (models / name).mkdir(parents=True)
        for file in healthy.iterdir():
            (models / name / file.name).symlink_to(file)
    for name in ("deep", "pipe", "pointer"):
        (models / name / "config.json").unlink()
    (models / "deep" / "config.json").write_text(DEEP)
    os.mkfifo(models / "pipe" / "config.json")
    (models / "pointer" / "current").write_bytes(b"\xff../../good")
    (models / ".downloads" / "begun").mkdir(parents=True)
    for place in (
        "settings.toml",
        "speeds.json",
        "checked-files.json",
        "models/.downloads/begun/download.json",
    ):
        os.mkfifo(tmp_path / place)
    for number in ("000001", "000002", "20261130110000"):
        (tmp_path / "library" / number).mkdir(parents=True)
    (tmp_path / "library" / "000001" / "transcript.json").write_text(DEEP)
    os.mkfifo(tmp_path / "library" / "000002" / "transcript.json")
    session = tmp_path / "sessions" / "2026-11-21_09-30-12"
    session.mkdir(parents=True)
    (session / "events.jsonl").write_text(
        DEEP + '\n{"type": "started", "time": "0001-01-01T00:00:00+14:00"}\n'
    )
    for name in ("transcript.jsonl", "sound-001.wav"):
        os.mkfifo(session / name)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("models list", ("good ", "deep/config.json", "pipe/config.json", "pointer/current")),
        ("models info good", ("trainable",)),
        ("library list", ("000001", "000002")),
        ("library repair", ("000001", "000002", "20261130110000")),
        ("sessions", ("2026-11-21_09-30-12",)),
    ],
)
def test_every_command_goes_on(home: Path, command: str, said: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "asr_desktop", *command.split()],
        capture_output=True,
        text=True,
        env={**os.environ, "ASR_DESKTOP_HOME": str(home)},
        timeout=120,
        check=False,
    )
    told = done.stdout + done.stderr
    assert all(part in told for part in said), told
    assert "Something unexpected" not in told
    assert "Traceback" not in told
