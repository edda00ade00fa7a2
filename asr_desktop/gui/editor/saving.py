"""Opens a transcript, saves its corrections and exports it.

Corrections are saved to a draft every second, and to the library at each pause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.audio.media import is_media_name
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.paths import data_folder
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import markers_of
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.export_dialog import ExportDialog
from asr_desktop.jobs.outputs import file_name
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import Autosave, Change, Draft, EditableTranscript
from asr_desktop.transcripts.export import write
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.library import Library

# What the editor can open: a library entry, or a transcript exported as JSON

Save = Callable[[Transcript], object]
"""Saves the transcript; called in a thread after changes."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A transcript with everything that belongs to it."""

    transcript: Transcript
    audio_path: Path | None
    """A file or a session's folder; None if the sound does not exist."""
    title: str
    key: str
    """Key of the draft that keeps unsaved corrections through a crash."""
    save: Save | None = None
    markers: tuple[float, ...] = ()
    """Markers that were set during the recording, in seconds."""


def from_library(library: Library, entry_id: int) -> OpenDocument:
    """Open a library entry; corrections are saved to the library. Raises LibraryError."""
    entry = library.entry(entry_id)
    return OpenDocument(
        library.transcript(entry_id),
        library.audio_path(entry_id),
        entry.title,
        f"library-{entry_id}",
        partial(library.save_transcript, entry_id),
        markers_of(entry.session_folder) if entry.session_folder is not None else (),
    )


def from_file(path: Path) -> OpenDocument:
    """Open a JSON file with the sound it names, or a sound file of the same name; saved to the same file.

    Raises ExportError.
    """
    transcript = read_json(path)
    source = Path(transcript.source)
    beside = [path.parent / source.name, path.with_name(path.name.split(".")[0] + source.suffix)]
    sound = next((file for file in (source, *beside) if file.is_absolute() and file.exists()), None)

    def save(corrected: Transcript) -> None:
        write(replace(corrected, source=transcript.source), path, "json")

    return OpenDocument(transcript, sound, path.name, str(path.absolute()), save)


SAVE_AFTER_MS = 3000
"""Pause in editing before saving to the library, which indexes the text and so is slower than a draft."""


class EditorSaving(QObject):
    """Saves one document. `state_changed`: "saved", "kept" (in the draft, or about to be), "failed"."""

    state_changed = Signal(str)
    saved = Signal()
    failed = Signal(str)

    _draft_failed = Signal(str)

    def __init__(
        self,
        context: AppContext,
        editable: EditableTranscript,
        save: Save | None,
        key: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._editable = editable
        self._save = save
        self._saved_revision = editable.revision
        self._is_saving = False
        self.recovered = ""
        """A sentence about corrections recovered after a crash, "" if there are none."""
        draft = Draft(key)
        self._recover(draft)
        self._draft_failed.connect(self._fail)
        self._autosave = Autosave(
            draft, lambda: (editable.transcript(), editable.revision), on_failure=self._draft_failed.emit
        )
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save_soon)
        editable.listen(self._changed)
        if self.recovered and self.has_changes:
            self._timer.start()

    @property
    def has_changes(self) -> bool:
        """Whether there are changes that are not saved to the library or file yet."""
        return self._editable.revision != self._saved_revision

    def save_soon(self) -> None:
        """Save in the background."""
        self._timer.stop()
        if self._save is None or self._is_saving or not self.has_changes:
            return
        self._is_saving = True
        revision = self._editable.revision
        operation = self._context.run(self._save, self._editable.transcript())
        operation.on_success(partial(self._is_saved, revision)).on_failure(self._cannot_save)

    def close(self) -> None:
        """Save now and stop; what cannot be saved stays in the draft."""
        self._timer.stop()
        if self._save is not None and self.has_changes:
            revision = self._editable.revision
            try:
                self._save(self._editable.transcript())
            except AsrDesktopError as error:
                self.failed.emit(said(str(error)))
            else:
                self._is_saved(revision)
        self._autosave.close()

    def _recover(self, draft: Draft) -> None:
        try:
            left = draft.recover()
        except AsrDesktopError as error:
            self.recovered = said(str(error))
            return
        if left is None:
            return
        if self._editable.replace_all_segments(left.segments, "recover"):
            self.recovered = self.tr(
                "Unsaved corrections from last time were restored. Use Undo to discard them."
            )

    def _changed(self, change: Change) -> None:
        self._timer.start()
        self.state_changed.emit("kept")

    def _is_saved(self, revision: int, result: object = None) -> None:
        self._is_saving = False
        self._saved_revision = revision
        try:
            self._autosave.saved(revision)
        except AsrDesktopError as error:
            self._fail(said(str(error)))
            return
        self.saved.emit()
        self.state_changed.emit("kept" if self.has_changes else "saved")
        if self.has_changes:
            self._timer.start()

    def _cannot_save(self, failure: Failure) -> None:
        self._is_saving = False
        self._fail(failure.sentence)

    def _fail(self, sentence: str) -> None:
        self.state_changed.emit("failed")
        self.failed.emit(sentence)


class EditorExport(QObject):
    """Opens the export dialog with the current text."""

    exported = Signal()

    def __init__(self, context: AppContext, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._panes = panes
        self._editable: EditableTranscript | None = None
        self.dialog: ExportDialog | None = None
        panes.export.clicked.connect(lambda _checked=False: self.ask())

    def open(self, editable: EditableTranscript) -> None:
        """Set the open transcript."""
        self._editable = editable

    def close(self) -> None:
        self._editable = None

    def ask(self) -> None:
        """Ask for format and place, and write the file."""
        if self._editable is None:
            return
        self._panes.view.keep()
        transcript = self._editable.transcript()
        name = Path(self._panes.title.text()).name
        suggested = self._folder(transcript) / file_name(Path(name).stem if is_media_name(name) else name)
        self.dialog = ExportDialog(
            self._context,
            transcript,
            suggested,
            title=name,
            selected=self._panes.view.selected_segments(),
            parent=self._panes,
        )
        self.dialog.written.connect(self._written)
        self.dialog.open()

    def _folder(self, transcript: Transcript) -> Path:
        """The folder of the last export; at first the folder of the sound."""
        beside = Path(transcript.source).parent
        is_beside_a_file = Path(transcript.source).is_file() and not beside.is_relative_to(data_folder())
        first = beside if is_beside_a_file else Path.home()
        return Path(self._context.recall("editor.export_folder", str(first)))

    def _written(self, path: Path) -> None:
        self._context.remember("editor.export_folder", str(path.parent))
        self.exported.emit()
        self._context.show_message.emit(self.tr("Exported to {path}").format(path=path), "info", "")
