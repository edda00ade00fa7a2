"""Controls dictation into other programs: shortcuts, recording, insertion and corrections.

It records through the LiveController, like the Live page. It has no display of its own: overlay and tray show
its state.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from asr_desktop.dictation.desktop import InsertionRefused
from asr_desktop.dictation.insertion import Inserted
from asr_desktop.dictation.talk_key import KeyUse, TalkKey
from asr_desktop.gui.dictation_keys import CANCEL, CORRECT, DictationKeys
from asr_desktop.gui.dictation_thread import (
    CorrectedDictation,
    DictationThread,
    KeptText,
    KeptTexts,
    LastUtterance,
    awaited,
)
from asr_desktop.gui.live_controller import LiveState, Wishes
from asr_desktop.gui.notices import EVERY_PAGE, Notice
from asr_desktop.gui.translations import said
from asr_desktop.recognition.live_events import Final, Lag, Partial, Rewritten

if TYPE_CHECKING:
    from asr_desktop.audio.capture import KeptMicrophone
    from asr_desktop.gui.app_context import AppContext

TEXT = "dictation.text"
"""Subject of notices."""


class DictationState(Enum):
    """State of dictation into other programs."""

    IDLE = "idle"
    STARTING = "starting"
    """The microphone is being opened: speech may be lost."""
    LISTENING = "listening"
    PAUSED = "paused"
    FINISHING = "finishing"


class DictationController(QObject):
    """Controls dictation; its signals are emitted in the window's thread."""

    state_changed = Signal(object)
    """A DictationState."""
    partial = Signal(str)
    """The partial text of the current utterance; "" when it is inserted."""
    inserted = Signal(str)
    correction_wanted = Signal(object)
    """The LastUtterance that the user wants to correct."""
    kept = Signal()
    """`kept_texts` has changed."""

    _done = Signal(object)
    _key = Signal(str, bool, float)
    _stop_was_said = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self.inserting = DictationThread(self._stop_was_said.emit)
        self.keys = DictationKeys(context, self._key.emit, self._forget_keys)
        self._state = DictationState.IDLE
        self._microphone: KeptMicrophone | None = None
        self._waiting = 0
        self._starts_again = False
        """Whether the next dictation starts as soon as this one has ended."""
        self._until_released: list[tuple[Callable[..., Any], Any]] = []
        """Functions and arguments to run when the talk key is released; nothing is inserted before."""
        self.last_text = ""
        self.last_utterance: LastUtterance | None = None
        self._corrects_at_end = False
        self._is_recording = False
        """Whether the current recording, or the one being stored, is a dictation."""
        self._entry_id = 0
        self._kept = KeptTexts()
        self._talk = TalkKey(self.start, self.stop, lambda: self._listens or self._starts_again)
        self._done.connect(self._take_outcome, Qt.ConnectionType.QueuedConnection)
        self._key.connect(self._take_key)
        self._stop_was_said.connect(self.stop)
        live = context.live
        live.state_changed.connect(self._follow)
        live.heard.connect(self._hear)
        live.taken_back.connect(lambda: self.partial.emit(""))
        live.ended.connect(self._ended)

    # The keys

    def listen_for_keys(self) -> None:
        """Listen for the shortcuts of the settings, and follow changes of the settings."""
        self._context.settings_changed.connect(self._follow_settings)
        self._follow_settings()
        self.keys.listen()

    def _follow_settings(self) -> None:
        self._talk.use = _key_use(self._context.settings.dictation_key_use)
        self._keep_microphone()

    def _forget_keys(self) -> None:
        self._talk.forget()
        self._run_released()

    def _keep_microphone(self) -> None:
        """Open the microphone if the settings keep it open and nothing records; otherwise close it."""
        chosen = self._context.settings
        if not chosen.dictation_keeps_microphone:
            if self._microphone is not None:
                self._context.run(self._microphone.close)
                self._microphone = None
        elif self._context.live.state is LiveState.IDLE:
            if self._microphone is None:
                from asr_desktop.audio.capture import KeptMicrophone

                self._microphone = KeptMicrophone()
            # Errors are reported when it is used for a recording.
            opening = self._context.run(self._microphone.open, chosen.device or None)
            opening.on_failure(lambda _failure: None)

    def _take_key(self, name: str, is_down: bool, at_seconds: float) -> None:
        if name == CANCEL:
            if is_down:
                self.cancel()
        elif name == CORRECT:
            if is_down:
                self.correct()
        elif is_down:
            self._talk.press(at_seconds)
        else:
            self._talk.release(at_seconds)
            self._run_released()

    # Commands and state

    @property
    def state(self) -> DictationState:
        return self._state

    @property
    def _listens(self) -> bool:
        return self._state in (DictationState.STARTING, DictationState.LISTENING, DictationState.PAUSED)

    def start(self) -> None:
        """Start dictation into the window in front. Does nothing during a dictation; if the last one is still
        being finished, the new one starts after it."""
        self._starts_again = self._state is DictationState.FINISHING
        if self._state is not DictationState.IDLE:
            return
        if self._context.live.state is not LiveState.IDLE:
            self._say(self.tr("A recording is in progress. Stop it, then dictate."))
            return
        self.inserting.is_cancelled = False
        self._is_recording, self._entry_id = True, 0
        self._context.is_over.emit(TEXT)
        self._set_state(DictationState.STARTING)
        chosen = self._context.settings
        prepared: Future[Wishes] = Future()
        self._context.live.start(
            is_kept=chosen.dictation_history,
            wishes=lambda: awaited(prepared),
            microphone=self._microphone if chosen.dictation_keeps_microphone else None,
        )
        if self._until_released:  # of the previous dictation, which has another target
            self._until_released.append((self.inserting.begin, (chosen, prepared)))
        else:
            self._run(self.inserting.begin, (chosen, prepared))

    def stop(self) -> None:
        """End the dictation; speech up to now is still inserted."""
        self._starts_again = False
        if self._listens:
            self._context.live.stop(is_urgent=True)

    def toggle(self) -> None:
        """Stop a running dictation, otherwise start one."""
        self.stop() if self._listens or self._starts_again else self.start()

    def cancel(self) -> None:
        """End the dictation and drop text that is not inserted yet."""
        self._starts_again = False
        if self._state is not DictationState.IDLE:
            self.inserting.is_cancelled = True
            self._until_released.clear()
            self.partial.emit("")
            self._context.live.stop()
            self._end_if_done()

    @property
    def kept_texts(self) -> list[KeptText]:
        """The texts that could not be inserted."""
        return self._kept.texts

    def retry(self, kept: KeptText | None = None) -> None:
        """Insert a kept text into the window in front; without an argument the first one."""
        kept = kept or next(iter(self.kept_texts), None)
        if self.inserting.session is None or kept is None:
            return
        if kept.correction_of is None:
            self._run(self.inserting.session.retry)
        elif self._kept.remove(kept):  # else it is on its way already
            self.kept.emit()
            self._run(self.inserting.put, kept.correction_of, kept.text)

    def take_kept(self, kept: KeptText | None = None) -> str:
        """Return a kept text, without an argument the first one, and forget it here; "" if there is none.

        Does not wait for the thread, which may be asking the desktop; what it keeps meanwhile stays kept.
        """
        kept = kept or next(iter(self.kept_texts), None)
        if kept is None or not self._kept.remove(kept):
            return ""
        if kept.correction_of is None and self.inserting.session is not None:
            self._run(self.inserting.session.inserter.drop_kept, kept.text)
        self.kept.emit()
        return kept.text

    def correct(self) -> None:
        """Ask to correct the last utterance; a running dictation is ended, and a correction that is on its
        way inserted first."""
        self._corrects_at_end = self._state is not DictationState.IDLE or self._waiting > 0
        if self._corrects_at_end:
            self.stop()
        elif self.last_utterance is not None:
            self.correction_wanted.emit(self.last_utterance)
        else:
            self._say(self.tr("Nothing has been dictated yet."))

    def replace(self, utterance: LastUtterance, text: str) -> None:
        """Replace an utterance's text by a corrected one, when its window is in front again."""
        if self.inserting.session is not None and utterance.outcomes:
            self._run(self.inserting.replace, utterance, text)

    def close(self) -> None:
        """Release shortcuts, microphone and thread at the end of the program."""
        self.keys.close()
        if self._microphone is not None:
            self._microphone.close()
        self.inserting.close()

    # The thread

    def _run(self, what: Callable[..., Any], *arguments: Any) -> None:
        self._waiting += 1
        self.inserting.submit(what, *arguments).add_done_callback(self._done.emit)

    def _when_released(self, what: Callable[..., Any], words: Any) -> None:
        if self._talk.is_down:
            self._until_released.append((what, words))
        else:
            self._run(what, words)

    def _run_released(self) -> None:
        waiting, self._until_released = self._until_released, []
        for what, words in waiting:
            self._run(what, words)

    def _take_outcome(self, future: Future[Any]) -> None:
        self._waiting -= 1
        error = future.exception()
        if isinstance(error, InsertionRefused):
            self._say(str(error))
            if self.inserting.session is None:  # the desktop could not be opened
                self.cancel()
        elif error is not None:
            raise error
        else:
            self._take_result(future.result())
        self._end_if_done()
        if self._corrects_at_end and self._state is DictationState.IDLE and not self._waiting:
            self._correct_soon()

    def _take_result(self, result: Any) -> None:
        """The result of a function that has run in the thread: a LastUtterance, a CorrectedDictation, the
        outcome of an insertion, or None."""
        corrected: Final | None = None
        if isinstance(result, LastUtterance):
            if result.text:
                self.last_utterance = replace(result, entry_id=self._entry_id)
            outcomes: list[Any] = list(result.outcomes)
        elif isinstance(result, CorrectedDictation):
            last = self.last_utterance
            if last is not None and last.final is result.final:
                self.last_utterance = replace(last, corrected=result.text, correction=result.outcome)
            corrected, outcomes = result.final, [result.outcome]
        else:
            outcomes = [result]
        for outcome in outcomes:
            if outcome is not None:
                self._kept.note(outcome, corrected)
                self.kept.emit()
            if isinstance(outcome, Inserted):
                self.last_text = outcome.text.strip()
                self.inserted.emit(outcome.text)

    # The recording

    def _follow(self, state: LiveState) -> None:
        if self._state is DictationState.IDLE:
            return
        match state:
            case LiveState.LISTENING:
                self._set_state(DictationState.LISTENING)
            case LiveState.PAUSED:
                self._set_state(DictationState.PAUSED)
            case LiveState.FINISHING:
                self._set_state(DictationState.FINISHING)
            case LiveState.IDLE:
                self._end_if_done()

    def _hear(self, event: Partial | Final | Rewritten | Lag) -> None:
        if self._state is DictationState.IDLE or self.inserting.is_cancelled:
            return
        match event:
            case Partial():
                self.partial.emit(event.text)
            case Final():
                self.partial.emit("")
                if event.words:
                    self._when_released(
                        self.inserting.insert, LastUtterance(event, model=self._context.live.model)
                    )
            case Rewritten():
                self._when_released(self.inserting.rewrite, event.words)

    def _ended(self, entry_id: int, seconds: float) -> None:
        if self._is_recording and entry_id:
            self._context.run(self._context.library.set_tags, entry_id, [self.tr("Dictation")])
            self._entry_id = entry_id
            if self.last_utterance is not None and not self.last_utterance.entry_id:
                self.last_utterance = replace(self.last_utterance, entry_id=entry_id)
        self._is_recording = False
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self._context.live.state is not LiveState.IDLE or self._waiting:
            return
        if self._until_released and not self._starts_again:
            return
        if self._state is DictationState.IDLE:
            return
        self._set_state(DictationState.IDLE)
        if self._microphone is not None:
            self._keep_microphone()
        if self._corrects_at_end:
            self._correct_soon()
        if self._starts_again:
            QTimer.singleShot(0, self._start_again)

    def _correct_soon(self) -> None:
        self._corrects_at_end = False
        QTimer.singleShot(0, self.correct)

    def _start_again(self) -> None:
        if self._starts_again:  # otherwise it was stopped meanwhile
            self.start()

    def _set_state(self, state: DictationState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _say(self, sentence: str) -> None:
        self._context.notify.emit(Notice(said(sentence), "warning", "", TEXT, EVERY_PAGE))


def _key_use(stored: str) -> KeyUse:
    return next((use for use in KeyUse if use.value == stored), KeyUse.BOTH)
