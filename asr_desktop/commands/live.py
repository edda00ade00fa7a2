"""`asr-desktop live`: what is said into a microphone, as text, while it is said."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.commands import options
from asr_desktop.commands.live_view import LiveView, view_for
from asr_desktop.commands.options import DecoderName
from asr_desktop.errors import AsrDesktopError
from asr_desktop.recognition.live_events import Listening, LiveCommand, LiveEvent, Notice, Stopped

if TYPE_CHECKING:
    from asr_desktop.audio.recorder import Recorder, RecorderEvent
    from asr_desktop.recognition.file_pipeline import Transcriber
    from asr_desktop.recognition.segmenter import SegmenterOptions

EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
LOOKS_EVERY_SECONDS = 0.05


def live(
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="D", help="An input of `devices`. Default: the system's."),
    ] = None,
    model: options.Model = DEFAULT_MODEL,
    decoder: options.Decoder = DecoderName.BEAM,
    language_model: options.LanguageModel = None,
    hotwords: options.Hotwords = None,
    hotwords_file: options.HotwordsFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, partial results included.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="DIR",
            help="Where to make the folder with the recording. Default: with the other sessions.",
            file_okay=False,
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.0, help="Stop by itself after so much sound.")
    ] = None,
    hangover_ms: options.HangoverMs = None,
    voice_threshold: options.VoiceThreshold = None,
    threads: options.Threads = None,
    providers: options.Providers = None,
) -> None:
    """Write down what is said, while it is said.

    The sound is kept in a folder of its own. Ctrl-C stops listening, and what was said before it is still
    recognised; a second Ctrl-C leaves that to `recover`.
    """
    from asr_desktop.audio.recorder import Recorder
    from asr_desktop.recognition.hotwords import parse_hotwords, read_hotwords_file
    from asr_desktop.recognition.model_folder import find_model

    # What is wrong with the command line is said before anything is recorded.
    find_model(model)
    listened_for = [
        *parse_hotwords(hotwords or []),
        *(read_hotwords_file(hotwords_file) if hotwords_file else []),
    ]
    segmenter_options = _segmenter_options(hangover_ms, voice_threshold)

    def load() -> Transcriber:
        from asr_desktop import Transcriber

        return Transcriber(
            model,
            decoder=decoder.value,
            language_model=language_model,
            hotwords=listened_for,
            providers=providers or None,
            threads=threads,
            segmenter_options=segmenter_options,
        )

    news: SimpleQueue[LiveEvent] = SimpleQueue()
    recorder = Recorder(device, folder=save, on_event=lambda event: _pass_on(event, recorder, news))
    view = view_for(sys.stdout, as_json=as_json)
    # Recording begins before the model is loaded: no first word waits for it.
    recorder.start()
    ending = _Ending(recorder, seconds, news)
    try:
        with ending.at_signals():
            _caption(recorder, load, view, news)
    except KeyboardInterrupt:
        ending.now()
        _show_all(news, view)
        view.show(Stopped(recorder.recorded_seconds, False, str(recorder.session.path)))
        raise typer.Exit(EXIT_INTERRUPTED) from None
    finally:
        ending.now()
    if ending.has_failed:
        raise typer.Exit(1)  # the recorder has said why


def _caption(
    recorder: Recorder, load: Callable[[], Transcriber], view: LiveView, news: SimpleQueue[LiveEvent]
) -> None:
    """Show what is said until the recording ends and all of it is recognised."""
    from asr_desktop.recognition.live_session import follow_session

    with ThreadPoolExecutor(1, "load-model") as pool:
        loading = pool.submit(load)
        while not loading.done():
            _show_all(news, view)
            wait([loading], timeout=LOOKS_EVERY_SECONDS)
    transcriber = loading.result()
    for sentence in transcriber.warnings:
        view.show(Notice(sentence))

    def commands() -> Sequence[LiveCommand]:
        _show_all(news, view)
        return ()

    def emit(event: LiveEvent) -> None:
        if isinstance(event, Stopped):
            _show_all(news, view)
        view.show(event)

    follow_session(
        recorder.session,
        transcriber.recogniser,
        emit,
        commands=commands,
        segmenter_options=transcriber.segmenter_options,
    )


class _Ending:
    """Ends a recording: when it is told to, at the first Ctrl-C, or after `seconds` of sound.

    In a thread of its own, since whoever recognises may be busy for a while.
    """

    def __init__(self, recorder: Recorder, seconds: float | None, news: SimpleQueue[LiveEvent]) -> None:
        self._recorder = recorder
        self._seconds = seconds
        self._news = news
        self._wanted = threading.Event()
        self.has_failed = False
        self._thread = threading.Thread(target=self._run, name="end-of-recording", daemon=True)
        self._thread.start()

    def now(self) -> None:
        """Returns when all sound is on the disk."""
        self._wanted.set()
        self._thread.join()

    @contextmanager
    def at_signals(self) -> Iterator[None]:
        """The first Ctrl-C (or termination) ends the recording, the second is a KeyboardInterrupt.

        A third does nothing: the program is about to end, and the last sound is on its way to the disk.
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
        # Not printed here: a signal may come in the midst of another line.
        self._news.put(Notice("Stopping; what was said is still recognised. Ctrl-C again stops at once."))

    def _run(self) -> None:
        while not self._wanted.wait(LOOKS_EVERY_SECONDS):
            if self._seconds is not None and self._recorder.recorded_seconds >= self._seconds:
                break
        self._wanted.set()
        try:
            self._recorder.stop()
        except AsrDesktopError:
            self.has_failed = True


def _pass_on(event: RecorderEvent, recorder: Recorder, news: SimpleQueue[LiveEvent]) -> None:
    """What the recorder tells, from its thread; it must not wait for a slow terminal."""
    if event.kind == "listening" and recorder.device is not None:
        news.put(Listening(recorder.device.name, str(recorder.session.path)))
    if event.message is not None:
        news.put(Notice(event.message))


def _show_all(news: SimpleQueue[LiveEvent], view: LiveView) -> None:
    while True:
        try:
            event = news.get_nowait()
        except Empty:
            return
        view.show(event)


def _segmenter_options(hangover_ms: float | None, voice_threshold: float | None) -> SegmenterOptions:
    from asr_desktop.recognition.segmenter import SegmenterOptions

    speech = SegmenterOptions()
    # Each drags along what may not be more than it.
    if hangover_ms is not None:
        speech = replace(speech, hangover_ms=hangover_ms, tail_ms=min(hangover_ms, speech.tail_ms))
    if voice_threshold is not None:
        release = min(voice_threshold, speech.release_threshold)
        speech = replace(speech, threshold=voice_threshold, release_threshold=release)
    return speech
