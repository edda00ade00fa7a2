"""What a training that goes on behind the window tells: how far it is, and that it has ended."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.voice_training import Outcome, TrainingState, VoiceTraining


class TrainingNews(QObject):
    """what: "voice" or "texts", as `AppContext.progressed` has it."""

    def __init__(self, context: AppContext, training: VoiceTraining, what: str) -> None:
        super().__init__(training)
        self._context = context
        self._training = training
        self._what = what
        training.state_changed.connect(self._state_changed)
        training.progressed.connect(self._progressed)
        training.ended.connect(self._ended)
        training.failed.connect(self._failed)

    def _progressed(self, progress: dict[str, Any]) -> None:
        if self._training.state is not TrainingState.IDLE:
            done = float(progress.get("done") or 0.0)
            self._context.progressed.emit(self._what, min(1.0, max(0.0, done)))

    def _state_changed(self, state: TrainingState) -> None:
        self._context.progressed.emit(self._what, -1.0 if state is TrainingState.IDLE else 0.0)

    def _ended(self, outcome: Outcome) -> None:
        if outcome.finished:
            self._context.job_ended.emit(self.tr("Training has finished."), "voice")

    def _failed(self, sentence: str, _details: str) -> None:
        self._context.job_ended.emit(sentence, "voice")
