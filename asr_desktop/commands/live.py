"""`asr-desktop live`: live transcription from a microphone."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.commands import options
from asr_desktop.commands.live_view import LiveView, view_for
from asr_desktop.commands.options import DecoderName
from asr_desktop.commands.sessions import keep_recording, recordings_folder
from asr_desktop.commands.terminal import EXIT_INTERRUPTED
from asr_desktop.commands.transcriber_settings import model_choice
from asr_desktop.recognition.live_events import Listening, LiveEvent, LiveNotice, LiveOptions, Stopped
from asr_desktop.speakers.turns import SpeakerCount

if TYPE_CHECKING:
    from asr_desktop.audio.recorder import Recorder, RecorderEvent
    from asr_desktop.recognition.worker.handles import LiveJob
    from asr_desktop.recognition.worker.protocol import Event

News: TypeAlias = "LiveEvent | Event"

LOOKS_EVERY_SECONDS = 0.05


def live(
    device: options.Device = None,
    model: options.Model = DEFAULT_MODEL,
    decoder: options.Decoder = DecoderName.BEAM,
    language_model: options.LanguageModel = None,
    hotwords: options.Hotwords = None,
    hotwords_file: options.HotwordsFile = None,
    spoken: options.Spoken = False,
    without: options.Without = None,
    replacements: options.Replace = None,
    speakers: options.Speakers = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line, including partial results.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="FOLDER",
            help="Folder for the recording. Default: with the other recordings.",
            file_okay=False,
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.0, help="Stop after this many seconds.")
    ] = None,
    alpha: options.Alpha = None,
    beta: options.Beta = None,
    beam_width: options.BeamWidth = None,
    voice_threshold: options.VoiceThreshold = None,
    onset_ms: options.OnsetMs = None,
    pre_roll_ms: options.PreRollMs = None,
    hangover_ms: options.HangoverMs = None,
    min_speech_ms: options.MinSpeechMs = None,
    max_utterance_seconds: options.MaxUtteranceSeconds = None,
    threads: options.Threads = None,
    providers: options.Providers = None,
) -> None:
    """Transcribe speech from a microphone live.

    The recording is saved and added to the library. Press Ctrl-C to stop: speech up to then is still
    transcribed. Press Ctrl-C again to stop at once; `recover` transcribes the rest later.
    """
    from asr_desktop.audio.recorder import Recorder
    from asr_desktop.recognition.worker.client import RecogniserProcess

    # Errors of the command line are reported before recording starts.
    choice = model_choice(
        model,
        decoder=decoder.value,
        language_model=language_model,
        hotwords=hotwords,
        hotwords_file=hotwords_file,
        writing={"spoken": spoken, "without": without, "replacements": replacements},
        providers=providers,
        threads=threads,
        decoder_options={"alpha": alpha, "beta": beta, "beam_width": beam_width},
        speech={
            "threshold": voice_threshold,
            "onset_ms": onset_ms,
            "pre_roll_ms": pre_roll_ms,
            "hangover_ms": hangover_ms,
            "min_speech_ms": min_speech_ms,
            "max_utterance_seconds": max_utterance_seconds,
        },
    )
    count = None if speakers is None else SpeakerCount.parse(speakers)
    news: SimpleQueue[News] = SimpleQueue()
    recorder = Recorder(
        device, folder=save or recordings_folder(), on_event=lambda event: _pass_on(event, recorder, news)
    )
    view = view_for(sys.stdout, as_json=as_json, speakers=count is not None)
    with RecogniserProcess() as recogniser:
        # The model is loaded while the input is opened, and recording starts before it is ready, so the first
        # words are not lost.
        recogniser.load(choice)
        recorder.start()
        ending = _Ending(recorder, seconds, news)
        try:
            with ending.at_signals():
                job = recogniser.listen(recorder.session.path, choice, LiveOptions(speakers=count))
                captions = _Captions(job, view, news)
                captions.show_all(ending)
        except KeyboardInterrupt:
            ending.now()
            captions.show_waiting()
            view.show(Stopped(recorder.recorded_seconds, False, str(recorder.session.path)))
            raise typer.Exit(EXIT_INTERRUPTED) from None
        finally:
            ending.now()
    not_kept = keep_recording(recorder.session, model)
    if not_kept is not None:
        messages.note(not_kept)
    if captions.failure is not None:
        view.show(Stopped(recorder.recorded_seconds, False, str(recorder.session.path)))
    if ending.has_failed or captions.failure is not None:
        raise typer.Exit(1)  # the reason has been reported


class _Captions:
    """Shows the events of recorder and recogniser in one thread."""

    def __init__(self, job: LiveJob, view: LiveView, news: SimpleQueue[News]) -> None:
        self._job = job
        self._view = view
        self._news = news
        self._notices: set[str] = set()
        self._has_model = False
        self._is_done = False
        self.failure: str | None = None
        """Reason why the captions ended before the recording."""
        threading.Thread(target=self._forward, name="captions", daemon=True).start()

    def show_all(self, ending: _Ending) -> None:
        """Returns when the recording has ended and has been recognised or recognition has failed.

        Raises the error if the recogniser could not start. A later failure does not end the recording,
        because the sound can still be transcribed afterwards.
        """
        while not (self._is_done and (self.failure is None or ending.is_over)):
            try:
                self._show(self._news.get(timeout=LOOKS_EVERY_SECONDS))
            except Empty:
                continue
        self.show_waiting()

    def show_waiting(self) -> None:
        """Show the events in the queue."""
        while True:
            try:
                self._show(self._news.get_nowait())
            except Empty:
                return

    def _forward(self) -> None:
        for event in self._job.events():
            self._news.put(event)

    def _show(self, event: News) -> None:
        from asr_desktop.recognition.worker import protocol

        match event:
            case protocol.LiveSaid(event=said):
                self._is_done = isinstance(said, Stopped)
                self._view.show(said)
            case protocol.ModelReady(warnings=warnings):
                self._has_model = True
                for sentence in warnings:
                    self._note_once(sentence)  # a restarted process repeats it
            case protocol.Restarted(message=sentence) | protocol.UtteranceSkipped(message=sentence):
                self._view.show(LiveNotice(sentence))
            case protocol.Failed(message=sentence):
                if not self._has_model:
                    self._job.wait()
                self._is_done, self.failure = True, sentence
                self._view.show(LiveNotice(sentence))
                self._note_once("No sound is lost; run `asr-desktop recover` to transcribe the rest.")
            case Listening() | LiveNotice():
                self._view.show(event)

    def _note_once(self, sentence: str) -> None:
        if sentence not in self._notices:
            self._notices.add(sentence)
            self._view.show(LiveNotice(sentence))


class _Ending:
    """Ends a recording: on request, at the first Ctrl-C, or after `seconds` of sound.

    Uses a separate thread, since recognition may be busy for a while.
    """

    def __init__(self, recorder: Recorder, seconds: float | None, news: SimpleQueue[News]) -> None:
        self._recorder = recorder
        self._seconds = seconds
        self._news = news
        self._wanted = threading.Event()
        self.has_failed = False
        self.is_over = False
        """Whether all sound is on disk."""
        self._thread = threading.Thread(target=self._run, name="end-of-recording", daemon=True)
        self._thread.start()

    def now(self) -> None:
        """End the recording; returns when all sound is on disk."""
        self._wanted.set()
        self._thread.join()

    @contextmanager
    def at_signals(self) -> Iterator[None]:
        """The first Ctrl-C (or termination) ends the recording, the second is a KeyboardInterrupt.

        Further ones do nothing: the program is about to end and is writing the last sound to disk.
        """
        before = {name: signal.signal(name, self._on_signal) for name in (signal.SIGINT, signal.SIGTERM)}
        yield
        for name, handler in before.items():
            signal.signal(name, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._wanted.is_set():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            raise KeyboardInterrupt
        self._wanted.set()
        # Not printed here: a signal may arrive while another line is printed.
        self._news.put(LiveNotice("Stopping; finishing the transcript. Press Ctrl-C again to stop at once."))

    def _run(self) -> None:
        from asr_desktop.audio.recorder import RecorderState

        while not self._wanted.wait(LOOKS_EVERY_SECONDS):
            if self._recorder.state is RecorderState.STOPPED:
                break  # it failed and has reported the reason
            if self._seconds is not None and self._recorder.recorded_seconds >= self._seconds:
                break
        self._wanted.set()
        try:
            self._recorder.stop()
        except AsrDesktopError:
            self.has_failed = True
        finally:
            self.is_over = True


def _pass_on(event: RecorderEvent, recorder: Recorder, news: SimpleQueue[News]) -> None:
    """Queue an event from the recorder's thread, which must not wait for a slow terminal."""
    if event.kind == "listening" and recorder.device is not None:
        news.put(Listening(recorder.device.name, str(recorder.session.path)))
    if event.message is not None:
        news.put(LiveNotice(event.message))
