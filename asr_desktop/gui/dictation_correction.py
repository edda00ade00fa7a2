"""Window for correcting the last dictated utterance, with its text, sound and alternative hypotheses.

The correction replaces the text in the program if that is still possible, and becomes a training pair.
Changed words are offered as hotwords and replacements.
"""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.dictation.correction import (
    changed_words,
    corrected_transcript,
    in_the_form_of,
    is_what_was_said,
)
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_thread import LastUtterance
from asr_desktop.gui.editor.sound import EditorSound
from asr_desktop.gui.editor.teaching import TeachingError, teach
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import button, label, row
from asr_desktop.recognition.hotwords import hotword_entry
from asr_desktop.recognition.live_events import Final
from asr_desktop.recognition.realignment import SecondLook

WIDTH_PIXELS = 600
MOST_OFFERS = 3
MOST_GUESSES_SHOWN = 5
TYPED_AFTER_MS = 250

_shown: set[CorrectionWindow] = set()
"""Open windows; these references keep them alive."""


def show_correction(context: AppContext, last: LastUtterance) -> CorrectionWindow:
    """Show the correction window of an utterance in front; a new one unless it is already open."""
    window = next((shown for shown in _shown if shown.final is last.final), None)
    window = window or CorrectionWindow(context, last)
    window.show_in_front()
    return window


