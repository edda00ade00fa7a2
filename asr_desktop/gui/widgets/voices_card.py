"""The stored voices on the Settings page, each with a button to forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from asr_desktop.base.clock import clock
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import Card, ElidedLabel, button, icon_button, label, row

if TYPE_CHECKING:
    from asr_desktop.speakers.voices import RememberedVoice


def _voices() -> tuple[RememberedVoice, ...]:
    from asr_desktop.speakers.voices import VoiceStore  # imports numpy, which the window starts without

    return VoiceStore().voices()


def _forget(name: str | None) -> None:
    """Delete a voice; None: all voices, even if the file cannot be read."""
    from asr_desktop.speakers.voices import VoiceStore

    if name is None:
        VoiceStore().forget_all()
    else:
        VoiceStore().forget(name)


class VoicesCard(Card):
    """Names with the length of their speech; deleting is permanent."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("VoicesCard", "Remembered voices"), parent)
        self._context = context
        self.hint = label("", "muted", wrap=True)
        self.body.addWidget(self.hint)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.delete_all = button(self.tr("Delete all"), "trash", on_click=lambda: self._delete(None))
        self.body.addLayout(row(self.delete_all, None))
        self.delete_all.hide()
        context.voices_changed.connect(self.refresh)
        self._say_none()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Reload the stored voices."""
        self._context.run(_voices).on_success(self._show).on_failure(self._cannot_show)

    def _show(self, voices: tuple[RememberedVoice, ...]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        for voice in voices:
            self._list.addWidget(self._line(voice))
        self.delete_all.setVisible(len(voices) > 1)
        if voices:
            self.hint.setText(self.tr("Transcripts name these speakers automatically."))
        else:
            self._say_none()

    def _say_none(self) -> None:
        self.hint.setText(
            self.tr(
                "None. To have somebody recognised, name them in the Editor and choose “Remember this "
                "voice” in the list of speakers."
            )
        )

    def _line(self, voice: RememberedVoice) -> QWidget:
        heard = self.tr("{time} heard").format(time=clock(voice.heard_seconds))
        name = ElidedLabel(f"{voice.name} · {heard}")
        remove = icon_button(
            "trash",
            self.tr("Forget the voice of {name}").format(name=voice.name),
            on_click=lambda: self._delete(voice.name),
        )
        line = QWidget()
        parts = row(name, remove, spacing=SPACE)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setStretch(0, 1)
        line.setLayout(parts)
        return line

    def _delete(self, name: str | None) -> None:
        done = self._context.run(_forget, name)
        done.on_success(lambda _: self._context.voices_changed.emit()).on_failure(self._context.tell_failure)

    def _cannot_show(self, failure: Failure) -> None:
        """An unreadable file can still be deleted."""
        self.hint.setText(failure.sentence)
        self.delete_all.show()
