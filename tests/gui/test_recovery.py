"""Recordings that a crash has left: the next start offers them, and makes their text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import Session, SessionState, create_session, list_sessions
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.recovery import left_behind, offer_recovery, recover
from tests.audio.fake_sound import wait_for
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

ROOT = Path(__file__).parents[2]
SPEECH = ROOT / "resources" / "general-speech"
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


@pytest.mark.real_recogniser
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


def left(speech: np.ndarray) -> Session:
    """What a recorder leaves that is killed: sound, and nobody who ended it."""
    session = create_session()
    session.append_event("started", 0.0)
    writer = WavWriter(session.part_path(1), RATE, 1)
    writer.append((speech * 32767).astype(np.int16).tobytes())
    writer.close()
    assert session.state() is SessionState.BROKEN
    return session


@pytest.fixture
def offers(context: AppContext) -> list[tuple[str, str, Callable[[], None]]]:
    """Sentence, words of the button, and what it does."""
    made: list[tuple[str, str, Callable[[], None]]] = []
    context.offer.connect(lambda *offer: made.append(offer))
    context.change_settings(threads=1)
    return made


def test_several_are_offered_at_once_and_the_first_is_opened(
    context: AppContext, offers: list[tuple[str, str, Callable[[], None]]], qtbot: QtBot
) -> None:
    voices = [read_all(SPEECH / f"{number:02}.ogg") for number in (1, 12)]
    sessions = [left(voice) for voice in voices]
    left(voices[0][: round(0.4 * RATE)])  # too short to ask about
    seconds = int(sum(len(voice) for voice in voices) / RATE)
    offer_recovery(context)
    assert operations.wait_for_all(60)
    ((sentence, button, recover_them),) = offers
    minutes = f"{seconds // 60}:{seconds % 60:02}"
    assert sentence == f"2 recordings, {minutes} minutes in total, were interrupted; their audio is safe."
    assert button == "Recover"
    opened: list[tuple[int, float]] = []
    context.open_transcript.connect(lambda entry, at: opened.append((entry, at)))
    with qtbot.waitSignals([context.show_message, context.library_changed], timeout=PATIENCE_MS):
        recover_them()
    entries = {os.path.realpath(str(one.session_folder)): one for one in context.library.entries()}
    assert entries.keys() == {os.path.realpath(session.path) for session in sessions}
    assert all(entry.word_count > 0 for entry in entries.values())
    assert [session.state() for session in sessions] == [SessionState.FINISHED] * 2
    sentence, button, open_it = offers[1]
    assert (sentence, button) == ("Recovered; it is in the Library.", "Open")
    open_it()
    assert opened == [(entries[os.path.realpath(sessions[-1].path)].id, 0.0)], "the newest comes first"
    assert left_behind() == []


def test_one_that_was_stopped_before_its_text_was_made_is_offered_too(
    context: AppContext, offers: list[tuple[str, str, Callable[[], None]]]
) -> None:
    session = left(read_all(SPEECH / "01.ogg"))
    session.repair()
    assert session.state() is SessionState.FINISHED
    done: list[int] = []
    offer_recovery(context)
    assert operations.wait_for_all(60)
    assert "A recording of 0:" in offers[0][0]
    (entry,) = recover(context, left_behind(), done.append)
    assert done == [1]
    assert context.library.entries()[0].id == entry
    assert left_behind() == []


def test_nothing_is_offered_where_nothing_was_left(context: AppContext, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert left_behind() == []
    offer_recovery(context)
    assert operations.wait_for_all(60)
    qtbot.wait(0)
    assert window.message_bar.messages() == []
