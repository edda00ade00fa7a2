"""The shell: pages, messages, keys, what is remembered, one instance, and the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from pytestqt.qtbot import QtBot

from asr_desktop.base import settings
from asr_desktop.base.settings import Settings
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.single_instance import SingleInstance
from asr_desktop.gui.theme import icon

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 60_000


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    return window


def test_every_page_has_a_name_a_drawing_and_a_key(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    pages = known_pages()
    assert {"live", "settings"} <= {page.key for page in pages}
    for number, page in enumerate(pages, start=1):
        assert not icon(page.icon_name).isNull()
        usual = "F1" if page.key == "help" else f"Ctrl+{number}"
        assert context.shortcuts.key(f"window.{page.key}") == QKeySequence(usual)


def test_a_page_is_made_when_it_is_first_shown(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    assert list(window._pages) == ["live"]
    context.show_page.emit("settings")
    assert window.current_page == "settings"
    first = window.page("settings")
    window.go_to("live")
    window.go_to("settings")
    assert window.page("settings") is first
    window.go_to("no such page")
    assert window.current_page == "settings"


def test_the_last_page_and_the_geometry_are_remembered(context: AppContext, qtbot: QtBot) -> None:
    first = MainWindow(context)
    first.show()
    first.resize(QSize(780, 560))
    first.go_to("settings")
    first.close()
    second = MainWindow(AppContext())
    qtbot.addWidget(second)
    assert second.current_page == "settings"
    assert second.size() == QSize(780, 560)


def test_messages_come_once_go_when_closed_and_give_their_details(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    bar = window.message_bar
    assert not bar.isVisible()
    context.show_message.emit("The disk is full: free some space.", "error", "Traceback …")
    context.show_message.emit("The disk is full: free some space.", "error", "Traceback …")
    (message,) = bar.messages()
    message.copy_button.click()
    assert QGuiApplication.clipboard().text() == "The disk is full: free some space.\n\nTraceback …"
    message.dismiss()
    assert bar.messages() == []
    assert not bar.isVisible()
    for number in range(5):
        context.show_message.emit(f"Message {number}.", "warning", "")
    assert [message.sentence for message in bar.messages()] == ["Message 4.", "Message 3.", "Message 2."]


def test_a_failure_that_nobody_handles_becomes_a_message(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    context.run(lambda: 1 / 0)
    qtbot.waitUntil(lambda: bool(window.message_bar.messages()), timeout=PATIENCE_MS)
    message = window.message_bar.messages()[0]
    assert message.kind == "error"
    assert "ZeroDivisionError" in message.details


def test_settings_that_could_not_be_read_are_told_of(home: Path, qtbot: QtBot) -> None:
    (home / "settings.toml").write_text("not = [toml")
    context = AppContext()
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert "settings could not be read" in window.message_bar.messages()[0].sentence
    context.close()


def test_keys_can_be_changed_and_one_key_has_one_meaning(window: MainWindow, context: AppContext) -> None:
    keys = context.shortcuts
    assert keys.rebind("live.marker", QKeySequence("Ctrl+M")) is None
    assert context.settings.shortcuts == {"live.marker": "Ctrl+M"}
    assert keys.text("live.marker") == QKeySequence("Ctrl+M").toString(QKeySequence.SequenceFormat.NativeText)
    taken = keys.rebind("live.pause", QKeySequence("Ctrl+M"))
    assert taken is not None
    assert "marker" in taken.lower()
    assert keys.rebind("live.pause", QKeySequence("Ctrl+1")) is not None, (
        "the window's keys hold on each page"
    )
    assert keys.rebind("live.marker", QKeySequence("F7")) is None
    assert context.settings.shortcuts == {}, "the usual key needs no place in the settings"


def test_small_things_are_remembered(context: AppContext) -> None:
    context.remember("editor.speed", 1.25)
    assert AppContext().recall("editor.speed", 1.0) == 1.25
    assert AppContext().recall("editor.speed", "text") == "text", "of another type than expected"
    assert AppContext().recall("nothing", 3) == 3


def test_what_another_program_stores_meanwhile_is_kept(context: AppContext, qtbot: QtBot) -> None:
    context.change_settings(theme="dark")
    stored, _ = settings.load()
    settings.save(stored.changed(model="another-model"))
    with qtbot.waitSignal(context.model_changed):
        context.change_settings(threads=2)
    assert settings.load()[0] == Settings(theme="dark", model="another-model", threads=2)


def test_a_second_start_brings_the_first_forward(home: Path, qtbot: QtBot) -> None:
    first = SingleInstance()
    assert first.is_first()
    with qtbot.waitSignal(first.asked, timeout=PATIENCE_MS):
        second = subprocess.Popen(
            [sys.executable, "-c", "from asr_desktop.gui.app import main; raise SystemExit(main())"],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stderr=subprocess.PIPE,
            text=True,
        )
    _, said = second.communicate(timeout=120)
    assert (second.returncode, said) == (
        0,
        "asr-desktop: note: the window is open already; it comes to the front.\n",
    )
    first.close()


def test_a_second_start_hands_its_files_over(home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "ein Vortrag – Teil 1.mp3"
    file.touch()
    first = SingleInstance()
    assert first.is_first()
    with qtbot.waitSignal(first.opened, timeout=PATIENCE_MS) as told:
        second = subprocess.Popen(
            [sys.executable, "-m", "asr_desktop", file.name],
            cwd=tmp_path,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        )
    assert second.wait(timeout=120) == 0
    assert told.args == [[file]]
    first.close()


@pytest.mark.skipif(sys.platform != "linux", reason="POSIX signals")
def test_a_program_that_was_killed_leaves_its_place_and_sigterm_ends_it_in_peace(home: Path) -> None:
    code = """
import os, sys
from PySide6.QtCore import QTimer
from asr_desktop.gui import app
from asr_desktop.gui.main_window import MainWindow
show = MainWindow.show
def shown(window):
    show(window)
    QTimer.singleShot(0, lambda: print("shown", flush=True))
MainWindow.show = shown
sys.exit(app.main())
"""
    for ending, code_expected in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 0)):
        program = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        assert program.stdout.readline() == "shown\n", "the place of the killed one is free"
        program.send_signal(ending)
        assert program.wait(timeout=120) == code_expected
        program.stdout.close()


def test_the_first_page_is_shown_without_what_only_sound_needs() -> None:
    code = """
import sys
from PySide6.QtWidgets import QApplication
from asr_desktop.gui.app import AppContext, MainWindow
application = QApplication([])
window = MainWindow(AppContext())
print(window.current_page, *{"numpy", "av", "onnxruntime", "pyqtgraph", "torch"} & sys.modules.keys())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "live\n", done.stderr


def test_a_window_that_stays_in_the_tray_is_hidden_and_quit_ends_it(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    window.hides_instead_of_closing = True
    window.close()
    assert not window.isVisible()
    window.come_forward()
    assert window.isVisible()
    with qtbot.waitSignal(window.closing, timeout=PATIENCE_MS):
        window.quit()


def test_the_page_can_be_changed_with_keys_alone(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    settings = window._buttons["settings"]
    settings.setFocus()
    qtbot.keyClick(settings, Qt.Key.Key_Space)
    assert window.current_page == "settings"
