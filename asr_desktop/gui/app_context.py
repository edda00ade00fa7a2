"""What the pages of the window share: settings, library, recognisers, and news that concerns several of them.

A page never knows another page. It tells the context, and whoever wants to know listens there.
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
    from asr_desktop.recognition.worker.client import RecogniserProcess
    from asr_desktop.recognition.worker.process_emissions import ProcessEmissions
    from asr_desktop.recognition.worker.protocol import ModelChoice
    from asr_desktop.transcripts.library import Library


class AppContext(QObject):
    """Made once for a window. `recogniser`: makes a RecogniserProcess; tests give one of their own."""

    library_changed = Signal()
    """An entry came, went, or has another text, name or tags."""
    model_changed = Signal(str)
    """The model that dictation and files use is another one; its name or folder."""
    open_transcript = Signal(int, float)
    """Show this entry of the library in the editor, at this second."""
    show_message = Signal(str, str, str)
    """A sentence for the user, its kind ("info", "warning", "error"), and details to copy, or ""."""
    notify = Signal(object)
    """A Notice: as `show_message`, for what belongs to a cause or to a certain page."""
    is_over = Signal(str)
    """A cause of notices: what was told about it holds no more."""
    withdraw = Signal(str)
    """This sentence, shown before, holds no more."""
    voices_changed = Signal()
    """A voice was remembered or forgotten."""
    offer = Signal(str, str, object)
    """A sentence, the text of a button below it, and what that calls."""
    show_page = Signal(str)
    """Go to a page: live, files, library, editor, models, voice, settings, help."""
    progressed = Signal(str, float)
    """What is under way ("files", "voice", "texts"), and how much is done: 0 … 1, -1 when it has ended."""
    job_ended = Signal(str, str)
    """What has ended without anybody waiting for it, in a sentence, and the page that shows it."""
    settings_changed = Signal()
    language_changed = Signal()
    """The window speaks another language from now on; its pages are other ones."""

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
        """Where the program shows dictations."""
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
        """Stores other values, and tells everybody; a disk that refuses them is told of, and they hold
        until the end."""
        self.refresh_settings()
        self._become(self._settings.changed(**values), is_stored=False)

    def refresh_settings(self) -> None:
        """Take up what somebody else stored meanwhile, such as `asr-desktop models use`."""
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
        """A small thing that `remember` was given, such as "editor.speed"; `default` also where the stored
        value is of another type than it."""
        value = self._settings.remembered.get(name, default)
        if default is not None and not isinstance(value, type(default)):
            return default
        return value

    def remember(self, name: str, value: Any) -> None:
        """Keeps a small thing of a page: text, number, truth, or a list of them. Nobody is told."""
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
        """For dictation; a file that is being transcribed must not hold it up."""
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
        """For files, one after the other."""
        if self._files_engine is None:
            self._files_engine = self._make_recogniser()
        return self._files_engine

    @property
    def teaching_engine(self) -> RecogniserProcess:
        """For what is held against its text: takes, recordings, corrections, second looks. Neither files nor
        dictation hold it up. Also for threads."""
        with self._teaching_lock:
            if self._teaching_engine is None:
                self._teaching_engine = self._make_recogniser()
            return self._teaching_engine

    def emissions(self, model: str) -> ProcessEmissions:
        """A model that listens to takes and recordings, in the recogniser's process; nothing is loaded yet.
        Also for threads: what it imports takes a moment."""
        from asr_desktop.recognition.worker.process_emissions import ProcessEmissions

        # As second looks choose it: a process that has the model does not load it again.
        choice = self.model_choice(with_hotwords=False, model=model)
        return ProcessEmissions(self.teaching_engine, choice)

    @property
    def file_jobs(self) -> FileJobs:
        """The queue of files, and the folders that are watched for them."""
        if self._file_jobs is None:
            from asr_desktop.gui.file_jobs import FileJobs

            self._file_jobs = FileJobs(self)
        return self._file_jobs

    @property
    def library(self) -> Library:
        """Opened when it is first asked for; raises LibraryError."""
        if self._library is None:
            from asr_desktop.transcripts.library import Library

            self._library = Library()
        return self._library

    @property
    def devices(self) -> DeviceList:
        """The microphones; the sound system is asked when this is first asked for."""
        if self._devices is None:
            from asr_desktop.gui.microphones import DeviceList

            self._devices = DeviceList(self)
            self._devices.look()
        return self._devices

    @property
    def live(self) -> LiveController:
        """Recording, and its text."""
        if self._live is None:
            from asr_desktop.gui.live_controller import LiveController

            self._live = LiveController(self)
        return self._live

    @property
    def teaching(self) -> VoiceTraining:
        """Teaching the model a voice."""
        if self._teaching is None:
            from asr_desktop.gui.voice_training import TrainingNews, VoiceTraining

            self._teaching = VoiceTraining(parent=self)
            TrainingNews(self, self._teaching, "voice")
        return self._teaching

    @property
    def text_learning(self) -> VoiceTraining:
        """Learning the person's own texts."""
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
        """The server for other programs; it runs while the settings say so."""
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
        """The model and decoder of the settings, as the recogniser's process wants to have them.

        model: another one than that of the settings. more_hotwords: beside those of the settings.
        Hotwords that cannot be read are left out: whoever types them is told at once.
        """
        from asr_desktop.recognition.hotwords import parse_hotword
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
            hotwords=tuple(map(parse_hotword, hotwords)),
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
        """See `operations.run`. A failure that nobody handles is shown as a message."""
        return operations.run(function, *arguments, **keywords)

    def tell_failure(self, failure: Failure, about: str = "") -> None:
        """Show why something has failed. about: what it ends with (see Notice)."""
        if about:
            self.notify.emit(Notice(failure.sentence, "error", failure.details, about))
        else:
            self.show_message.emit(failure.sentence, "error", failure.details)

    def under_way(self) -> list[str]:
        """The pages of what would be interrupted if the program ended now."""
        jobs = {
            "live": self._live is not None and self._live.is_recording,
            "files": self._file_jobs is not None and self._file_jobs.queue.is_busy,
            "voice": self._teaching is not None and not self._teaching.is_idle(),
        }
        return [page for page, is_busy in jobs.items() if is_busy]

    def close(self) -> None:
        """At the end of the program: all processes end."""
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
    """Whether the language model that was chosen apart, if there is one, is for the model's letters."""
    if chosen.language_model in ("", "none"):
        return True
    from asr_desktop.recognition.language_model import are_spelled_alike

    return are_spelled_alike(chosen.language_model, chosen.model)


def _stamp() -> tuple[int, int] | None:
    """Another one for another file of settings."""
    try:
        stat = settings_file().stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino


def _recogniser() -> RecogniserProcess:
    from asr_desktop.recognition.worker.client import RecogniserProcess

    return RecogniserProcess()
