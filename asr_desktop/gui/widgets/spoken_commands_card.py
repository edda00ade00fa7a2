"""Every spoken command and what it does, on the Help page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout

from asr_desktop.dictation.spoken_commands import BUILT_IN, Act, Command
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.parts import Card, label


class SpokenCommandsCard(Card):
    """One group a language: which holds is the model's business, not the window's."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("SpokenCommandsCard", "Spoken commands"))
        hint = label(
            self.tr(
                "Say a command on its own, with a pause before and after it. In the middle of a sentence "
                "its words stay text. Add your own commands in the settings."
            ),
            "muted",
            wrap=True,
        )
        self.body.addWidget(hint)
        grid = QGridLayout()
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        for language, commands in BUILT_IN.items():
            place = grid.rowCount()
            grid.setRowMinimumHeight(place, SPACE if place > 1 else 0)
            grid.addWidget(label(language_name(language), "group"), place + 1, 0, 1, 2)
            for row, command in enumerate(commands, start=place + 2):
                phrases = label(", ".join(self._phrases(command)), "muted", wrap=True)
                effect = label(self._effect(command), wrap=True)
                phrases.setBuddy(effect)
                grid.addWidget(phrases, row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(effect, row, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(grid)

    def _phrases(self, command: Command) -> list[str]:
        end = " …" if command.act is Act.CAPITALS else ""
        return [f"“{phrase}{end}”" for phrase in command.phrases]

    def _effect(self, command: Command) -> str:
        match command.act:
            case Act.TEXT:
                texts = {"\n": self.tr("New line"), "\n\n": self.tr("New paragraph")}
                return texts.get(command.text, command.text)
            case Act.KEY:
                return self.tr("Press {key}").format(key=command.text)
            case Act.SCRATCH:
                return self.tr("Delete what was inserted last")
            case Act.UNDO:
                return self.tr("Undo")
            case Act.SELECT:
                return self.tr("Select what was inserted last")
            case Act.STOP:
                return self.tr("Stop dictation")
            case _:
                return self.tr("Write the words that follow in capitals")
