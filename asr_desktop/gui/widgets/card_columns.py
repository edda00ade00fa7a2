"""Cards one below the other; in a wide window in two columns, so that a large screen is used."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE

WIDE_PIXELS = 1200
"""From this width on there is room for two columns."""


class CardColumns(QScrollArea):
    """Scrolls up and down alone. `second`: what stands on the right, or below where there is less room."""

    def __init__(
        self, first: Sequence[QWidget], second: Sequence[QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        inner = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, inner)
        self._columns.setContentsMargins(0, 0, SPACE, 0)
        self._columns.setSpacing(2 * SPACE)
        for cards in (first, second):
            column = QVBoxLayout()
            column.setSpacing(2 * SPACE)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self._columns.addLayout(column)
        self._arrange(is_wide=False)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def is_wide(self) -> bool:
        return self._columns.direction() is QBoxLayout.Direction.LeftToRight

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_wide = event.size().width() >= WIDE_PIXELS
        if is_wide != self.is_wide:
            self._arrange(is_wide)
        super().resizeEvent(event)

    def _arrange(self, is_wide: bool) -> None:
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)
        self._columns.setStretch(0, 1 if is_wide else 0)
        self._columns.setStretch(1, 1)
