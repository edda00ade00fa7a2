"""Into a terminal, which has another key for pasting and pastes the primary selection."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.x11 import clipboard as clipboard_module
from asr_desktop.dictation.x11.clipboard import Clipboard
from asr_desktop.dictation.x11.desktop import X11Desktop
from tests.dictation.x_screen import Screen, wait_until


@pytest.fixture
def written(screen: Screen, tmp_path: Path) -> Iterator[Path]:
    """What a program in the terminal was given."""
    if shutil.which("xterm") is None:
        pytest.skip("xterm is not installed")
    file = tmp_path / "written"
    terminal = subprocess.Popen(
        ["xterm", "-u8", "-title", "Terminal", "-e", "sh", "-c", f"cat >{file}"],
        env={**screen.environment, "LC_ALL": "C.UTF-8"},
        stderr=subprocess.DEVNULL,
    )
    wait_until(file.exists, "the terminal")
    yield file
    terminal.kill()
    terminal.wait()


@pytest.fixture
def target(desktop: X11Desktop, written: Path) -> Target:
    wait_until(
        lambda: (front := desktop.front_window()) and front.program == "xterm", "the terminal in front"
    )
    front = desktop.front_window()
    assert front is not None
    return front


TEXT = "Grüße – “quoted” €5\n"


def test_typing(desktop: X11Desktop, target: Target, written: Path) -> None:
    desktop.type_text(TEXT, target)
    wait_until(lambda: written.read_text() == TEXT, "the line")


def test_pasting_restores_both_selections(
    screen: Screen, desktop: X11Desktop, target: Target, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard_module, "TAKEN_WITHIN_SECONDS", 15.0)
    onlooker = Clipboard(screen.name)
    onlooker.copy("copied before")
    before = onlooker.contents(), onlooker.contents("PRIMARY")
    for _ in range(3):
        desktop.paste_text(TEXT, target)
    wait_until(lambda: written.read_text() == 3 * TEXT, "three lines")
    assert (onlooker.contents(), onlooker.contents("PRIMARY")) == before
    onlooker.close()
