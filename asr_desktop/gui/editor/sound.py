"""Plays the sound of the open transcript and computes its waveform."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from asr_desktop.audio.playback import Player
from asr_desktop.audio.seekable_sound import SeekableSound, open_sound
from asr_desktop.audio.waveform import Waveform, waveform_of
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.translations import said

POSITION_MS = 33
WORD_LEAD_SECONDS = 0.06
"""Lead-in before a single word, as its first consonant begins softly."""


class EditorSound(QObject):
    """One recording at a time. Without one, or without a loudspeaker, the editor works without sound."""

    moved = Signal(float)
    """The position in seconds, 30 times a second while playing and after every jump."""
    playing_changed = Signal(bool)
    drawn = Signal(object)
    """A Waveform; while it is being computed, of the beginning only."""
    opened = Signal(float)
    """The length in seconds."""
    failed = Signal(str)

    _ended = Signal()
    _broke = Signal(str)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._player: Player | None = None
        self._opening: Operation | None = None
        self._drawing: Operation | None = None
        self._start_at = 0.0
        self._speed = 1.0
        self._was_playing = False
        self._timer = QTimer(self, interval=POSITION_MS)
        self._timer.timeout.connect(self._tick)
        self._ended.connect(self._tick)
        self._broke.connect(self._fail)

    def open(self, path: Path, at_seconds: float = 0.0) -> None:
        """Open another recording in the background."""
        self.close()
        self._start_at = at_seconds
        self._opening = self._context.run(open_sound, path)
        self._opening.on_success(self._opened).on_failure(self._cannot_open)
        self._drawing = self._context.run(waveform_of, path)
        self._drawing.on_success(self._drawn).on_progress(self._drawn).on_failure(lambda _failure: None)

    def close(self) -> None:
        """Close the recording and the audio output."""
        self._timer.stop()
        for operation in (self._opening, self._drawing):
            if operation is not None:
                operation.cancel()
        self._opening = self._drawing = None
        player, self._player = self._player, None
        if player is not None:
            player.close()
        self._tell_playing()

    @property
    def is_open(self) -> bool:
        return self._player is not None

    @property
    def is_playing(self) -> bool:
        return self._player is not None and self._player.is_playing

    @property
    def position_seconds(self) -> float:
        return self._player.position_seconds if self._player is not None else self._start_at

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def loop(self) -> tuple[float, float] | None:
        return None if self._player is None else self._player.loop

    def toggle(self) -> None:
        """Play or pause."""
        if self._player is not None and self._player.is_playing:
            self._player.pause()
            self._tick()
        else:
            self.play()

    def play(self, from_seconds: float | None = None) -> None:
        if self._player is not None:
            self._try(self._player.play, from_seconds)

    def play_stretch(self, start_seconds: float, end_seconds: float) -> None:
        """Play this range, then stop."""
        if self._player is not None:
            self._try(self._player.play_stretch, max(0.0, start_seconds - WORD_LEAD_SECONDS), end_seconds)

    def seek(self, seconds: float) -> None:
        if self._player is None:
            self._start_at = max(0.0, seconds)
            self.moved.emit(self._start_at)
        else:
            self._player.seek(seconds)
            self.moved.emit(max(0.0, min(seconds, self._player.duration_seconds or seconds)))

    def skip(self, seconds: float) -> None:
        """Skip forward, or back if below 0."""
        self.seek(self.position_seconds + seconds)

    def set_speed(self, speed: float) -> None:
        self._speed = speed
        if self._player is not None:
            self._player.set_speed(speed)
            self._speed = self._player.speed

    def set_loop(self, start_seconds: float | None, end_seconds: float | None = None) -> None:
        """Repeat this range; None ends the repetition."""
        if self._player is not None:
            self._player.set_loop(start_seconds, end_seconds)
            self.moved.emit(self.position_seconds)

    def _try(self, function: object, *arguments: object) -> None:
        assert callable(function)
        try:
            function(*arguments)
        except AsrDesktopError as error:
            self._fail(said(str(error)))
        self.moved.emit(self.position_seconds)
        self._tell_playing()

    def _opened(self, sound: SeekableSound) -> None:
        self._player = Player(sound, on_end=self._ended.emit, on_failure=self._broke.emit)
        self._player.set_speed(self._speed)
        self._player.seek(self._start_at)
        self.opened.emit(self._player.duration_seconds)
        self.moved.emit(self._start_at)

    def _cannot_open(self, failure: Failure) -> None:
        self.failed.emit(failure.sentence)

    def _drawn(self, waveform: Waveform) -> None:
        self.drawn.emit(waveform)

    def _fail(self, sentence: str) -> None:
        self._tell_playing()
        self.failed.emit(sentence)

    def _tick(self) -> None:
        if self._player is not None:
            self.moved.emit(self._player.position_seconds)
        self._tell_playing()

    def _tell_playing(self) -> None:
        is_playing = self.is_playing
        if is_playing and not self._timer.isActive():
            self._timer.start()
        elif not is_playing:
            self._timer.stop()
        if is_playing != self._was_playing:
            self._was_playing = is_playing
            self.playing_changed.emit(is_playing)
