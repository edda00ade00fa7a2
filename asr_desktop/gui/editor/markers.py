"""The moments that were marked while a recording was made: shown at sound and text, and a way from one to the
next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from asr_desktop.audio.session import Session
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import EditorPlaying
from asr_desktop.gui.live_controller import MARKER

_HERE_SECONDS = 0.05
"""So near to a marker counts as at it: going on from there means the next one."""


def markers_of(session_folder: Path) -> tuple[float, ...]:
    """The seconds of a recording's markers, in order; none where its folder is gone."""
    if not session_folder.is_dir():
        return ()
    events = Session(session_folder).events()
    found = {event.get("at") for event in events if event.get("type") == MARKER}
    return tuple(sorted(float(at) for at in found if isinstance(at, int | float) and at >= 0))


class EditorMarkers(QObject):
    """Those of the transcript that is open."""

    def __init__(self, panes: EditorPanes, playing: EditorPlaying, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        self._playing = playing
        self._markers: Sequence[float] = ()
        panes.next_marker.clicked.connect(lambda _checked=False: self.next_marker())
        self.close()

    def open(self, markers: Sequence[float]) -> None:
        """Another transcript, with these markers."""
        self._markers = sorted(markers)
        self._panes.waveform.set_markers(self._markers)
        self._panes.view.set_markers(self._markers)
        self._panes.next_marker.setVisible(bool(self._markers))

    def close(self) -> None:
        self.open(())

    def next_marker(self) -> None:
        """On to the next marker, and from the last one to the first."""
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
