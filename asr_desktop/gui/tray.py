"""The icon in the tray: start and stop from anywhere, and the way back to the window."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.theme import icon


class Tray(QSystemTrayIcon):
    """Only where the desktop has a tray; see `isSystemTrayAvailable`."""

    def __init__(self, context: AppContext, window: MainWindow) -> None:
        super().__init__(icon("app"), window)
        self._context = context
        self._window = window
        self._shows_recording = False
        self._menu = QMenu()
        self.record_action = QAction(self)
        self.record_action.triggered.connect(context.live.toggle)
        self.overlay_action = QAction(self)
        self.overlay_action.setCheckable(True)
        self.overlay_action.toggled.connect(self._show_overlay)
        self._show_action = QAction(self)
        self._show_action.triggered.connect(window.come_forward)
        self._quit_action = QAction(self)
        self._quit_action.triggered.connect(window.quit)
        self._menu.addAction(self.record_action)
        self._menu.addAction(self.overlay_action)
        self._menu.addSeparator()
        self._menu.addAction(self._show_action)
        self._menu.addAction(self._quit_action)
        self.setContextMenu(self._menu)
        self.activated.connect(self._activated)
        window.recording_clock.changed.connect(self._show_state)
        context.overlay.toggled.connect(self.overlay_action.setChecked)
        context.settings_changed.connect(self._apply_settings)
        context.language_changed.connect(self._name_actions)
        self._apply_settings()
        self._name_actions()

    def _name_actions(self) -> None:
        self.overlay_action.setText(self.tr("Captions over other windows"))
        self._show_action.setText(self.tr("Open window"))
        self._quit_action.setText(self.tr("Quit"))
        self._show_state(self._window.recording_clock.text)

    def _show_state(self, time: str) -> None:
        stop = self.tr("Stop recording ({time})").format(time=time)
        self.record_action.setText(stop if time else self.tr("Start recording"))
        self.record_action.setEnabled(self._context.live.state is not LiveState.FINISHING)
        if bool(time) != self._shows_recording:
            self._shows_recording = bool(time)
            self.setIcon(icon("app-recording" if time else "app"))
        recording = self.tr("Recording, {time}: click to stop").format(time=time)
        self.setToolTip(f"ASR Desktop: {recording}" if time else "ASR Desktop")

    def _apply_settings(self) -> None:
        self._window.hides_instead_of_closing = self._context.settings.keep_in_tray

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            if self._context.live.is_recording:
                self._context.live.stop()
            elif self._window.isVisible() and not self._window.isMinimized():
                self._window.hide()
            else:
                self._window.come_forward()

    def _show_overlay(self, wanted: bool) -> None:
        overlay = self._context.overlay
        if wanted != overlay.isVisible():
            if wanted:
                overlay.show_at_its_place()
            else:
                overlay.put_away()
