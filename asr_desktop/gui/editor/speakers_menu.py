"""The menu of all speakers and the actions on each; opened by its button or by key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.remembering import EditorVoices
from asr_desktop.gui.editor.speakers import EditorSpeakers
from asr_desktop.gui.theme import ICON_PIXELS, icon, speaker_colour, theme
from asr_desktop.gui.translations import said_speaker


class SpeakersMenu(QObject):
    """A menu with a submenu for each speaker."""

    def __init__(
        self,
        panes: EditorPanes,
        speakers: EditorSpeakers,
        voices: EditorVoices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panes = panes
        self._voices = voices
        self._speakers = speakers
        panes.speakers.clicked.connect(lambda _checked=False: self.open())

    def open(self) -> None:
        """Open the menu below its button."""
        if not self._panes.view.has_segments:
            return
        self._panes.view.keep()
        menu = QMenu(self._panes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        everybody = self._speakers.in_use()
        for number, name in everybody:
            text = f"{number}  {said_speaker(name)} · {self._speakers.about(name)}"
            self._fill(menu.addMenu(_dot(number - 1), text.replace("&", "&&")), name, everybody)
        if everybody:
            menu.addSeparator()
        named = menu.addAction(icon("person"), self.tr("Name the speaker of this segment…"))
        named.triggered.connect(lambda _on=False: self._speakers.ask())
        button = self._panes.speakers
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _fill(self, menu: QMenu, name: str, everybody: list[tuple[int, str]]) -> None:
        def add(text: str, icon_name: str, act: Callable[..., object]) -> QAction:
            action = menu.addAction(icon(icon_name), text)
            action.triggered.connect(act)
            return action

        add(self.tr("Rename…"), "person", lambda _on=False: self._speakers.ask_about(name))
        others = [other for _, other in everybody if other != name]
        if others:
            merging = menu.addMenu(icon("merge"), self.tr("Merge with"))
            for other in others:
                action = merging.addAction(said_speaker(other).replace("&", "&&"))
                action.triggered.connect(partial(self._merge, name, other))
        add(self.tr("Next turn"), "arrow-down", lambda _on=False: self._speakers.next_turn(name))
        remember = add(self.tr("Remember this voice…"), "voice", lambda _on=False: self._voices.ask(name))
        remember.setEnabled(self._voices.can_remember(name))

    def _merge(self, name: str, other: str, _on: bool = False) -> None:
        self._speakers.rename(name, other)


def _dot(number: int) -> QIcon:
    """An icon in the speaker's colour."""
    pixmap = QPixmap(2 * ICON_PIXELS, 2 * ICON_PIXELS)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(speaker_colour(number, theme.is_dark)))
    painter.drawEllipse(4, 4, ICON_PIXELS - 8, ICON_PIXELS - 8)
    painter.end()
    return QIcon(pixmap)
