"""A list and what belongs to it side by side; in a narrow window one of them at a time."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import icon_button

SIDE_PIXELS = 288
NARROW_PIXELS = 740
"""Below this width the list would have less room than it needs."""


class TwoColumns(QWidget):
    """`toggle` is to be placed among the page's buttons; it is seen where there is no room for both."""

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
        """Not that of both side by side, or the window could never become narrow."""
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
