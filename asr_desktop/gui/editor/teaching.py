"""From the editor to one's own speech: a corrected transcript becomes training pairs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.paths import data_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.translations import said
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import EditableTranscript


class TeachingError(AsrDesktopError):
    """The corrections cannot be made into training pairs."""


def pairs_folder() -> Path:
    """The data set that all corrections go into; the trainer's personalisation looks for it there."""
    return data_folder() / "training" / "corrections"


def teach(
    transcript: Transcript,
    sound: Path,
    model: str,
    folder: Path | None = None,
    *,
    progress: Callable[[str], None] | None = None,
) -> str:
    """Cut what a person changed or confirmed in the transcript, and its sound, into training pairs in
    `folder`; a sentence about what came of it.

    model: which one holds the pairs against the sound. Pairs of the same sound from before are replaced.
    Raises AsrDesktopError, and `teaching`'s DataError as TeachingError.
    """
    from asr_desktop.audio.session import Session
    from asr_desktop.teaching.corrections import Correction, align_correction
    from asr_desktop.teaching.dataset import DataError
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.pair_folder import write_pairs
    from asr_desktop.teaching.recorded_sound import RecordedSound

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
        correction = Correction.of_transcript(recorded, transcript)
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


class EditorTeaching(QObject):
    """“Use my corrections to teach the model”: the button, what is said meanwhile, and the way on."""

    def __init__(self, context: AppContext, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._panes = panes
        self._editable: EditableTranscript | None = None
        self._sound: Path | None = None
        self._operation: Operation | None = None
        panes.teach.clicked.connect(lambda _checked=False: self.start())

    def open(self, editable: EditableTranscript, sound: Path | None) -> None:
        """Another transcript; sound: None where it is gone."""
        self._editable, self._sound = editable, sound

    def close(self) -> None:
        if self._operation is not None:
            self._operation.cancel()
            self._end()
        self._editable = self._sound = None

    def start(self) -> None:
        """Cut what is corrected so far into training pairs, behind the window."""
        if self._editable is None or self._operation is not None:
            return
        if self._sound is None:
            sentence = self.tr("The model learns from audio, and the audio of this transcript is missing.")
            self._context.show_message.emit(sentence, "warning", "")
            return
        self._panes.view.keep()
        self._panes.teach.setEnabled(False)
        self._panes.state.setText(self.tr("Comparing the corrections with the audio…"))
        model = self._context.settings.model
        self._operation = self._context.run(teach, self._editable.transcript(), self._sound, model)
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
