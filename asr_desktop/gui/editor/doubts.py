"""From one doubtful word to the next, with what else each may be."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QLocale, QObject, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.listening import EditorListening
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import EditorPlaying
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE, UNSURE_BELOW
from asr_desktop.gui.widgets.alternatives_menu import AlternativesMenu
from asr_desktop.recognition.alternatives import Alternative
from asr_desktop.transcripts.editing import DoubtfulWalk, EditableTranscript, WordPlace
from asr_desktop.transcripts.editing.doubtful import Order
from asr_desktop.transcripts.editing.written_form import like


class EditorDoubts(QObject):
    """The walk over the words that are marked, and the menu at each."""

    def __init__(
        self, context: AppContext, panes: EditorPanes, playing: EditorPlaying, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._panes = panes
        self._playing = playing
        self.editable: EditableTranscript | None = None
        self._listening: EditorListening | None = None
        self._walk: DoubtfulWalk | None = None
        self.menu: AlternativesMenu | None = None
        panes.next_doubtful.clicked.connect(lambda _checked=False: self.next_doubtful())
        panes.doubtful_order.clicked.connect(lambda _checked=False: self._choose_order())

    def open(self, editable: EditableTranscript, listening: EditorListening | None) -> None:
        """Begin a walk; listening: who knows other guesses, None without sound."""
        self.editable = editable
        self._listening = listening
        self._walk = DoubtfulWalk(editable, UNSURE_BELOW)

    def close(self) -> None:
        if self.menu is not None:
            self.menu.close()
        self.editable = self._listening = self._walk = None

    def show_count(self) -> None:
        """How many words there are, and how many are marked."""
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
        """Go to the next doubtful word, play it, and offer what else it may be."""
        if self.editable is None or self._walk is None:
            return
        self._panes.view.keep()
        place = self._walk.next(self._panes.view.word_at_caret(), self._order())
        if place is None:
            self._panes.state.setText(self.tr("No doubtful words left."))
            return
        self._offer(place)

    def show_guesses(self) -> None:
        """What else the word at the caret may be."""
        place = self._panes.view.word_at_caret() if self.editable is not None else None
        if place is not None:
            self._panes.view.keep()
            self._offer(place)

    def confirm_word(self) -> None:
        """The word at the caret is right."""
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
            self.menu.close()  # some keys reach the window through it
        menu = AlternativesMenu(word.text, word.confidence, self._is_next_key, self._panes)
        self.menu = menu
        menu.confirmed.connect(partial(self.editable.confirm_word, place))
        menu.chosen.connect(partial(self._take_guess, place))
        menu.play_wanted.connect(partial(self._playing.play_around, place))
        menu.next_wanted.connect(self.next_doubtful, Qt.ConnectionType.QueuedConnection)
        menu.typed.connect(self._type_over, Qt.ConnectionType.QueuedConnection)
        menu.destroyed.connect(partial(self._menu_gone, menu))
        menu.popup(self._panes.view.viewport().mapToGlobal(rect.bottomLeft() + QPoint(0, SPACE // 2)))
        if self._listening is None:
            menu.show_nothing(self.tr("No suggestions without the audio"))
        else:
            operation = self._listening.alternatives(place)
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
        """Which word comes next: in reading order, unless the user wants the least sure one."""
        chosen = self.context.recall("editor.doubtful_order", "text")
        return "confidence" if chosen == "confidence" else "text"

    def _set_order(self, order: str, _on: bool = True) -> None:
        self.context.remember("editor.doubtful_order", order)

    def _is_next_key(self, key: QKeySequence) -> bool:
        return self.context.shortcuts.key("editor.next_doubtful") == key
