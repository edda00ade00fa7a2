"""Controls live recording: a recorder, the recogniser that follows it, and the library entry at the end.

The controller belongs to no page. The Live page, the tray and the overlay show its signals, and all can start
and stop it. It does no heavy work: the recorder writes in its own thread, the recogniser is a process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from asr_desktop.audio.levels import NO_LEVEL, Level
from asr_desktop.base.errors import AsrDesktopError, DeviceError
from asr_desktop.gui.live_captions import LiveCaptions
from asr_desktop.gui.notices import EVERY_PAGE, Notice
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.translations import said, said_reason
from asr_desktop.recognition.live_events import LiveOptions
from asr_desktop.speakers.turns import SpeakerCount

if TYPE_CHECKING:
    from asr_desktop.audio.capture import KeptMicrophone
    from asr_desktop.audio.recorder import Recorder, RecorderEvent
    from asr_desktop.audio.session import Session
    from asr_desktop.gui.app_context import AppContext

RECORDING = "recording"
"""Cause of notices about a recording. They are shown on every page and end with the next recording at the
latest."""
RUNNING = f"{RECORDING}.running"
"""Cause of notices that end with the recording."""
INPUT = f"{RUNNING}.input"
"""Cause of notices that end as soon as the microphone delivers sound."""
DISK = f"{RECORDING}.disk"
"""Cause of notices that end when there is disk space again, which may be after the recording."""
SPEAKERS = "live_speakers"
"""Key in the window's state: whether speakers are told apart."""
MARKER = "marker"
"""The kind of session event that marks a moment."""

_CAUSES = {
    "silent": INPUT,
    "device_lost": INPUT,
    "device_changed": RUNNING,
    "disk_low": DISK,
    "disk_full": DISK,
}
"""The cause for each kind of recorder event; other kinds belong to the current recording."""


class LiveState(Enum):
    """State of live recording."""

    IDLE = "idle"
    STARTING = "starting"
    """The microphone is being opened: speech may still be lost."""
    LISTENING = "listening"
    PAUSED = "paused"
    FINISHING = "finishing"
    """The recording has ended; its last words are still being recognised and stored."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Options of one recording. `phrases`: see LiveOptions; `model`: replaces that of the settings;
    `hotwords` and `writing_off`: added to those of the settings."""

    phrases: tuple[str, ...] = ()
    model: str = ""
    hotwords: tuple[str, ...] = ()
    writing_off: tuple[str, ...] = ()


def live_speakers(context: AppContext) -> SpeakerCount | None:
    """How many speakers to tell apart, as the user has set it; None: do not tell them apart."""
    return SpeakerCount() if context.recall(SPEAKERS, False) else None


