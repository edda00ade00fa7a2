"""What comes after a recording: it is kept already; it can be named, opened, or thrown away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.live_controller import RECORDING
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.caption_view import clock
from asr_desktop.gui.widgets.parts import button, label


class LiveEnd(QFrame):
    """A bar for one entry of the library; `done` when the user has decided."""

    done = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._entry_id = 0
        self._seconds = 0.0
        self.setProperty("role", "message")
        self.setProperty("kind", "info")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        self._sentence = label("", wrap=False)
        layout.addWidget(self._sentence)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Name it"))
        self.name.setAccessibleName(self.tr("Name of the recording"))
        self.name.returnPressed.connect(self.keep)
        layout.addWidget(self.name, 1)
        self.discard_button = button(
            self.tr("Discard"),
            "trash",
            kind="flat",
            tip=self.tr("Move it to the bin; you can restore it from there"),
            on_click=self.discard,
        )
        self.open_button = button(
            self.tr("Edit"), "editor", tip=self.tr("Open in Editor"), on_click=self.open
        )
        self.keep_button = button(
            self.tr("Keep"),
            "check",
            kind="primary",
            tip=self.tr("Keep it in the Library"),
            on_click=self.keep,
        )
        for part in (self.discard_button, self.open_button, self.keep_button):
            layout.addWidget(part)
        self.hide()

    def ask(self, entry_id: int, seconds: float) -> None:
        """For the recording that has just ended."""
        self._entry_id, self._seconds = entry_id, seconds
        self._sentence.setText(self.tr("{length} recorded.").format(length=clock(seconds)))
        self.name.clear()
        self.show()
        if self.isVisible():  # whoever stopped it from another page is busy there
            self.keep_button.setFocus()

    def take_over(self, former: LiveEnd) -> None:
        """What another one asks."""
        if former._entry_id:
            self.ask(former._entry_id, former._seconds)
            self.name.setText(former.name.text())

    def give_way(self, is_narrow: bool) -> None:
        """In a narrow window there is room for the name where the button has no words."""
        self.discard_button.setText("" if is_narrow else self.discard_button.accessibleName())
        self._sentence.setVisible(not is_narrow)

    def settle(self) -> None:
        """Keep it, if there is something to decide: another recording begins, or the window closes."""
        if self._entry_id:
            self.keep()

    def keep(self) -> None:
        name, entry_id = self.name.text().strip(), self._entry_id
        if name:
            self.context.run(self.context.library.rename, entry_id, name).on_success(self._library_changed)
        self._close()

    def discard(self) -> None:
        entry_id = self._entry_id
        self.context.run(self.context.library.delete, entry_id).on_success(
            lambda _: self._discarded(entry_id)
        )
        self._close()

    def open(self) -> None:
        entry_id = self._entry_id
        self.keep()
        self.context.open_transcript.emit(entry_id, 0.0)

    def _discarded(self, entry_id: int) -> None:
        self._library_changed()

        def restore() -> None:
            self.context.run(self.context.library.restore, entry_id).on_success(self._library_changed)

        self.context.notify.emit(
            Notice(
                self.tr("The recording was moved to the bin."),
                about=RECORDING,
                button=self.tr("Undo"),
                action=restore,
            )
        )

    def _library_changed(self, _: object = None) -> None:
        self.context.library_changed.emit()

    def _close(self) -> None:
        self._entry_id = 0
        focused, page = self.window().focusWidget(), self.parentWidget()
        if page is not None and focused is not None and self.isAncestorOf(focused):
            page.setFocus()  # not to whatever comes next
        self.hide()
        self.done.emit()
