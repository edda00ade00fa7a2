"""A card of the Settings page: names on the left, controls on the right.

Changes are stored at once, and changes made elsewhere are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from asr_desktop.base import paths
from asr_desktop.base.private_files import make_folder
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.translations import said_reason
from asr_desktop.gui.widgets.choice_box import WIDEST_PIXELS
from asr_desktop.gui.widgets.parts import Card, button, label

LABEL_PIXELS = 188
"""The same in all cards, so that their controls are aligned; longer names wrap."""
NUMBER_PIXELS = 160
SHORTEST_CHARACTERS = 12


class SettingsForm(Card):
    """`setting` is the name of a field of `asr_desktop.base.settings.Settings`."""

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
        """Add a row; without a name the widget has the full width."""
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
        """Add a choice; entries: (text, stored value)."""
        box = self._box()
        for text, value in entries:
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(self._stored(setting))))
        box.currentIndexChanged.connect(lambda index: self._store(setting, box.itemData(index)))
        self.add(name, box)
        return box

    def _box(self) -> QComboBox:
        """A combo box that elides its text, so the card fits the smallest window."""
        box = QComboBox()
        box.setMaximumWidth(WIDEST_PIXELS)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(SHORTEST_CHARACTERS)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._let_page_scroll(box)
        return box

    def switch(self, name: str, setting: str) -> QCheckBox:
        """Add a check box."""
        box = QCheckBox(name)
        box.setChecked(self._stored(setting))
        box.toggled.connect(lambda on: self._store(setting, on))
        self._shows.append(lambda: box.setChecked(self._stored(setting)))
        self.add("", box)
        return box

    def number(
        self, name: str, setting: str, least: int, most: int, unit: str = "", step: int = 1
    ) -> QSpinBox:
        """Add a whole number; stored as a float if the setting is one."""
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
        """Add a share, 0.05 … 1, shown as 5 … 100 %."""
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
        """Add a button that shows the colour and opens a colour dialog."""
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

    # Settings

    def _stored(self, setting: str) -> Any:
        return getattr(self.context.settings, setting)

    def _store(self, setting: str, value: object) -> None:
        self.context.change_settings(**{setting: value})

    def _show_stored(self) -> None:
        for show in self._shows:
            show()

    # Mouse wheel

    def _shape(self, box: QAbstractSpinBox) -> None:
        self._let_page_scroll(box)
        box.setMaximumWidth(NUMBER_PIXELS)
        box.lineEdit().setTextMargins(SPACE, 0, 0, 0)

    def _let_page_scroll(self, box: QWidget) -> None:
        """Ignore the wheel, so that scrolling the page does not change values under the pointer."""
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def _swatch(colour: str) -> QIcon:
    """A framed square of the colour; the frame separates it from a button of the same colour."""
    picture = QPixmap(48, 36)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.fillRect(0, 0, 36, 36, QColor(theme.tokens.outline))
    painter.fillRect(2, 2, 32, 32, QColor(colour))
    painter.end()
    return QIcon(picture)


# Advanced settings of segmentation and recognition


class RecognitionCard(SettingsForm):
    """A card of the Settings page, behind a switch."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("RecognitionCard", "Recognition"))
        decoders = [
            (self.tr("Beam search (more accurate)"), "beam"),
            (self.tr("Greedy, letter by letter (faster)"), "greedy"),
        ]
        self.choice(self.tr("Decoding"), decoders, "decoder")
        texts = [(self.tr("From the model"), ""), (self.tr("None"), "none")]
        chosen = context.settings.language_model
        if chosen not in ("", "none"):
            texts.append((chosen, chosen))
        self.choice(self.tr("Language model"), texts, "language_model")
        pause = self.number(
            self.tr("Pause that ends a sentence"), "hangover_ms", 200, 3000, self.tr(" ms"), step=50
        )
        pause.valueChanged.connect(lambda value: context.live.set_hangover(float(value)))
        self.percent(self.tr("Voice detection threshold"), "voice_threshold")
        idle = self.number(
            self.tr("Free the model's memory after"), "model_idle_minutes", 0, 600, self.tr(" min")
        )
        idle.setSpecialValueText(self.tr("Never"))
        threads = self.number(self.tr("Processor threads"), "threads", 0, 64)
        threads.setSpecialValueText(self.tr("One per core"))


# Storage folders, one of which can be changed


class StorageCard(SettingsForm):
    """A card of the Settings page. Only the folder of recordings, which become large, can be changed."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("StorageCard", "Storage"))
        self._recordings = _path_label(self._sessions_folder())
        self.add(
            self.tr("Recordings"),
            self._recordings,
            button(self.tr("Change"), on_click=self._choose_folder),
            button(self.tr("Open"), on_click=lambda: self._open_folder(self._sessions_folder())),
        )
        for name, folder in (
            (self.tr("Library"), paths.library_file().with_suffix("")),
            (self.tr("Models"), paths.models_folder()),
            (self.tr("Other files"), paths.data_folder()),
        ):
            open_it = button(self.tr("Open"), on_click=partial(self._open_folder, folder))
            self.add(name, _path_label(folder), open_it)

    def _sessions_folder(self) -> Path:
        chosen = self.context.settings.sessions_folder
        return Path(chosen) if chosen else paths.sessions_folder()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Recordings folder"), str(self._sessions_folder())
        )
        if chosen:
            default = Path(chosen) == paths.sessions_folder()
            self.context.change_settings(sessions_folder="" if default else chosen)
            _show_path(self._recordings, self._sessions_folder())

    def _open_folder(self, folder: Path) -> None:
        try:
            make_folder(folder)
        except OSError as error:
            sentence = self.tr("{folder} cannot be created ({reason}).").format(
                folder=folder, reason=said_reason(error)
            )
            self.context.show_message.emit(sentence, "error", "")
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _path_label(path: Path) -> QLabel:
    made = QLabel()
    # A long path must not make the card wider than a small window.
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    _show_path(made, path)
    return made


def _show_path(text: QLabel, path: Path) -> None:
    """Show a path that can wrap at its separators."""
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setProperty("role", "muted")
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setText(str(path).replace("/", "/\u200b"))
    text.setAccessibleName(str(path))
