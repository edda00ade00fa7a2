"""Where things are kept: the folders, one of which can be another."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QSizePolicy

from asr_desktop.base import paths
from asr_desktop.base.private_files import make_folder
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.translations import said_reason
from asr_desktop.gui.widgets.parts import button
from asr_desktop.gui.widgets.settings_form import SettingsForm


class StorageCard(SettingsForm):
    """On the Settings page. Only recordings, which become large, can be kept elsewhere."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("StorageCard", "Storage"))
        self._recordings = _path_label(self._sessions_folder())
        self.add(
            self.tr("Recordings"),
            self._recordings,
            button(self.tr("Change"), on_click=self._choose_folder),
            button(self.tr("Open"), on_click=lambda: self._open_folder(self._sessions_folder())),
        )
        for name, folder in (
            (self.tr("Library"), paths.library_file().with_suffix("")),
            (self.tr("Models"), paths.models_folder()),
            (self.tr("Other files"), paths.data_folder()),
        ):
            open_it = button(self.tr("Open"), on_click=partial(self._open_folder, folder))
            self.add(name, _path_label(folder), open_it)

    def _sessions_folder(self) -> Path:
        chosen = self.context.settings.sessions_folder
        return Path(chosen) if chosen else paths.sessions_folder()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Recordings folder"), str(self._sessions_folder())
        )
        if chosen:
            default = Path(chosen) == paths.sessions_folder()
            self.context.change_settings(sessions_folder="" if default else chosen)
            _show_path(self._recordings, self._sessions_folder())

    def _open_folder(self, folder: Path) -> None:
        try:
            make_folder(folder)
        except OSError as error:
            sentence = self.tr("{folder} cannot be created ({reason}).").format(
                folder=folder, reason=said_reason(error)
            )
            self.context.show_message.emit(sentence, "error", "")
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _path_label(path: Path) -> QLabel:
    made = QLabel()
    # A folder with a long name must not make the card wider than a small window.
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    _show_path(made, path)
    return made


def _show_path(text: QLabel, path: Path) -> None:
    """A long path wraps where it can."""
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setProperty("role", "muted")
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setText(str(path).replace("/", "/\u200b"))
    text.setAccessibleName(str(path))
