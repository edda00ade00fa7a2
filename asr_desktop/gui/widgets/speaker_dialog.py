"""The dialog to name a speaker: a known or new name, and which segments get it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QRadioButton, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said_speaker
from asr_desktop.gui.widgets.parts import button, label, row


class Reach(Enum):
    """Which segments get the name."""

    EVERYWHERE = "everywhere"
    """All segments of the former speaker: a new name, or merging two speakers."""
    TURN = "turn"
    """From the segment to the next one of another speaker."""
    SEGMENT = "segment"


class SpeakerDialog(QDialog):
    """Emits `named(name, reach)`; the name is "" for no speaker.

    former: the current speaker, with `count` segments. names: all speakers. play: plays the segment. whole:
    the dialog is about the speaker, not a segment.
    """

    named = Signal(str, Reach)

    def __init__(
        self,
        former: str | None,
        names: Sequence[str],
        *,
        count: int = 0,
        whole: bool = False,
        play: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Speaker"))
        self.setMinimumWidth(400)
        self._former = former
        self._is_answered = False
        self._names = {said_speaker(name): name for name in names}
        shown = said_speaker(former or "")
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # "Ann" must not be completed to "Anna", which would merge two people.
        self.name.setCompleter(None)  # type: ignore[arg-type]
        self.name.setAccessibleName(self.tr("Name"))
        self.name.addItems(list(dict.fromkeys([shown, *self._names])))
        self.name.setCurrentIndex(0)
        self.everywhere = QRadioButton(self.tr("Everything that {name} says ({count})"))
        self.everywhere.setText(self.everywhere.text().format(name=shown, count=count))
        self.turn = QRadioButton(self.tr("Up to the next segment by someone else"))
        self.segment = QRadioButton(self.tr("Only this segment"))
        self.everywhere.setHidden(former is None)
        (self.turn if former is None else self.everywhere).setChecked(True)
        self.hint = label("", "muted", wrap=True)
        self.hint.setMinimumHeight(2 * self.hint.fontMetrics().lineSpacing())  # reserved for its text
        self.agree_button = button(self.tr("Name"), kind="primary", on_click=self._agree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + SPACE // 2)
        heading = self.tr("Who is {name}?").format(name=shown) if whole else self.tr("Who is speaking?")
        layout.addWidget(label(heading, "heading"))
        layout.addWidget(self.name)
        reaches = QVBoxLayout()
        reaches.setSpacing(0)
        for choice in (self.everywhere, self.turn, self.segment):
            reaches.addWidget(choice)
            choice.toggled.connect(lambda _on: self._say_what_happens())
            if whole:
                choice.hide()
        layout.addLayout(reaches)
        layout.addWidget(self.hint)
        cancel = button(self.tr("Cancel"), on_click=self.reject)
        self.play_button = button(self.tr("Listen"), "play", on_click=play)
        self.play_button.setHidden(play is None)
        for made in (cancel, self.agree_button, self.play_button):
            made.setAutoDefault(False)  # Return accepts the name
        layout.addLayout(row(self.play_button, None, cancel, self.agree_button))
        editor = self.name.lineEdit()
        assert editor is not None
        editor.returnPressed.connect(self._agree)
        editor.textChanged.connect(lambda _text: self._say_what_happens())
        editor.selectAll()
        self.name.setFocus()
        self._say_what_happens()

    @property
    def reach(self) -> Reach:
        """Which segments get the name."""
        if self.everywhere.isChecked():
            return Reach.EVERYWHERE
        return Reach.TURN if self.turn.isChecked() else Reach.SEGMENT

    def _chosen(self) -> str:
        typed = " ".join(self.name.currentText().split())
        return self._names.get(typed, typed)

    def _say_what_happens(self) -> None:
        chosen = self._chosen()
        merges = self.reach is Reach.EVERYWHERE and chosen != self._former and chosen in self._names.values()
        self.agree_button.setText(self.tr("Merge") if merges else self.tr("Name"))
        hint = self.tr("{one} and {other} become one speaker. You can undo this.")
        hint = hint.format(one=said_speaker(self._former or ""), other=said_speaker(chosen)) if merges else ""
        self.hint.setText(hint)

    def _agree(self) -> None:
        if not self._is_answered:
            self._is_answered = True
            self.named.emit(self._chosen(), self.reach)
            self.accept()
