"""Makes training pairs from a corrected transcript, to teach the model the user's voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QRadioButton, QVBoxLayout, QWidget

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.paths import data_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said, said_speaker
from asr_desktop.gui.widgets.parts import button, label, row
from asr_desktop.transcripts.document import Segment, Transcript
from asr_desktop.transcripts.editing import EditableTranscript

if TYPE_CHECKING:
    from asr_desktop.recognition.emissions import EmissionsModel

ME = "teaching.me"
"""Setting: the name of the speaker chosen last to learn from, "" for all."""


class TeachingError(AsrDesktopError):
    """The corrections cannot be made into training pairs."""


def pairs_folder() -> Path:
    """The data set for all corrections, where the trainer looks for it."""
    return data_folder() / "training" / "corrections"


def teach(
    transcript: Transcript,
    sound: Path,
    model: str | EmissionsModel,
    folder: Path | None = None,
    *,
    said_by: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> str:
    """Cut the edited or confirmed parts of the transcript and its sound into training pairs in `folder`.

    Returns a sentence about the result. model: compares the pairs with the sound; a name, or a loaded model.
    said_by: only this speaker. Earlier pairs of the same sound are replaced.
    Raises AsrDesktopError, and `teaching`'s DataError as TeachingError.
    """
    from asr_desktop.audio.session import Session
    from asr_desktop.teaching.corrections import Correction, align_correction
    from asr_desktop.teaching.data.recordings import RecordedSound
    from asr_desktop.teaching.dataset import DataError
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.pair_folder import write_pairs

    if not any(segment.is_confirmed for segment in transcript.segments):
        raise TeachingError(
            Sentence(
                "You have not corrected or confirmed anything here yet, so the model would only learn "
                "its own mistakes. Correct or confirm some segments and try again."
            )
        )
    try:
        recorded = (
            RecordedSound.of_session(Session(sound)) if sound.is_dir() else RecordedSound.of_file(sound)
        )
        correction = Correction.of_transcript(recorded, transcript, said_by=said_by)
        pairs = align_correction(correction, Listener(model), report=progress)
        write_pairs(recorded, pairs, folder or pairs_folder())
    except DataError as error:
        raise TeachingError(str(error)) from error
    kept, left_out = len(pairs.kept), len(pairs.left_out)
    if not kept:
        raise TeachingError(
            Sentence(
                "None of your corrected or confirmed segments matches the audio clearly enough to learn "
                "from; correct or confirm some more, and try again."
            )
        )
    minutes = pairs.seconds / 60
    if not left_out:
        return Sentence(
            "Sentences ready for training: {kept} ({minutes:.1f} min). Go to Voice to train the model.",
            kept=kept,
            minutes=minutes,
        )
    return Sentence(
        "Sentences ready for training: {kept} ({minutes:.1f} min). Left out, because they do not match "
        "the audio clearly enough: {left_out}. Go to Voice to train the model.",
        kept=kept,
        minutes=minutes,
        left_out=left_out,
    )


class VoiceDialog(QDialog):
    """Asks which speaker the model should learn from. Emits `chosen(name)`, "" for all.

    me: the speaker chosen last, in this or another transcript.
    """

    chosen = Signal(str)

    def __init__(
        self, speakers: Sequence[str], segments: Sequence[Segment], me: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Teach the model"))
        self.setMinimumWidth(400)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + SPACE // 2)
        layout.addWidget(label(self.tr("Which speaker are you?"), "heading"))
        hint = self.tr("The model learns your voice best from what you say yourself.")
        layout.addWidget(label(hint, "muted", wrap=True))
        self.choices: dict[str, QRadioButton] = {}
        for name in (*speakers, ""):
            count = sum(s.is_confirmed and (not name or s.speaker == name) for s in segments)
            text = self.tr("{name} (corrected or confirmed: {count})")
            said_name = said_speaker(name) if name else self.tr("Everyone")
            self.choices[name] = QRadioButton(text.format(name=said_name, count=count).replace("&", "&&"))
            layout.addWidget(self.choices[name])
        probable = self.choices[me if me in self.choices else ""]
        probable.setChecked(True)
        probable.setFocus()
        self.agree_button = button(self.tr("Teach the model"), kind="primary", on_click=self._agree)
        self.agree_button.setDefault(True)
        layout.addLayout(row(None, button(self.tr("Cancel"), on_click=self.reject), self.agree_button))

    def _agree(self) -> None:
        self.chosen.emit(next(name for name, choice in self.choices.items() if choice.isChecked()))
        self.accept()


class EditorTeaching(QObject):
    """“Use my corrections to teach the model”: the button, its progress, and the link to the Voice page."""

    def __init__(self, context: AppContext, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._panes = panes
        self._editable: EditableTranscript | None = None
        self._sound: Path | None = None
        self._operation: Operation | None = None
        self.dialog: VoiceDialog | None = None
        panes.teach.clicked.connect(lambda _checked=False: self.start())

    def open(self, editable: EditableTranscript, sound: Path | None) -> None:
        """Set the open transcript; sound: None if it does not exist."""
        self._editable, self._sound = editable, sound

    def close(self) -> None:
        if self._operation is not None:
            self._operation.cancel()
            self._end()
        self._editable = self._sound = None

    def start(self) -> None:
        """Cut the corrections so far into training pairs, in the background."""
        if self._editable is None or self._operation is not None:
            return
        if self._sound is None:
            sentence = self.tr("The model learns from audio, and the audio of this transcript is missing.")
            self._context.show_message.emit(sentence, "warning", "")
            return
        self._panes.view.keep()
        speakers = self._editable.speakers()
        if len(speakers) > 1 or (speakers and None in (s.speaker for s in self._editable.segments)):
            self.dialog = VoiceDialog(
                speakers, self._editable.segments, self._context.recall(ME, ""), self._panes
            )
            self.dialog.chosen.connect(self._start_with)
            self.dialog.open()
        else:
            self._start(None)

    def _start_with(self, speaker: str) -> None:
        """speaker: "" for all."""
        if self._editable is not None and self._operation is None:
            self._context.remember(ME, speaker)
            self._start(speaker or None)

    def _start(self, said_by: str | None) -> None:
        assert self._editable is not None
        assert self._sound is not None
        self._panes.teach.setEnabled(False)
        self._panes.state.setText(self.tr("Comparing the corrections with the audio…"))
        model = self._context.emissions(self._context.settings.model)
        transcript = self._editable.transcript()
        self._operation = self._context.run(teach, transcript, self._sound, model, said_by=said_by)
        self._operation.on_progress(lambda sentence: self._panes.state.setText(said(sentence)))
        self._operation.on_success(self._taught).on_failure(self._not_taught)

    def _taught(self, sentence: str) -> None:
        self._end()
        voice = partial(self._context.show_page.emit, "voice")
        self._context.offer.emit(said(sentence), self.tr("Go to Voice"), voice)

    def _not_taught(self, failure: Failure) -> None:
        self._end()
        self._context.tell_failure(failure)

    def _end(self) -> None:
        self._operation = None
        self._panes.teach.setEnabled(True)
        self._panes.state.setText("")
