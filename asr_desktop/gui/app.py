"""Start, run and end the program with its window; what runs beside the window as long as it is open."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon

from asr_desktop import __version__
from asr_desktop.base import messages, paths, private_files, settings
from asr_desktop.base.atomic_write import remove_files_below
from asr_desktop.gui import operations, translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_drops import FilesFromFinder
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.recovery import offer_recovery
from asr_desktop.gui.single_instance import InstanceError, SingleInstance
from asr_desktop.gui.theme import icon, theme


def main(files: Sequence[Path] = (), *, dictation: str = "", is_in_tray: bool = False) -> int:
    """Open the window, with files to transcribe, and return the exit code when it is closed.

    If the program is already running, its window is shown instead and gets the files.
    dictation: one of single_instance.DICTATION, carried out at the start. is_in_tray: start hidden in the
    tray; minimised if the desktop has no tray yet.
    """
    private_files.begin()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("asr-desktop")
    application.setApplicationDisplayName("ASR Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("asr-desktop")
    instance = SingleInstance(application)
    try:
        if dictation and instance.tell(dictation):
            return 0
        if not instance.is_first(files):
            messages.note("the window is open already; it comes to the front.")
            return 0
    except InstanceError as error:
        _say_why_no_window(error)
        return 1
    GarbageCollector(application)
    context = AppContext()
    translations.install(context.settings.language)
    theme.apply(context.settings.theme)
    application.setWindowIcon(icon("app"))
    window = MainWindow(context)
    LanguageChange(context, window)
    instance.asked.connect(window.come_forward)
    instance.opened.connect(window.open_files)
    FilesFromFinder(application, window.open_files)
    instance.told.connect(lambda what: getattr(context.dictation, what)())
    window.closing.connect(application.quit)
    application.setQuitOnLastWindowClosed(False)  # captions or the tray may stay when the window is closed
    signals = _Signals(application)
    signals.came.connect(lambda: _end(context, window))
    if is_in_tray:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            window.showMinimized()
    else:
        window.show()
        if not context.settings.has_been_welcomed:
            window.welcome()
    # Slow work starts after the window is drawn.
    QTimer.singleShot(0, lambda: _behind_the_window(context, window))
    if dictation:
        QTimer.singleShot(0, lambda: getattr(context.dictation, dictation)())
    if files:
        QTimer.singleShot(0, lambda: window.open_files([path.absolute() for path in files]))
    try:
        code = application.exec()
    finally:
        instance.close()
        context.close()
    return code


def _say_why_no_window(error: InstanceError) -> None:
    """Print the reason, and show it in a dialog for users who started the program from an icon."""
    messages.problem(str(error))
    translations.install(settings.load()[0].language)
    QMessageBox.critical(None, QApplication.applicationDisplayName(), translations.said(str(error)))


def _behind_the_window(context: AppContext, window: MainWindow) -> None:
    _load_model(context)
    context.model_changed.connect(lambda _: _load_model(context))
    offer_recovery(context)
    if context.settings.watched_folders or context.recall("files.unfinished", []):
        context.file_jobs.begin()
    if context.settings.serve:
        context.serving.begin()
    context.run(_remove_leftovers).on_failure(lambda _: None)
    from asr_desktop.gui.tray import Notifications, Tray

    tray = None
    if QSystemTrayIcon.isSystemTrayAvailable():
        tray = Tray(context, window)
        tray.show()
    Notifications(context, window, tray)
    from asr_desktop.gui.dictation_correction import show_correction
    from asr_desktop.gui.dictation_overlay import DictationOverlay

    context.dictation_overlay = DictationOverlay(context)
    context.dictation.correction_wanted.connect(lambda last: show_correction(context, last))
    context.dictation.listen_for_keys()
    if context.recall("overlay.shown", False):
        context.overlay.show_at_its_place()


def _load_model(context: AppContext) -> None:
    """Load the model in advance, so the first sentence does not wait. Errors are shown when it is used."""
    context.run(lambda: context.live_engine.load(context.model_choice())).on_failure(lambda _: None)


def _remove_leftovers() -> None:
    """Remove unfinished files of programs that were killed."""
    from asr_desktop.model_store import disk  # not on the way to the window

    disk.remove_leftovers()
    remove_files_below(paths.data_folder() / "drafts")
    remove_files_below(paths.library_file().with_suffix(""))


def _end(context: AppContext, window: MainWindow) -> None:
    """Save everything and end without questions: the system or the user's signal ends the program."""
    if context.live.is_recording:
        context.live.ended.connect(window.closing.emit)
        context.live.stop()
        context.live.finish_soon()
    else:
        window.closing.emit()


class _Signals(QObject):
    """SIGTERM, SIGINT and SIGHUP as a Qt signal; Python's handlers would only run at the next Qt event."""

    came = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        signal.set_wakeup_fd(self._writing.fileno())
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda number, frame: None)

    def _wake(self) -> None:
        self._reading.recv(64)
        self.came.emit()


# Garbage is collected in the window's thread alone.
#
# Python collects reference cycles in whichever thread allocates next. A QObject destroyed outside its own
# thread leaves its timers registered, and the program crashes when the next of them fires. Replacing the
# pages (another language) while files are being transcribed is enough to trigger this.

COLLECTS_EVERY_MS = 500


class GarbageCollector(QObject):
    """Replaces Python's automatic collection: same thresholds, always in the thread that created this."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=COLLECTS_EVERY_MS)
        self._timer.timeout.connect(_collect)
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Stop, after a last collection in this thread."""
        self._timer.stop()
        gc.collect()
        gc.enable()


def _collect() -> None:
    """Collect the oldest generation that is due, which includes the younger ones."""
    due = [
        number
        for number, (has, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if has > most
    ]
    if due:
        gc.collect(max(due))


# The language changes while the window is open: pages are created again and take over the former state.
#
# The change waits while something is running that would end with its page, such as a recording, a download
# or an open question.

LOOKS_EVERY_MS = 100
TELLS_AFTER_MS = 2000
"""Delay before the wait is explained; shorter waits need no message."""


class LanguageChange(QObject):
    """Follows the settings for one window, which must be in their language when this is created."""

    def __init__(self, context: AppContext, window: MainWindow) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._spoken = context.settings.language
        self._waited_ms = 0
        self._told = ""
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(self._look)
        context.settings_changed.connect(self._follow)

    def _follow(self) -> None:
        # Deferred, because the widget that changed the settings may be part of the page to be replaced.
        if self._context.settings.language != self._spoken and not self._timer.isActive():
            self._waited_ms = 0
            self._timer.start()

    def _look(self) -> None:
        wanted = self._context.settings.language
        if wanted == self._spoken:  # the user has changed back
            self._end()
        elif not self._is_busy():
            self._end()
            self._spoken = wanted
            translations.install(wanted)
            self._window.make_anew()
            self._context.language_changed.emit()
        else:
            self._waited_ms += LOOKS_EVERY_MS
            if self._waited_ms == TELLS_AFTER_MS:
                self._told = self.tr("The interface language will change when the current task has finished.")
                self._context.show_message.emit(self._told, "warning", "")

    def _end(self) -> None:
        self._timer.stop()
        if self._told:
            self._context.withdraw.emit(self._told)
            self._told = ""

    def _is_busy(self) -> bool:
        """Whether to wait; running operations count, because their results go to the current pages."""
        return (
            self._window.is_busy()
            or operations.are_under_way()
            or QApplication.activeModalWidget() is not None
            or QApplication.activePopupWidget() is not None
        )
