"""Settings: the common ones; the others behind a switch. Cards with many parts are modules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, QTime
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from asr_desktop.base.clock import clock
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.login_start import LoginStartError, login_start, set_login_start
from asr_desktop.gui import translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.pages import Page
from asr_desktop.gui.serving import Asked, ServerState
from asr_desktop.gui.shortcuts import KeyTable
from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import DeviceBox, ModelBox, language_name
from asr_desktop.gui.widgets.columns import CardColumns
from asr_desktop.gui.widgets.dictation_card import DictationCard, ProfilesCard
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import (
    Card,
    ElidedLabel,
    button,
    closing_question,
    icon_button,
    is_agreed,
    label,
    page_layout,
    row,
)
from asr_desktop.gui.widgets.settings_form import RecognitionCard, SettingsForm, StorageCard
from asr_desktop.gui.widgets.writing_card import WritingCard

if TYPE_CHECKING:
    from asr_desktop.speakers.voices import RememberedVoice


class SettingsPage(Page):
    """Every change applies at once; there is no confirmation."""

    title = "Settings"
    icon_name = "settings"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        outer = page_layout(self, self.tr("Settings"), self.tr("Changes apply immediately."))
        self.advanced_switch = QCheckBox(self.tr("Show advanced settings"))
        self.advanced_switch.setChecked(context.settings.show_advanced)
        self.advanced = RecognitionCard(context)
        self.columns = CardColumns(
            [
                self._make_window(),
                self._make_speech(),
                WritingCard(context),
                DictationCard(context),
                ProfilesCard(context),
                self._make_captions(),
                VoicesCard(context),
                ServerCard(context),
                StorageCard(context),
                self._make_network(),
                self.advanced_switch,
                self.advanced,
            ],
            [self._make_keys()],
        )
        outer.addWidget(self.columns, 1)
        self.advanced.setVisible(self.advanced_switch.isChecked())
        self.advanced_switch.toggled.connect(self.advanced.setVisible)
        self.advanced_switch.toggled.connect(lambda on: context.change_settings(show_advanced=on))

    def _make_window(self) -> Card:
        form = SettingsForm(self.context, self.tr("General"))
        looks = [
            (self.tr("Same as system"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ]
        self.theme_box = form.choice(self.tr("Theme"), looks, "theme")
        self.theme_box.currentIndexChanged.connect(lambda _: theme.apply(self.context.settings.theme))
        languages = [(self.tr("Same as system"), "")]
        languages += [(language_name(code), code) for code in translations.LANGUAGES]
        self.language_box = form.choice(self.tr("Interface language"), languages, "language")
        form.switch(self.tr("Keep running in the tray when the window is closed"), "keep_in_tray")
        self.login_box = QCheckBox(self.tr("Start in the tray at login"))
        self.login_box.setChecked(login_start().is_on())
        self.login_box.toggled.connect(self._set_login_start)
        form.add("", self.login_box)
        return form

    def _set_login_start(self, wanted: bool) -> None:
        try:
            set_login_start(wanted)
        except LoginStartError as error:
            self.context.show_message.emit(said(str(error)), "error", "")
            self.login_box.blockSignals(True)
            self.login_box.setChecked(not wanted)
            self.login_box.blockSignals(False)

    def _make_speech(self) -> Card:
        form = SettingsForm(self.context, self.tr("Speech"))
        form.add(self.tr("Microphone"), DeviceBox(self.context))
        form.add(self.tr("Language and model"), ModelBox(self.context))
        return form

    def _make_captions(self) -> Card:
        form = SettingsForm(self.context, self.tr("Captions over other windows"))
        form.number(self.tr("Text size"), "overlay_font_points", 12, 72, self.tr(" pt"))
        form.number(self.tr("Lines"), "overlay_lines", 1, 6)
        form.colour(self.tr("Text"), "overlay_text_colour")
        form.colour(self.tr("Background"), "overlay_background_colour")
        form.percent(self.tr("Background opacity"), "overlay_opacity")
        form.switch(self.tr("Let clicks through to the window below"), "overlay_click_through")
        return form

    def _make_keys(self) -> Card:
        card = Card(self.tr("Keyboard shortcuts"))
        card.body.addWidget(
            label(
                self.tr(
                    "Click a shortcut and press another key; foot pedals work too. Backspace removes it."
                ),
                "muted",
                wrap=True,
            )
        )
        self.keys = KeyTable(self.context)
        card.body.addWidget(self.keys)
        return card

    def _make_network(self) -> Card:
        card = Card(self.tr("Network"))
        card.body.addWidget(
            label(
                self.tr(
                    "What you say and write stays on this computer. The network is used only to "
                    "download a model, when you ask for it on the Models page, and by other programs, if "
                    "you allow them."
                ),
                wrap=True,
            )
        )
        return card


# The stored voices, each with a button to forget it


def _voices() -> tuple[RememberedVoice, ...]:
    from asr_desktop.speakers.voices import VoiceStore  # imports numpy, which the window starts without

    return VoiceStore().voices()


def _forget(name: str | None) -> None:
    """Delete a voice; None: all voices, even if the file cannot be read."""
    from asr_desktop.speakers.voices import VoiceStore

    if name is None:
        VoiceStore().forget_all()
    else:
        VoiceStore().forget(name)


class VoicesCard(Card):
    """Names with the length of their speech; deleting is permanent."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("VoicesCard", "Remembered voices"), parent)
        self._context = context
        self.hint = label("", "muted", wrap=True)
        self.body.addWidget(self.hint)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.delete_all = button(self.tr("Delete all"), "trash", on_click=lambda: self._delete(None))
        self.body.addLayout(row(self.delete_all, None))
        self.delete_all.hide()
        context.voices_changed.connect(self.refresh)
        self._say_none()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Reload the stored voices."""
        self._context.run(_voices).on_success(self._show).on_failure(self._cannot_show)

    def _show(self, voices: tuple[RememberedVoice, ...]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        for voice in voices:
            self._list.addWidget(self._line(voice))
        self.delete_all.setVisible(len(voices) > 1)
        if voices:
            self.hint.setText(self.tr("Transcripts name these speakers automatically."))
        else:
            self._say_none()

    def _say_none(self) -> None:
        self.hint.setText(
            self.tr(
                "None. To have somebody recognised, name them in the Editor and choose “Remember this "
                "voice” in the list of speakers."
            )
        )

    def _line(self, voice: RememberedVoice) -> QWidget:
        heard = self.tr("{time} heard").format(time=clock(voice.heard_seconds))
        name = ElidedLabel(f"{voice.name} · {heard}")
        remove = icon_button(
            "trash",
            self.tr("Forget the voice of {name}").format(name=voice.name),
            on_click=lambda: self._delete(voice.name),
        )
        line = QWidget()
        parts = row(name, remove, spacing=SPACE)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setStretch(0, 1)
        line.setLayout(parts)
        return line

    def _delete(self, name: str | None) -> None:
        done = self._context.run(_forget, name)
        done.on_success(lambda _: self._context.voices_changed.emit()).on_failure(self._context.tell_failure)

    def _cannot_show(self, failure: Failure) -> None:
        """An unreadable file can still be deleted."""
        self.hint.setText(failure.sentence)
        self.delete_all.show()


# The server for other programs: state, address and API key

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
