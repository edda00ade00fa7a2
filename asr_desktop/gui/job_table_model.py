"""Table model of the queue of files, one row for each job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from asr_desktop.base.clock import clock
from asr_desktop.gui.file_jobs import FileJobs
from asr_desktop.gui.translations import number_text, said
from asr_desktop.jobs import FileJob, JobState

FILE, PROGRESS, SPEED, TIME_LEFT = range(4)
JOB_ROLE = Qt.ItemDataRole.UserRole
_JOBS_FORMAT = "application/x-asr-desktop-jobs"

_Index = QModelIndex | QPersistentModelIndex


class JobTableModel(QAbstractTableModel):
    """Follows the queue. Rows can be moved by dragging; JOB_ROLE holds the FileJob."""

    def __init__(self, jobs: FileJobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file_jobs = jobs
        self._jobs: list[FileJob] = []
        self._rows: dict[int, int] = {}
        jobs.job_changed.connect(self._job_changed)
        jobs.order_changed.connect(self.refresh)
        self.refresh()

    def jobs(self) -> list[FileJob]:
        return list(self._jobs)

    def job(self, row: int) -> FileJob:
        return self._jobs[row]

    def row_of(self, job_id: int) -> int | None:
        return self._rows.get(job_id)

    def refresh(self) -> None:
        """Update the rows from the queue, keeping the selection."""
        jobs = self._file_jobs.queue.jobs()
        rows = {job.id: row for row, job in enumerate(jobs)}
        former = [job.id for job in self._jobs]
        if list(rows)[: len(former)] == former:
            if len(jobs) > len(former):
                self.beginInsertRows(QModelIndex(), len(former), len(jobs) - 1)
                self._jobs, self._rows = jobs, rows
                self.endInsertRows()
            return
        self.layoutAboutToBeChanged.emit()
        pinned = self.persistentIndexList()
        moved = []
        for index in pinned:
            row = rows.get(self._jobs[index.row()].id)
            moved.append(QModelIndex() if row is None else self.createIndex(row, index.column()))
        self._jobs, self._rows = jobs, rows
        self.changePersistentIndexList(pinned, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("File"), self.tr("Progress"), self.tr("Speed"), self.tr("Time left"))[section]
        if role == Qt.ItemDataRole.ToolTipRole and section == SPEED:
            return self.tr("Seconds of audio transcribed per second")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section < SPEED else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        job = self._jobs[index.row()]
        if role == JOB_ROLE:
            return job
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(job, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{job.source.name}, {self.state_text(job)}" if index.column() == FILE else None
        if role == Qt.ItemDataRole.ToolTipRole:
            if job.sentence or job.notes:
                return "\n".join(map(said, (job.sentence, *job.notes))).strip()
            return str(job.source)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= SPEED:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def state_text(self, job: FileJob) -> str:
        """A job's state in words."""
        match job.state:
            case JobState.WAITING:
                return self.tr("Waiting")
            case JobState.RUNNING if job.total_seconds:
                position = self.tr("{done} of {total}")
                return position.format(done=clock(job.done_seconds), total=clock(job.total_seconds))
            case JobState.RUNNING:
                return self.tr("Preparing")
            case JobState.FAILED:
                return said(job.sentence)
            case JobState.CANCELLED:
                return self.tr("Cancelled")
        written = ", ".join(path.suffix.lstrip(".") for path in job.written)
        text = self.tr("Done: {formats}").format(formats=written) if written else self.tr("Done")
        return f"{text} – {said(job.notes[0])}" if job.notes else text

    def _text(self, job: FileJob, column: int) -> str:
        if column == FILE:
            return job.source.name
        if column == PROGRESS:
            return self.state_text(job)
        if column == SPEED:
            return "" if job.speed is None else f"{number_text(job.speed)}×"
        if job.state is JobState.RUNNING and job.remaining_seconds is not None:
            return clock(job.remaining_seconds)
        return ""

    def _job_changed(self, job: FileJob) -> None:
        row = self._rows.get(job.id)
        if row is not None:
            self._jobs[row] = job
            self.dataChanged.emit(self.index(row, 0), self.index(row, TIME_LEFT))

    # Dragging rows

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        # Drop between rows, never onto one.
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_JOBS_FORMAT]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        ids = dict.fromkeys(str(self._jobs[index.row()].id) for index in indexes)
        data = QMimeData()
        data.setData(_JOBS_FORMAT, ",".join(ids).encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        if not data.hasFormat(_JOBS_FORMAT):
            return False
        ids = [int(number) for number in bytes(data.data(_JOBS_FORMAT).data()).decode().split(",")]
        place = row if row >= 0 else len(self._jobs)
        self._file_jobs.queue.move(ids, place)
        return False  # the queue has moved the rows; the view must not remove any
