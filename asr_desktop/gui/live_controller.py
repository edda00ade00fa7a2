"""One dictation after the other: a recorder, the recogniser that follows it, and the library at the end.

The controller belongs to no page. The Live page, the tray and the overlay show what it tells, and all can
start and stop it. Nothing here computes: the recorder writes in its own thread, the recogniser is a process.
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
    from asr_desktop.audio.kept_microphone import KeptMicrophone
    from asr_desktop.audio.recorder import Recorder, RecorderEvent
    from asr_desktop.audio.session import Session
    from asr_desktop.gui.app_context import AppContext

RECORDING = "recording"
"""What the controller tells is about this. It shows on every page, and ends with the next recording at the
latest."""
RUNNING = f"{RECORDING}.running"
"""What ends with the recording."""
INPUT = f"{RUNNING}.input"
"""What ends as soon as the microphone is heard."""
DISK = f"{RECORDING}.disk"
"""What ends when there is room again: a full disk may have ended the recording."""
SPEAKERS = "live_speakers"
"""What the window remembers: whether speakers are told apart."""
MARKER = "marker"
"""The session's event that marks a moment."""

_CAUSES = {
    "silent": INPUT,
    "device_lost": INPUT,
    "device_changed": RUNNING,
    "disk_low": DISK,
    "disk_full": DISK,
}
"""What the recorder's events are about, by kind; the others are about the recording that goes on."""


class LiveState(Enum):
    IDLE = "idle"
    STARTING = "starting"
    """The microphone warms up: what is said now may be lost."""
    LISTENING = "listening"
    PAUSED = "paused"
    FINISHING = "finishing"
    """The recording has ended; what was said is still being recognised and stored."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one recording is to be heard. `phrases`: see LiveOptions; `model`: another one than that of the
    settings; `hotwords` and `writing_off`: beside theirs."""

    phrases: tuple[str, ...] = ()
    model: str = ""
    hotwords: tuple[str, ...] = ()
    writing_off: tuple[str, ...] = ()


def live_speakers(context: AppContext) -> SpeakerCount | None:
    """Whether speakers are told apart, as the user wants it."""
    return SpeakerCount() if context.recall(SPEAKERS, False) else None


class LiveController(QObject):
    """Signals arrive in the window's thread."""

    state_changed = Signal(object)
    """A LiveState."""
    heard = Signal(object)
    """A Partial, Final, Rewritten, SpeakersHeard or Lag."""
    taken_back = Signal()
    """The partial result that was shown counts no more: the recogniser was restarted."""
    marked = Signal(float)
    model_ready = Signal()
    began = Signal()
    """Another recording: what was shown of the last one can go."""
    ended = Signal(int, float)
    """The recording is in the library: its entry's number (0 if it could not be put there), its seconds."""

    _recorder_said = Signal(object)
    _microphone_replaced = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self.make_recorder: Callable[..., Recorder] | None = None
        """In place of the class itself, for tests."""
        self._recorder: Recorder | None = None
        self._captions = LiveCaptions(self)
        self._state = LiveState.IDLE
        self._recorder_is_done = True
        self._stop_wanted = False
        self._is_kept = True
        self._microphone: KeptMicrophone | None = None
        self._tells_speakers = False
        self._model = ""
        self._seconds = 0.0
        self._recorder_said.connect(self._take_recorder_event)
        self._microphone_replaced.connect(self._say)
        self._captions.heard.connect(self.heard)
        self._captions.taken_back.connect(self.taken_back)
        self._captions.model_ready.connect(self.model_ready)
        self._captions.told.connect(lambda sentence: self._say(sentence, RUNNING))
        self._captions.failed.connect(self._not_written)
        self._captions.done.connect(self._finish_if_done)

    # What others ask

    @property
    def state(self) -> LiveState:
        return self._state

    @property
    def is_recording(self) -> bool:
        """Sound is being written, or will be once Pause ends."""
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
        """The recording that goes on, or the last one."""
        return self._recorder.session if self._recorder is not None else None

    # What others wish

    def start(
        self,
        *,
        is_kept: bool = True,
        wishes: Callable[[], Wishes] | None = None,
        microphone: KeptMicrophone | None = None,
    ) -> None:
        """A new recording; where one goes on, nothing happens.

        is_kept: whether it goes into the library at the end; else nothing of it stays. wishes: asked once, in
        another thread; without it, and where it fails, the recording is heard as the settings say.
        microphone: one that may be open already.
        """
        if self._state is not LiveState.IDLE:
            return
        self._is_kept = is_kept
        # What is dictated is one person's, and in a hurry.
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
        """Ends the recording; what was said until now is still recognised, then `ended` comes.

        is_urgent: somebody waits for the text, so it comes with the first short silence, before the recording
        has ended.
        """
        if not self.is_recording:
            return
        self._stop_wanted = True
        if self._recorder is None:
            return  # it is still being opened
        if is_urgent and self._captions.job is not None:
            self._captions.job.end_soon(self._recorder.now_seconds)
        self._set_state(LiveState.FINISHING)
        self._context.run(self._recorder.stop).on_success(self._recorder_stopped).on_failure(
            self._recorder_failed
        )

    def toggle(self) -> None:
        """Start or stop, whichever it is time for."""
        self.stop() if self.is_recording else self.start()

    def set_paused(self, paused: bool) -> None:
        if self._recorder is not None and self.is_recording:
            self._recorder.pause() if paused else self._recorder.resume()

    def toggle_pause(self) -> None:
        """Pause or go on, whichever it is time for."""
        self.set_paused(self._state is LiveState.LISTENING)

    def mark(self) -> None:
        """Remember this moment of the recording."""
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
        """For the recording that goes on, from the next sentence on."""
        if self._captions.job is not None:
            self._captions.job.set_hotwords(hotwords)

    def set_hangover(self, hangover_ms: float) -> None:
        """How long a pause ends a sentence, from now on."""
        if self._captions.job is not None:
            self._captions.job.set_hangover(hangover_ms)

    def switch_device(self, device: str) -> None:
        """Go on with another microphone."""
        if self._recorder is not None and self.is_recording:
            self._context.run(self._recorder.switch_device, device or None)

    def finish_soon(self) -> None:
        """The window closes: what is not recognised by now is left for the next start to offer."""
        if self._captions.job is not None:
            self._captions.job.cancel()

    def close(self) -> None:
        """The program ends, whoever ended it: returns when all sound is on the disk."""
        if self._recorder is not None and self.is_recording:
            self._recorder.stop()

    # Opening

    def _open(self, device: str, wishes: Callable[[], Wishes] | None) -> tuple[Recorder, Wishes]:
        """In a thread: opening a device asks the sound system and may take a second."""
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
            self._model = choice.model
            options = LiveOptions(phrases=wishes.phrases)
            if self._tells_speakers:
                options = replace(options, speakers=live_speakers(self._context))
            self._captions.follow(self._context.live_engine.listen(recorder.session.path, choice, options))
        except AsrDesktopError as error:
            # The sound is safe; its text can be made later.
            self._not_written(str(error))
        if self._stop_wanted:
            self.stop()

    def _not_written(self, sentence: str) -> None:
        """Nothing recognises what is said any more: the sound is all there is of it, so it is kept."""
        self._is_kept = True
        self._say(sentence)

    def _not_opened(self, failure: Failure) -> None:
        self._set_state(LiveState.IDLE)
        self._context.tell_failure(failure, RECORDING)

    # What happens meanwhile

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

    # The end

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
                self._context.run(_keep, self._context, session, self._model)
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
