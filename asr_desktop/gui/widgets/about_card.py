"""About the program: version, age, and the licences of its components."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontDatabase, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from asr_desktop import __version__
from asr_desktop.base.installation import release_day, update_hint
from asr_desktop.base.licences import AS_A_WHOLE, Component, components
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import Card, ListWidget, button, label, row

_LIST_PIXELS = 260
_DIALOG_PIXELS = (1060, 640)
"""Wide enough for licence texts, which have lines of 80 characters."""


class AboutCard(Card):
    """The version, a hint if it is old, and a button for the licences."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context = context
        self.body.addWidget(label(self.tr("About ASR Desktop"), "heading"))
        day = QLocale().toString(release_day(), QLocale.FormatType.LongFormat)  # type: ignore[call-overload]
        self.version = label(
            self.tr("Version {version}, {day}").format(version=__version__, day=day), "muted", wrap=True
        )
        self.hint = label("", wrap=True)
        for part in (self.version, self.hint):
            self.body.addWidget(part)
        self.licences_button = button(self.tr("Licenses…"), "info", on_click=self.show_licences)
        self.body.addLayout(row(self.licences_button, None))

    def showEvent(self, event: QShowEvent) -> None:
        """Check the age at each showing: the window may stay open for days."""
        super().showEvent(event)
        hint = update_hint()
        self.hint.setText("" if hint is None else said(hint))
        self.hint.setVisible(hint is not None)

    def show_licences(self) -> LicencesDialog:
        dialog = LicencesDialog(self._context, self.window())
        dialog.open()
        return dialog


class LicencesDialog(QDialog):
    """All components on the left, the notices of the selected one on the right."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Licenses"))
        self.resize(*_DIALOG_PIXELS)
        self._parts: list[Component] = []
        self.list = ListWidget()
        self.list.setAccessibleName(self.tr("Parts of the program"))
        self.list.setFixedWidth(_LIST_PIXELS)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show)
        self.licence = label("", "group", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("License text"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        right.addWidget(self.licence)
        right.addWidget(self.text, 1)
        both = QHBoxLayout()
        both.setSpacing(2 * SPACE)
        both.addWidget(self.list)
        both.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(label(said(AS_A_WHOLE), "muted", wrap=True))
        layout.addLayout(both, 1)
        layout.addLayout(row(None, button(self.tr("Close"), on_click=self.close)))
        # In the background, because it reads more than a hundred files.
        context.run(components).on_success(self._fill).on_failure(self._failed)

    def _fill(self, parts: list[Component]) -> None:
        self._parts = parts
        self.list.addItems([f"{part.name} {part.version}".rstrip() for part in parts])
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _failed(self, failure: Failure) -> None:
        self.licence.setText(failure.sentence)

    def _show(self, place: int) -> None:
        if 0 <= place < len(self._parts):
            part = self._parts[place]
            self.licence.setText(part.licence)
            self.text.setPlainText(part.text)