class CorrectionWindow(QDialog):
    """Takes the keyboard focus; when it is closed, the focus returns to the program."""

    def __init__(self, context: AppContext, last: LastUtterance) -> None:
        super().__init__(None)
        self._context = context
        self._last = last
        self._second_look: SecondLook | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle(self.tr("Correct dictation"))
        self.setMinimumWidth(WIDTH_PIXELS)
        self.sound = EditorSound(context, self)
        self.sound.playing_changed.connect(self._show_playing)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(label(self.tr("Correct dictation"), "heading"))
        self.text = _TextField(last.text)
        self.text.setAccessibleName(self.tr("Text"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 3 + 2 * SPACE)
        self.text.accepted.connect(self.accept)
        column.addWidget(self.text)
        self.play_button = button(self.tr("Play"), "play", on_click=self._play)
        self.play_button.setEnabled(False)
        self.state = label(self.tr("Listening again…"), "muted", wrap=True)
        playing = row(self.play_button, self.state)
        playing.setStretch(1, 1)
        column.addLayout(playing)
        self._guesses_label = label(self.tr("Other guesses"), "muted")
        self.guesses = _Guesses()
        self.guesses.setAccessibleName(self.tr("Other guesses"))
        self.guesses.itemClicked.connect(self._take_guess)
        self.guesses.chosen.connect(self._take_guess)
        for part in (self._guesses_label, self.guesses):
            column.addWidget(part)
            part.hide()
        self._offers = QVBoxLayout()
        self._offers.setSpacing(SPACE // 2)
        column.addLayout(self._offers)
        self.offers: dict[tuple[str, str, str], QCheckBox] = {}
        """(setting, before, after) → the check box of this offer."""
        self.replace_button = button(self.tr("Replace"), kind="primary", on_click=self.accept)
        self.replace_button.setDefault(True)
        column.addLayout(row(None, button(self.tr("Cancel"), on_click=self.reject), self.replace_button))
        self._typing = QTimer(self, singleShot=True, interval=TYPED_AFTER_MS)
        self._typing.timeout.connect(self._show_offers)
        self.text.textChanged.connect(self._typing.start)
        self.accepted.connect(self._use)
        self.finished.connect(lambda _result: self._close())
        self._find_sound()

    @property
    def final(self) -> Final:
        """The utterance that this window corrects."""
        return self._last.final

    def show_in_front(self) -> None:
        """Show the window in front of the program and give it the keyboard focus."""
        is_new = self not in _shown
        _shown.add(self)
        self.show()
        self.raise_()
        self.activateWindow()
        self.text.setFocus()
        if is_new:
            self.text.selectAll()

    # Sound and alternative hypotheses

    def _find_sound(self) -> None:
        if not self._last.entry_id:
            self.state.setText(self.tr("Dictations are not kept, so there is no audio to learn from."))
            return
        operation = self._context.run(self._context.library.audio_path, self._last.entry_id)
        operation.on_success(self._found_sound).on_failure(self._no_guesses)

    def _found_sound(self, path: Path | None) -> None:
        if path is None:
            self.state.setText(self.tr("The audio is missing."))
            return
        self.sound.opened.connect(lambda _seconds: self.play_button.setEnabled(True))
        self.sound.open(path)
        self._second_look = self._context.second_look(self._last.model)
        final = self._last.final
        operation = self._context.run(
            self._second_look.readings, path, final.start_seconds, final.end_seconds
        )
        operation.on_success(self._show_guesses).on_failure(self._no_guesses)

    def _show_guesses(self, readings: list[str]) -> None:
        written = [in_the_form_of(self._last.text, reading) for reading in readings]
        for text in dict.fromkeys(written):
            if text != self._last.text:
                self.guesses.addItem(text)
        self.state.setText("" if self.guesses.count() else self.tr("No suggestions"))
        has_some = self.guesses.count() > 0
        self._guesses_label.setVisible(has_some)
        self.guesses.setVisible(has_some)
        self.guesses.fit()

    def _no_guesses(self, failure: Failure) -> None:
        self.state.setText(failure.sentence)

    def _take_guess(self, item: QListWidgetItem) -> None:
        self.text.setPlainText(item.text())
        self.text.setFocus()

    def _play(self) -> None:
        final = self._last.final
        self.sound.play_stretch(final.start_seconds, final.end_seconds)

    def _show_playing(self, is_playing: bool) -> None:
        self.play_button.setText(self.tr("Playing…") if is_playing else self.tr("Play"))

    # The correction, and what is learnt from it

    @property
    def corrected(self) -> str:
        return self.text.written().strip()

    def _show_offers(self) -> None:
        wanted = {key for key, box in self.offers.items() if box.isChecked()}
        while self._offers.count():
            item = self._offers.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self.offers.clear()
        former: QWidget = self.guesses
        for before, after in changed_words(self._last.text, self.corrected)[:MOST_OFFERS]:
            for setting, text in (
                ("hotwords", self.tr("Listen for “{word}”").format(word=after)),
                (
                    "writing_replacements",
                    self.tr("Always write “{after}” in place of “{before}”").format(
                        after=after, before=before
                    ),
                ),
            ):
                box = QCheckBox(text.replace("&", "&&"))
                box.setChecked((setting, before, after) in wanted)
                self.offers[setting, before, after] = box
                self._offers.addWidget(box)
                self.setTabOrder(former, box)
                former = box

    def _use(self) -> None:
        self._show_offers()  # update for the text typed last
        text = self.corrected
        if not text or text == self._last.text:
            return
        self._remember()
        self._context.dictation.replace(self._last, text)
        if self._last.entry_id and is_what_was_said(self._last.final.words, self._last.recognised):
            operation = self._context.run(_learn, self._context, self._last, text)
            operation.on_success(lambda _: self._context.library_changed.emit())
            operation.on_failure(partial(_not_learned, self._context))

    def _remember(self) -> None:
        chosen = self._context.settings
        values: dict[str, tuple[str, ...]] = {}
        for (setting, before, after), box in self.offers.items():
            if box.isChecked():
                entry = hotword_entry(after) if setting == "hotwords" else f"{before.lower()}={after}"
                known = values.get(setting, getattr(chosen, setting))
                values[setting] = known if entry in known else (*known, entry)
        if values:
            self._context.change_settings(**values)

    def _close(self) -> None:
        _shown.discard(self)
        self.sound.close()
        if self._second_look is not None:
            self._second_look.close()


class _Guesses(QListWidget):
    """Other texts, wrapped; Return chooses one without accepting the window."""

    chosen = Signal(QListWidgetItem)

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    def fit(self) -> None:
        """Make it as high as its texts, at most the first MOST_GUESSES_SHOWN of them."""
        self.doItemsLayout()
        shown = [self.visualItemRect(self.item(row)) for row in range(min(MOST_GUESSES_SHOWN, self.count()))]
        self.setFixedHeight(sum(place.height() for place in shown) + SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.chosen.emit(item)
        else:
            super().keyPressEvent(event)


class _TextField(QPlainTextEdit):
    """Text field in which Return accepts the text, as in a one-line field, and Shift+Return adds a line."""

    accepted = Signal()

    def written(self) -> str:
        """The exact text: `toPlainText` would turn no-break spaces, as in "25 %", into ordinary ones."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.accepted.emit()
        else:
            super().keyPressEvent(event)


_correcting = threading.Lock()
_teaching = threading.Lock()
"""Apart, because pairs are made for seconds and a second correction need not wait so long for its place."""


def _learn(context: AppContext, last: LastUtterance, text: str) -> None:
    """Correct the transcript in the library and make training pairs of it. To be called in a thread."""
    library = context.library
    with _correcting:  # a second correction begins with the transcript of the first
        transcript = library.transcript(last.entry_id)
        corrected = corrected_transcript(transcript, last.final.words, text, last.corrected)
        sound = library.audio_path(last.entry_id)
        if corrected is None or sound is None:
            return
        library.save_transcript(last.entry_id, corrected)
    with _teaching:  # each begins with what is newest, so the last one has all corrections
        newest = library.transcript(last.entry_id)
        teach(newest, sound, context.emissions(last.model or context.settings.model))


def _not_learned(context: AppContext, failure: Failure) -> None:
    """Report a failure, except that of a text that does not match the sound: the user need not act on it."""
    if not isinstance(failure.error, TeachingError):
        context.tell_failure(failure)
