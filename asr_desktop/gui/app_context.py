"""State shared by the pages: settings, library, recognisers, and signals between pages.

Pages do not know each other. They emit signals of the context and connect to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from asr_desktop.base import settings as stored_settings
from asr_desktop.base.paths import settings_file
from asr_desktop.base.settings import Settings, SettingsError
from asr_desktop.gui import operations
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.operations import Failure, Operation, Result
from asr_desktop.gui.shortcuts import Shortcuts
from asr_desktop.gui.translations import said

if TYPE_CHECKING:
    from asr_desktop.gui.dictation_controller import DictationController
    from asr_desktop.gui.dictation_overlay import DictationOverlay
    from asr_desktop.gui.file_jobs import FileJobs
    from asr_desktop.gui.live_controller import LiveController
    from asr_desktop.gui.microphones import DeviceList
    from asr_desktop.gui.overlay import CaptionOverlay
    from asr_desktop.gui.serving import Serving
    from asr_desktop.gui.voice_training import VoiceTraining
    from asr_desktop.recognition.realignment import SecondLook
    from asr_desktop.recognition.worker.client import RecogniserProcess
    from asr_desktop.recognition.worker.process_emissions import ProcessEmissions
    from asr_desktop.recognition.worker.protocol import ModelChoice
    from asr_desktop.transcripts.library import Library


class AppContext(QObject):
    """One for each window. `recogniser`: creates a RecogniserProcess; tests pass a fake."""

    library_changed = Signal()
    """A library entry was added or removed, or its text, name or tags changed."""
    model_changed = Signal(str)
    """The model for dictation and files was changed; its name or folder."""
    open_transcript = Signal(int, float)
    """Open this library entry in the editor at this time, in seconds."""
    show_message = Signal(str, str, str)
    """A sentence for the user, its kind ("info", "warning", "error"), and details to copy, or ""."""
    notify = Signal(object)
    """A Notice: like `show_message`, but with a cause or a page."""
    is_over = Signal(str)
    """A cause of notices that has ended; its notices are withdrawn."""
    withdraw = Signal(str)
    """A sentence shown earlier that no longer applies; it is withdrawn."""
    voices_changed = Signal()
    """A voice was remembered or forgotten."""
    offer = Signal(str, str, object)
    """A sentence, the label of its button, and the callable that the button runs."""
    show_page = Signal(str)
    """Go to a page: live, files, library, editor, models, voice, settings, help."""
    progressed = Signal(str, float)
    """A running task ("files", "voice", "texts") and its progress: 0 … 1, or -1 when it has ended."""
    job_ended = Signal(str, str)
    """A background task has ended: a sentence that says so, and the page that shows the result."""
    settings_changed = Signal()
    language_changed = Signal()
    """The language of the window was changed; its pages were created again."""

    def __init__(self, recogniser: Callable[[], RecogniserProcess] | None = None) -> None:
        super().__init__()
        self.open_entry: int | None = None
        """The entry of the library that the editor shows."""
        self._settings, self.settings_problem = stored_settings.load()
        self._stamp = _stamp()
        self.shortcuts = Shortcuts(self)
        self._make_recogniser = recogniser or _recogniser
        self._live_engine: RecogniserProcess | None = None
        self._files_engine: RecogniserProcess | None = None
        self._teaching_engine: RecogniserProcess | None = None
        self._teaching_lock = Lock()
        self._library: Library | None = None
        self._devices: DeviceList | None = None
        self._live: LiveController | None = None
        self._dictation: DictationController | None = None
        self.dictation_overlay: DictationOverlay | None = None
        """Set the object that shows dictations."""
        self._overlay: CaptionOverlay | None = None
        self._serving: Serving | None = None
        self._file_jobs: FileJobs | None = None
        self._teaching: VoiceTraining | None = None
        self._text_learning: VoiceTraining | None = None
        operations.show_failures(self.tell_failure)

    # Settings

    @property
    def settings(self) -> Settings:
        return self._settings

    def change_settings(self, **values: Any) -> None:
        """Store these settings and emit the change. If they cannot be written, an error is shown and they
        apply until the program ends."""
        self.refresh_settings()
        self._become(self._settings.changed(**values), is_stored=False)

    def refresh_settings(self) -> None:
        """Reload settings that another program has stored, such as `asr-desktop models use`."""
        if self._stamp != _stamp():
            stored, problem = stored_settings.load()
            self._stamp = _stamp()
            if problem is not None:
                self.show_message.emit(said(problem), "warning", "")
            self._become(stored, is_stored=True)

    def _become(self, changed: Settings, *, is_stored: bool) -> None:
        former = self._settings
        if changed == former:
            return
        if changed.model != former.model and not _fits(changed):
            changed = changed.changed(language_model="")
            is_stored = False
            self.show_message.emit(
                self.tr(
                    "The words learned from your texts are in a different language from this model, so "
                    "they are not used."
                ),
                "info",
                "",
            )
        self._settings = changed
        if not is_stored:
            self._store()
        self.settings_changed.emit()
        if changed.model != former.model:
            self.model_changed.emit(changed.model)

    def recall(self, name: str, default: Any = None) -> Any:
        """A value stored with `remember`, such as "editor.speed"; `default` if there is none or its type
        differs from the default's."""
        value = self._settings.remembered.get(name, default)
        if default is not None and not isinstance(value, type(default)):
            return default
        return value

    def remember(self, name: str, value: Any) -> None:
        """Store a small value of a page: text, number, bool, or a list of them. No signal is emitted."""
        self.refresh_settings()
        if self._settings.remembered.get(name) != value:
            self._settings = self._settings.changed(remembered={**self._settings.remembered, name: value})
            self._store()

    def _store(self) -> None:
        try:
            stored_settings.save(self._settings)
        except SettingsError as error:
            self.show_message.emit(said(str(error)), "warning", "")
        self._stamp = _stamp()

    # The engine

    @property
    def live_engine(self) -> RecogniserProcess:
        """The recogniser for dictation; separate, so that transcribing a file does not delay it."""
        if self._live_engine is None:
            self._live_engine = self._make_recogniser()
            self._apply_idle_time()
            self.settings_changed.connect(self._apply_idle_time)
        return self._live_engine

    def _apply_idle_time(self) -> None:
        minutes = self._settings.model_idle_minutes
        if self._live_engine is not None:
            self._live_engine.set_idle_seconds(60.0 * minutes if minutes > 0 else None, keeps_spare=True)

    @property
    def files_engine(self) -> RecogniserProcess:
        """The recogniser for files, one after the other."""
        if self._files_engine is None:
            self._files_engine = self._make_recogniser()
        return self._files_engine

    @property
    def teaching_engine(self) -> RecogniserProcess:
        """The recogniser that compares sound with its text: takes, recordings, corrections, second passes.
        Separate from files and dictation. Thread-safe."""
        with self._teaching_lock:
            if self._teaching_engine is None:
                self._teaching_engine = self._make_recogniser()
            return self._teaching_engine

    def emissions(self, model: str) -> ProcessEmissions:
        """An emissions model for takes and recordings in the recogniser's process; loaded at first use.
        Thread-safe. The first call imports modules, which takes a moment."""
        from asr_desktop.recognition.worker.process_emissions import ProcessEmissions

        # The same choice as for second passes, so a process that has the model does not load it again.
        choice = self.model_choice(with_hotwords=False, model=model)
        return ProcessEmissions(lambda: self.teaching_engine, choice)

    def second_look(self, model: str = "") -> SecondLook:
        """The recogniser to be asked again, with the settings' model or another; nothing is started yet."""
        from asr_desktop.recognition.realignment import SecondLook

        return SecondLook(lambda: self.teaching_engine, self.model_choice(model=model))

    @property
    def file_jobs(self) -> FileJobs:
        """The queue of files, and the watched folders."""
        if self._file_jobs is None:
            from asr_desktop.gui.file_jobs import FileJobs

            self._file_jobs = FileJobs(self)
        return self._file_jobs

    @property
    def library(self) -> Library:
        """The library, opened at the first access. Raises LibraryError."""
        if self._library is None:
            from asr_desktop.transcripts.library import Library

            self._library = Library()
        return self._library

    @property
    def devices(self) -> DeviceList:
        """The microphones; the sound system is queried at the first access."""
        if self._devices is None:
            from asr_desktop.gui.microphones import DeviceList

            self._devices = DeviceList(self)
            self._devices.look()
        return self._devices

    @property
    def live(self) -> LiveController:
        """Live recording and its text."""
        if self._live is None:
            from asr_desktop.gui.live_controller import LiveController

            self._live = LiveController(self)
        return self._live

    @property
    def teaching(self) -> VoiceTraining:
        """Fine-tuning of the model to the user's voice."""
        if self._teaching is None:
            from asr_desktop.gui.voice_training import TrainingNews, VoiceTraining

            self._teaching = VoiceTraining(parent=self)
            TrainingNews(self, self._teaching, "voice")
        return self._teaching

    @property
    def text_learning(self) -> VoiceTraining:
        """Training of a language model on the user's texts."""
        if self._text_learning is None:
            from asr_desktop.gui.voice_training import TrainingNews, VoiceTraining, texts_command

            self._text_learning = VoiceTraining(texts_command, self)
            TrainingNews(self, self._text_learning, "texts")
        return self._text_learning

    @property
    def dictation(self) -> DictationController:
        """Dictation into other programs."""
        if self._dictation is None:
            from asr_desktop.gui.dictation_controller import DictationController

            self._dictation = DictationController(self)
        return self._dictation

    @property
    def serving(self) -> Serving:
        """The server for other programs; it runs while it is enabled in the settings."""
        if self._serving is None:
            from asr_desktop.gui.serving import Serving

            self._serving = Serving(self)
        return self._serving

    @property
    def overlay(self) -> CaptionOverlay:
        """Captions over other windows."""
        if self._overlay is None:
            from asr_desktop.gui.overlay import CaptionOverlay

            self._overlay = CaptionOverlay(self)
        return self._overlay

    def model_choice(
        self, *, with_hotwords: bool = True, model: str = "", more_hotwords: Sequence[str] = ()
    ) -> ModelChoice:
        """The model and decoder of the settings, as arguments for the recogniser's process.

        model: used in place of the one in the settings. more_hotwords: added to those of the settings.
        Invalid hotwords are left out: they are reported when they are typed.
        """
        from asr_desktop.recognition.hotwords import readable_hotwords
        from asr_desktop.recognition.segmenter import SegmenterOptions
        from asr_desktop.recognition.worker.protocol import ModelChoice
        from asr_desktop.writing.options import chosen_options

        chosen = self._settings
        if model and model != chosen.model:
            chosen = chosen.changed(model=model)
            if not _fits(chosen):
                chosen = chosen.changed(language_model="")
        hotwords = dict.fromkeys((*chosen.hotwords, *more_hotwords)) if with_hotwords else ()
        threshold = min(max(chosen.voice_threshold, 0.05), 0.95)
        hangover_ms = min(max(chosen.hangover_ms, 100.0), 5000.0)
        defaults = SegmenterOptions()
        return ModelChoice(
            model=chosen.model,
            decoder=chosen.decoder,
            language_model=chosen.language_model or None,
            hotwords=readable_hotwords(hotwords),
            segmenter_options=SegmenterOptions(
                threshold=threshold,
                release_threshold=min(threshold, defaults.release_threshold),
                hangover_ms=hangover_ms,
                tail_ms=min(hangover_ms, defaults.tail_ms),
            ),
            threads=chosen.threads or None,
            writing=chosen_options(chosen),
        )

    def run(self, function: Callable[..., Result], *arguments: Any, **keywords: Any) -> Operation[Result]:
        """Start an operation, see `operations.run`. Failures without a handler are shown as messages."""
        return operations.run(function, *arguments, **keywords)

    def tell_failure(self, failure: Failure, about: str = "") -> None:
        """Show why an operation failed. about: the cause that the message ends with (see Notice)."""
        if about:
            self.notify.emit(Notice(failure.sentence, "error", failure.details, about))
        else:
            self.show_message.emit(failure.sentence, "error", failure.details)

    def under_way(self) -> list[str]:
        """The pages whose running work would be interrupted by ending the program now."""
        jobs = {
            "live": self._live is not None and self._live.is_recording,
            "files": self._file_jobs is not None and self._file_jobs.queue.is_busy,
            "voice": self._teaching is not None and not self._teaching.is_idle(),
        }
        return [page for page, is_busy in jobs.items() if is_busy]

    def close(self) -> None:
        """End all processes; called at the end of the program."""
        operations.show_failures(None)
        if self._live is not None:
            self._live.close()
        if self._dictation is not None:
            self._dictation.close()
        for overlay in (self._overlay, self.dictation_overlay):
            if overlay is not None:
                overlay.close()
        if self._devices is not None:
            self._devices.close()
        if self._serving is not None:
            self._serving.close()
        if self._file_jobs is not None:
            self._file_jobs.close()
        for engine in (self._live_engine, self._files_engine, self._teaching_engine):
            if engine is not None:
                engine.close()
        if self._library is not None:
            self._library.close()


def _fits(chosen: Settings) -> bool:
    """Whether the separately chosen language model, if any, has the same letters as the acoustic model."""
    if chosen.language_model in ("", "none"):
        return True
    from asr_desktop.recognition.language_model import are_spelled_alike

    return are_spelled_alike(chosen.language_model, chosen.model)


def _stamp() -> tuple[int, int] | None:
    """Identifies the version of the settings file; changes when the file does."""
    try:
        stat = settings_file().stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino


def _recogniser() -> RecogniserProcess:
    from asr_desktop.recognition.worker.client import RecogniserProcess

    return RecogniserProcess()
