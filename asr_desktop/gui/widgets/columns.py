"""Layouts that adapt to the width: cards in columns, and two columns that fold into one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import icon_button

# Cards in two columns where they fit, else in one

WIDE_PIXELS = 1200
"""Two columns are used from this width on."""
FOLDING_SIDE_PIXELS = 300
"""Width of a list beside the main column."""


def _scroll_up_and_down(area: QScrollArea, inner: QWidget) -> None:
    """Make `area` show `inner` at its full width, without frame or focus, scrolling vertically only."""
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class CardColumns(QScrollArea):
    """Scrolls vertically only. `second`: the right column, or below the first where space is short."""

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
        _scroll_up_and_down(self, inner)

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


class FoldingColumns(QScrollArea):
    """`main` and `side` beside each other; below `narrow_pixels` the side is below it and everything scrolls.

    side_pixels: width of the side column; None divides the width equally.
    """

    def __init__(
        self,
        main: QWidget,
        side: QWidget,
        *,
        side_pixels: int | None = None,
        narrow_pixels: int = 620,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._side = side
        self._side_pixels = side_pixels
        self._narrow_pixels = narrow_pixels
        inner = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(2 * SPACE)
        self._columns.addWidget(main, 1)
        self._columns.addWidget(side, 0 if side_pixels is not None else 1)
        self._arrange(is_narrow=False)
        _scroll_up_and_down(self, inner)

    @property
    def is_narrow(self) -> bool:
        return self._columns.direction() is QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_narrow = self.width() < self._narrow_pixels  # ignores the scroll bar, which would cause flicker
        if is_narrow != self.is_narrow:
            self._arrange(is_narrow)
        super().resizeEvent(event)

    def _arrange(self, is_narrow: bool) -> None:
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(direction)
        if self._side_pixels is not None:
            self._side.setMinimumWidth(0 if is_narrow else self._side_pixels)
            self._side.setMaximumWidth(16_777_215 if is_narrow else self._side_pixels)


# A list and its details side by side; in a narrow window one at a time

SIDE_PIXELS = 288
NARROW_PIXELS = 740
"""Below this width, the list and its details do not fit side by side."""


class TwoColumns(QWidget):
    """Place `toggle` among the page's buttons; it is visible only if both columns do not fit."""

    narrowed = Signal(bool)

    def __init__(
        self, main: QWidget, side: QWidget, icon_name: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._main = main
        self._is_narrow = False
        self._side = QScrollArea()
        self._side.setWidget(side)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.toggle: QToolButton = icon_button(icon_name, name)
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._arrange)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * SPACE)
        line.addWidget(main, 1)
        line.addWidget(self._side)
        self._arrange()

    @property
    def is_narrow(self) -> bool:
        return self._is_narrow

    def minimumSizeHint(self) -> QSize:
        """Smaller than both columns together, so that the window can become narrow."""
        return QSize(self._main.minimumSizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW_PIXELS
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._arrange()
            self.narrowed.emit(is_narrow)

    def _arrange(self) -> None:
        shows_side = not self._is_narrow or self.toggle.isChecked()
        self.toggle.setVisible(self._is_narrow)
        self._main.setVisible(not (self._is_narrow and shows_side))
        self._side.setVisible(shows_side)
        self._side.setMinimumWidth(SIDE_PIXELS)
        self._side.setMaximumWidth(16_777_215 if self._is_narrow else SIDE_PIXELS)
