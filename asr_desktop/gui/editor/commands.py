"""Editing commands on segments: undo, split, join, delete, quote, move borders; the text's context menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.keys import SPEAKER_KEYS, EditorKeys
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.speakers import EditorSpeakers
from asr_desktop.gui.theme import icon
from asr_desktop.gui.translations import said_speaker
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.editing import EditableTranscript, WordPlace
from asr_desktop.transcripts.editing.document import quotation
from asr_desktop.transcripts.editing.written_form import (
    as_spoken,
    rewrite,
    toggle_capital,
    toggle_full_stop,
)


class EditorCommands(QObject):
    """Acts on the selection, or on the segment with the caret."""

    def __init__(self, context: AppContext, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._panes = panes
        self.editable: EditableTranscript | None = None
        panes.undo.clicked.connect(lambda _checked=False: self.undo())
        panes.redo.clicked.connect(lambda _checked=False: self.redo())
        panes.view.segment_entered.connect(self.show_borders)
        panes.waveform.borders_moved.connect(self._borders_moved)

    def undo(self) -> None:
        """Undo the last step."""
        self._step_back_or_on(back=True)

    def redo(self) -> None:
        """Redo the step undone last."""
        self._step_back_or_on(back=False)

    def _step_back_or_on(self, *, back: bool) -> None:
        if self.editable is None:
            return
        self._panes.view.commit()
        change = self.editable.undo() if back else self.editable.redo()
        if change is not None and self.editable.segments:
            index = min(change.index, len(self.editable.segments) - 1)
            if self._panes.view.segment != index:
                self._panes.view.go_to(index)
            self._panes.view.bring_into_sight(index)

    def split(self) -> None:
        """Split the segment at the caret."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.split_at_caret()

    def merge(self) -> None:
        """Join the segment with the caret and the next one."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.keep()
            self.editable.merge(self._panes.view.segment)

    def delete_segment(self) -> None:
        """Delete the segment with the caret."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.keep()
            self.editable.delete(self._panes.view.segment)

    def next_segment(self) -> None:
        """Keep the typed text and go to the next segment."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.next_segment()

    def previous_segment(self) -> None:
        """Keep the typed text and go to the previous segment."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.previous_segment()

    @property
    def is_confirmed(self) -> bool:
        """Whether the selection, or the segment with the caret, was edited or confirmed by a person."""
        chosen = self._chosen_segments()
        return (
            bool(chosen)
            and self.editable is not None
            and all(self.editable.segments[index].is_confirmed for index in chosen)
        )

    def confirm_segment(self) -> None:
        """Mark all words of the segment with the caret as right, and go to the next segment. With a
        selection, mark all its segments and keep it selected."""
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.keep()
        chosen = self._chosen_segments()
        self.editable.confirm_segments(chosen)
        if len(chosen) == 1:
            self._panes.view.next_segment()
        self._panes.state.setText(self.tr("Confirmed: the model can learn from it."))

    def unconfirm_segment(self) -> None:
        """Remove the confirmation of these words."""
        if self.editable is not None and self.editable.segments:
            self._panes.view.keep()
            self.editable.confirm_segments(self._chosen_segments(), are_right=False)

    def _chosen_segments(self) -> range:
        view = self._panes.view
        if not view.has_segments:
            return range(0)
        first, last = view.selected_segments() or (view.segment, view.segment)
        return range(first, last + 1)

    def toggle_capital(self) -> None:
        """Toggle the word at the caret between a capital and a small first letter."""
        self._change_word(toggle_capital)

    def toggle_full_stop(self) -> None:
        """Toggle a full stop after the word at the caret, and the capital of the next word with it."""
        self._change_word(toggle_full_stop)

    def _change_word(self, change: Callable[[EditableTranscript, WordPlace], bool]) -> None:
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.keep()
        place = self._panes.view.word_at_caret()
        if place is not None and change(self.editable, place):
            self._panes.view.choose_word(place)

    def change_form(self) -> None:
        """Convert the selection, or the segment with the caret, from the written to the spoken form; back if
        it is in the spoken form already."""
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.keep()
        chosen = self._panes.view.selected_words()
        if chosen is None:
            return
        first, last = chosen
        if rewrite(self.editable, first, last, as_spoken, "spoken form"):
            self._panes.state.setText(self.tr("As it was spoken."))
        elif rewrite(self.editable, first, last, self._in_figures, "written form"):
            self._panes.state.setText(self.tr("In its written form."))

    def _in_figures(self, words: Sequence[Word]) -> Sequence[Word]:
        from asr_desktop.writing.options import chosen_options
        from asr_desktop.writing.writer import Writer

        # Without the punctuation network, which the window does not load.
        return Writer(chosen_options(self.context.settings)).write(words).words

    def quote(self) -> None:
        """Copy the selection, or the segment with the caret, with time and speaker."""
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.commit()
        words = self._panes.view.selected_words()
        if words is not None:
            segments = self.editable.segments[words[0].segment : words[1].segment + 1]
            named = [replace(s, speaker=s.speaker and said_speaker(s.speaker)) for s in segments]
            first, last = (place._replace(segment=place.segment - words[0].segment) for place in words)
            QApplication.clipboard().setText(quotation(named, first, last))
            self._panes.state.setText(self.tr("Copied with time and speaker."))

    def _borders_moved(self, start_seconds: float, end_seconds: float) -> None:
        if self.editable is None or not self.editable.segments:
            return
        self._panes.view.keep()
        index = self._panes.view.segment
        if not self.editable.set_borders(index, start_seconds, end_seconds):
            self._panes.waveform.set_current(self.editable.segments[index])

    def show_borders(self, index: int) -> None:
        """Show drag handles at the segment's borders in the waveform."""
        if self.editable is None:
            return
        segments = self.editable.segments
        self._panes.waveform.set_current(segments[index] if index < len(segments) else None)


