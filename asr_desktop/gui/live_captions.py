"""Forwards the recogniser's results for the current recording to the window's thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from asr_desktop.gui.translations import said
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    LiveEvent,
    LiveNotice,
    Partial,
    Rewritten,
    SpeakersHeard,
    Stopped,
)

if TYPE_CHECKING:
    from asr_desktop.recognition.worker.handles import LiveJob
    from asr_desktop.recognition.worker.protocol import Event


class LiveCaptions(QObject):
    """Follows one job after another; late results of a former job are ignored."""

    heard = Signal(object)
    """A Partial, Final, Rewritten, SpeakersHeard or Lag."""
    taken_back = Signal()
    """The displayed partial result is withdrawn: the recogniser was restarted."""
    model_ready = Signal()
    told = Signal(object)
    """A sentence for the user."""
    failed = Signal(object)
    """A sentence for the user: no more text will be recognised in this recording."""
    done = Signal()
    """All results have been delivered."""

    _job_said = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job: LiveJob | None = None
        self.is_done = True
        self._job_said.connect(self._take)

    def follow(self, job: LiveJob) -> None:
        """Forward the results of this job until it is done."""
        self._job = job
        self.is_done = False
        threading.Thread(target=self._follow, args=(job,), name="captions", daemon=True).start()

    @property
    def job(self) -> LiveJob | None:
        """The current job, if it still accepts commands."""
        return None if self.is_done else self._job

    def _follow(self, job: LiveJob) -> None:
        for event in job.events():
            self._job_said.emit(job, event)

    def _take(self, job: LiveJob, event: Event | LiveEvent) -> None:
        # Imported with the first result, because the window starts without it.
        from asr_desktop.recognition.worker.protocol import (
            Cancelled,
            Failed,
            LiveSaid,
            ModelReady,
            Restarted,
            UtteranceSkipped,
        )

        if job is not self._job:
            return
        match event:
            case LiveSaid(event=Partial() | Final() | Rewritten() | SpeakersHeard() | Lag() as heard):
                self.heard.emit(heard)
            case LiveSaid(event=LiveNotice(sentence)):
                self.told.emit(sentence)
            case ModelReady(warnings=warnings):
                self.model_ready.emit()
                for sentence in warnings:
                    self.told.emit(sentence)
            case Restarted(message=sentence):
                self.taken_back.emit()
                self.told.emit(sentence)
            case UtteranceSkipped(message=sentence):
                self.told.emit(sentence)
            case Failed(message=sentence):
                self.failed.emit(
                    self.tr("{problem} The audio is saved and can be transcribed later.").format(
                        problem=said(sentence)
                    )
                )
        if isinstance(event, Failed | Cancelled) or (
            isinstance(event, LiveSaid) and isinstance(event.event, Stopped)
        ):
            self.is_done = True
            self.done.emit()
