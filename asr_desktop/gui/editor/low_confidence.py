"""Goes from one doubtful word to the next, and offers alternatives for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QLocale, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import EditorPlaying
from asr_desktop.gui.editor.realignment import EditorRealignment
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE, UNSURE_BELOW, icon
from asr_desktop.recognition.alternatives import Alternative
from asr_desktop.transcripts.editing import DoubtfulWalk, EditableTranscript, WordPlace
from asr_desktop.transcripts.editing.low_confidence import Order
from asr_desktop.transcripts.editing.written_form import like

# The menu at a doubtful word: confirm it, choose an alternative, or play it again.
#
# It opens at once and is filled when the recogniser has found alternatives. Typing closes it and replaces the
# word.

_MOST_SHOWN = 6


class AlternativesMenu(QMenu):
    """For one word; deleted when it is closed."""

    confirmed = Signal()
    chosen = Signal(str)
    """Another text for the word, "" to remove it."""
    play_wanted = Signal()
    next_wanted = Signal()
    typed = Signal(str)
    """A key press that replaces the word in the text."""

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
        """Fill in the alternatives, the most probable first."""
        self.removeAction(self._waiting)
        for number, alternative in enumerate(alternatives[:_MOST_SHOWN], start=1):
            text = _escaped(alternative.text) if alternative.text else self.tr("Delete word")
            action = QAction(f"&{number}  {text}", self)
            action.triggered.connect(lambda _on=False, text=alternative.text: self.chosen.emit(text))
            self.insertAction(self._end, action)
        if not alternatives:
            self.show_nothing(self.tr("No suggestions"))

    def show_nothing(self, why: str) -> None:
        """Show that there are none, and why."""
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
    """Escape ampersands, which would mark a menu key."""
    return text.replace("&", "&&")


class EditorDoubts(QObject):
    """Steps through the marked words, with the menu at each."""

    def __init__(
        self, context: AppContext, panes: EditorPanes, playing: EditorPlaying, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._panes = panes
        self._playing = playing
        self.editable: EditableTranscript | None = None
        self._realignment: EditorRealignment | None = None
        self._walk: DoubtfulWalk | None = None
        self.menu: AlternativesMenu | None = None
        panes.next_doubtful.clicked.connect(lambda _checked=False: self.next_doubtful())
        panes.doubtful_order.clicked.connect(lambda _checked=False: self._choose_order())

    def open(self, editable: EditableTranscript, realignment: EditorRealignment | None) -> None:
        """Set the open transcript; listening: finds alternatives, None without sound."""
        self.editable = editable
        self._realignment = realignment
        self._walk = DoubtfulWalk(editable, UNSURE_BELOW)

    def close(self) -> None:
        if self.menu is not None:
            self.menu.close()
        self.editable = self._realignment = self._walk = None

    def show_count(self) -> None:
        """Show the number of words, and of marked words."""
        if self.editable is None or self._walk is None:
            return
        count = self._walk.count()
        words = sum(len(segment.words) for segment in self.editable.segments)
        self._panes.next_doubtful.setEnabled(count > 0)
        doubtful = self.tr("{count} doubtful").format(count=QLocale().toString(count))
        self._panes.doubtful_count.setText(
            self.tr("Words: {words} · {doubtful}").format(
                words=QLocale().toString(words), doubtful=doubtful if count else self.tr("none doubtful")
            )
        )

    def next_doubtful(self) -> None:
        """Go to the next doubtful word, play it, and offer alternatives."""
        if self.editable is None or self._walk is None:
            return
        self._panes.view.keep()
        place = self._walk.next(self._panes.view.word_at_caret(), self._order())
        if place is None:
            self._panes.state.setText(self.tr("No doubtful words left."))
            return
        self._offer(place)

    def show_guesses(self) -> None:
        """Offer alternatives for the word at the caret."""
        place = self._panes.view.word_at_caret() if self.editable is not None else None
        if place is not None:
            self._panes.view.keep()
            self._offer(place)

    def confirm_word(self) -> None:
        """Mark the word at the caret as right."""
        place = self._panes.view.word_at_caret() if self.editable is not None else None
        if place is not None and self.editable is not None:
            self._panes.view.keep()
            self.editable.confirm_word(place)

    def _offer(self, place: WordPlace) -> None:
        assert self.editable is not None
        word = self.editable.segments[place.segment].words[place.word]
        self._panes.show_text()
        rect = self._panes.view.choose_word(place)
        self._panes.waveform.set_position(word.start_seconds, follow=True)
        if not self._playing.sound.is_playing:
            self._playing.play_around(place)
        if self.menu is not None:
            self.menu.close()  # some shortcuts work while it is open
        menu = AlternativesMenu(word.text, word.confidence, self._is_next_key, self._panes)
        self.menu = menu
        menu.confirmed.connect(partial(self.editable.confirm_word, place))
        menu.chosen.connect(partial(self._take_guess, place))
        menu.play_wanted.connect(partial(self._playing.play_around, place))
        menu.next_wanted.connect(self.next_doubtful, Qt.ConnectionType.QueuedConnection)
        menu.typed.connect(self._type_over, Qt.ConnectionType.QueuedConnection)
        menu.destroyed.connect(partial(self._menu_gone, menu))
        menu.popup(self._panes.view.viewport().mapToGlobal(rect.bottomLeft() + QPoint(0, SPACE // 2)))
        if self._realignment is None:
            menu.show_nothing(self.tr("No suggestions without the audio"))
        else:
            operation = self._realignment.alternatives(place)
            operation.on_success(partial(self._guessed, menu)).on_failure(partial(self._no_guesses, menu))

    def _guessed(self, menu: AlternativesMenu, alternatives: list[Alternative]) -> None:
        if menu is self.menu:
            menu.show_alternatives(alternatives)

    def _no_guesses(self, menu: AlternativesMenu, failure: Failure) -> None:
        if menu is self.menu:
            menu.show_nothing(failure.sentence)

    def _menu_gone(self, menu: AlternativesMenu, _object: object = None) -> None:
        if menu is self.menu:
            self.menu = None

    def _take_guess(self, place: WordPlace, text: str) -> None:
        assert self.editable is not None
        if text:
            word = self.editable.segments[place.segment].words[place.word]
            self.editable.set_word(place, like(word, text))
        else:
            self.editable.remove_word(place)

    def _type_over(self, text: str) -> None:
        self._panes.view.setFocus()
        self._panes.view.insertPlainText(text)

    def _choose_order(self) -> None:
        menu = QMenu(self._panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current = self._order()
        for key, text in (
            ("text", self.tr("In text order")),
            ("confidence", self.tr("Least certain first")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(key == current)
            action.triggered.connect(partial(self._set_order, key))
        menu.popup(self._panes.doubtful_order.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _order(self) -> Order:
        """The order of doubtful words: reading order, or lowest confidence first, as the user has chosen."""
        chosen = self.context.recall("editor.doubtful_order", "text")
        return "confidence" if chosen == "confidence" else "text"

    def _set_order(self, order: str, _on: bool = True) -> None:
        self.context.remember("editor.doubtful_order", order)

    def _is_next_key(self, key: QKeySequence) -> bool:
        return self.context.shortcuts.key("editor.next_doubtful") == key
