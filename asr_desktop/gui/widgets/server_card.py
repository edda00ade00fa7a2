"""Card of the Settings page for the server for other programs: state, address and API key."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QTime
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMessageBox

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.serving import Asked, ServerState
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import button, closing_question, is_agreed, label
from asr_desktop.gui.widgets.settings_form import SettingsForm

_UNAUTHORISED = 401
_FAILED = 400


class ServerCard(SettingsForm):
    """Settings and state of the server; address and API key can be copied into other programs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("ServerCard", "Server for other programs"))
        self._serving = context.serving
        hint = self.tr("Programs that can use OpenAI's transcription API can use this computer instead.")
        self.body.insertWidget(1, label(hint, "muted", wrap=True))
        self.switch_on = self.switch(self.tr("Run the server while the program is open"), "serve")
        self.network = self.switch(
            self.tr("Allow other computers in the network (not encrypted)"), "serve_network"
        )
        self.port = self.number(self.tr("Port"), "serve_port", 1024, 65_535)
        self.port.setKeyboardTracking(False)  # otherwise each typed digit would restart the server
        self.port.setGroupSeparatorShown(False)
        self.address = _shown()
        self.copy_address = button(self.tr("Copy"), on_click=lambda: self._copy(self.address))
        self.add(self.tr("Address"), self.address, self.copy_address)
        self.key = _shown()
        self.copy_key = button(self.tr("Copy"), on_click=lambda: self._copy(self.key))
        self.new_key = button(self.tr("New"), on_click=self._make_new_key)
        self.add(self.tr("API key"), self.key, self.new_key, self.copy_key)
        self.status = label("", wrap=True)
        self.status.setAccessibleName(self.tr("State of the server"))
        self.add("", self.status)
        self.last = label("", "muted", wrap=True)
        self.add("", self.last)
        self._serving.changed.connect(self._show)
        context.settings_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        settings = self.context.settings
        self.address.setText(self._serving.address)
        self.address.setCursorPosition(0)
        if settings.serve and not self.key.text():
            self._show_key(new=False)
        for part in (self.key, self.copy_key, self.new_key):
            part.setEnabled(bool(self.key.text()))
        sentences = {
            ServerState.OFF: self.tr("The server is off."),
            ServerState.STARTING: self.tr("The server is starting…"),
            ServerState.RUNNING: self.tr("The server is running."),
        }
        self.status.setText(sentences.get(self._serving.state, self._serving.sentence))
        asked = self._serving.asked
        self.last.setVisible(asked is not None)
        if asked is not None:
            self.last.setText(self._words_of(asked))

    def _words_of(self, asked: Asked) -> str:
        at = QLocale().toString(QTime(asked.at.hour, asked.at.minute), QLocale.FormatType.ShortFormat)
        if asked.status == _UNAUTHORISED:
            sentence = self.tr("Last request at {time}: refused, because the API key was missing or wrong.")
            return sentence.format(time=at)
        kinds = {
            "/v1/audio/transcriptions": self.tr("a recording"),
            "/v1/listen": self.tr("live speech"),
            "/v1/realtime": self.tr("live speech"),
            "/v1/models": self.tr("the name of the model"),
        }
        what = kinds.get(asked.path, asked.path[:60])
        if asked.status >= _FAILED:
            sentence = self.tr("Last request at {time}: {what}, failed (status {status}).")
            return sentence.format(time=at, what=what, status=asked.status)
        return self.tr("Last request at {time}: {what}, answered.").format(time=at, what=what)

    def _show_key(self, *, new: bool) -> None:
        try:
            self.key.setText(self._serving.token(new=new))
        except AsrDesktopError as error:
            self.context.show_message.emit(said(str(error)), "error", "")
        self.key.setCursorPosition(0)

    def _make_new_key(self) -> None:
        if is_agreed(self.new_key_question()):
            self._show_key(new=True)
            self._show()

    def new_key_question(self) -> QMessageBox:
        """The question before the API key is replaced, which locks out programs with the old one."""
        return closing_question(
            self,
            title=self.tr("New API key"),
            question=self.tr("Make a new API key?"),
            consequence=self.tr("Programs that use the present key will be refused."),
            close=self.tr("Make new key"),
            stay=self.tr("Keep key"),
        )

    def _copy(self, shown: QLineEdit) -> None:
        QGuiApplication.clipboard().setText(shown.text())


def _shown() -> QLineEdit:
    """A read-only field whose text can be selected."""
    made = QLineEdit()
    made.setReadOnly(True)
    return made
