"""The program with its window: made, run, and ended."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from asr_desktop import __version__
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.theme import theme


def main() -> int:
    """Opens the window and returns the exit code when it is closed."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("asr-desktop")
    application.setApplicationDisplayName("ASR Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("asr-desktop")
    context = AppContext()
    theme.apply(context.settings.theme)
    window = MainWindow(context)
    window.show()
    try:
        return application.exec()
    finally:
        context.close()