class LiveController(QObject):
    """All signals are emitted in the window's thread."""

    state_changed = Signal(object)
    """A LiveState."""
    heard = Signal(object)
    """A Partial, Final, Rewritten, SpeakersHeard or Lag."""
    taken_back = Signal()
    """The displayed partial result is withdrawn: the recogniser was restarted."""
    marked = Signal(float)
    model_ready = Signal()
    began = Signal()
    """A new recording has started; the text of the last one can be cleared."""
    ended = Signal(int, float)
    """The recording has ended: its library entry (0 if it could not be added), and its length in seconds."""

    _recorder_said = Signal(object)
    _microphone_replaced = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self.make_recorder: Callable[..., Recorder] | None = None
        """Creates the recorder; tests replace it."""
        self._recorder: Recorder | None = None
        self._captions = LiveCaptions(self)
        self._state = LiveState.IDLE
        self._recorder_is_done = True
        self._stop_wanted = False
        self._is_kept = True
        self._microphone: KeptMicrophone | None = None
        self._tells_speakers = False
        self.model = ""
        """What the recording is recognised with; the last one's after its end."""
        self._seconds = 0.0
        self._recorder_said.connect(self._take_recorder_event)
        self._microphone_replaced.connect(self._say)
        self._captions.heard.connect(self.heard)
        self._captions.taken_back.connect(self.taken_back)
        self._captions.model_ready.connect(self.model_ready)
        self._captions.told.connect(lambda sentence: self._say(sentence, RUNNING))
        self._captions.failed.connect(self._not_written)
        self._captions.done.connect(self._finish_if_done)

    # State

    @property
    def state(self) -> LiveState:
        return self._state

    @property
    def is_recording(self) -> bool:
        """Whether a recording is running or paused."""
        return self._state in (LiveState.STARTING, LiveState.LISTENING, LiveState.PAUSED)

    @property
    def level(self) -> Level:
        return self._recorder.level if self._recorder is not None and self.is_recording else NO_LEVEL

    @property
    def recorded_seconds(self) -> float:
        if self._recorder is not None:
            self._seconds = self._recorder.recorded_seconds
        return self._seconds

    @property
    def session(self) -> Session | None:
        """The current recording, or the last one."""
        return self._recorder.session if self._recorder is not None else None

    # Commands

    def start(
        self,
        *,
        is_kept: bool = True,
        wishes: Callable[[], Wishes] | None = None,
        microphone: KeptMicrophone | None = None,
    ) -> None:
        """Start a recording; ignored while one is running.

        is_kept: whether it is added to the library at the end; otherwise it is deleted. wishes: returns the
        options of this recording; called once, in another thread. Without it, or if it fails, the settings
        apply. microphone: an already open microphone to use.
        """
        if self._state is not LiveState.IDLE:
            return
        self._is_kept = is_kept
        # Dictation has a single speaker and has to be fast.
        self._tells_speakers = wishes is None
        self._stop_wanted = False
        self._seconds = 0.0
        self._recorder = None
        self._context.is_over.emit(RECORDING)
        self._set_state(LiveState.STARTING)
        self.began.emit()
        self._microphone = microphone
        operation = self._context.run(self._open, self._context.settings.device, wishes)
        operation.on_success(self._opened).on_failure(self._not_opened)

    def stop(self, *, is_urgent: bool = False) -> None:
        """End the recording; the speech so far is still recognised, then `ended` is emitted.

        is_urgent: the text is needed at once, so it is delivered at the first short silence, before the
        recording has ended.
        """
        if not self.is_recording:
            return
        self._stop_wanted = True
        if self._recorder is None:
            return  # still being opened
        if is_urgent and self._captions.job is not None:
            self._captions.job.end_soon(self._recorder.now_seconds)
        self._set_state(LiveState.FINISHING)
        self._context.run(self._recorder.stop).on_success(self._recorder_stopped).on_failure(
            self._recorder_failed
        )

    def toggle(self) -> None:
        """Stop if a recording is running, else start one."""
        self.stop() if self.is_recording else self.start()

    def set_paused(self, paused: bool) -> None:
        if self._recorder is not None and self.is_recording:
            self._recorder.pause() if paused else self._recorder.resume()

    def toggle_pause(self) -> None:
        """Pause or resume the recording."""
        self.set_paused(self._state is LiveState.LISTENING)

    def mark(self) -> None:
        """Add a marker at the current time of the recording."""
        if self._recorder is None or not self.is_recording:
            return
        at_seconds = self._recorder.recorded_seconds
        try:
            self._recorder.session.append_event(MARKER, at_seconds)
        except OSError as error:
            self._say(
                self.tr("The marker could not be saved ({reason}): free some disk space.").format(
                    reason=said_reason(error)
                )
            )
            return
        self.marked.emit(at_seconds)

    def set_hotwords(self, hotwords: tuple[str, ...]) -> None:
        """Replace the hotwords of the current recording, from the next sentence on."""
        if self._captions.job is not None:
            self._captions.job.set_hotwords(hotwords)

    def set_hangover(self, hangover_ms: float) -> None:
        """Set the length of a pause that ends a sentence, in milliseconds, from now on."""
        if self._captions.job is not None:
            self._captions.job.set_hangover(hangover_ms)

    def switch_device(self, device: str) -> None:
        """Continue the recording with another microphone."""
        if self._recorder is not None and self.is_recording:
            self._context.run(self._recorder.switch_device, device or None)

    def finish_soon(self) -> None:
        """End quickly because the window closes: text not recognised yet is offered at the next start."""
        if self._captions.job is not None:
            self._captions.job.cancel()

    def close(self) -> None:
        """Stop recording at the program's end; returns when all sound is on the disk."""
        if self._recorder is not None and self.is_recording:
            self._recorder.stop()

    # Opening

    def _open(self, device: str, wishes: Callable[[], Wishes] | None) -> tuple[Recorder, Wishes]:
        """Runs in a thread, because opening a device may take a second."""
        folder = self._context.settings.sessions_folder
        try:
            recorder = self._started_recorder(device or None, folder)
        except DeviceError as error:
            if not device:
                raise
            recorder = self._started_recorder(None, folder)
            self._microphone_replaced.emit(str(error))
        return recorder, wishes() if wishes is not None else Wishes()

    def _started_recorder(self, device: str | None, folder: str) -> Recorder:
        from asr_desktop.audio.recorder import Recorder

        make: Callable[..., Recorder] = self.make_recorder or Recorder
        if self._microphone is not None:
            make = partial(make, capture=self._microphone.take)
        recorder = make(device, folder=Path(folder) if folder else None, on_event=self._recorder_said.emit)
        recorder.start()
        return recorder

    def _opened(self, opened: tuple[Recorder, Wishes]) -> None:
        recorder, wishes = opened
        self._recorder = recorder
        self._recorder_is_done = False
        try:
            choice = self._context.model_choice(model=wishes.model, more_hotwords=wishes.hotwords)
            writing = replace(choice.writing, off=(*choice.writing.off, *wishes.writing_off))
            choice = replace(choice, writing=writing)
            self.model = choice.model
            options = LiveOptions(phrases=wishes.phrases)
            if self._tells_speakers:
                options = replace(options, speakers=live_speakers(self._context))
            self._captions.follow(self._context.live_engine.listen(recorder.session.path, choice, options))
        except AsrDesktopError as error:
            # The sound is saved; its text can be recognised later.
            self._not_written(str(error))
        if self._stop_wanted:
            self.stop()

    def _not_written(self, sentence: str) -> None:
        """The recogniser is not available any more, so keep the sound: it is all that is left."""
        self._is_kept = True
        self._say(sentence)

    def _not_opened(self, failure: Failure) -> None:
        self._set_state(LiveState.IDLE)
        self._context.tell_failure(failure, RECORDING)

    # Events

    def _take_recorder_event(self, event: RecorderEvent) -> None:
        if self.is_recording:
            if event.kind in ("listening", "resumed"):
                self._set_state(LiveState.LISTENING)
            elif event.kind == "paused":
                self._set_state(LiveState.PAUSED)
            elif event.kind == "stopped":
                self.stop()  # by itself: the disk is full
        if event.kind in ("heard", "device_changed"):
            self._context.is_over.emit(INPUT)
        elif event.kind == "disk_ok":
            self._context.is_over.emit(DISK)
        if event.message is not None and event.kind != "stopped":
            self._say(event.message, _CAUSES.get(event.kind, RUNNING))

    # Ending

    def _recorder_stopped(self, _: None) -> None:
        self._recorder_is_done = True
        self._finish_if_done()

    def _recorder_failed(self, failure: Failure) -> None:
        self._context.tell_failure(failure, RECORDING)
        self._recorder_stopped(None)

    def _finish_if_done(self) -> None:
        if self._state is LiveState.FINISHING and self._recorder_is_done and self._captions.is_done:
            assert self._recorder is not None
            session = self._recorder.session
            end = (
                self._context.run(_keep, self._context, session, self.model)
                if self._is_kept
                else self._context.run(_forget, session)
            )
            end.on_success(self._kept).on_failure(self._not_kept)

    def _kept(self, entry_id: int) -> None:
        self._set_state(LiveState.IDLE)
        self.ended.emit(entry_id, self.recorded_seconds)
        self._context.library_changed.emit()

    def _not_kept(self, failure: Failure) -> None:
        self._context.tell_failure(failure, RECORDING)
        self._set_state(LiveState.IDLE)
        self.ended.emit(0, self.recorded_seconds)

    def _set_state(self, state: LiveState) -> None:
        if state is not self._state:
            self._state = state
            if not self.is_recording:
                self._context.is_over.emit(RUNNING)
            self.state_changed.emit(state)

    def _say(self, sentence: str, about: str = RECORDING) -> None:
        self._context.notify.emit(Notice(said(sentence), "warning", "", about, EVERY_PAGE))


def _forget(session: Session) -> int:
    from asr_desktop.transcripts.library.sessions import remove_session

    remove_session(session.path)
    return 0


def _keep(context: AppContext, session: Session, model: str) -> Any:
    from asr_desktop.transcripts.library import add_session

    return add_session(context.library, session, model)
