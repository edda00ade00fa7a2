"""Plays a recording, with the exact position that is currently audible.

A thread decodes a little ahead (`seekable_sound`); the sound card's callback takes blocks from it and notes
when each will leave the loudspeaker. So `position_seconds` is what is heard now, not what was handed to the
card a tenth of a second ago, and the highlighted word is the audible one.

Between plays the card stays open and plays silence, because opening it takes up to two seconds on some
systems.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.seekable_sound import FASTEST, OUTPUT_RATE, SLOWEST, SeekableSound, SoundBlock, blocks
from asr_desktop.audio.sound_card import HeardPosition, OpenOutput, Output, open_default_output
from asr_desktop.base.errors import AsrDesktopError

# Decoded ahead: enough not to stutter on a busy machine, little enough not to waste work when seeking.
AHEAD_SECONDS = 0.5
SHORTEST_LOOP_SECONDS = 0.1
_LOOKS_EVERY_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class _Request:
    """What the thread decodes."""

    number: int
    start_seconds: float
    speed: float
    loop: tuple[float, float] | None
    until_seconds: float | None = None


class Player:
    """Plays one recording. All methods return at once, except the first `play`, which opens the card.

    on_end: called, from a thread, when the end has been heard. on_failure: gets a sentence, from a thread,
    when the file or the card fails while it plays; playing has stopped then.
    """

    def __init__(
        self,
        sound: SeekableSound,
        *,
        on_end: Callable[[], None] | None = None,
        on_failure: Callable[[str], None] | None = None,
        open_output: OpenOutput | None = None,
    ) -> None:
        self._sound = sound
        self._on_end = on_end
        self._on_failure = on_failure
        self._open_output = open_output or open_default_output
        self._output: Output | None = None
        self._changed = threading.Condition()
        self._is_closed = False
        self._speed = 1.0
        self._loop: tuple[float, float] | None = None
        self._is_playing = False
        # Shared with the callback, which must not wait for a lock: each is replaced or appended in one step.
        self._request = _Request(0, 0.0, 1.0, None)
        self._ready: deque[tuple[int, SoundBlock | None]] = deque()
        self._current: tuple[int, SoundBlock, int] | None = None
        self._next_seconds = 0.0
        self._heard = HeardPosition()
        self._produced: int | None = None
        self._thread = threading.Thread(target=self._run, name="playback", daemon=True)
        self._thread.start()

    @property
    def duration_seconds(self) -> float:
        return self._sound.duration_seconds

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def loop(self) -> tuple[float, float] | None:
        """The stretch that is repeated, in seconds."""
        return self._loop

    @property
    def position_seconds(self) -> float:
        """The audible position; while stopped, the position from which playing would continue."""
        output = self._output
        if output is None or not self._is_playing:
            return self._next_seconds
        return self._heard.position_at(output.now(), handed_over=self._next_seconds)

    def play(self, from_seconds: float | None = None) -> None:
        """Play on, or from a moment; at the end of the sound, from its beginning.

        Raises DeviceError, with a sentence, where nothing can be heard on this machine.
        """
        if self._output is None:
            self._output = self._open_output(self._fill, self._output_ended)
        if from_seconds is not None:
            self.seek(from_seconds)
        elif 0.0 < self.duration_seconds <= self._next_seconds + 0.01:
            self.seek(self._loop[0] if self._loop else 0.0)
        with self._changed:
            if self._produced is None:
                self._ask(self._next_seconds)
            self._is_playing = True
            self._changed.notify_all()

    def play_stretch(self, start_seconds: float, end_seconds: float) -> None:
        """Play this much and stop, wherever the loop is; raises as `play` does."""
        with self._changed:
            self._ask(max(0.0, start_seconds), max(end_seconds, start_seconds + SHORTEST_LOOP_SECONDS))
        self.play()

    def pause(self) -> None:
        """Pause; playing continues from this position."""
        self._is_playing = False

    def toggle(self) -> None:
        """Pause or play on."""
        if self._is_playing:
            self.pause()
        else:
            self.play()

    def seek(self, seconds: float) -> None:
        """Seek; if playing, it continues there. A position outside the loop ends the loop."""
        with self._changed:
            seconds = max(0.0, min(seconds, self.duration_seconds or seconds))
            if self._loop is not None and not self._loop[0] <= seconds < self._loop[1]:
                self._loop = None
            self._ask(seconds)

    def set_speed(self, speed: float) -> None:
        """0.5 to 2 times; other values are brought into that range. The pitch stays."""
        with self._changed:
            speed = min(max(speed, SLOWEST), FASTEST)
            if speed != self._speed:
                self._speed = speed
                self._ask(self._next_seconds)

    def set_loop(self, start_seconds: float | None, end_seconds: float | None = None) -> None:
        """Repeat this stretch; None stops repeating."""
        with self._changed:
            if start_seconds is None or end_seconds is None:
                self._loop = None
                self._ask(self._next_seconds)
                return
            self._loop = (start_seconds, max(end_seconds, start_seconds + SHORTEST_LOOP_SECONDS))
            inside = self._loop[0] <= self._next_seconds < self._loop[1]
            self._ask(self._next_seconds if inside else self._loop[0])

    def close(self) -> None:
        """Release the card."""
        with self._changed:
            self._is_closed = True
            self._is_playing = False
            self._changed.notify_all()
        self._thread.join()
        output, self._output = self._output, None
        if output is not None:
            output.close()

    def _ask(self, seconds: float, until_seconds: float | None = None) -> None:
        """Decode from here on and discard what was decoded before."""
        self._next_seconds = seconds
        loop = self._loop if until_seconds is None else None
        self._request = _Request(self._request.number + 1, seconds, self._speed, loop, until_seconds)
        self._produced = self._request.number
        self._changed.notify_all()

    # The thread that decodes

    def _run(self) -> None:
        done = 0
        while True:
            with self._changed:
                while not self._is_closed and self._request.number == done:
                    self._changed.wait()
                if self._is_closed:
                    return
                request = self._request
            done = request.number
            try:
                self._produce(request)
            except AsrDesktopError as error:
                self._fail(str(error))

    def _produce(self, request: _Request) -> None:
        """Keeps a little decoded sound ready until something else is asked for."""
        self._ready.clear()
        for block in self._blocks(request):
            if not self._has_room(request):
                return
            self._ready.append((request.number, block))
        self._ready.append((request.number, None))

    def _blocks(self, request: _Request) -> Iterator[SoundBlock]:
        start = request.start_seconds
        stop = request.until_seconds if request.loop is None else request.loop[1]
        while True:
            has_sound = False
            for block in blocks(self._sound, start, request.speed):
                if stop is not None:
                    left = round((stop - block.start_seconds) * OUTPUT_RATE / request.speed)
                    if left <= len(block.samples):
                        if left > 0:
                            yield SoundBlock(block.samples[:left], block.start_seconds, block.speed)
                        has_sound = True
                        break
                has_sound = True
                yield block
            if request.loop is None or not has_sound:
                return
            start = request.loop[0]

    def _has_room(self, request: _Request) -> bool:
        """Waits until there is; False once this sound is not wanted any more."""
        with self._changed:
            while True:
                if self._is_closed or self._request is not request:
                    return False
                waiting = sum(len(block.samples) for _, block in list(self._ready) if block is not None)
                if waiting < AHEAD_SECONDS * OUTPUT_RATE:
                    return True
                self._changed.wait(_LOOKS_EVERY_SECONDS if self._is_playing else None)

    def _fail(self, sentence: str) -> None:
        self._is_playing = False
        if self._on_failure is not None:
            self._on_failure(sentence)

    # The sound card's thread

    def _fill(self, out: NDArray[np.float32], heard_at: float) -> None:
        filled = 0
        while filled < len(out) and self._is_playing:
            number = self._request.number
            block, used = self._take(number)
            if block is None:
                break
            position = block.start_seconds + used * block.speed / OUTPUT_RATE
            count = min(len(out) - filled, len(block.samples) - used)
            out[filled : filled + count] = block.samples[used : used + count]
            self._heard.begins(heard_at + filled / OUTPUT_RATE, position, block.speed)
            if self._request.number == number:
                self._next_seconds = position + count * block.speed / OUTPUT_RATE
            used += count
            self._current = (number, block, used) if used < len(block.samples) else None
            filled += count
        if filled < len(out):
            out[filled:] = 0.0
            self._heard.rests(heard_at + filled / OUTPUT_RATE, self._next_seconds)

    def _take(self, number: int) -> tuple[SoundBlock | None, int]:
        """The block to go on with and how much of it has been played; None where none is ready."""
        if self._current is not None and self._current[0] == number:
            return self._current[1], self._current[2]
        self._current = None
        while self._ready:
            try:
                of_number, block = self._ready.popleft()
            except IndexError:
                break
            if of_number != number:
                continue
            if block is None:
                self._is_playing = False
                self._produced = None
                if self._on_end is not None:
                    self._on_end()
                break
            return block, 0
        return None, 0

    def _output_ended(self) -> None:
        if not self._is_closed and self._output is not None:
            self._output = None
            self._fail("The sound output was disconnected: plug it in again, and press play.")
