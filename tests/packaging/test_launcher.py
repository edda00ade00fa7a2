"""The first script of a package: its own parts by name and no others; other programs find their libraries."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path

import launcher
import pytest

ROOT = Path(__file__).resolve().parents[2]


def launched(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "packaging" / "launcher.py", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_it_is_the_command_line() -> None:
    assert launched("--version").stdout.startswith("asr-desktop ")


def test_it_is_the_recogniser_s_process_when_it_is_asked_to() -> None:
    done = launched(
        "--run-module", "asr_desktop.recognition.worker", "asr_desktop.recognition.worker.server:load"
    )
    assert '"ready"' in done.stdout.lower(), done.stderr


def test_it_is_the_trainer_when_it_is_asked_to() -> None:
    done = launched("--run-module", "trainer.cli", "language-model", "personal", "--help")
    assert done.returncode == 0, done.stderr
    assert "personal" in done.stdout


def test_it_runs_nothing_else() -> None:
    done = launched("--run-module", "http.server")
    assert done.returncode == 1
    assert done.stderr == "asr-desktop: http.server is no part of this program that runs by itself.\n"


@pytest.mark.parametrize(("before", "after"), [("/opt/lib", "/opt/lib"), (None, None)])
def test_other_programs_find_the_libraries_that_they_would_without_us(
    before: str | None, after: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/package/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    launcher.give_back_library_paths()
    assert os.environ.get("LD_LIBRARY_PATH") == after
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_with_python_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    launcher.give_back_library_paths()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/lib"


def test_a_library_of_the_package_is_found_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libportaudio.so.2").touch()
    (tmp_path / "libm.so.6").touch()
    of_system = {"m": "libm.so.6"}
    monkeypatch.setattr(ctypes.util, "find_library", of_system.get)
    launcher.find_own_libraries()
    assert ctypes.util.find_library("portaudio") is None
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    launcher.find_own_libraries()
    assert ctypes.util.find_library("portaudio") == str(tmp_path / "libportaudio.so.2")
    assert ctypes.util.find_library("m") == "libm.so.6"
    assert ctypes.util.find_library("nobody") is None