# The context menu of the text

_ACTIONS = {
    "guesses": "quote",
    "confirm": "check",
    "confirm_segment": "check",
    "capital": "editor",
    "full_stop": "editor",
    "written_form": "editor",
    "play_here": "play",
    "play_segment": "play",
    "split": "split",
    "new_turn": "person",
    "merge": "merge",
    "delete": "trash",
}
_BEGIN_A_GROUP = ("capital", "play_here", "split")


class TextMenu(QObject):
    """Offers the actions that also have keys, each with its key."""

    def __init__(
        self,
        panes: EditorPanes,
        keys: EditorKeys,
        speakers: EditorSpeakers,
        commands: EditorCommands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panes = panes
        self._keys = keys
        self._commands = commands
        self._speakers = speakers
        panes.view.menu_wanted.connect(self.open)

    def open(self, at: QPoint) -> None:
        """Open the menu at this screen position."""
        if not self._panes.view.has_segments:
            return
        menu = QMenu(self._panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, icon_name in _ACTIONS.items():
            if name in _BEGIN_A_GROUP:
                menu.addSeparator()
            self._add(menu, name, icon_name)
            if name == "confirm_segment" and self._commands.is_confirmed:
                taken_back = menu.addAction(self.tr("Remove confirmation"))
                taken_back.triggered.connect(lambda _on=False: self._commands.unconfirm_segment())
        menu.addSeparator()
        self._add_speakers(menu)
        menu.addSeparator()
        self._add_clipboard(menu)
        menu.popup(at)

    def _add(self, menu: QMenu, name: str, icon_name: str, text: str = "") -> None:
        shown = text or self._keys.description(name)
        action = menu.addAction(icon(icon_name), f"{shown}\t{self._keys.text(name)}")
        action.triggered.connect(lambda _on=False: self._keys.do(name))

    def _add_speakers(self, menu: QMenu) -> None:
        for number, name in self._speakers.in_use():
            if number <= SPEAKER_KEYS:
                text = self.tr("Speaker: {name}").format(name=said_speaker(name))
                self._add(menu, f"speaker_{number}", "person", text)
        self._add(menu, "speaker", "person")
        self._add(menu, "speakers", "person")

    def _add_clipboard(self, menu: QMenu) -> None:
        view = self._panes.view
        copied = menu.addAction(icon("copy"), self.tr("Copy"))
        copied.setEnabled(view.textCursor().hasSelection())
        copied.triggered.connect(view.copy)
        self._add(menu, "quote", "copy")
        pasted = menu.addAction(self.tr("Paste"))
        pasted.setEnabled(bool(QApplication.clipboard().text()))
        pasted.triggered.connect(view.paste)
