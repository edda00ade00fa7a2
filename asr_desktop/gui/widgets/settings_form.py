"""A card of the Settings page: names on the left and, on the right, what is chosen.

Whatever is chosen is stored at once, and what is changed elsewhere is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.widgets.choice_box import WIDEST_PIXELS
from asr_desktop.gui.widgets.parts import Card, button, label

LABEL_PIXELS = 188
"""The same in all cards, so that what is chosen stands in one line; longer names wrap."""
NUMBER_PIXELS = 160
SHORTEST_CHARACTERS = 12


class SettingsForm(Card):
    """`setting` is always the name of a field of `asr_desktop.base.settings.Settings`."""

    def __init__(self, context: AppContext, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(heading, parent)
        self.context = context
        self._shows: list[Callable[[], object]] = []
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE + SPACE // 2)
        self.body.addLayout(self._grid)
        context.settings_changed.connect(self._show_stored)

    def add(self, name: str, widget: QWidget, *buttons: QPushButton) -> None:
        """A row; without a name the widget has all of it."""
        row = self._grid.rowCount()
        if name:
            text = label(name, wrap=True)
            text.setFixedWidth(LABEL_PIXELS)
            text.setBuddy(widget)
            self._grid.addWidget(text, row, 0)
            if isinstance(widget, QPushButton):
                widget.setAccessibleName(f"{name}: {widget.text()}")
            elif not widget.accessibleName():
                widget.setAccessibleName(name)
            for other in buttons:
                other.setAccessibleName(f"{name}: {other.text()}")
            self._grid.addWidget(widget, row, 1, 1, 1 if buttons else 3)
        else:
            self._grid.addWidget(widget, row, 0, 1, 4)
        for place, other in enumerate(buttons, start=4 - len(buttons)):
            self._grid.addWidget(other, row, place)

    def choice(self, name: str, entries: list[tuple[str, str]], setting: str) -> QComboBox:
        """One of several; entries: (what is shown, what is stored)."""
        box = QComboBox()
        box.setMaximumWidth(WIDEST_PIXELS)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(SHORTEST_CHARACTERS)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._let_page_scroll(box)
        for text, value in entries:
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(self._stored(setting))))
        box.currentIndexChanged.connect(lambda index: self._store(setting, box.itemData(index)))
        self.add(name, box)
        return box

    def switch(self, name: str, setting: str) -> QCheckBox:
        """Yes or no."""
        box = QCheckBox(name)
        box.setChecked(self._stored(setting))
        box.toggled.connect(lambda on: self._store(setting, on))
        self._shows.append(lambda: box.setChecked(self._stored(setting)))
        self.add("", box)
        return box

    def number(
        self, name: str, setting: str, least: int, most: int, unit: str = "", step: int = 1
    ) -> QSpinBox:
        """A whole number; stored as a float where the setting is one."""
        box = QSpinBox()
        self._shape(box)
        box.setRange(least, most)
        box.setSingleStep(step)
        box.setSuffix(unit)
        kind = type(self._stored(setting))
        box.setValue(round(self._stored(setting)))
        box.valueChanged.connect(lambda value: self._store(setting, kind(value)))
        self._shows.append(lambda: box.setValue(round(self._stored(setting))))
        self.add(name, box)
        return box

    def percent(self, name: str, setting: str) -> QDoubleSpinBox:
        """A share, 0.05 … 1, shown as 5 … 100 %."""
        box = QDoubleSpinBox()
        self._shape(box)
        box.setDecimals(0)
        box.setRange(5, 100)
        box.setSingleStep(5)
        box.setSuffix(" %")
        box.setValue(100 * self._stored(setting))
        box.valueChanged.connect(lambda value: self._store(setting, value / 100))
        self.add(name, box)
        return box

    def colour(self, name: str, setting: str) -> None:
        """A button that shows the colour, and asks for another."""
        choose = button(self.tr("Choose"))
        choose.setIconSize(QSize(24, 18))
        choose.setMaximumWidth(NUMBER_PIXELS)

        def show() -> None:
            choose.setIcon(_swatch(self._stored(setting)))

        def ask() -> None:
            chosen = QColorDialog.getColor(QColor(self._stored(setting)), self, name)
            if chosen.isValid():
                self._store(setting, chosen.name())

        show()
        choose.clicked.connect(lambda _checked=False: ask())
        self._shows.append(show)
        self.add(name, choose)

    # The settings

    def _stored(self, setting: str) -> Any:
        return getattr(self.context.settings, setting)

    def _store(self, setting: str, value: object) -> None:
        self.context.change_settings(**{setting: value})

    def _show_stored(self) -> None:
        for show in self._shows:
            show()

    # The wheel

    def _shape(self, box: QAbstractSpinBox) -> None:
        self._let_page_scroll(box)
        box.setMaximumWidth(NUMBER_PIXELS)
        box.lineEdit().setTextMargins(SPACE, 0, 0, 0)

    def _let_page_scroll(self, box: QWidget) -> None:
        """Scrolling the page must not change what is chosen where the pointer happens to be."""
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _swatch(colour: str) -> QIcon:
    """The colour in a frame: it may be that of the button itself."""
    picture = QPixmap(48, 36)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.fillRect(0, 0, 36, 36, QColor(theme.tokens.outline))
    painter.fillRect(2, 2, 32, 32, QColor(colour))
    painter.end()
    return QIcon(picture)
