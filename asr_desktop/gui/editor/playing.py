"""Connects sound and text: the word being played is highlighted, and a click on a word plays it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from asr_desktop.audio.session import Session
from asr_desktop.base.clock import seconds_of
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.sound import EditorSound
from asr_desktop.gui.live_controller import MARKER
from asr_desktop.gui.widgets.playback_bar import SPEEDS
from asr_desktop.transcripts.editing import EditableTranscript, WordPlace

SKIP_SECONDS = 3.0
_SHORTEST_HEARD_SECONDS = 0.15


class EditorPlaying(QObject):
    """Connects the sound to the text, the waveform and the playback bar."""

    def __init__(self, context: AppContext, panes: EditorPanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self.sound = EditorSound(context, self)
        self.editable: EditableTranscript | None = None
        self.sound.moved.connect(self.show_moment)
        self.sound.playing_changed.connect(panes.playback.show_playing)
        self.sound.drawn.connect(panes.waveform.set_waveform)
        self.sound.opened.connect(self._sound_opened)
        panes.view.word_clicked.connect(self._word_clicked)
        panes.view.time_clicked.connect(self._time_clicked)
        panes.waveform.clicked.connect(self.go_to)
        bar = panes.playback
        bar.play_wanted.connect(self.play_or_pause)
        bar.back_wanted.connect(partial(self.skip, -SKIP_SECONDS))
        bar.on_wanted.connect(partial(self.skip, SKIP_SECONDS))
        bar.speed_wanted.connect(self.set_speed)
        bar.loop_wanted.connect(lambda _on: self.toggle_loop())
        bar.time_wanted.connect(self.ask_time)
        bar.zoom_in_wanted.connect(panes.waveform.zoom_in)
        bar.zoom_out_wanted.connect(panes.waveform.zoom_out)

    def play_or_pause(self) -> None:
        """Play from the current position, or pause."""
        self._panes.view.commit()
        self.sound.toggle()

    def skip(self, seconds: float) -> None:
        """Skip forward, or back if below 0."""
        self.sound.skip(seconds)

    def go_to(self, seconds: float) -> None:
        """Move sound and caret to this time; playback continues if it was running."""
        self.sound.seek(seconds)
        if self.editable is None:
            return
        place = self._panes.view.place_at(seconds)
        if place is not None:
            self._panes.view.go_to(place.segment)
        self._panes.waveform.set_position(seconds, follow=True)

    def ask_time(self) -> None:
        """Ask for a time and go there, for example one from the user's notes."""
        if self.editable is None:
            return
        text, agreed = QInputDialog.getText(
            self._panes,
            self.tr("Go to time"),
            self.tr("Hours, minutes and seconds, such as 1:02:03, or just 2:03"),
            text=self._panes.playback.position_text(),
        )
        seconds = seconds_of(text) if agreed else None
        if seconds is not None:
            self.go_to(min(seconds, self.editable.duration_seconds))
        elif agreed:
            self._panes.state.setText(self.tr("“{text}” is not a valid time.").format(text=text))

    def play_around(self, place: WordPlace) -> None:
        """Play the word with one neighbour on each side: a single word is hard to understand."""
        assert self.editable is not None
        words = self.editable.segments[place.segment].words
        first, last = words[max(0, place.word - 1)], words[min(len(words) - 1, place.word + 1)]
        self.sound.play_stretch(first.start_seconds, last.end_seconds)

    def play_here(self) -> None:
        """Play from the word at the caret."""
        self._panes.view.commit()
        place = self._panes.view.word_at_caret() if self.editable is not None else None
        if place is not None:
            assert self.editable is not None
            word = self.editable.segments[place.segment].words[place.word]
            self.sound.seek(word.start_seconds)
            self.sound.play()

    def play_segment(self) -> None:
        """Play the segment with the caret, then stop."""
        self._panes.view.commit()
        if self.editable is not None and self.editable.segments:
            segment = self.editable.segments[self._panes.view.segment]
            self.sound.play_stretch(segment.start_seconds, segment.end_seconds)

    def toggle_loop(self) -> None:
        """Repeat the segment with the caret, or stop repeating."""
        if self.editable is None or not self.editable.segments or self.sound.loop is not None:
            self.sound.set_loop(None)
        else:
            segment = self.editable.segments[self._panes.view.segment]
            self.sound.set_loop(segment.start_seconds, segment.end_seconds)
            self.sound.play()
        self._panes.playback.show_loop(self.sound.loop is not None)

    def change_speed(self, steps: int) -> None:
        """Change the speed by this many steps; below 0 is slower."""
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.sound.speed))
        self.set_speed(SPEEDS[min(max(nearest + steps, 0), len(SPEEDS) - 1)])

    def set_speed(self, speed: float) -> None:
        """Set the speed, 0.5 to 2; the pitch does not change."""
        self.sound.set_speed(speed)
        self._panes.playback.show_speed(speed)

    def show_moment(self, seconds: float) -> None:
        """Show the position: the word, the playhead, the clock."""
        if self.editable is None:
            return
        follow = self._panes.playback.follow.isChecked()
        self._panes.waveform.set_position(seconds, follow=follow)
        self._panes.playback.show_position(seconds, self.editable.duration_seconds)
        self._panes.playback.show_loop(self.sound.loop is not None)
        self._panes.view.show_spoken(seconds, follow=follow and self.sound.is_playing)
        if self._panes.subtitles.isVisible() and self.sound.is_playing:
            self._panes.subtitles.show_position(seconds)

    def _sound_opened(self, duration_seconds: float) -> None:
        if self.editable is not None:
            self._panes.waveform.set_duration(max(duration_seconds, self.editable.duration_seconds))
            self.show_moment(self.sound.position_seconds)

    def _word_clicked(self, segment: int, number: int) -> None:
        """Play from the clicked word if playing, else play only the word."""
        assert self.editable is not None
        word = self.editable.segments[segment].words[number]
        if self.sound.is_playing:
            self.sound.seek(word.start_seconds)
        elif self.sound.is_open:
            self.sound.play_stretch(
                word.start_seconds, max(word.end_seconds, word.start_seconds + _SHORTEST_HEARD_SECONDS)
            )
        else:
            self.sound.seek(word.start_seconds)

    def _time_clicked(self, index: int) -> None:
        assert self.editable is not None
        self.sound.seek(self.editable.segments[index].start_seconds)
        self.sound.play()


