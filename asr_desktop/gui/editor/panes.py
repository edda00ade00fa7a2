"""The widgets of an open transcript; the page and its helpers connect them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from asr_desktop.gui.editor.keys import EditorKeys
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.find_bar import FindBar
from asr_desktop.gui.widgets.parts import Card, ElidedLabel, button, icon_button, label, row
from asr_desktop.gui.widgets.playback_bar import PlaybackBar
from asr_desktop.gui.widgets.subtitle_view import SubtitleView
from asr_desktop.gui.widgets.transcript_view import TranscriptView
from asr_desktop.gui.widgets.waveform_view import WaveformView

_NARROW_PIXELS = 900
"""Below this width, text and subtitles do not fit side by side."""
_WIDE_ENOUGH_FOR_TITLE_PIXELS = 800
"""Below this width, the widest button shows only its icon, to leave space for the title."""


class EditorPanes(QWidget):
    """Title and buttons, waveform and playback, find bar, text and subtitles, doubtful words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.waveform = WaveformView()
        self.playback = PlaybackBar()
        self.find_bar = FindBar()
        self.view = TranscriptView()
        self.subtitles = SubtitleView()
        self.subtitles.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE + 4)
        layout.setSpacing(SPACE)
        layout.addLayout(self._head())
        sound = Card()
        sound.body.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        sound.body.setSpacing(SPACE // 2)
        sound.body.addWidget(self.waveform)
        sound.body.addWidget(self.playback)
        layout.addWidget(sound)
        layout.addWidget(self.find_bar)
        self._text = Card()
        self._text.body.setContentsMargins(2, SPACE // 2, 2, SPACE // 2)
        self._text.body.addWidget(self.view)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(2 * SPACE)
        self._splitter.addWidget(self._text)
        self._splitter.addWidget(self.subtitles)
        layout.addWidget(self._splitter, 1)
        layout.addLayout(self._foot())

    def show_subtitles(self, shown: bool) -> None:
        """Show the subtitles beside the text, in a narrow window in its place; or hide them."""
        self._arrange(shown)
        width = self._splitter.width()
        self._splitter.setSizes([width // 2, width // 2])
        self._keep_segment_in_sight()

    def show_title(self, title: str, source: str) -> None:
        """Show the transcript's title and the source of its sound."""
        self.title.setText(title)
        self.title.setToolTip(f"{title}\n{source}" if source else title)

    def show_text(self) -> None:
        """Show the text again if the subtitles are shown in its place."""
        if self._text.isHidden():
            self.subtitles_button.setChecked(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.subtitles_button.isChecked())
        is_wide = self.width() >= _WIDE_ENOUGH_FOR_TITLE_PIXELS
        self.teach.setText(self.tr("Teach the model") if is_wide else "")
        self._keep_segment_in_sight()

    def _arrange(self, shows_subtitles: bool) -> None:
        self.subtitles.setVisible(shows_subtitles)
        self._text.setHidden(shows_subtitles and self.width() < _NARROW_PIXELS)

    def _keep_segment_in_sight(self) -> None:
        # Deferred until the text has its new width.
        QTimer.singleShot(0, self.view, lambda: self.view.bring_into_sight(self.view.segment))

    def show_keys(self, keys: EditorKeys) -> None:
        """Show the current keys in the tooltips."""
        tips = {
            name: keys.tip(name)
            for name in ("back", "play", "on", "loop", "zoom_in", "zoom_out", "go_to_time")
        }
        tips["speed"] = self.tr("Speed ({slower}, {faster})").format(
            slower=keys.text("slower"), faster=keys.text("faster")
        )
        self.playback.set_tips(tips)
        for part, name in (
            (self.undo, "undo"),
            (self.redo, "redo"),
            (self.find_button, "find"),
            (self.speakers, "speakers"),
            (self.subtitles_button, "subtitles"),
            (self.export, "export"),
            (self.next_doubtful, "next_doubtful"),
            (self.next_marker, "next_marker"),
        ):
            part.setToolTip(keys.tip(name))
        self.hint.setText(
            self.tr("{play} play or pause · {back} skip back · Enter accepts · Esc cancels typing").format(
                play=keys.text("play"), back=keys.text("back")
            )
        )

    def show_saving(self, state: str) -> None:
        """state: "saved", "kept" or "failed" (see `saving`)."""
        sentences = {
            "saved": self.tr("Saved"),
            "kept": self.tr("Edited; saves automatically"),
            "failed": self.tr("Not saved"),
        }
        self.state.setText(sentences[state])

    def show_history(self, *, can_undo: bool, can_redo: bool) -> None:
        """Enable the buttons for undo and redo."""
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def foot_height(self) -> int:
        """Height of the row below the text, in pixels."""
        return self.height() - self.next_doubtful.y() + SPACE

    def _head(self) -> QVBoxLayout:
        self.title = ElidedLabel()
        self.title.setProperty("role", "heading")
        self.state = label("", "small")
        self.undo = icon_button("undo", self.tr("Undo"))
        self.redo = icon_button("redo", self.tr("Redo"))
        self.find_button = icon_button("search", self.tr("Find and replace"))
        self.subtitles_button = icon_button("subtitles", self.tr("Subtitle view"))
        self.subtitles_button.setCheckable(True)
        self.teach = button(self.tr("Teach the model"), "train")
        self.teach.setToolTip(self.tr("Use my corrections to teach the model"))
        self.teach.setAccessibleName(self.tr("Use my corrections to teach the model"))
        self.export = button(self.tr("Export"), "export", kind="primary")
        line = row(
            self.title,
            self.undo,
            self.redo,
            self.find_button,
            self.subtitles_button,
            self.teach,
            self.export,
            spacing=SPACE // 2,
        )
        for framed in (self.teach, self.export):
            line.insertSpacing(line.indexOf(framed), SPACE // 2)
        line.setStretch(0, 1)
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addLayout(line)
        head.addWidget(self.state)
        return head

    def _foot(self) -> QHBoxLayout:
        self.next_doubtful = button(self.tr("Next doubtful word"), "next-doubtful")
        self.doubtful_order = icon_button("chevron-down", self.tr("Order of doubtful words"))
        self.doubtful_count = label("", "muted")
        self.next_marker = icon_button("flag", self.tr("Next marker"))
        self.speakers = icon_button("person", self.tr("All speakers"))
        self.hint = ElidedLabel(elide=Qt.TextElideMode.ElideRight)
        self.hint.setProperty("role", "small")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot = row(
            self.next_doubtful,
            self.doubtful_order,
            self.doubtful_count,
            self.next_marker,
            self.speakers,
            self.hint,
        )
        foot.setStretch(foot.indexOf(self.hint), 1)
        return foot
