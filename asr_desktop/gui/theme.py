"""The look of the window: colours, sizes, the style sheet made of them, and the icons.

All colours come from `tokens`, so light and dark differ only in their values. Text has a contrast of at least
4.5:1 to its background; tests/gui/test_theme.py computes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from string import Template

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from asr_desktop.base.paths import resources_folder

SPACE = 8
"""Unit of all margins and gaps, in device-independent pixels."""
RADIUS = 10
ICON_PIXELS = 20
UNSURE_BELOW = 0.6
DOUBTFUL_BELOW = 0.35


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as #RRGGBB."""

    window: str
    """Background of the window."""
    sidebar: str
    card: str
    field: str
    """Background of input fields."""
    hover: str
    """Background under the pointer, and of chips and tracks."""
    border: str
    """Faint separators."""
    outline: str
    """Borders of controls; contrast 3:1 to the card."""
    text: str
    muted: str
    """Secondary text; contrast 4.5:1."""
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    """Background of the current page's button and of selections."""
    on_accent_soft: str
    recording: str
    recording_hover: str
    on_recording: str
    unsure: str
    doubtful: str
    good: str
    info_background: str
    warning_background: str
    error_background: str


LIGHT = Tokens(
    window="#F5F6F9",
    sidebar="#ECEEF3",
    card="#FFFFFF",
    field="#FFFFFF",
    hover="#E9ECF3",
    border="#DFE3EB",
    outline="#828A9C",
    text="#1B1F2A",
    muted="#555E70",
    accent="#3F51C8",
    accent_hover="#3443AC",
    on_accent="#FFFFFF",
    accent_soft="#DFE4FB",
    on_accent_soft="#26338F",
    recording="#C22F3D",
    recording_hover="#A62532",
    on_recording="#FFFFFF",
    unsure="#8A5600",
    doubtful="#B3261E",
    good="#1C7145",
    info_background="#E6EAFC",
    warning_background="#FBEFD7",
    error_background="#FBE4E4",
)

DARK = Tokens(
    window="#15171C",
    sidebar="#1A1D23",
    card="#1F232B",
    field="#272C36",
    hover="#2B313C",
    border="#323947",
    outline="#737D91",
    text="#E9EBF1",
    muted="#A7B0C0",
    accent="#9AA8FF",
    accent_hover="#B4BEFF",
    on_accent="#14182E",
    accent_soft="#2C3560",
    on_accent_soft="#D5DBFF",
    recording="#FF8A8F",
    recording_hover="#FFA5A8",
    on_recording="#33070B",
    unsure="#F2B95C",
    doubtful="#FF9489",
    good="#7AD7A4",
    info_background="#262E4E",
    warning_background="#3D311A",
    error_background="#44242A",
)


SPEAKER_COLOURS = {
    False: ("#3F51C8", "#C92A00", "#0E7948", "#C50293", "#5A1530", "#850EFF"),
    True: ("#9AA8FF", "#F98A1A", "#5CFFBC", "#E8F06A", "#D382AA", "#22B07A"),
}
"""For light and dark. Chosen by a search for colours that people with colour blindness can tell apart
(Machado, Oliveira and Fernandes 2009) and read on every background; see tests/gui/test_theme.py."""


def speaker_colour(number: int, dark: bool) -> str:
    """The colour of a speaker, counted from 0; colours repeat from the seventh on."""
    colours = SPEAKER_COLOURS[dark]
    return colours[number % len(colours)]


def tokens(dark: bool) -> Tokens:
    """The colours and sizes of the dark or the light look."""
    return DARK if dark else LIGHT


def confidence_colour(confidence: float, dark: bool) -> str:
    """The colour of a word with this confidence (0…1): plain, unsure or doubtful."""
    look = tokens(dark)
    if confidence < DOUBTFUL_BELOW:
        return look.doubtful
    return look.unsure if confidence < UNSURE_BELOW else look.text


class Theme(QObject):
    """The theme of the program; `changed` is for widgets that paint with its colours themselves."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wanted = "system"
        self._dark = False
        self._applied_to: QApplication | None = None

    @property
    def is_dark(self) -> bool:
        return self._dark

    @property
    def tokens(self) -> Tokens:
        return tokens(self._dark)

    def apply(self, wanted: str) -> None:
        """Style the application: "light", "dark", or "system" to follow the desktop."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if self._applied_to is not application:
            self._applied_to = application
            # Fusion looks the same on every system and works with partial style sheets.
            application.setStyle("Fusion")
            QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._wanted = wanted
        self._dress(wanted == "dark" or (wanted == "system" and _is_system_dark()))

    def _system_changed(self) -> None:
        if self._wanted == "system" and _is_system_dark() != self._dark:
            self._dress(_is_system_dark())

    def _dress(self, dark: bool) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._dark = dark
        sheet = style_sheet(dark)
        if application.styleSheet() == sheet:
            return  # Qt would style every widget anew all the same
        application.setPalette(_palette(self.tokens))
        application.setStyleSheet(sheet)
        self.changed.emit()


theme = Theme()
"""The theme of this program."""


@cache
def style_sheet(dark: bool) -> str:
    """The style sheet for the light or dark theme."""
    folder = resources_folder() / "styles"
    template = Template((folder / "window.qss").read_text(encoding="utf-8"))
    pictures = (folder / ("dark" if dark else "light")).as_posix()
    return template.substitute(asdict(tokens(dark)), pictures=pictures, radius=RADIUS)


def icon(name: str, colour: Callable[[Tokens], str] | None = None) -> QIcon:
    """An icon of resources/icons, sharp at every scale; coloured like text, or by `colour`.

    It follows the theme. Raises FileNotFoundError for an unknown name.
    """
    return QIcon(_SvgIcon(_drawing(name), colour or (lambda look: look.text)))


@cache
def _drawing(name: str) -> str:
    return (resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


class _SvgIcon(QIconEngine):
    """Renders an SVG with `currentColor` strokes on demand, at the requested size."""

    def __init__(self, drawing: str, colour: Callable[[Tokens], str]) -> None:
        super().__init__()
        self._drawing = drawing
        self._colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        look = theme.tokens
        colour = look.outline if mode is QIcon.Mode.Disabled else self._colour(look)
        svg = self._drawing.replace("currentColor", colour)
        # Icons are square; extra width is a gap before the button's text.
        side = min(rect.width(), rect.height())
        place = QRectF(rect.x(), rect.y() + (rect.height() - side) / 2, side, side)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, place)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _SvgIcon(self._drawing, self._colour)


def _is_system_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _palette(look: Tokens) -> QPalette:
    """Colours that the style sheet does not set: selections, links, disabled text."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: look.window,
        QPalette.ColorRole.WindowText: look.text,
        QPalette.ColorRole.Base: look.field,
        QPalette.ColorRole.AlternateBase: look.card,
        QPalette.ColorRole.Text: look.text,
        QPalette.ColorRole.PlaceholderText: look.muted,
        QPalette.ColorRole.Button: look.card,
        QPalette.ColorRole.ButtonText: look.text,
        QPalette.ColorRole.ToolTipBase: look.card,
        QPalette.ColorRole.ToolTipText: look.text,
        QPalette.ColorRole.Highlight: look.accent,
        QPalette.ColorRole.HighlightedText: look.on_accent,
        QPalette.ColorRole.Link: look.accent,
        QPalette.ColorRole.LinkVisited: look.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(look.outline))
    return palette
