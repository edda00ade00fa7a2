"""Live: speak, and see the text come."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.widgets.parts import page_layout


class LivePage(QWidget):
    """One large button; captions while you speak."""

    title = "Live"
    icon_name = "microphone"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        layout = page_layout(self, self.tr("Live"))
        layout.addStretch(1)
