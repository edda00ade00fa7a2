"""Settings: few and plain; the rest behind a switch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from asr_desktop import paths
from asr_desktop.gui import translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE, theme
from asr_desktop.gui.widgets.choice_box import WIDEST_PIXELS, DeviceBox, ModelBox, language_name
from asr_desktop.gui.widgets.key_table import KeyTable
from asr_desktop.gui.widgets.parts import Card, button, label, page_layout

WIDTH_PIXELS = 760
LABEL_PIXELS = 180
NUMBER_PIXELS = 160
SHORTEST_CHARACTERS = 14


class SettingsPage(QWidget):
    """Every change holds at once; there is nothing to confirm."""

    title = "Settings"
    icon_name = "settings"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        outer = page_layout(self, self.tr("Settings"), self.tr("Every change holds at once."))
        inner = QWidget()
        inner.setMaximumWidth(WIDTH_PIXELS)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, SPACE, 0)
        self._column.setSpacing(2 * SPACE)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(area, 1)
        self._add_window()
        self._add_sound()
        self._add_captions()
        self._add_keys()
        self._add_storage()
        self._add_network()
        self._add_advanced()
        self._column.addStretch(1)

    # The cards

    def _add_window(self) -> None:
        form = self._card(self.tr("Window"))
        looks = [
            (self.tr("As the system has it"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ]
        self.theme_box = self._choice(form, self.tr("Appearance"), looks, "theme")
        self.theme_box.currentIndexChanged.connect(lambda _: theme.apply(self.context.settings.theme))
        languages = [(self.tr("As the system has it"), "")]
        languages += [(language_name(code), code) for code in translations.LANGUAGES]
        self.language_box = self._choice(
            form, self.tr("Language of the window"), languages, "language", self._language_chosen
        )
        self.tray_box = self._switch(
            form, self.tr("Stay in the tray when the window is closed"), "keep_in_tray"
        )

    def _add_sound(self) -> None:
        form = self._card(self.tr("Speech"))
        form.add(self.tr("Microphone"), DeviceBox(self.context))
        form.add(self.tr("Language and model"), ModelBox(self.context))

    def _add_captions(self) -> None:
        form = self._card(self.tr("Captions over other windows"))
        self._number(form, self.tr("Size of the text"), "overlay_font_points", 12, 72, self.tr(" pt"))
        self._number(form, self.tr("Lines"), "overlay_lines", 1, 6)
        self._colour(form, self.tr("Text"), "overlay_text_colour")
        self._colour(form, self.tr("Background"), "overlay_background_colour")
        self._percent(form, self.tr("Opacity of the background"), "overlay_opacity")
        self._switch(form, self.tr("Let clicks through to the window below"), "overlay_click_through")

    def _add_keys(self) -> None:
        card = Card(self.tr("Keys"))
        card.body.addWidget(
            label(
                self.tr(
                    "Click a key and press another one; foot pedals send keys too. Backspace removes it."
                ),
                "muted",
                wrap=True,
            )
        )
        self.keys = KeyTable(self.context)
        card.body.addWidget(self.keys)
        self._column.addWidget(card)

    def _add_storage(self) -> None:
        form = self._card(self.tr("Where things are kept"))
        self._folder_label = QLabel()
        self._show_folder()
        form.add(
            self.tr("Recordings"),
            self._folder_label,
            button(self.tr("Change"), on_click=self._choose_folder),
            button(self.tr("Open"), on_click=lambda: self._open_folder(self._sessions_folder())),
        )
        for name, folder in (
            (self.tr("Library"), paths.library_file().with_suffix("")),
            (self.tr("Models"), paths.models_folder()),
            (self.tr("Everything else"), paths.data_folder()),
        ):
            open_it = button(self.tr("Open"), on_click=lambda folder=folder: self._open_folder(folder))  # type: ignore[misc]
            form.add(name, _path_label(folder), open_it)

    def _add_network(self) -> None:
        card = Card(self.tr("Network"))
        card.body.addWidget(
            label(
                self.tr(
                    "What you say and what you write stays on this computer. The network is used for one "
                    "thing only: to download a model, when you ask for it on the Models page."
                ),
                wrap=True,
            )
        )
        self._column.addWidget(card)

    def _add_advanced(self) -> None:
        self.advanced_switch = QCheckBox(self.tr("Show advanced settings"))
        self.advanced_switch.setChecked(self.context.settings.show_advanced)
        self._column.addWidget(self.advanced_switch)
        form = self._card(self.tr("Recognition"))
        self.advanced = form.card
        decoders = [
            (self.tr("Weigh whole sentences (better)"), "beam"),
            (self.tr("Letter by letter (faster)"), "greedy"),
        ]
        self._choice(form, self.tr("How text is found"), decoders, "decoder")
        texts = [(self.tr("The model's own"), ""), (self.tr("None"), "none")]
        chosen = self.context.settings.language_model
        if chosen not in ("", "none"):
            texts.append((chosen, chosen))
        self._choice(form, self.tr("Knowledge of the language"), texts, "language_model")
        pause = self._number(
            form, self.tr("A pause that ends a sentence"), "hangover_ms", 200, 3000, self.tr(" ms"), step=50
        )
        pause.valueChanged.connect(lambda value: self.context.live.set_hangover(float(value)))
        self._percent(form, self.tr("How clear a voice has to be"), "voice_threshold")
        threads = self._number(form, self.tr("Processor threads"), "threads", 0, 64)
        threads.setSpecialValueText(self.tr("One a core"))
        self.advanced.setVisible(self.advanced_switch.isChecked())
        self.advanced_switch.toggled.connect(self.advanced.setVisible)
        self.advanced_switch.toggled.connect(lambda on: self.context.change_settings(show_advanced=on))

    # What the cards are made of

    def _card(self, heading: str) -> _Form:
        form = _Form(heading)
        self._column.addWidget(form.card)
        return form

    def _choice(
        self,
        form: _Form,
        name: str,
        entries: list[tuple[str, str]],
        setting: str,
        chosen: Callable[[], object] | None = None,
    ) -> QComboBox:
        box = QComboBox()
        box.setMaximumWidth(WIDEST_PIXELS)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(SHORTEST_CHARACTERS)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._let_pages_scroll(box)
        for text, value in entries:
            box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(getattr(self.context.settings, setting))))

        def store(index: int) -> None:
            self.context.change_settings(**{setting: box.itemData(index)})
            if chosen is not None:
                chosen()

        box.currentIndexChanged.connect(store)
        form.add(name, box)
        return box

    def _switch(self, form: _Form, name: str, setting: str) -> QCheckBox:
        box = QCheckBox(name)
        box.setChecked(getattr(self.context.settings, setting))
        box.toggled.connect(lambda on: self.context.change_settings(**{setting: on}))
        self.context.settings_changed.connect(lambda: box.setChecked(getattr(self.context.settings, setting)))
        form.add("", box)
        return box

    def _number(
        self, form: _Form, name: str, setting: str, least: int, most: int, unit: str = "", step: int = 1
    ) -> QSpinBox:
        box = QSpinBox()
        self._let_pages_scroll(box)
        box.setRange(least, most)
        box.setSingleStep(step)
        box.setSuffix(unit)
        stored = getattr(self.context.settings, setting)
        box.setValue(round(stored))
        box.valueChanged.connect(lambda value: self.context.change_settings(**{setting: type(stored)(value)}))
        self.context.settings_changed.connect(
            lambda: box.setValue(round(getattr(self.context.settings, setting)))
        )
        box.setMaximumWidth(NUMBER_PIXELS)
        box.lineEdit().setTextMargins(SPACE, 0, 0, 0)
        form.add(name, box)
        return box

    def _percent(self, form: _Form, name: str, setting: str) -> None:
        box = QDoubleSpinBox()
        self._let_pages_scroll(box)
        box.setDecimals(0)
        box.setRange(5, 100)
        box.setSingleStep(5)
        box.setSuffix(" %")
        box.setValue(100 * getattr(self.context.settings, setting))
        box.setMaximumWidth(NUMBER_PIXELS)
        box.lineEdit().setTextMargins(SPACE, 0, 0, 0)
        box.valueChanged.connect(lambda value: self.context.change_settings(**{setting: value / 100}))
        form.add(name, box)

    def _colour(self, form: _Form, name: str, setting: str) -> None:
        choose = button(self.tr("Choose"))
        choose.setIconSize(QSize(24, 18))
        choose.setMaximumWidth(NUMBER_PIXELS)

        def show() -> None:
            choose.setIcon(_swatch(getattr(self.context.settings, setting)))

        def ask() -> None:
            former = QColor(getattr(self.context.settings, setting))
            colour = QColorDialog.getColor(former, self, name)
            if colour.isValid():
                self.context.change_settings(**{setting: colour.name()})
                show()

        show()
        choose.clicked.connect(lambda _checked=False: ask())
        form.add(name, choose)

    def _let_pages_scroll(self, box: QWidget) -> None:
        """Scrolling the page must not change what is chosen where the pointer happens to be."""
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # What is chosen

    def _language_chosen(self) -> None:
        self.context.offer.emit(
            self.tr("The window speaks the other language when the program is started again."),
            self.tr("Start it again now"),
            self.context.restart.emit,
        )

    def _sessions_folder(self) -> Path:
        chosen = self.context.settings.sessions_folder
        return Path(chosen) if chosen else paths.sessions_folder()

    def _show_folder(self) -> None:
        _show_path(self._folder_label, self._sessions_folder())

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Where recordings are kept"), str(self._sessions_folder())
        )
        if chosen:
            default = Path(chosen) == paths.sessions_folder()
            self.context.change_settings(sessions_folder="" if default else chosen)
            self._show_folder()

    def _open_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = self.tr("{folder} cannot be made ({reason}).").format(
                folder=folder, reason=error.strerror
            )
            self.context.show_message.emit(sentence, "error", "")
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class _Form:
    """A card with names on the left and what is chosen on the right."""

    def __init__(self, heading: str) -> None:
        self.card = Card(heading)
        self._grid = QGridLayout()
        self._grid.setColumnMinimumWidth(0, LABEL_PIXELS)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE + SPACE // 2)
        self.card.body.addLayout(self._grid)

    def add(self, name: str, widget: QWidget, *buttons: QPushButton) -> None:
        row = self._grid.rowCount()
        if name:
            text = label(name)
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


def _path_label(path: Path) -> QLabel:
    made = QLabel()
    _show_path(made, path)
    return made


def _show_path(text: QLabel, path: Path) -> None:
    """A long path wraps where it can."""
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setProperty("role", "muted")
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setText(str(path).replace("/", "/\u200b"))
    text.setAccessibleName(str(path))


def _swatch(colour: str) -> QIcon:
    """The colour in a frame: it may be that of the button itself."""
    picture = QPixmap(48, 36)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.fillRect(0, 0, 36, 36, QColor(theme.tokens.outline))
    painter.fillRect(2, 2, 32, 32, QColor(colour))
    painter.end()
    return QIcon(picture)
