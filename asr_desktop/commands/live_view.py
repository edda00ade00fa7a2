"""How live captions look: lines in a terminal, JSON for programs, plain text elsewhere."""

from __future__ import annotations

import json
import shutil
from typing import Protocol, TextIO

from asr_desktop.base import messages
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    Listening,
    LiveEvent,
    LiveNotice,
    Partial,
    Stopped,
    event_fields,
)
from asr_desktop.transcripts.phrases import text_width

_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"
_CLEAR_LINE = "\r\x1b[K"


class LiveView(Protocol):
    """Shows events as they come."""

    def show(self, event: LiveEvent) -> None: ...


def view_for(stream: TextIO, *, as_json: bool) -> LiveView:
    """JSON where it is wanted, a live line in a terminal, and only what is final where nobody looks on."""
    if as_json:
        return JsonView(stream)
    return TerminalView(stream) if stream.isatty() else TextView(stream)


class JsonView:
    """One object a line; see `event_fields`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: LiveEvent) -> None:
        print(json.dumps(event_fields(event), ensure_ascii=False), file=self._stream, flush=True)


class TextView:
    """One line for each utterance that is final; everything else goes to standard error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, event: LiveEvent) -> None:
        if isinstance(event, Final):
            if event.words:
                print(event.text, file=self._stream, flush=True)
        else:
            _say(event)


class TerminalView:
    """The last line is the utterance that is being spoken: committed words plain, open ones dim.

    width: columns of the terminal, asked anew for every caption where it is None.
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
        # A line that wraps cannot be taken back, so a long caption shows its end.
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
    """What a person should know besides the text."""
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
