"""The small menu at a doubtful word: it is right, it is one of these, or play it again.

It opens at once and gets the other guesses when the recogniser has listened again. Typing closes it and
goes into the text, in the word's place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from asr_desktop.gui.theme import icon
from asr_desktop.recognition.alternatives import Alternative

_MOST_SHOWN = 6


class AlternativesMenu(QMenu):
    """For one word; gone when it is closed."""

    confirmed = Signal()
    chosen = Signal(str)
    """Another text for the word, "" to leave it out."""
    play_wanted = Signal()
    next_wanted = Signal()
    typed = Signal(str)
    """Belongs to the text, in the word's place."""

    def __init__(
        self, word: str, confidence: float, is_next_key: Callable[[QKeySequence], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._is_next_key = is_next_key
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Doubtful word"))
        right = self.addAction(icon("check"), self.tr("“{word}” is correct").format(word=_escaped(word)))
        right.triggered.connect(self.confirmed)
        self.setActiveAction(right)
        self.addSeparator()
        self._waiting = self.addAction(self.tr("Listening again…"))
        self._waiting.setEnabled(False)
        self._end = self.addSeparator()
        play = self.addAction(icon("play"), self.tr("Play again"))
        play.triggered.connect(self.play_wanted)
        skip = self.addAction(icon("next-doubtful"), self.tr("Next doubtful word"))
        skip.triggered.connect(self.next_wanted)
        sure = round(confidence * 100)
        self.setToolTip(self.tr("Confidence in this word: {percent}%").format(percent=sure))

    def show_alternatives(self, alternatives: Sequence[Alternative]) -> None:
        """What else it may be, the most probable first."""
        self.removeAction(self._waiting)
        for number, alternative in enumerate(alternatives[:_MOST_SHOWN], start=1):
            text = _escaped(alternative.text) if alternative.text else self.tr("Delete word")
            action = QAction(f"&{number}  {text}", self)
            action.triggered.connect(lambda _on=False, text=alternative.text: self.chosen.emit(text))
            self.insertAction(self._end, action)
        if not alternatives:
            self.show_nothing(self.tr("No suggestions"))

    def show_nothing(self, why: str) -> None:
        """There are none, and why."""
        self.removeAction(self._waiting)
        sign = QAction(why, self)
        sign.setEnabled(False)
        self.insertAction(self._end, sign)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = QKeySequence(event.keyCombination())
        if self._is_next_key(key):
            self.close()
            self.next_wanted.emit()
        elif (
            event.text().isprintable() and event.text() and not event.text().isdigit() and event.text() != " "
        ):
            typed = event.text()
            self.close()
            self.typed.emit(typed)
        else:
            super().keyPressEvent(event)


def _escaped(text: str) -> str:
    """An ampersand would make the next letter a key."""
    return text.replace("&", "&&")
