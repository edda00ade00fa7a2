"""Hotwords: names and phrases to expect, one on each line; changes apply while typing."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from asr_desktop.base.errors import DecoderError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import Card, label

TYPED_AFTER_MS = 500
"""Delay after the last key before the text is applied."""


class HotwordBox(Card):
    """Stores the hotwords in the settings and passes them to the current recording."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.context = context
        self.body.setSpacing(SPACE)
        heading = label(self.tr("Names and phrases"), "heading")
        self.body.addWidget(heading)
        self.hint = label(self.tr("One per line. They apply from the next sentence on."), "small", wrap=True)
        self.body.addWidget(self.hint)
        self.editor = QPlainTextEdit("\n".join(self.stored()))
        self.editor.setAccessibleName(self.tr("Names and phrases to recognise"))
        self.editor.setPlaceholderText(self.tr("For example\nAda Lovelace\nCharles Babbage"))
        self.editor.setToolTip(
            self.tr(
                "“word” or “word:12”; a higher number makes the word more likely: 8 is normal, 15 is high"
            )
        )
        self.editor.setTabChangesFocus(True)
        heading.setBuddy(self.editor)
        self.body.addWidget(self.editor, 1)
        self._problem = label("", "small", wrap=True)
        self._problem.hide()
        self.body.addWidget(self._problem)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPED_AFTER_MS)
        self._timer.timeout.connect(self.apply)
        self.editor.textChanged.connect(self._timer.start)
        context.settings_changed.connect(self._follow_settings)

    def apply(self) -> None:
        """Apply the text; invalid lines are reported and left out."""
        from asr_desktop.recognition.hotwords import parse_hotword

        self._timer.stop()
        accepted, problem = [], ""
        for line in self.editor.toPlainText().splitlines():
            if not line.strip():
                continue
            try:
                parse_hotword(line)
            except DecoderError as error:
                problem = said(str(error))
            else:
                accepted.append(" ".join(line.split()))
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if tuple(accepted) != self.stored():
            self.store(tuple(accepted))

    def stored(self) -> tuple[str, ...]:
        """The hotwords in the settings."""
        return self.context.settings.hotwords

    def store(self, words: tuple[str, ...]) -> None:
        """Store these hotwords in the settings."""
        self.context.change_settings(hotwords=words)
        self.context.live.set_hotwords(words)

    def _follow_settings(self) -> None:
        """Show changes made elsewhere, unless the user is typing here."""
        if not self.editor.hasFocus() and not self._timer.isActive():
            text = "\n".join(self.stored())
            if text != self.editor.toPlainText() and not self._problem.isVisible():
                self.editor.blockSignals(True)
                self.editor.setPlainText(text)
                self.editor.blockSignals(False)
