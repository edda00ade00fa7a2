"""What the tests of the Voice page's tabs share: a page with sentences of ours, a microphone that hears a
voice, and a child that only says what a training says."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.audio.devices import InputDevice
from asr_desktop.audio.recorder import Recorder
from asr_desktop.gui import voice_reading
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.gui.voice_reading import ReadingState
from asr_desktop.teaching.own_voice import recordings_folder
from asr_desktop.teaching.wizard.wizard import Wizard
from tests.audio.fake_sound import FakeCapture, FakeSoundSystem

PATIENCE_MS = 60_000
RATE = 16_000
SENTENCES = ("the boat came back", "the people went home", "it was a long evening")


BLOCK_SECONDS = 0.05


class Speaker(FakeSoundSystem):
    """A microphone that hears noise as loud as a voice, as long as it is open."""

    def __init__(self, loudness: float = 3000.0) -> None:
        super().__init__()
        self.loudness = loudness

    def open(self, device: InputDevice) -> FakeCapture:
        capture = super().open(device)
        threading.Thread(target=self._speak, args=(capture,), daemon=True).start()
        return capture

    def _speak(self, capture: FakeCapture) -> None:
        noise = np.random.default_rng(0)
        while not capture.is_closed:
            capture.hear(
                noise.normal(0, self.loudness, round(BLOCK_SECONDS * RATE))
                .clip(-32768, 32767)
                .astype(np.int16)
            )
            time.sleep(BLOCK_SECONDS)


@pytest.fixture
def speaker(context: AppContext) -> Speaker:
    room = Speaker()
    context.live.make_recorder = partial(Recorder, find=room.find, capture=room.open)
    return room


@pytest.fixture
def problems(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the check finds wrong with the next takes; sentences are ours, and no model listens."""
    from asr_desktop.teaching.wizard import wizard
    from asr_desktop.teaching.wizard.takes import TakeCheck, check_take

    found: list[Any] = []

    def check(samples: NDArray[np.float32], prompt: str, listener: object) -> TakeCheck:
        return TakeCheck(prompt, check_take(samples, prompt, None).measures, None, tuple(found))

    monkeypatch.setattr(wizard, "check_take", check)

    def make(model: str, text: str, number: int) -> tuple[Wizard, int]:
        own = Path(text).read_text(encoding="utf-8").splitlines() if text else SENTENCES
        return Wizard(recordings_folder(), own), number

    monkeypatch.setattr(voice_reading, "_make_wizard", make)
    return found


@pytest.fixture
def page(context: AppContext, qtbot: QtBot, problems: list[Any]) -> VoicePage:
    page = VoicePage(context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.entered()
    qtbot.waitUntil(lambda: page.reading.state is ReadingState.IDLE, timeout=PATIENCE_MS)
    return page


def press(page: VoicePage, qtbot: QtBot) -> None:
    """Space, as a person presses it."""
    page.activateWindow()
    page.read_aloud.record_button.setFocus()
    qtbot.keyClick(page.read_aloud.record_button, Qt.Key.Key_Space)


def reach(page: VoicePage, qtbot: QtBot, state: ReadingState) -> None:
    qtbot.waitUntil(lambda: page.reading.state is state, timeout=PATIENCE_MS)


def take(page: VoicePage, qtbot: QtBot, speaker: Speaker, seconds: float = 0.5) -> None:
    """Read a sentence, up to what the check says of it."""
    press(page, qtbot)
    reach(page, qtbot, ReadingState.READING)
    wanted = speaker.capture.callbacks + math.ceil(seconds / BLOCK_SECONDS)
    qtbot.waitUntil(lambda: speaker.capture.callbacks >= wanted, timeout=PATIENCE_MS)
    press(page, qtbot)
    reach(page, qtbot, ReadingState.CHECKED)


def child(tmp_path: Path, code: str) -> Callable[[str], list[str]]:
    """A command that says what `asr-trainer personalise --json` says."""
    script = tmp_path / "child.py"
    script.write_text(
        "import json, signal, sys, time\n"
        "def tell(**what): print(json.dumps(what), flush=True)\n"
        "def progress(**what): tell(type='progress', **what)\n" + code,
        encoding="utf-8",
    )
    return lambda model: [sys.executable, "-u", str(script), model]
