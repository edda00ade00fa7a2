"""How the window looks: its colours and measures, the style sheet made of them, and the icons.

Everything visible takes its colours from `tokens`, so light and dark are two sets of values and no more.
Text has a contrast of at least 4.5:1 against what it stands on; tests/gui/test_theme.py computes it.
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
"""The unit of all distances, in device-independent pixels: margins and gaps are multiples of it."""
RADIUS = 10
ICON_PIXELS = 20
UNSURE_BELOW = 0.6
DOUBTFUL_BELOW = 0.35


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one look, as #RRGGBB."""

    window: str
    """Behind everything."""
    sidebar: str
    card: str
    field: str
    """Where something is typed or chosen."""
    hover: str
    """Under the pointer; also the quiet background of chips and tracks."""
    border: str
    """Between things that need no more than a hint of one."""
    outline: str
    """Around what can be operated: 3:1 against the card."""
    text: str
    muted: str
    """For what is said in passing; still 4.5:1."""
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    """Behind the page that is shown and what is selected."""
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
"""Of light and dark: found by a search for colours that stay apart for people who do not see red, green or
blue (Machado, Oliveira and Fernandes 2009) and are read on every ground; see tests/gui/test_theme.py."""


def speaker_colour(number: int, dark: bool) -> str:
    """The colour of a transcript's speaker, counted from 0; from the seventh on they come again."""
    colours = SPEAKER_COLOURS[dark]
    return colours[number % len(colours)]


def tokens(dark: bool) -> Tokens:
    return DARK if dark else LIGHT


def confidence_colour(confidence: float, dark: bool) -> str:
    """The colour of a word that the recogniser is so sure of (0…1): plain, unsure or doubtful."""
    look = tokens(dark)
    if confidence < DOUBTFUL_BELOW:
        return look.doubtful
    return look.unsure if confidence < UNSURE_BELOW else look.text


class Theme(QObject):
    """The look of the whole program; `changed` tells whoever paints with colours of their own."""

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
        """Style the application: "light", "dark", or "system" for as the desktop has it, now and later."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if self._applied_to is not application:
            self._applied_to = application
            # Fusion draws the same on every system, and leaves to the style sheet what it does not name.
            application.setStyle("Fusion")
            QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._wanted = wanted
        self._dress(wanted == "dark" or (wanted == "system" and _is_system_dark()))

    def _system_changed(self) -> None:
        if self._wanted == "system" and _is_system_dark() != self._dark:
            self._dress(_is_system_dark())

    def _dress(self, dark: bool) -> None:
        self._dark = dark
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(_palette(self.tokens))
        application.setStyleSheet(style_sheet(dark))
        self.changed.emit()


theme = Theme()
"""The one look of this program."""


@cache
def style_sheet(dark: bool) -> str:
    """The style sheet with the look's colours in it."""
    folder = resources_folder() / "styles"
    template = Template((folder / "window.qss").read_text(encoding="utf-8"))
    pictures = (folder / ("dark" if dark else "light")).as_posix()
    return template.substitute(asdict(tokens(dark)), pictures=pictures, radius=RADIUS)


def icon(name: str, colour: Callable[[Tokens], str] | None = None) -> QIcon:
    """A drawing of resources/icons, sharp at every scale, in the colour of text or the one `colour` picks.

    It follows the look when that changes. Raises FileNotFoundError for a name that has no drawing.
    """
    return QIcon(_SvgIcon(_drawing(name), colour or (lambda look: look.text)))


@cache
def _drawing(name: str) -> str:
    return (resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


class _SvgIcon(QIconEngine):
    """Draws an SVG whose strokes are `currentColor`, when it is needed and as large as it is needed."""

    def __init__(self, drawing: str, colour: Callable[[Tokens], str]) -> None:
        super().__init__()
        self._drawing = drawing
        self._colour = colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        look = theme.tokens
        colour = look.outline if mode is QIcon.Mode.Disabled else self._colour(look)
        svg = self._drawing.replace("currentColor", colour)
        # Drawings are square; where there is more room, it is a gap before the words of a button.
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
    """For what the style sheet does not reach: selections, links, disabled text."""
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
