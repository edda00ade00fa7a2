"""In German nothing that the program itself says is English: every page, the tray, dialogs and captions."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QTabBar,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from asr_desktop.base.errors import WorkerError
from asr_desktop.base.sentences import Sentence
from asr_desktop.gui import operations, translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.library_actions import LibraryActions
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import SMALLEST, MainWindow, known_pages
from asr_desktop.gui.pages.first_run import FirstRun
from asr_desktop.gui.shortcuts import key_actions
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.tray import Tray
from asr_desktop.gui.widgets.export_dialog import ExportDialog, SaveSeveral
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.transcripts.document import Segment, Transcript, Word
from tests.gui.said_in_window import BOTH, ENGLISH, NAMES, english_in

ROOT = Path(__file__).parents[2]


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[None]:
    assert translations.install("de") == "de"
    yield
    translations.install("en")


def no_recogniser() -> RecogniserProcess:
    raise WorkerError(
        Sentence(
            "The recogniser cannot be started ({reason}): close other programs and try again.", reason="x"
        )
    )


@pytest.fixture
def window(german: None, context: AppContext, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    words = tuple(
        Word(text, number, number + 0.8, 0.3)
        for number, text in enumerate(["Hafen", "Mauer", "Turm", "Bucht"])
    )
    source = tmp_path / "Hafen.wav"
    source.write_bytes(b"kein Ton")
    entry = context.library.add(Transcript(str(source), 9.0, "starter-en", (Segment(words, "Ada"),)), source)
    context.library.set_tags(entry, ["Reise"])
    context._make_recogniser = no_recogniser
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    return window


def settled() -> None:
    assert operations.wait_for_all(60)


@pytest.mark.parametrize("key", [page.key for page in known_pages()])
def test_no_page_says_anything_in_english(window: MainWindow, key: str, qtbot: QtBot) -> None:
    window.go_to(key)
    settled()
    if key == "editor":
        assert english_in(window.page(key)) == []  # while nothing is open
        window.context.open_transcript.emit(window.context.library.entries()[0].id, 1.0)
        settled()
    if key == "files":
        queue = window.context.file_jobs.queue
        queue.add([Path(window.context.library.entries()[0].source)])
        qtbot.waitUntil(lambda: not queue.is_busy, timeout=60_000)
    assert english_in(window) == []


def cut_off(page: QWidget, window: QWidget) -> list[str]:
    """Buttons and tabs of the page that are narrower than their words, or that reach out of the window."""
    found = []
    for made in page.findChildren(QAbstractButton):
        right = made.mapTo(window, made.rect().topRight()).x()
        if made.isVisible() and (
            made.width() < made.minimumSizeHint().width() or right > window.width() - SPACE
        ):
            found.append(f"{made.text()}: {made.width()} of {made.minimumSizeHint().width()}, to {right}")
    for bar in page.findChildren(QTabBar):
        end = bar.tabRect(bar.count() - 1).right()
        if bar.isVisible() and end > bar.width():
            found.append(f"tabs: {end} of {bar.width()}")
    return found


@pytest.mark.parametrize("key", ["voice", "models"])
def test_no_button_is_cut_in_the_smallest_window(window: MainWindow, key: str, qtbot: QtBot) -> None:
    """German words are longer than English ones; 200 % leaves this much of a laptop's screen."""
    window.resize(SMALLEST)
    window.go_to(key)
    settled()
    page = window.page(key)
    tabs = page.findChildren(QTabWidget)
    for number in range(tabs[0].count() if tabs else 1):
        if tabs:
            tabs[0].setCurrentIndex(number)
        settled()
        qtbot.waitUntil(lambda: cut_off(page, window) == [], timeout=60_000)


def test_each_state_of_dictation_is_said_in_german(window: MainWindow) -> None:
    window.go_to("live")
    for state in LiveState:
        window.context.live._set_state(state)
        assert english_in(window) == [], state
    window.context.live._set_state(LiveState.IDLE)


@pytest.mark.parametrize(
    "make",
    [
        lambda window: FirstRun(window.context),
        lambda window: Tray(window.context, window).contextMenu(),
        lambda window: window.context.overlay,
        lambda window: ExportDialog(
            window.context,
            window.context.library.transcript(window.context.library.entries()[0].id),
            Path("x"),
            selected=(0, 0),
        ),
        lambda window: LibraryActions(window.context, window).emptying_question(3),
        lambda window: SaveSeveral(3, Path("x"), "srt", window),
    ],
    ids=["first run", "tray", "captions", "export", "bin", "save several"],
)
def test_what_is_not_a_page_says_nothing_in_english(
    window: MainWindow, make: Callable[[MainWindow], QWidget], qtbot: QtBot
) -> None:
    made = make(window)
    settled()
    found = english_in(made)
    assert found == []


def test_every_key_has_a_german_name(german: None) -> None:
    names = [action.description for action in key_actions().values()]
    assert len(names) > 30
    assert [name for name in names if ENGLISH.search(BOTH.sub("", NAMES.sub("", name)))] == []


def test_buttons_of_qt_s_own_dialogs_are_german(german: None, qtbot: QtBot) -> None:
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setStandardButtons(QMessageBox.StandardButton.Cancel | QMessageBox.StandardButton.Yes)
    assert box.button(QMessageBox.StandardButton.Cancel).text() == "Abbrechen"
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    qtbot.addWidget(buttons)
    assert buttons.button(QDialogButtonBox.StandardButton.Close).text() == "Schließen"


def test_english_would_be_found(qtbot: QtBot) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    label = QLabel("Der Ordner ist leer.", top)
    assert english_in(top) == []
    label.setToolTip("Choose another one")
    assert english_in(top) == ["QLabel tip: 'Choose another one'"]


REFUSALS = re.compile(
    r"(ModelStore|Download|Verification|NoSpace|Conversion|Export|Library|Settings|ModelFolder)Error"
)
"""What a person meets in the window when something does not go."""


@pytest.mark.parametrize("place", ["model_store", "transcripts", "jobs", "settings.py", "recognition"])
def test_refusals_can_be_said_in_another_language(place: str) -> None:
    top = ROOT / "asr_desktop" / place
    plain = []
    for path in [top] if top.is_file() else sorted(top.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args and REFUSALS.fullmatch(ast.unparse(call.func)):
                message = call.args[0]
                if isinstance(message, ast.JoinedStr | ast.Constant):
                    plain.append(f"{path.name}:{call.lineno}: {ast.unparse(message)}")
    assert plain == []


@pytest.mark.usefixtures("german")
def test_help_names_every_key_as_a_german_keyboard_does(context: AppContext, qtbot: QtBot) -> None:
    window = MainWindow(context)
    qtbot.addWidget(window)
    shown = " ".join(text.text() for text in window.page("help").findChildren(QLabel))
    assert "Strg+Alt+Leertaste" in shown
    assert "Ctrl+" not in shown
