"""The tray icon, to record, dictate and show the window; and desktop notifications of finished tasks."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from asr_desktop.base.clock import clock
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_controller import DictationState, KeptText
from asr_desktop.gui.dictation_overlay import shortened
from asr_desktop.gui.live_controller import LiveState
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.theme import icon

LONGEST_TITLE_CHARACTERS = 40
NOTIFICATION_SHOWN_MS = 10_000


class Tray(QSystemTrayIcon):
    """Created only on desktops with a tray; see `isSystemTrayAvailable`."""

    def __init__(self, context: AppContext, window: MainWindow) -> None:
        super().__init__(icon("app"), window)
        self._context = context
        self._window = window
        self._shows_recording = False
        self._time = ""
        self._menu = QMenu()
        self.record_action = QAction(self)
        self.record_action.triggered.connect(context.live.toggle)
        self.overlay_action = QAction(self)
        self.overlay_action.setCheckable(True)
        self.overlay_action.toggled.connect(self._show_overlay)
        self._dictation = context.dictation
        self.dictate_action = QAction(self)
        self.dictate_action.triggered.connect(self._dictation.toggle)
        self.kept_menu = QMenu(self._menu)
        self.copy_action = QAction(self)
        self.copy_action.triggered.connect(self._copy_last)
        self.correct_action = QAction(self)
        self.correct_action.triggered.connect(self._dictation.correct)
        self.pause_action = QAction(self)
        self.pause_action.triggered.connect(context.live.toggle_pause)
        self.microphones = QMenu(self._menu)
        self._menu.aboutToShow.connect(self._list_microphones)
        self._show_action = QAction(self)
        self._show_action.triggered.connect(window.come_forward)
        self._quit_action = QAction(self)
        self._quit_action.triggered.connect(window.quit)
        self._menu.addAction(self.dictate_action)
        self._menu.addMenu(self.kept_menu)
        self._menu.addAction(self.copy_action)
        self._menu.addAction(self.correct_action)
        self._menu.addSeparator()
        self._menu.addAction(self.record_action)
        self._menu.addAction(self.pause_action)
        self._menu.addMenu(self.microphones)
        self._menu.addAction(self.overlay_action)
        self._menu.addSeparator()
        self._menu.addAction(self._show_action)
        self._menu.addAction(self._quit_action)
        self.setContextMenu(self._menu)
        self.activated.connect(self._activated)
        window.recording_clock.changed.connect(self._show_state)
        context.overlay.toggled.connect(self.overlay_action.setChecked)
        self._dictation.state_changed.connect(lambda _state: self._show_state(self._time))
        self._dictation.kept.connect(self._show_dictation)
        self._dictation.inserted.connect(lambda _text: self._show_dictation())
        context.live.state_changed.connect(self._follow)
        context.settings_changed.connect(self._apply_settings)
        context.language_changed.connect(self._name_actions)
        self._apply_settings()
        self._name_actions()

    def _name_actions(self) -> None:
        self.overlay_action.setText(self.tr("Captions over other windows"))
        self._show_action.setText(self.tr("Open window"))
        self._quit_action.setText(self.tr("Quit"))
        self.copy_action.setText(self.tr("Copy last dictation"))
        self.kept_menu.setTitle(self.tr("Kept text"))
        self.correct_action.setText(self.tr("Correct last dictation…"))
        self.microphones.setTitle(self.tr("Microphone"))
        self._show_state(self._window.recording_clock.text)

    def _follow(self, _state: LiveState) -> None:
        self._show_state(self._time)

    def _show_dictation(self) -> None:
        # A new dictation can start while the last one is finishing.
        is_idle = self._dictation.state in (DictationState.IDLE, DictationState.FINISHING)
        self.dictate_action.setText(
            self.tr("Dictate in other programs") if is_idle else self.tr("Stop dictation")
        )
        self._list_kept_texts()
        self.copy_action.setEnabled(bool(self._last_text()))
        self.correct_action.setEnabled(self._dictation.last_utterance is not None)

    def _list_kept_texts(self) -> None:
        """What the overlay offers by mouse; each text has a menu of its own where there are several."""
        texts = self._dictation.kept_texts
        self.kept_menu.menuAction().setVisible(bool(texts))
        self.kept_menu.clear()
        for former in self.kept_menu.findChildren(QMenu):  # it removes their actions alone
            former.deleteLater()
        for kept in texts:
            title = shortened(kept.text, LONGEST_TITLE_CHARACTERS).replace("&", "&&")
            menu = self.kept_menu.addMenu(title) if len(texts) > 1 else self.kept_menu
            for name, act in (
                (self.tr("Insert"), self._dictation.retry),
                (self.tr("Copy"), self._copy_kept),
                (self.tr("Discard"), self._dictation.take_kept),
            ):
                menu.addAction(name).triggered.connect(lambda _on=False, act=act, kept=kept: act(kept))

    def _copy_kept(self, kept: KeptText) -> None:
        QGuiApplication.clipboard().setText(self._dictation.take_kept(kept).strip())

    def _list_microphones(self) -> None:
        """Fill the menu when it opens, so the sound system is not queried before."""
        devices = self._context.devices
        chosen = self._context.settings.device
        self.microphones.clear()
        entries = [(self.tr("System default"), "")]
        entries += [(device.name, device.id) for device in devices.inputs if not device.is_loopback]
        for name, device in entries:
            action = self.microphones.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(device == chosen)
            action.triggered.connect(partial(self._choose_microphone, device))

    def _choose_microphone(self, device: str) -> None:
        self._context.change_settings(device=device)
        self._context.live.switch_device(device)

    def _last_text(self) -> str:
        """What was dictated last, inserted or kept."""
        dictated = [kept.text for kept in self._dictation.kept_texts if kept.correction_of is None]
        return (dictated or [self._dictation.last_text])[0].strip()

    def _copy_last(self) -> None:
        QGuiApplication.clipboard().setText(self._last_text())

    def _show_state(self, time: str) -> None:
        self._time = time
        self._show_dictation()
        stop = self.tr("Stop recording ({time})").format(time=time)
        self.record_action.setText(stop if time else self.tr("Start recording"))
        self.record_action.setEnabled(self._context.live.state is not LiveState.FINISHING)
        is_paused = self._context.live.state is LiveState.PAUSED
        self.pause_action.setText(self.tr("Continue") if is_paused else self.tr("Pause"))
        self.pause_action.setEnabled(self._context.live.state in (LiveState.LISTENING, LiveState.PAUSED))
        if bool(time) != self._shows_recording:
            self._shows_recording = bool(time)
            self.setIcon(icon("app-recording" if time else "app"))
        recording = self.tr("Recording, {time}: click to stop").format(time=time)
        states = {
            DictationState.STARTING: self.tr("Starting dictation…"),
            DictationState.LISTENING: self.tr("Dictating: speak now"),
            DictationState.PAUSED: self.tr("Dictation paused"),
            DictationState.FINISHING: self.tr("Finishing dictation…"),
        }
        shown = states.get(self._dictation.state, recording if time else "")
        self.setToolTip(f"ASR Desktop: {shown}" if shown else "ASR Desktop")

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


class Notifications(QObject):
    """Desktop notifications of finished tasks, shown only while the window is not active.

    tray: shows the message; on desktops without a tray, the taskbar entry asks for attention.
    """

    def __init__(self, context: AppContext, window: MainWindow, tray: QSystemTrayIcon | None) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._tray = tray
        self._page = ""
        context.job_ended.connect(self.tell)
        context.live.ended.connect(self._recorded)
        if tray is not None:
            tray.messageClicked.connect(self._clicked)

    def tell(self, sentence: str, page: str) -> None:
        """Show a message. page: opened when the user clicks it."""
        if QApplication.activeWindow() is not None:
            return
        self._page = page
        QApplication.alert(self._window)
        if self._tray is not None and self._tray.isVisible():
            self._tray.showMessage("ASR Desktop", sentence, self._tray.icon(), NOTIFICATION_SHOWN_MS)

    def _recorded(self, entry_id: int, seconds: float) -> None:
        if entry_id:
            sentence = self.tr("The recording ({time}) is in the Library.").format(time=clock(seconds))
        else:
            sentence = self.tr("The recording has ended; the Live page says what went wrong.")
        self.tell(sentence, "live")

    def _clicked(self) -> None:
        self._window.come_forward()
        if self._page:
            self._context.show_page.emit(self._page)
