"""The transcript as subtitles beside the text: laid out and checked again at each pause in editing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import EditorPlaying
from asr_desktop.gui.widgets.subtitle_view import keep_rules, kept_rules
from asr_desktop.transcripts.editing import Change, EditableTranscript
from asr_desktop.transcripts.export.subtitle_rules import Cue, Violation, violations
from asr_desktop.transcripts.export.subtitles import subtitle_cues

UPDATE_AFTER_MS = 800
_Answer = tuple[tuple[Cue, ...], tuple[Violation, ...]]


class EditorSubtitles(QObject):
    """Fills the subtitle view while it is visible."""

    def __init__(
        self, context: AppContext, panes: EditorPanes, playing: EditorPlaying, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._panes = panes
        self._playing = playing
        self._editable: EditableTranscript | None = None
        self._timer = QTimer(self, singleShot=True, interval=UPDATE_AFTER_MS)
        self._timer.timeout.connect(self._update)
        panes.subtitles_button.toggled.connect(self._show)
        panes.subtitles.rules_form.set_rules(kept_rules(context))
        panes.subtitles.rules_form.changed.connect(self._rules_changed)
        panes.subtitles.chosen.connect(self._go_to)

    def open(self, editable: EditableTranscript) -> None:
        """Set the open transcript."""
        self._editable = editable
        editable.listen(self._changed)
        self._update()

    def close(self) -> None:
        self._timer.stop()
        self._editable = None

    def take_kept_rules(self) -> None:
        """Use the stored rules; an export may have changed them."""
        self._panes.subtitles.rules_form.set_rules(kept_rules(self._context))
        self._update()

    def _changed(self, change: Change) -> None:
        self._timer.start()

    def _show(self, is_shown: bool) -> None:
        self._panes.show_subtitles(is_shown)
        self._update()

    def _rules_changed(self) -> None:
        keep_rules(self._context, self._panes.subtitles.rules_form.rules())
        self._timer.start()

    def _update(self) -> None:
        editable = self._editable
        if editable is None or not self._panes.subtitles_button.isChecked():
            return
        segments, rules = editable.segments, self._panes.subtitles.rules_form.rules()

        def lay_out() -> _Answer:
            cues = subtitle_cues(segments, rules, write_speakers=True, share_cues=True)
            return cues, violations(cues, rules)

        def show(answer: _Answer) -> None:
            if editable is self._editable:
                self._panes.subtitles.show_cues(*answer, rules)
                self._panes.subtitles.show_position(self._playing.sound.position_seconds)

        self._context.run(lay_out).on_success(show)

    def _go_to(self, cue: Cue) -> None:
        """Select the words of a subtitle, so that typing replaces them, and move the sound there."""
        words = [word for line in cue.lines for word in line]
        if self._editable is not None and words:
            self._panes.show_text()
            self._playing.go_to(words[0].start_seconds)
            self._panes.view.choose_stretch(words[0].start_seconds, words[-1].start_seconds)
