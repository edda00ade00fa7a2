"""Output of live captions: updated lines in a terminal, JSON for programs, plain text otherwise."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Protocol, TextIO

from asr_desktop.base import messages
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    Listening,
    LiveEvent,
    LiveNotice,
    Partial,
    SpeakersHeard,
    Stopped,
    event_fields,
)
from asr_desktop.transcripts.phrases import text_width

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
