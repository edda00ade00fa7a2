"""The menu of all speakers and the actions on each, opened by its button or by key; among them “Remember this
voice”."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QMessageBox

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.speakers import EditorSpeakers
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.theme import ICON_PIXELS, icon, speaker_colour, theme
from asr_desktop.gui.translations import is_unnamed_speaker, said_speaker
from asr_desktop.gui.widgets.parts import closing_question
from asr_desktop.transcripts.editing import EditableTranscript

if TYPE_CHECKING:
    from asr_desktop.recognition.worker.handles import VoiceJob


class SpeakersMenu(QObject):
    """A menu with a submenu for each speaker."""

    def __init__(
        self,
        panes: EditorPanes,
        speakers: EditorSpeakers,
        voices: EditorVoices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panes = panes
        self._voices = voices
        self._speakers = speakers
        panes.speakers.clicked.connect(lambda _checked=False: self.open())

    def open(self) -> None:
        """Open the menu below its button."""
        if not self._panes.view.has_segments:
            return
        self._panes.view.keep()
        menu = QMenu(self._panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        everybody = self._speakers.in_use()
        for number, name in everybody:
            text = f"{number}  {said_speaker(name)} · {self._speakers.about(name)}"
            self._fill(menu.addMenu(_dot(number - 1), text.replace("&", "&&")), name, everybody)
        if everybody:
            menu.addSeparator()
        named = menu.addAction(icon("person"), self.tr("Name the speaker of this segment…"))
        named.triggered.connect(lambda _on=False: self._speakers.ask())
        button = self._panes.speakers
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _fill(self, menu: QMenu, name: str, everybody: list[tuple[int, str]]) -> None:
        def add(text: str, icon_name: str, act: Callable[..., object]) -> QAction:
            action = menu.addAction(icon(icon_name), text)
            action.triggered.connect(act)
            return action

        add(self.tr("Rename…"), "person", lambda _on=False: self._speakers.ask_about(name))
        others = [other for _, other in everybody if other != name]
        if others:
            merging = menu.addMenu(icon("merge"), self.tr("Merge with"))
            for other in others:
                action = merging.addAction(said_speaker(other).replace("&", "&&"))
                action.triggered.connect(partial(self._merge, name, other))
        add(self.tr("Next turn"), "arrow-down", lambda _on=False: self._speakers.next_turn(name))
        remember = add(self.tr("Remember this voice…"), "voice", lambda _on=False: self._voices.ask(name))
        remember.setEnabled(self._voices.can_remember(name))

    def _merge(self, name: str, other: str, _on: bool = False) -> None:
        self._speakers.rename(name, other)


def _dot(number: int) -> QIcon:
    """An icon in the speaker's colour."""
    pixmap = QPixmap(2 * ICON_PIXELS, 2 * ICON_PIXELS)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(speaker_colour(number, theme.is_dark)))
    painter.drawEllipse(4, 4, ICON_PIXELS - 8, ICON_PIXELS - 8)
    painter.end()
    return QIcon(pixmap)


# “Remember this voice”: stores a speaker's voice, to recognise it in other transcripts

MOST_HEARD_SECONDS = 180.0
"""Speech used for a voice; more does not improve recognition."""

Stretches = list[tuple[float, float]]


def stretches_of(editable: EditableTranscript, name: str) -> Stretches:
    """When a speaker speaks, as (start, end) in seconds, in order; only the longest segments if many."""
    said = [editable.segments[index] for index in editable.said_by(name)]
    chosen: Stretches = []
    heard_seconds = 0.0
    for segment in sorted(said, key=lambda segment: segment.start_seconds - segment.end_seconds):
        if heard_seconds >= MOST_HEARD_SECONDS:
            break
        chosen.append((segment.start_seconds, segment.end_seconds))
        heard_seconds += segment.end_seconds - segment.start_seconds
    return sorted(chosen)


def remember_voice(job: VoiceJob, name: str, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Compute and store a voice under a name, unless it is cancelled before. Raises SpeakersError if there is
    too little speech."""
    from asr_desktop.speakers.voices import VoiceStore  # needs numpy, which the window does not

    described = job.result()
    if cancelled():
        return
    VoiceStore().remember(name, described.voiceprint, described.heard_seconds)


class EditorVoices(QObject):
    """Asks for consent before it stores a voice."""

    def __init__(self, context: AppContext, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._panes = panes
        self._editable: EditableTranscript | None = None
        self._sound: Path | None = None
        self._operation: Operation | None = None
        self._job: VoiceJob | None = None
        self.question: QMessageBox | None = None

    def open(self, editable: EditableTranscript, sound: Path | None) -> None:
        """Set the open transcript; sound: None if it does not exist."""
        self._editable, self._sound = editable, sound

    def close(self) -> None:
        if self.question is not None:
            self.question.reject()
        if self._operation is not None:
            self._operation.cancel()
        if self._job is not None:
            self._job.cancel()  # frees the recogniser for the next transcript
        self._editable = self._sound = self._operation = self._job = None

    def can_remember(self, name: str) -> bool:
        """Whether there is sound, and the speaker has a name."""
        return self._sound is not None and not is_unnamed_speaker(name)

    def ask(self, name: str) -> None:
        """Explain what is stored, and store it if the user agrees."""
        if self._editable is None or not self.can_remember(name):
            return
        self.question = closing_question(
            self._panes,
            title=self.tr("Remember this voice"),
            question=self.tr("Remember the voice of {name}?").format(name=name),
            consequence=self.tr(
                "New transcripts then name this speaker automatically. The voiceprint is stored only on this "
                "computer and is never exported. You can delete it in the Settings."
            ),
            close=self.tr("Remember"),
            stay=self.tr("Cancel"),
        )
        self.question.accepted.connect(lambda: self._remember(name))
        self.question.open()

    def _remember(self, name: str) -> None:
        if self._editable is None or self._sound is None:
            return
        self._panes.state.setText(self.tr("Listening to the voice of {name}…").format(name=name))
        heard = stretches_of(self._editable, name)
        self._job = self._context.files_engine.describe_voice(self._sound, heard)
        self._operation = self._context.run(remember_voice, self._job, name)
        self._operation.on_success(lambda _: self._remembered(name)).on_failure(self._not_remembered)

    def _remembered(self, name: str) -> None:
        self._operation = self._job = None
        self._panes.state.setText("")
        sentence = self.tr("The voice of {name} is remembered.").format(name=name)
        self._context.voices_changed.emit()
        self._context.show_message.emit(sentence, "info", "")

    def _not_remembered(self, failure: Failure) -> None:
        self._operation = self._job = None
        self._panes.state.setText("")
        self._context.tell_failure(failure)
