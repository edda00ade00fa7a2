"""What the tests of dictation share: a desktop with two windows, a dictation, and what the user does."""

from __future__ import annotations

from typing import ClassVar

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationController, DictationState
from asr_desktop.gui.dictation_correction import CorrectionWindow, show_correction
from asr_desktop.gui.dictation_keys import TALK
from asr_desktop.gui.dictation_overlay import DictationOverlay
from asr_desktop.gui.notices import Notice
from asr_desktop.recognition.live_events import Final
from tests.dictation.test_session import OTHER, TextDesktop
from tests.dictation.test_spoken_commands import words
from tests.gui.conftest import QuietRoom

PATIENCE_MS = 60_000


@pytest.fixture
def desktop() -> TextDesktop:
    return TextDesktop()


@pytest.fixture
def dictation(context: AppContext, quiet_room: QuietRoom, desktop: TextDesktop) -> DictationController:
    context.dictation.inserting.make_desktop = lambda: desktop
    return context.dictation


@pytest.fixture
def overlay(context: AppContext, dictation: DictationController, qtbot: QtBot) -> DictationOverlay:
    overlay = DictationOverlay(context)
    qtbot.addWidget(overlay)
    return overlay


@pytest.fixture
def notices(context: AppContext) -> list[Notice]:
    found: list[Notice] = []
    context.notify.connect(found.append)
    return found


def begin(dictation: DictationController, qtbot: QtBot) -> None:
    dictation.start()
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)


def end(dictation: DictationController, qtbot: QtBot) -> None:
    dictation.stop()
    qtbot.waitUntil(lambda: dictation.state is DictationState.IDLE, timeout=PATIENCE_MS)


def settle(dictation: DictationController, qtbot: QtBot) -> None:
    """All that was put off has happened: in the window's thread, and then in the one that inserts."""
    happened: list[bool] = []
    QTimer.singleShot(0, lambda: happened.append(True))
    qtbot.waitUntil(lambda: bool(happened), timeout=PATIENCE_MS)
    dictation.inserting.submit(lambda: None).result()


def say(context: AppContext, text: str) -> None:
    context.live.heard.emit(Final(1, words(text), 0.5, 2.0))


def dictate(context: AppContext, dictation: DictationController, qtbot: QtBot, text: str) -> None:
    """A dictation of one utterance, from its begin to its end."""
    begin(dictation, qtbot)
    say(context, text)
    qtbot.waitUntil(lambda: dictation.last_utterance is not None, timeout=PATIENCE_MS)
    end(dictation, qtbot)


def hold_key(dictation: DictationController, qtbot: QtBot, at_seconds: float) -> None:
    """Press the key for dictation, and wait until it listens."""
    dictation._key.emit(TALK, True, at_seconds)
    qtbot.waitUntil(lambda: dictation.state is DictationState.LISTENING, timeout=PATIENCE_MS)


def begin_without_place(
    context: AppContext, dictation: DictationController, overlay: DictationOverlay, qtbot: QtBot,
    desktop: TextDesktop, text: str,
) -> None:  # fmt: skip
    """A dictation whose window is no longer in front: its first utterance waits in the overlay."""
    begin(dictation, qtbot)
    desktop.front = OTHER
    say(context, text)
    qtbot.waitUntil(lambda: shown(overlay) == [text.capitalize()], timeout=PATIENCE_MS)


def corrected(context: AppContext, dictation: DictationController, qtbot: QtBot) -> CorrectionWindow:
    """The window for what was dictated last, once the dictation has ended."""
    settle(dictation, qtbot)
    assert dictation.last_utterance is not None
    return show_correction(context, dictation.last_utterance)


def shown(overlay: DictationOverlay) -> list[str]:
    """The texts that wait in the overlay."""
    return [view.text.text() for view in overlay.kept]


class Keys:
    conflicts: ClassVar[dict[str, str]] = {"cancel": "Another program uses it."}
    bound: ClassVar[dict[str, str] | None] = None
    opened: ClassVar[list[dict[str, str]]] = []

    def __init__(self, chords: dict[str, str], on_key: object, names: object, on_change: object) -> None:
        Keys.opened.append(chords)
        Keys.on_change = staticmethod(on_change)  # type: ignore[arg-type]

    def configure(self) -> None:
        Keys.opened.append({"asked": "anew"})

    def close(self) -> None:
        Keys.opened.append({})
