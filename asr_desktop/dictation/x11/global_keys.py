"""Global shortcuts on X11 (XGrabKey)."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.error import BadAccess, ConnectionClosedError, DisplayError

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import InsertionRefused
from asr_desktop.dictation.x11.keyboard import Keyboard

_logger = logging.getLogger(__name__)

REPEATS_WITHIN_SECONDS = 0.03
"""Auto-repeat of a held key is a release and a press with the same time stamp. A release counts only if no
such press follows within this time."""


class X11GlobalKeys:
    """Global shortcuts. chords: name → chord. on_key: called in a thread of its own with the name, whether
    the key is down, and the time in seconds of time.monotonic.

    `conflicts`: name → a sentence, for keys that another program has grabbed or that the keyboard lacks. Keys
    are grabbed again when the keyboard layout changes. Raises InsertionRefused without an X server.
    """

    bound: dict[str, str] | None = None

    def __init__(
        self,
        chords: Mapping[str, str],
        on_key: Callable[[str, bool, float], object],
        display_name: str | None = None,
    ) -> None:
        try:
            self._display = Display(display_name)
        except (DisplayError, OSError) as error:
            raise InsertionRefused(
                Sentence("The screen cannot be reached ({reason}).", reason=error)
            ) from error
        self._root = self._display.screen().root
        self._keyboard = Keyboard(self._display, lambda: 0)
        self._chords = dict(chords)
        self._on_key = on_key
        self.conflicts: dict[str, str] = {}
        self._grabbed: dict[tuple[int, int], str] = {}
        """(keycode, required modifier bits) → name."""
        self._ignored_bits = 0
        self._down: dict[int, str] = {}
        self._waker, self._woken = socket.socketpair()
        self._is_closing = False
        self._grab_all()
        self._thread = threading.Thread(target=self._serve, name="global keys", daemon=True)
        self._thread.start()

    def configure(self) -> None:
        """Does nothing: the settings decide."""

    def close(self) -> None:
        self._is_closing = True
        self._waker.send(b"x")
        self._thread.join(timeout=5)
        self._waker.close()
        self._woken.close()  # not in the thread, which may end before it is woken

    def _grab_all(self) -> None:
        self._root.ungrab_key(X.AnyKey, X.AnyModifier)
        self._grabbed.clear()
        self.conflicts.clear()
        for name, chord in self._chords.items():
            if not chord:
                continue
            try:
                keycode, bits, self._ignored_bits = self._keyboard.to_grab(chord)
            except (InsertionRefused, ValueError) as error:
                self.conflicts[name] = (
                    str(error)
                    if isinstance(error, InsertionRefused)
                    else Sentence("There is no key {key}.", key=chord)
                )
                continue
            refusals: list[Any] = []
            for ignored in _subsets(self._ignored_bits):
                self._root.grab_key(
                    keycode,
                    bits | ignored,
                    False,
                    X.GrabModeAsync,
                    X.GrabModeAsync,
                    onerror=lambda error, _request, found=refusals: found.append(error),
                )
            self._display.sync()
            if any(isinstance(error, BadAccess) for error in refusals):
                self.conflicts[name] = Sentence(
                    "Another program uses {key} already; choose another shortcut.", key=chord
                )
            else:
                self._grabbed[keycode, bits] = name

    def _serve(self) -> None:
        try:
            while not self._is_closing:
                if not self._display.pending_events():
                    ready, _, _ = select.select([self._display.fileno(), self._woken], [], [])
                    if self._woken in ready:
                        break
                while self._display.pending_events():
                    self._handle(self._display.next_event())
            self._root.ungrab_key(X.AnyKey, X.AnyModifier)
            self._display.close()
        except ConnectionClosedError as error:
            _logger.warning("the shortcuts have ended: %s", error)

    def _handle(self, event: Any) -> None:
        match event.type:
            case X.KeyPress:
                counted = event.state & 0xFF & ~self._ignored_bits
                name = self._grabbed.get((event.detail, counted))
                if name is not None and event.detail not in self._down:
                    self._down[event.detail] = name
                    self._on_key(name, True, time.monotonic())
            case X.KeyRelease:
                if event.detail in self._down and not self._is_repeat(event):
                    self._on_key(self._down.pop(event.detail), False, time.monotonic())
            case X.MappingNotify if event.request != X.MappingPointer and not self._down:
                self._grab_all()

    def _is_repeat(self, release: Any) -> bool:
        """Whether a release is auto-repeat: a press with the same time stamp follows. If another event
        follows instead, the release is reported here, so that the order of events is kept."""
        select.select([self._display.fileno()], [], [], REPEATS_WITHIN_SECONDS)
        if not self._display.pending_events():
            return False
        following = self._display.next_event()
        is_repeat = following.type == X.KeyPress and following.detail == release.detail
        if is_repeat and following.time == release.time:
            return True
        name = self._down.pop(release.detail)
        self._on_key(name, False, time.monotonic())
        self._handle(following)
        return True  # the release was reported already


def _subsets(bits: int) -> list[int]:
    """All subsets of the bits: the server treats a key with and without Num Lock as different."""
    single = [1 << number for number in range(16) if bits >> number & 1]
    return [sum(some) for count in range(len(single) + 1) for some in combinations(single, count)]
