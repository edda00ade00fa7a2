"""Reading sentences aloud: connects the wizard, the microphone and the takes, in the background.

    idle → opening → reading → checking → checked → idle …

The microphone stays open between two sentences and is closed when the page is left. Everything recorded
except the kept takes is deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from asr_desktop.audio.levels import NO_LEVEL, Level
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import RUNNING
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import language_name

if TYPE_CHECKING:
    from asr_desktop.audio.recorder import Recorder
    from asr_desktop.recognition.emissions import EmissionsModel
    from asr_desktop.teaching.wizard.takes import TakeCheck, TakeRecorder
    from asr_desktop.teaching.wizard.wizard import Wizard

GOAL_MINUTES = 10.0
"""The first ten minutes bring most of the gain."""


class ReadingState(Enum):
    """State of reading aloud, from one sentence to the next."""

    LOADING = "loading"
    """Sentences and model are being loaded."""
    IDLE = "idle"
    OPENING = "opening"
    READING = "reading"
    CHECKING = "checking"
    CHECKED = "checked"


class VoiceReading(QObject):
    """Its methods return at once and raise nothing: failures are reported through the context."""

    changed = Signal()
    """State, prompt, takes or check have changed."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.wizard: Wizard | None = None
        self.check: TakeCheck | None = None
        self.problem = ""
        """Why there is nothing to read."""
        self.needs_own_text = False
        """Whether the program lacks sentences in the model's language."""
        self._state = ReadingState.LOADING
        self._loaded: tuple[str, str] | None = None
        self._loading = 0
        self._recorder: Recorder | None = None
        self._takes: TakeRecorder | None = None
        self._device = ""
        self._samples: Any = None
        self._turn = 0

    @property
    def state(self) -> ReadingState:
        return self._state

    @property
    def level(self) -> Level:
        return self._recorder.level if self._recorder is not None else NO_LEVEL

    @property
    def own_text(self) -> str:
        """The file whose sentences are read; "" for the built-in ones."""
        return self.context.recall("voice.text", "")

    def load(self) -> None:
        """Load sentences and model, unless they are loaded."""
        wanted = (self.context.settings.model, self.own_text)
        if wanted == self._loaded or self._state not in (ReadingState.LOADING, ReadingState.IDLE):
            return
        self._loaded = wanted
        self._loading += 1
        self._become(ReadingState.LOADING)
        listening = partial(self.context.emissions, self.context.settings.model)
        operation = self.context.run(_make_wizard, listening, self.own_text, self._loading)
        operation.on_success(self._ready).on_failure(self._not_ready)

    def read_text(self, path: Path | None) -> None:
        """Read the sentences of this file; None for the built-in ones."""
        self.context.remember("voice.text", "" if path is None else str(path))
        self.again()
        self.load()

    # Takes

    def begin(self) -> None:
        """Start a take as soon as the microphone delivers sound; speech before that is lost."""
        if self._state not in (ReadingState.IDLE, ReadingState.CHECKED) or self._prompt is None:
            return
        if self.context.live.is_recording:
            sentence = self.tr("A recording is running on the Live page: stop it first.")
            self.context.notify.emit(Notice(sentence, "warning", "", RUNNING, "voice"))
            return
        self.check = self._samples = None
        self._turn += 1
        self._become(ReadingState.OPENING)
        self._device = self.context.settings.device
        make = self.context.live.make_recorder or _recorder
        operation = self.context.run(_begin, self._recorder, self._takes, make, self._device, self._turn)
        operation.on_success(self._began).on_failure(self._lost)

    def end(self) -> None:
        """End the take and check it."""
        if self._state is not ReadingState.READING or self.wizard is None or self._takes is None:
            return
        self._become(ReadingState.CHECKING)
        operation = self.context.run(_end, self._takes, self.wizard, self._turn)
        operation.on_success(self._checked).on_failure(self._lost)

    def keep(self) -> None:
        """Keep the checked take for training, and go on to the next sentence."""
        if self._state is not ReadingState.CHECKED or self.wizard is None or self.check is None:
            return
        self._try(self.wizard.keep, self._samples, self.check)
        self.again()

    def again(self) -> None:
        """Discard the take and read the same sentence again."""
        self._turn += 1
        self.check = self._samples = None
        if self._takes is not None:
            self._takes.cancel()
        if self._state is not ReadingState.LOADING:
            self._become(ReadingState.IDLE)

    def skip(self) -> None:
        """Go on to another sentence."""
        if self.wizard is not None and self._prompt is not None:
            self._try(self.wizard.skip)
            self.again()

    def delete(self, path: Path) -> None:
        """Delete a kept take; its sentence is offered again."""
        if self.wizard is not None:
            self._try(self.wizard.delete, path)
            self.changed.emit()

    def device_changed(self) -> None:
        """The microphone setting may have changed: reopen it for the next take."""
        if self._recorder is not None and self._device != self.context.settings.device:
            self.close()

    def close(self) -> None:
        """Close the microphone."""
        if self._state in (ReadingState.OPENING, ReadingState.READING, ReadingState.CHECKING):
            self.again()
        self._turn += 1
        recorder, self._recorder, self._takes = self._recorder, None, None
        if recorder is not None:
            self.context.run(_discard, recorder).on_failure(self.context.tell_failure)

    @property
    def _prompt(self) -> str | None:
        return None if self.wizard is None else self.wizard.prompt

    def _try(self, function: Callable[..., Any], *arguments: Any) -> None:
        try:
            function(*arguments)
        except AsrDesktopError as error:
            self.context.show_message.emit(said(str(error)), "error", "")

    def _ready(self, made: tuple[Wizard, int]) -> None:
        wizard, number = made
        if number == self._loading:
            self.wizard, self.problem, self.needs_own_text = wizard, "", False
            self._become(ReadingState.IDLE)

    def _not_ready(self, failure: Failure) -> None:
        from asr_desktop.teaching.wizard.prompts import NoPromptsError

        self.wizard, self._loaded = None, None
        self.problem, self.needs_own_text = failure.sentence, isinstance(failure.error, NoPromptsError)
        if isinstance(failure.error, NoPromptsError):
            self.problem = self.tr(
                "There are no built-in sentences in {language}. Choose your own text in that language: "
                "a letter, an article, a page of a book."
            ).format(language=language_name(failure.error.language))
        if failure.details:
            self.context.tell_failure(failure)
        self._become(ReadingState.IDLE)

    def _began(self, begun: tuple[Recorder, TakeRecorder, int]) -> None:
        recorder, takes, turn = begun
        if turn != self._turn:
            takes.cancel()
            if recorder is not self._recorder:
                self.context.run(_discard, recorder)
            return
        self._recorder, self._takes = recorder, takes
        self._become(ReadingState.READING)

    def _checked(self, result: tuple[Any, TakeCheck, int]) -> None:
        samples, check, turn = result
        if turn == self._turn:
            self._samples, self.check = samples, check
            self._become(ReadingState.CHECKED)

    def _lost(self, failure: Failure) -> None:
        self.close()
        self.again()
        self.context.tell_failure(failure)

    def _become(self, state: ReadingState) -> None:
        self._state = state
        self.changed.emit()


