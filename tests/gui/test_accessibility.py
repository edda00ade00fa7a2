"""Every page can be used without a mouse and without eyes: names, focus, sizes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow, known_pages
from asr_desktop.gui.theme import theme

OPERABLE = (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QAbstractSpinBox,
    QAbstractSlider,
    QAbstractItemView,
)
PAGES = [page.key for page in known_pages()]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    return window


def operable(page: QWidget) -> list[QWidget]:
    """What a person can do something with, without the parts that Qt's own widgets are made of."""
    found = []
    for widget in page.findChildren(QWidget):
        inside_another = any(
            isinstance(
                parent, QComboBox | QAbstractSpinBox | QAbstractItemView | QLineEdit | QKeySequenceEdit
            )
            for parent in parents(widget, page)
        )
        if isinstance(widget, OPERABLE) and not isinstance(widget, QScrollBar) and not inside_another:
            found.append(widget)
    return found


def parents(widget: QWidget, top: QWidget) -> list[QWidget]:
    above = []
    parent = widget.parentWidget()
    while parent is not None and parent is not top:
        above.append(parent)
        parent = parent.parentWidget()
    return above


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}, tip {widget.toolTip()!r}"


@pytest.mark.parametrize("key", PAGES)
def test_everything_that_can_be_operated_has_a_name(window: MainWindow, key: str) -> None:
    page = window.page(key)
    nameless = [
        described(widget)
        for widget in operable(page)
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


@pytest.mark.parametrize("key", PAGES)
def test_buttons_without_words_have_a_tip(window: MainWindow, key: str) -> None:
    bare = [
        described(widget)
        for widget in operable(window.page(key))
        if isinstance(widget, QAbstractButton)
        and not widget.text()
        and not widget.toolTip()
        # Qt's own arrows, which a bar of tabs that all fit never shows.
        and not isinstance(widget.parent(), QTabBar)
    ]
    assert bare == []


@pytest.mark.parametrize("key", PAGES)
def test_everything_that_can_be_operated_is_reached_with_tab(
    window: MainWindow, key: str, qtbot: QtBot
) -> None:
    window.go_to(key)
    page = window.page(key)
    wanted = [widget for widget in operable(page) if widget.isVisible() and widget.isEnabled()]
    unreachable = [
        described(widget) for widget in wanted if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert unreachable == []
    in_chain = set()
    widget = page.nextInFocusChain()
    while widget is not page:
        in_chain.add(widget)
        widget = widget.nextInFocusChain()
    assert [described(widget) for widget in wanted if widget not in in_chain] == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("key", PAGES)
def test_no_word_of_a_button_or_label_is_cut_off(
    window: MainWindow, key: str, look: str, qtbot: QtBot
) -> None:
    theme.apply(look)
    window.go_to(key)
    qtbot.wait(0)
    page = window.page(key)

    def nothing_is_cut_off() -> None:
        assert cut_off(page) == []

    # A page that asks a thread for what it shows lays it out a moment after it has come.
    qtbot.waitUntil(nothing_is_cut_off, timeout=60_000)


def cut_off(page: QWidget) -> list[str]:
    cut = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QPushButton | QLabel) or not widget.text():
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            if widget.height() < widget.heightForWidth(widget.width()):
                cut.append(f"{widget.text()!r}: {widget.height()} px high")
        elif widget.width() < QFontMetrics(widget.font()).horizontalAdvance(widget.text()):
            cut.append(f"{widget.text()!r}: {widget.width()} px wide")
    return cut


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
def test_the_window_fits_and_is_sharp_at_other_scales(home: Path, scale: str, tmp_path: Path) -> None:
    """Qt takes the scale at its start, so each has a process of its own."""
    code = """
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
application = QApplication([])
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.theme import icon, theme
theme.apply("light")
context = AppContext()
window = MainWindow(context)
window.show()
ratio = window.devicePixelRatio()
picture = window.grab()
assert picture.width() == round(window.width() * ratio), (picture.width(), window.width(), ratio)
assert icon("microphone").pixmap(QSize(20, 20), ratio).width() == round(20 * ratio)
smallest = window.minimumSizeHint()
assert smallest.width() <= 960 and smallest.height() <= 640, smallest  # a laptop's screen at 200 %
print(ratio)
from asr_desktop.gui import operations
operations.wait_for_all(60)
context.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == float(scale)
