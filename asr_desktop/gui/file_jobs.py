"""The queue of files and the watched folders for the window: their events as Qt signals, and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from asr_desktop.base.clock import clock
from asr_desktop.base.errors import SpeakersError
from asr_desktop.gui.translations import number_text, said, said_speaker
from asr_desktop.jobs.file_queue import FileQueue
from asr_desktop.jobs.folder_watcher import FolderWatcher, needs_nothing
from asr_desktop.jobs.job import FileJob, JobOptions, JobState
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.export import FORMATS

if TYPE_CHECKING:
    from asr_desktop.gui.app_context import AppContext
    from asr_desktop.recognition.worker.protocol import ModelChoice


# Progress of the whole queue, from its first file until it is idle

LOOKS_AFTER_MS = 200
"""Limits the updates: each job reports progress many times a second."""


class FileBatch(QObject):
    """Counts the files added until the queue is idle again."""

    progressed = Signal(float)
    """0 … 1 while files are being transcribed, -1 when the last one has ended."""
    ended = Signal(int, int)
    """Numbers of transcribed and failed files; cancelled and removed ones are not counted."""

    def __init__(self, jobs: FileJobs) -> None:
        super().__init__(jobs)
        self._jobs = jobs
        self._members: set[int] = set()
        self._timer = QTimer(self, singleShot=True, interval=LOOKS_AFTER_MS)
        self._timer.timeout.connect(self._look)
        jobs.job_changed.connect(self._changed)
        jobs.order_changed.connect(self._look_soon)

    def _changed(self, job: FileJob) -> None:
        if not job.state.is_end:
            self._members.add(job.id)  # a short file may be done before the timer fires
        self._look_soon()

    def _look_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        jobs = self._jobs.queue.jobs()
        self._members |= {job.id for job in jobs if not job.state.is_end}
        members = [job for job in jobs if job.id in self._members]
        if any(not job.state.is_end for job in members):
            done = sum(1.0 if job.state.is_end else job.fraction for job in members)
            self.progressed.emit(done / len(members))
        elif self._members:
            self._members.clear()
            self.progressed.emit(-1.0)
            states = [job.state for job in members]
            self.ended.emit(states.count(JobState.DONE), states.count(JobState.FAILED))


UNFINISHED = "files.unfinished"
COPY_SOUND = "files.copy_sound"
TRACK = "files.track"
MODEL = "files.model"
"""Model for files; "" is the model of the settings."""
SPEAKERS = "files.speakers"
"""A string for SpeakerCount.parse: "auto", "2", "2-4"; "" if speakers are not told apart."""
HOTWORDS = "files.hotwords"
"""Hotwords for files, in addition to those of the settings."""
MOST_UNFINISHED = 1000
_REMEMBERED_AFTER_MS = 1000


def speaker_count(wanted: str) -> SpeakerCount | None:
    """The speaker count chosen for files; None if there is none or the stored value is invalid."""
    try:
        return SpeakerCount.parse(wanted) if wanted else None
    except SpeakersError:
        return None


class FileJobs(QObject):
    """Owned by the context, so folders are watched on every page."""

    job_changed = Signal(object)
    """The changed FileJob."""
    order_changed = Signal()
    """Jobs were added, removed or reordered."""
    folders_changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._entries_told: set[int] = set()
        self.queue = FileQueue(
            lambda: context.files_engine,
            lambda: context.library,
            choice=self.choice,
            options=self.options,
            is_open=lambda entry_id: entry_id == context.open_entry,
            observer=_Signals(self),
            on_problem=self._tell_problem,
        )
        self.watcher = FolderWatcher(
            self._found,
            is_known=lambda path: needs_nothing(context.library, path),
            on_problem=self._tell_problem,
        )
        self._remembering = QTimer(self)
        self._remembering.setSingleShot(True)
        self._remembering.setInterval(_REMEMBERED_AFTER_MS)
        self._remembering.timeout.connect(self._remember_unfinished)
        self.batch = FileBatch(self)
        self.batch.progressed.connect(lambda done: context.progressed.emit("files", done))
        self.batch.ended.connect(self._tell_end)
        self.job_changed.connect(self._notice)
        self.order_changed.connect(self._remembering.start)

    def begin(self) -> None:
        """At the program's start: watch the configured folders and offer unfinished files of the last run."""
        self.watcher.set_folders(map(Path, self._context.settings.watched_folders))
        left = [Path(path) for path in self._context.recall(UNFINISHED, []) if isinstance(path, str)]
        # Files in watched folders are found again anyway.
        watched = self.watcher.folders
        left = [path for path in left if path.is_file() and not any(map(path.is_relative_to, watched))]
        if left:
            sentence = self.tr("Files left to transcribe from last time: {count}.")
            sentence = sentence.format(count=len(left))
            self._context.offer.emit(sentence, self.tr("Continue"), lambda: self.go_on_with(left))

    def choice(self) -> ModelChoice:
        """Model and hotwords for the next file; called in the queue's thread."""
        return self._context.model_choice(
            model=self._context.recall(MODEL, ""), more_hotwords=self._context.recall(HOTWORDS, [])
        )

    def options(self) -> JobOptions:
        """Options of the transcripts, from the settings; called in the queue's thread."""
        settings = self._context.settings
        return JobOptions(
            formats=tuple(name for name in FORMATS if name in settings.export_formats),
            folder=Path(settings.export_folder) if settings.export_folder else None,
            track=self._context.recall(TRACK, 0) or None,
            speakers=speaker_count(self._context.recall(SPEAKERS, "")),
            name_of_speaker=said_speaker,
            copy_sound=self._context.recall(COPY_SOUND, False),
        )

    def add(self, paths: Iterable[Path]) -> None:
        """Queue files and folders; large folders are searched in the background."""
        self._context.run(self.queue.add, list(paths)).on_success(self._tell_problems)

    def go_on_with(self, paths: list[Path]) -> None:
        """Queue unfinished files of an earlier run, and show the Files page."""
        self._context.run(self.queue.go_on_with, paths)
        self._context.show_page.emit("files")

    def watch(self, folders: Iterable[Path]) -> None:
        """Watch these folders, now and after every start."""
        wanted = tuple(dict.fromkeys(str(folder) for folder in folders))
        self._context.change_settings(watched_folders=wanted)
        self.watcher.set_folders(map(Path, wanted))
        self.folders_changed.emit()

    def close(self) -> None:
        """End the queue at the program's end; unfinished files are offered at the next start."""
        self._remembering.stop()
        self._remember_unfinished()
        self.watcher.close()
        self.queue.close()

    def _found(self, path: Path) -> None:
        self.queue.add_found(path, self.watcher.folders)

    def _tell_problems(self, answer: tuple[list[FileJob], list[str]]) -> None:
        for sentence in answer[1]:
            self._context.show_message.emit(said(sentence), "warning", "")

    def _tell_problem(self, sentence: str) -> None:
        self._context.show_message.emit(said(sentence), "warning", "")

    def _notice(self, job: FileJob) -> None:
        if job.state.is_end:
            self._remembering.start()
        if job.entry_id is not None and job.id not in self._entries_told:
            self._entries_told.add(job.id)
            self._context.library_changed.emit()

    def _tell_end(self, done: int, failed: int) -> None:
        if done + failed:
            sentence = self.tr("Files transcribed: {done}.").format(done=done)
            if failed:
                sentence = self.tr("Files transcribed: {done}, failed: {failed}.").format(
                    done=done, failed=failed
                )
            self._context.job_ended.emit(sentence, "files")

    def _remember_unfinished(self) -> None:
        left = [str(job.source) for job in self.queue.jobs() if not job.state.is_end]
        self._context.remember(UNFINISHED, left[:MOST_UNFINISHED])


class _Signals:
    """Carries events from the queue's thread to the window's through queued signals."""

    def __init__(self, jobs: FileJobs) -> None:
        self._jobs = jobs

    def job_changed(self, job: FileJob) -> None:
        self._jobs.job_changed.emit(job)

    def jobs_reordered(self) -> None:
        self._jobs.order_changed.emit()


# The queue as a table, one row for each job

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
