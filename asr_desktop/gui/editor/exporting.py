"""Exports the open transcript to a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from asr_desktop.audio.media import is_media_name
from asr_desktop.base.paths import data_folder
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.widgets.export_dialog import ExportDialog
from asr_desktop.jobs.outputs import file_name
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.editing import EditableTranscript


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
