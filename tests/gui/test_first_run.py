"""The first run: a microphone, its level, and the first sentence."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.gui import microphones
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.pages.first_run import FirstRun
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

PATIENCE_MS = 120_000
RATE = 16_000


def first_run(window: MainWindow) -> FirstRun:
    steps = window.findChild(FirstRun)
    assert isinstance(steps, FirstRun)
    return steps


def test_the_bar_moves_with_the_voice_and_one_click_leads_to_the_first_sentence(
    virtual_microphone: VirtualMicrophone, context: AppContext, qtbot: QtBot
) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.welcome()
    steps = first_run(window)
    qtbot.waitUntil(lambda: context.devices.is_known, timeout=PATIENCE_MS)
    assert steps.device_box.count() >= 2
    assert "Virtual-Microphone" in steps.device_box.itemText(0)
    voice = (0.3 * np.sin(np.arange(6 * RATE) * 2 * np.pi * 200 / RATE)).astype(np.float32)
    player = virtual_microphone.start_playing(voice, RATE)
    qtbot.waitUntil(lambda: steps.verdict.text() == "The microphone works.", timeout=PATIENCE_MS)
    assert steps.meter.level.rms_dbfs > -30
    player.kill()
    player.wait()
    qtbot.mouseClick(steps.start_button, Qt.MouseButton.LeftButton)
    assert window.current_page == "live"
    assert context.settings.has_been_welcomed
    qtbot.waitUntil(lambda: context.live.state is LiveState.LISTENING, timeout=PATIENCE_MS)
    with qtbot.waitSignal(context.live.ended, timeout=PATIENCE_MS):
        context.live.stop()


def test_without_a_microphone_it_says_so_and_can_be_put_aside(
    context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphones, "list_inputs", lambda: ())
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.welcome()
    steps = first_run(window)
    qtbot.waitUntil(lambda: "No microphone was found" in steps.verdict.text(), timeout=PATIENCE_MS)
    assert not steps.start_button.isEnabled()
    qtbot.mouseClick(steps.later_button, Qt.MouseButton.LeftButton)
    assert context.settings.has_been_welcomed
    assert context.live.state is LiveState.IDLE
