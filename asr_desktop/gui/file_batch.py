"""How far the queue of files is as a whole, from its first file until nothing is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.jobs import FileJob, JobState

if TYPE_CHECKING:
    from asr_desktop.gui.file_jobs import FileJobs

LOOKS_AFTER_MS = 200
"""Each job tells of its progress many times a second."""


class FileBatch(QObject):
    """Counts what was added until the queue is idle again."""

    progressed = Signal(float)
    """0 … 1 while files are under way, -1 when the last one has ended."""
    ended = Signal(int, int)
    """How many were transcribed and how many failed; what the user cancelled or removed counts as neither."""

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
            self._members.add(job.id)  # a short file may have ended when the timer looks
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
