"""Card of the Settings page for dictation: shortcuts, insertion of text, and spoken commands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPlainTextEdit

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.insertion import AUTOMATIC, PASTE, TYPE, WAYS
from asr_desktop.dictation.spoken_commands import parse_own
from asr_desktop.dictation.talk_key import KeyUse
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.key_table import KeyEdit
from asr_desktop.gui.widgets.parts import label
from asr_desktop.gui.widgets.settings_form import SettingsForm

TYPED_AFTER_MS = 500


class DictationCard(SettingsForm):
    """Settings of dictation. Shortcuts of other programs are unknown; conflicts are reported on choosing."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("DictationCard", "Dictation in other programs"))
        self.talk_key = self._key(self.tr("Dictate"), "dictation_key")
        self.cancel_key = self._key(self.tr("Cancel dictation"), "dictation_cancel_key")
        self.correct_key = self._key(self.tr("Correct last dictation"), "dictation_correct_key")
        uses = [
            (self.tr("Hold to talk, or press to start and stop"), KeyUse.BOTH.value),
            (self.tr("Hold to talk"), KeyUse.HOLD.value),
            (self.tr("Press to start and stop"), KeyUse.TOGGLE.value),
        ]
        self.choice(self.tr("Shortcut works as"), uses, "dictation_key_use")
        ways = [
            (self.tr("Automatic"), AUTOMATIC),
            (self.tr("Typing"), TYPE),
            (self.tr("Pasting (the clipboard is restored)"), PASTE),
        ]
        self.choice(self.tr("Insert text by"), ways, "dictation_way")
        self.ways = self._lines(
            self.tr("Other ways for some programs"),
            "dictation_ways",
            self.tr("One per line, for example\ncode=paste\nxterm=type"),
            _checked_way,
        )
        kept_open = self.switch(
            self.tr("Keep the microphone open, so that no first word is cut off"),
            "dictation_keeps_microphone",
        )
        kept_open.setToolTip(
            self.tr("Your desktop then shows the microphone as in use. Only the last second is remembered.")
        )
        self.switch(self.tr("Keep dictations in the library"), "dictation_history")
        self.switch(self.tr("Spoken commands, such as “new line”"), "dictation_commands")
        self.switch(
            self.tr("Commands also in the middle of a sentence"),
            "dictation_commands_everywhere",
        )
        self.own = self._lines(
            self.tr("Your own commands"),
            "dictation_own_commands",
            self.tr("One per line, for example\nbest regards=Best regards,\\nAda\nsend it=key:Ctrl+Return"),
            parse_own,
        )

    def _key(self, name: str, setting: str) -> KeyEdit:
        editor = KeyEdit(_sequence(self._stored(setting)))

        def store() -> None:
            portable = editor.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
            if portable != self._stored(setting):
                self._store(setting, portable)

        def show() -> None:
            if not editor.hasFocus():
                editor.setKeySequence(_sequence(self._stored(setting)))

        editor.editingFinished.connect(store)
        self._shows.append(show)
        self.add(name, editor)
        return editor

    def _lines(self, name: str, setting: str, example: str, check: Callable[[str], object]) -> QPlainTextEdit:
        """A setting of several lines; the error of an invalid line is shown, and the line is not stored."""
        editor = QPlainTextEdit("\n".join(self._stored(setting)))
        editor.setAccessibleName(name)
        editor.setPlaceholderText(example)
        editor.setTabChangesFocus(True)
        editor.setFixedHeight(editor.fontMetrics().lineSpacing() * 4 + 2 * SPACE)
        problem = label("", "small", wrap=True)
        problem.hide()
        timer = QTimer(editor)
        timer.setSingleShot(True)
        timer.setInterval(TYPED_AFTER_MS)

        def store() -> None:
            accepted, sentence = [], ""
            for line in filter(str.strip, editor.toPlainText().splitlines()):
                try:
                    check(line)
                except AsrDesktopError as error:
                    sentence = said(str(error))
                else:
                    accepted.append(line.strip())
            problem.setText(sentence)
            problem.setVisible(bool(sentence))
            editor.setAccessibleDescription(sentence)
            if tuple(accepted) != self._stored(setting):
                self._store(setting, tuple(accepted))

        timer.timeout.connect(store)
        editor.textChanged.connect(timer.start)
        self.add(name, editor)
        self.add("", problem)
        return editor


def _checked_way(line: str) -> None:
    program, _, way = line.partition("=")
    if not program.strip() or way.strip() not in WAYS:
        raise AsrDesktopError(
            Sentence('Write "program=type" or "program=paste", one per line: {entry}', entry=line)
        )


def _sequence(portable: str) -> QKeySequence:
    return QKeySequence(portable, QKeySequence.SequenceFormat.PortableText)