# Markers that were set during the recording: shown in waveform and text, with a key for the next one

_HERE_SECONDS = 0.05
"""A marker closer than this counts as the current position, so the next one is the one after it."""


def markers_of(session_folder: Path) -> tuple[float, ...]:
    """A recording's markers in seconds, in order; empty if its folder does not exist."""
    if not session_folder.is_dir():
        return ()
    events = Session(session_folder).events()
    found = {event.get("at") for event in events if event.get("type") == MARKER}
    return tuple(sorted(float(at) for at in found if isinstance(at, int | float) and at >= 0))


class EditorMarkers(QObject):
    """The markers of the open transcript."""

    def __init__(self, panes: EditorPanes, playing: EditorPlaying, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self._playing = playing
        self._markers: Sequence[float] = ()
        panes.next_marker.clicked.connect(lambda _checked=False: self.next_marker())
        self.close()

    def open(self, markers: Sequence[float]) -> None:
        """Set the markers of another transcript, in seconds."""
        self._markers = sorted(markers)
        self._panes.waveform.set_markers(self._markers)
        self._panes.view.set_markers(self._markers)
        self._panes.next_marker.setVisible(bool(self._markers))

    def close(self) -> None:
        self.open(())

    def next_marker(self) -> None:
        """Go to the next marker, from the last one to the first."""
        if not self._markers:
            self._panes.state.setText(self.tr("This recording has no markers."))
            return
        here = self._playing.sound.position_seconds
        after = [at for at in self._markers if at > here + _HERE_SECONDS]
        number = len(self._markers) - len(after) if after else 0
        self._playing.go_to(self._markers[number])
        self._panes.state.setText(
            self.tr("Marker {number} of {count}").format(number=number + 1, count=len(self._markers))
        )
