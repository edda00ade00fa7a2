"""What an empty list of files looks like: a place to drop some, and two buttons for those who do not drag."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from asr_desktop.gui.theme import RADIUS, SPACE, icon, theme
from asr_desktop.gui.widgets.parts import button, label, row

_ICON_PIXELS = 48
_HINT_PIXELS = 400


class DropArea(QWidget):
    """It only invites: the page takes what is dropped, here and everywhere else on it."""

    choose_files = Signal()
    choose_folder = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_inviting = False
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sign.setAccessibleName("")
        heading = label(self.tr("Drop audio or video files here"), "heading")
        hint = label(
            self.tr(
                "Or whole folders. Each file becomes a transcript in the Library with word timestamps, "
                "plus the documents or subtitles you choose. Nothing leaves this computer."
            ),
            "muted",
            wrap=True,
        )
        for words in (heading, hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        hint.setFixedWidth(_HINT_PIXELS)
        self.files_button = button(
            self.tr("Choose files"), "plus", kind="primary", on_click=self.choose_files.emit
        )
        self.folder_button = button(self.tr("Choose a folder"), "folder", on_click=self.choose_folder.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        column.addWidget(self._sign)
        column.addWidget(heading)
        # An aligned widget gets the height of its hint, not of its text at this width.
        column.addLayout(row(None, hint, None))
        column.addLayout(row(None, self.files_button, self.folder_button, None))
        column.addStretch(1)
        theme.changed.connect(self._draw_sign)
        self._draw_sign()

    def set_inviting(self, is_inviting: bool) -> None:
        """While something that could be dropped is over the page."""
        self._is_inviting = is_inviting
        self.update()

    def _draw_sign(self) -> None:
        size = QSize(_ICON_PIXELS, _ICON_PIXELS)
        self._sign.setPixmap(icon("drop", lambda look: look.accent).pixmap(size, self.devicePixelRatio()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = look.accent if self._is_inviting else look.outline
        painter.setPen(QPen(QColor(colour), 2 if self._is_inviting else 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(look.accent_soft if self._is_inviting else look.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
