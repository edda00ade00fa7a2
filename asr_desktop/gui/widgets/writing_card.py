"""Settings of the written form: its parts, the user's replacements, and a field to try them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit

from asr_desktop.base.errors import WritingError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import WIDEST_PIXELS, language_name
from asr_desktop.gui.widgets.parts import ComboBox, LineEdit, label
from asr_desktop.gui.widgets.settings_form import SettingsForm
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.phrases import join_words
from asr_desktop.writing.options import (
    CAPITALS,
    MARKS,
    NUMBERS,
    REPLACEMENTS,
    chosen_options,
    language_code,
    parse_replacement,
)

TYPED_AFTER_MS = 500
"""Delay after the last key before the replacements are applied."""
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "da")
REPLACEMENT_LINES = 4


class WritingCard(SettingsForm):
    """A card of the Settings page. Changes apply from the next file and the next recording on."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("WritingCard", "Writing"))
        self.language = ComboBox()
        self.language.setMaximumWidth(WIDEST_PIXELS)
        self.language.addItem(self.tr("All languages"), "")
        for code in LANGUAGES:
            self.language.addItem(language_name(code), code)
        self.language.currentIndexChanged.connect(lambda _: self._show_parts())
        self.add(self.tr("For models of"), self.language)
        self.parts: dict[str, QCheckBox] = {}
        for part, name in (
            (MARKS, self.tr("Punctuation (English)")),
            (CAPITALS, self.tr("Capitals (English)")),
            (NUMBERS, self.tr("Figures for numbers, dates, times and money")),
            (REPLACEMENTS, self.tr("Own replacements")),
        ):
            box = QCheckBox(name)
            box.clicked.connect(lambda on, part=part: self._set_part(part, on))
            self.parts[part] = box
            self.add("", box)
        self.closed = self.switch(self.tr("Per cent sign without a space: “25%”"), "writing_closed_per_cent")
        self.replacements = QPlainTextEdit("\n".join(context.settings.writing_replacements))
        self.replacements.setPlaceholderText(self.tr("For example\nopen source=open-source\num="))
        self.replacements.setToolTip(
            self.tr("spoken=written, one per line; nothing after = leaves the words out")
        )
        self.replacements.setTabChangesFocus(True)
        line = self.replacements.fontMetrics().lineSpacing()
        self.replacements.setFixedHeight(REPLACEMENT_LINES * line + 3 * SPACE)
        self.add(self.tr("Own replacements, “spoken=written”"), self.replacements)
        self.problem = label("", "small", wrap=True)
        self.problem.hide()
        self.add("", self.problem)
        self.tried = LineEdit()
        self.tried.setPlaceholderText(self.tr("Type words as they are spoken"))
        self.add(self.tr("Try it"), self.tried)
        self.outcome = label("", wrap=True)
        self.outcome.setAccessibleName(self.tr("As it is written, without punctuation"))
        self.add("", self.outcome)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPED_AFTER_MS)
        self._timer.timeout.connect(self.apply)
        self.replacements.textChanged.connect(self._timer.start)
        self.tried.textChanged.connect(lambda _: self._try())
        context.settings_changed.connect(self._follow)
        self._follow()

    def apply(self) -> None:
        """Store the replacements; invalid lines are reported and left out."""
        self._timer.stop()
        accepted, problem = [], ""
        for line in self.replacements.toPlainText().splitlines():
            if not line.strip():
                continue
            try:
                accepted.append(str(parse_replacement(line)))
            except WritingError as error:
                problem = said(str(error))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if tuple(accepted) != self.context.settings.writing_replacements:
            self.context.change_settings(writing_replacements=tuple(accepted))

    def _set_part(self, part: str, is_on: bool) -> None:
        options = chosen_options(self.context.settings).with_part(part, is_on, self.language.currentData())
        self.context.change_settings(writing_off=options.off)

    def _follow(self) -> None:
        """Show changes made elsewhere, unless the user is typing here."""
        self._show_parts()
        self._try()
        stored = "\n".join(self.context.settings.writing_replacements)
        is_typing = self.replacements.hasFocus() or self._timer.isActive() or self.problem.isVisible()
        if not is_typing and stored != self.replacements.toPlainText():
            self.replacements.blockSignals(True)
            self.replacements.setPlainText(stored)
            self.replacements.blockSignals(False)

    def _show_parts(self) -> None:
        options = chosen_options(self.context.settings)
        code = language_code(self.language.currentData())
        for part, box in self.parts.items():
            box.setChecked(options.has(part, code))
            # A part that is off for all languages can only be switched on for all.
            box.setEnabled(not code or part not in options.off)

    def _try(self) -> None:
        """Update the example, without punctuation and names: they need the network, which the window does
        not load."""
        from asr_desktop.writing.writer import Writer

        words = [Word(text, 0.0, 0.0, 1.0) for text in self.tried.text().split() if text.isprintable()]
        writer = Writer(
            chosen_options(self.context.settings), language=self.language.currentData() or LANGUAGES[0]
        )
        self.outcome.setText(join_words(word.text for word in writer.write(words).words))
