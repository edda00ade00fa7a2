"""No job reaches another machine unasked, or leaves a file outside the data folder; and what it leaves there,
other users may not read.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from asr_desktop.audio.read import read_all
from tests.isolated import ROOT, Computer, attempts_in, has_own_network

SAMPLE = ROOT / "resources" / "samples" / "welcome.ogg"
REPORTING = {"onnxruntime", "huggingface_hub", "transformers", "datasets", "faster_whisper"}
"""Libraries that report their use unless they are told not to before their import."""
TOLD = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY")


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer.new(tmp_path / "computer")


@pytest.mark.skipif(not has_own_network(), reason="this machine allows no network namespaces")
@pytest.mark.parametrize(
    "attempt", ["create_connection(('192.0.2.1', 443), 5)", "getaddrinfo('example.com', 443)"]
)
def test_an_attempt_would_be_noticed(computer: Computer, attempt: str) -> None:
    with pytest.raises(AssertionError, match="tried"):
        computer.python("-c", f"import socket\ntry: socket.{attempt}\nexcept OSError: pass")
    assert attempts_in((computer.root / "counts").read_text()) > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("transcribe", SAMPLE, SAMPLE, "--format", "srt"),
        ("models", "list"),
        ("models", "search"),
        ("models", "info", "starter-en", "--measure"),
        ("library", "list"),
        ("sessions",),
        ("doctor",),
        ("watch", SAMPLE.parent, "--once"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_a_command_keeps_to_itself(computer: Computer, arguments: tuple[object, ...]) -> None:
    output = computer.root / "out"
    if arguments[0] in ("transcribe", "watch"):
        arguments = (*arguments, "--output-dir", output)
    done = computer.python("-m", "asr_desktop", *arguments)
    assert done.returncode == 0, done.stderr
    assert all(path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644) for path in made_in(output))
    assert computer.left_elsewhere() == []
    assert computer.open_to_others() == []


def made_in(output: Path) -> list[Path]:
    return [output, *output.rglob("*")] if output.exists() else []


def test_live_keeps_to_itself(computer: Computer) -> None:
    sound = computer.root / "sound.wav"
    soundfile.write(sound, read_all(SAMPLE)[: 4 * 16_000], 16_000)
    done = computer.python("-m", "tests.live_from_file", sound, 4, 0, "live", "--json", "--seconds", 5)
    assert done.returncode == 0, done.stderr
    assert computer.left_elsewhere() == []
    assert computer.open_to_others() == []


def test_the_window_keeps_to_itself(computer: Computer) -> None:
    code = """
from PySide6.QtWidgets import QApplication
from asr_desktop.gui import app
from asr_desktop.gui.main_window import MainWindow, known_pages

def load(context):
    loading = context.run(lambda: context.live_engine.load(context.model_choice()).wait())
    loading.on_success(lambda _: QApplication.quit())

def show(window):
    for page in known_pages():
        window.go_to(page.key)

app._load_model, MainWindow.show = load, show
raise SystemExit(app.main())
"""
    done = computer.python("-c", code)
    assert done.returncode == 0, done.stderr
    assert computer.left_elsewhere() == []
    assert computer.open_to_others() == []


@pytest.mark.parametrize("package", ["asr_desktop", "trainer", "benchmarks"])
def test_each_package_tells_the_libraries_first(package: str) -> None:
    code = (
        f"import os, sys, {package}; "
        f"print([os.environ[name] for name in {TOLD}], {REPORTING} & {{*sys.modules}})"
    )
    environment = {name: value for name, value in os.environ.items() if name not in TOLD}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == "['1', '1'] set()\n", done.stderr


def test_no_script_imports_a_reporting_library_before_the_program() -> None:
    """Modules of the packages pass their package first; a script has to import one of these."""
    for script in (ROOT / "scripts").glob("*.py"):
        imported = [name for node in ast.walk(ast.parse(script.read_text())) for name in _imports(node)]
        assert not REPORTING & set(imported), f"{script.name}: import it by way of asr_desktop or trainer"


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").split(".")[0]]
    return []
