"""In place of an empty list: why it is empty, and what fills it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE, icon, theme
from asr_desktop.gui.widgets.parts import Card, label

_ICON_PIXELS = 40
_TEXT_PIXELS = 380


class EmptyNote(Card):
    """A sign, a few words, and a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._icon_name = "info"
        self._sign = QLabel()
        self.heading = label("", "heading")
        self.sentence = label("", "muted", wrap=True)
        self.sentence.setFixedWidth(_TEXT_PIXELS)
        for part in (self._sign, self.heading, self.sentence):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout()
        column.setSpacing(SPACE + SPACE // 2)
        column.addStretch(1)
        for part in (self._sign, self.heading, self.sentence):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.body.addLayout(column)
        theme.changed.connect(self._draw)

    def say(self, icon_name: str, heading: str, sentence: str) -> None:
        self._icon_name = icon_name
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self._draw()
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Not left to the layout, which may have measured the lines with the font of before the style."""
        self.sentence.ensurePolished()
        self.sentence.setMinimumHeight(self.sentence.heightForWidth(_TEXT_PIXELS))

    def _draw(self) -> None:
        sign = icon(self._icon_name, lambda look: look.muted)
        self._sign.setPixmap(sign.pixmap(QSize(_ICON_PIXELS, _ICON_PIXELS), self.devicePixelRatio()))