# Run as operations


def _make_wizard(listening: Callable[[], EmissionsModel], text: str, number: int) -> tuple[Wizard, int]:
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.own_voice import recordings_folder
    from asr_desktop.teaching.wizard.prompts import own_prompts, read_prompts
    from asr_desktop.teaching.wizard.wizard import Wizard

    listener = Listener(listening())
    language = listener.emissions.folder.language or "en"
    prompts = (
        read_prompts(Path(text), listener.spelling) if text else own_prompts(language, listener.spelling)
    )
    return Wizard(recordings_folder(), prompts, listener), number


def _recorder(device: str | None, **keywords: Any) -> Recorder:
    from asr_desktop.audio.recorder import Recorder

    return Recorder(device, **keywords)


def _begin(
    recorder: Recorder | None,
    takes: TakeRecorder | None,
    make: Callable[..., Recorder],
    device: str,
    turn: int,
) -> tuple[Recorder, TakeRecorder, int]:
    from asr_desktop.teaching.own_voice import training_folder
    from asr_desktop.teaching.wizard.takes import TakeRecorder

    is_new = recorder is None or takes is None
    if recorder is None or takes is None:
        folder = training_folder() / "recording"
        shutil.rmtree(folder, ignore_errors=True)  # left by a crash; kept takes are stored elsewhere
        recorder = make(device or None, folder=folder)
        recorder.start()
        takes = TakeRecorder(recorder)
    try:
        takes.begin()
    except AsrDesktopError:
        if is_new:
            _discard(recorder)
        raise
    return recorder, takes, turn


def _end(takes: TakeRecorder, wizard: Wizard, turn: int) -> tuple[Any, TakeCheck, int]:
    samples = takes.end()
    return samples, wizard.check(samples), turn


def _discard(recorder: Recorder) -> None:
    """Delete the recording; kept takes are stored elsewhere."""
    try:
        recorder.stop()
    finally:
        shutil.rmtree(recorder.session.path, ignore_errors=True)
