"""kill -9 while the window records: the next start offers what was left, and makes its text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import Session, SessionState, list_sessions
from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.recovery import left_behind, offer_recovery
from tests.audio.fake_sound import wait_for
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

pytestmark = pytest.mark.real_recogniser

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 120_000
RATE = 16_000

# The whole program, whose user presses the button at once and is then asked for nothing more.
_PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from asr_desktop.gui import app, live_controller
from asr_desktop.gui.main_window import MainWindow

show = MainWindow.show
def show_and_record(window):
    show(window)
    live = window.context.live
    live.state_changed.connect(lambda state: print(state.value, flush=True))
    QTimer.singleShot(0, live.start)
MainWindow.show = show_and_record
sys.exit(app.main())
"""


def test_killed_while_recording_nothing_that_was_said_is_lost(
    virtual_microphone: VirtualMicrophone, home: Path, context: AppContext, qtbot: QtBot
) -> None:
    try:
        speech = read_all(spoken("the boat came back in the evening and the people went home"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert [program.stdout.readline() for _ in range(2)] == ["starting\n", "listening\n"]
    virtual_microphone.play(np.concatenate([speech, np.zeros(RATE // 2, np.float32)]), RATE)
    program.kill()
    program.wait()
    program.stdout.close()
    (summary,) = list_sessions()
    session = Session(summary.path)
    wait_for(lambda: session.state() is SessionState.BROKEN, "the lock to be let go of")
    assert session.duration_seconds() > len(speech) / RATE

    context.change_settings(threads=1)
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    offer_recovery(context)
    qtbot.waitUntil(lambda: bool(window.message_bar.messages()), timeout=PATIENCE_MS)
    offer = window.message_bar.messages()[0]
    assert "its audio is safe" in offer.sentence
    with qtbot.waitSignal(context.library_changed, timeout=PATIENCE_MS):
        offer.action_button.click()
    (entry,) = context.library.entries()
    assert entry.word_count > 0
    assert entry.session_folder is not None
    assert os.path.realpath(entry.session_folder) == os.path.realpath(session.path)
    assert session.state() is SessionState.FINISHED
    assert left_behind() == []


def test_nothing_is_offered_where_nothing_was_left(context: AppContext, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert left_behind() == []
    offer_recovery(context)
    assert operations.wait_for_all(60)
    qtbot.wait(0)
    assert window.message_bar.messages() == []
