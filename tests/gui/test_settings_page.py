"""The Settings page: every change holds at once and is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QColorDialog, QFileDialog, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from asr_desktop.base import settings
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.pages.settings_page import SettingsPage
from asr_desktop.gui.theme import theme


@pytest.fixture
def window(context: AppContext, qtbot: QtBot) -> MainWindow:
    window = MainWindow(context)
    qtbot.addWidget(window)
    window.show()
    window.go_to("settings")
    return window


@pytest.fixture
def page(window: MainWindow) -> SettingsPage:
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def number_called(page: SettingsPage, name: str) -> QSpinBox:
    return next(box for box in page.findChildren(QSpinBox) if box.accessibleName() == name)


def test_dark_is_dark_at_once_and_after_the_next_start(page: SettingsPage) -> None:
    page.theme_box.setCurrentIndex(page.theme_box.findData("dark"))
    assert theme.is_dark
    assert settings.load()[0].theme == "dark"
    page.theme_box.setCurrentIndex(page.theme_box.findData("light"))
    assert not theme.is_dark


def test_what_the_system_looks_like_is_followed(page: SettingsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asr_desktop.gui.theme._is_system_dark", lambda: True)
    page.theme_box.setCurrentIndex(page.theme_box.findData("light"))
    theme._system_changed()
    assert not theme.is_dark
    page.theme_box.setCurrentIndex(page.theme_box.findData("system"))
    assert theme.is_dark
    monkeypatch.setattr("asr_desktop.gui.theme._is_system_dark", lambda: False)
    theme._system_changed()
    assert not theme.is_dark


def test_scrolling_the_page_changes_nothing_that_is_chosen(page: SettingsPage) -> None:
    box = number_called(page, "Lines")
    for watched in (page.theme_box, box):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(watched.mapToGlobal(QPoint(5, 5))),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(watched, event)
    assert (page.theme_box.currentData(), box.value()) == ("system", 2)


def test_advanced_settings_are_behind_a_switch(page: SettingsPage, context: AppContext) -> None:
    assert not page.advanced.isVisible()
    page.advanced_switch.click()
    assert page.advanced.isVisible()
    assert settings.load()[0].show_advanced
    number_called(page, "Pause that ends a sentence").setValue(900)
    number_called(page, "Processor threads").setValue(2)
    choice = context.model_choice()
    assert choice.segmenter_options.hangover_ms == 900
    assert choice.threads == 2
    assert settings.load()[0].hangover_ms == 900.0


def test_a_number_follows_what_is_changed_elsewhere(page: SettingsPage, context: AppContext) -> None:
    context.change_settings(overlay_font_points=40)
    assert number_called(page, "Text size").value() == 40


def test_a_key_is_changed_by_pressing_another(page: SettingsPage, window: MainWindow, qtbot: QtBot) -> None:
    editor = page.keys.editors["live.record"]
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_F12)
    editor.editingFinished.emit()
    assert settings.load()[0].shortcuts == {"live.record": "F12"}
    other = page.keys.editors["live.pause"]
    qtbot.keyClick(other, Qt.Key.Key_F12)
    other.editingFinished.emit()
    assert "already" in window.message_bar.messages()[0].sentence
    assert other.keySequence() == QKeySequence("F8")
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert settings.load()[0].shortcuts == {"live.record": ""}


def test_a_colour_of_the_captions(
    page: SettingsPage, context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QColorDialog, "getColor", lambda *arguments: QColor("#ffee00"))
    next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Text: Choose").click()
    assert context.settings.overlay_text_colour == "#ffee00"


def test_recordings_can_be_kept_elsewhere(
    page: SettingsPage, context: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *arguments: str(tmp_path))
    next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Recordings: Change").click()
    assert settings.load()[0].sessions_folder == str(tmp_path)
