"""What there is to say of one file in the table: what was wrong with it, and what was written."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import button, label
from asr_desktop.jobs import FileJob, JobState


class JobDetails(QWidget):
    """Of the one row that is selected; without one there is nothing to be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: FileJob | None = None
        self.words = label("", wrap=True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = button(self.tr("Copy details"), "copy", kind="quiet", on_click=self.copy)
        self.folder_button = button(
            self.tr("Show in folder"), "folder", kind="quiet", on_click=self.show_in_folder
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        line.addWidget(self.words, 1)
        line.addWidget(self.copy_button)
        line.addWidget(self.folder_button)

    def show_job(self, job: FileJob | None) -> None:
        self._job = job
        words = "" if job is None else self._about(job)
        is_done = job is not None and job.state is JobState.DONE
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.copy_button.setVisible(job is not None and bool(job.sentence or job.notes))
        self.folder_button.setVisible(is_done)
        self.setVisible(bool(words) or is_done)

    def copy(self) -> None:
        """What a person who is asked for help wants to know."""
        if self._job is not None:
            job = self._job
            text = "\n".join(
                filter(None, (str(job.source), said(job.sentence), job.details, *map(said, job.notes)))
            )
            QGuiApplication.clipboard().setText(text)

    def show_in_folder(self) -> None:
        """Opens the folder of what was written, in the system's own program for that."""
        if self._job is not None:
            shown = self._job.written[0] if self._job.written else self._job.source
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown.parent)))

    def _about(self, job: FileJob) -> str:
        lines = [said(line) for line in (job.sentence, *job.notes)]
        if job.written:
            names = ", ".join(path.name for path in job.written)
            place = self.tr("Saved {names} in {folder}")
            lines.append(place.format(names=names, folder=job.written[0].parent))
        return "\n".join(filter(None, lines))
