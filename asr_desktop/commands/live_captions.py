"""Live captions in a terminal: the recording, its recogniser, and the output.

Output is updated lines in a terminal, JSON for programs, plain text otherwise.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Protocol, TextIO, TypeAlias

import typer

from asr_desktop.audio.recorder import Recorder, RecorderEvent, RecorderState
from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.commands.sessions import keep_recording
from asr_desktop.commands.terminal import EXIT_INTERRUPTED
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    Listening,
    LiveEvent,
    LiveNotice,
    LiveOptions,
    Partial,
    SpeakersHeard,
    Stopped,
    event_fields,
)
from asr_desktop.recognition.worker import protocol
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import LiveJob
from asr_desktop.recognition.worker.protocol import Event, ModelChoice
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.phrases import text_width

News: TypeAlias = LiveEvent | Event

LOOKS_EVERY_SECONDS = 0.05


def caption(
    choice: ModelChoice,
    *,
    device: str | None,
    folder: Path,
    seconds: float | None,
    speakers: SpeakerCount | None,
    as_json: bool,
) -> None:
    """Record, and print what is recognised, until Ctrl-C or for `seconds` of sound; the recording is added to
    the library. Raises typer.Exit if something has failed, which was reported before."""
    news: SimpleQueue[News] = SimpleQueue()
    recorder = Recorder(device, folder=folder, on_event=lambda event: _pass_on(event, recorder, news))
    view = view_for(sys.stdout, as_json=as_json, speakers=speakers is not None)
    with RecogniserProcess() as recogniser:
        # The model is loaded while the input is opened, and recording starts before it is ready, so the first
        # words are not lost.
        recogniser.load(choice)
        recorder.start()
        ending = _Ending(recorder, seconds, news)
        try:
            with ending.at_signals():
                job = recogniser.listen(recorder.session.path, choice, LiveOptions(speakers=speakers))
                captions = _Captions(job, view, news)
                captions.show_all(ending)
        except KeyboardInterrupt:
            ending.now()
            captions.show_waiting()
            view.show(Stopped(recorder.recorded_seconds, False, str(recorder.session.path)))
            raise typer.Exit(EXIT_INTERRUPTED) from None
        finally:
            ending.now()
    not_kept = keep_recording(recorder.session, choice.model)
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


# Output

_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"
_CLEAR_LINE = "\r\x1b[K"


class LiveView(Protocol):
    """Shows events as they come."""

    def show(self, event: LiveEvent) -> None: ...


def view_for(stream: TextIO, *, as_json: bool, speakers: bool = False) -> LiveView:
    """JSON if requested, a live line in a terminal, otherwise only final text.

    speakers: lines of text include the speaker, and wait until the speaker is known.
    """
    if as_json:
        return JsonView(stream)
    view = TerminalView(stream) if stream.isatty() else TextView(stream)
    return NamingView(view) if speakers else view


class JsonView:
    """One object per line; see `event_fields`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: LiveEvent) -> None:
        print(json.dumps(event_fields(event), ensure_ascii=False), file=self._stream, flush=True)


class TextView:
    """One line per final utterance; everything else goes to standard error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: LiveEvent) -> None:
        if isinstance(event, Final):
            if event.words:
                print(event.text, file=self._stream, flush=True)
        else:
            _say(event)


class NamingView:
    """Final utterances with the speaker's name before each turn; each waits until the speaker is known,
    usually a moment. Corrections at the end of the recording are not printed."""

    def __init__(self, view: LiveView) -> None:
        self._view = view
        self._waiting: list[Final] = []
        self._speaking = ""

    def show(self, event: LiveEvent) -> None:
        match event:
            case Final(words=[_, *_]):
                self._waiting.append(event)
            case SpeakersHeard(utterance, speakers):
                while self._waiting and self._waiting[0].utterance <= utterance:
                    final = self._waiting.pop(0)
                    self._show(final, speakers if final.utterance == utterance else ())
            case Stopped():
                for final in self._waiting:
                    self._show(final, ())
                self._waiting.clear()
                self._view.show(event)
            case _:
                self._view.show(event)

    def _show(self, final: Final, speakers: Sequence[str]) -> None:
        if len(speakers) != len(final.words):
            self._view.show(final)
            return
        said = zip(final.words, speakers, strict=True)
        for speaker, run in groupby(said, key=lambda pair: pair[1]):
            words = [word for word, _ in run]
            if speaker != self._speaking:
                words[0] = replace(words[0], text=f"{speaker}: {words[0].text}")
                self._speaking = speaker
            self._view.show(replace(final, words=tuple(words)))


class TerminalView:
    """The last line is the current utterance: committed words plain, open ones dim.

    width: columns of the terminal; None queries it for every caption.
    """

    def __init__(self, stream: TextIO, width: int | None = None) -> None:
        self._stream = stream
        self._width = width
        self._has_open_line = False

    def show(self, event: LiveEvent) -> None:
        match event:
            case Partial():
                self._write(self._open_line(event))
                self._has_open_line = True
            case Final():
                self._clear()
                self._write(event.text + "\n" if event.words else "")
            case _:
                self._clear()
                _say(event)

    def _clear(self) -> None:
        self._write(_CLEAR_LINE if self._has_open_line else "")
        self._has_open_line = False

    def _open_line(self, partial: Partial) -> str:
        committed = partial.committed_text
        rest = partial.text[len(committed) :]
        # A wrapped line cannot be overwritten, so only the end of a long caption is shown.
        columns = (self._width or shutil.get_terminal_size().columns) - 1
        hidden = 0
        if text_width(partial.text) > columns:
            while text_width(partial.text[hidden:]) > columns - 1:
                hidden += 1
        shown = committed[hidden:]
        dim = rest[max(0, hidden - len(committed)) :]
        return f"{_CLEAR_LINE}{'…' if hidden else ''}{shown}{_DIM}{dim}{_PLAIN}"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _say(event: LiveEvent) -> None:
    """Print notices and warnings to standard error."""
    match event:
        case Listening(device, _):
            messages.note(f"Listening to {device}. Press Ctrl-C to stop.")
        case Lag(seconds) if seconds > 0:
            messages.note(f"The text is {seconds:.1f} s behind; nothing is lost.")
        case LiveNotice(sentence):
            messages.note(sentence)
        case Stopped(_, is_complete, session):
            unfinished = "" if is_complete else "; run `asr-desktop recover` to transcribe the rest"
            messages.note(f"Recording saved to {session}{unfinished}.")
