"""What listens to the files at hand: a model of their own language, and names that are said in them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import HOTWORDS, MODEL
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.choice_box import ModelBox
from asr_desktop.gui.widgets.hotword_box import HotwordBox
from asr_desktop.gui.widgets.parts import Card, label

HOTWORD_LINES = 3


class FileRecognition(QWidget):
    """Two cards. Both hold for files that still wait, and until something else is chosen."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        card = Card()
        heading = label(self.tr("Language and model"), "heading")
        self.model = FileModelBox(context)
        heading.setBuddy(self.model)
        card.body.addWidget(heading)
        card.body.addWidget(self.model)
        self.hotwords = FileHotwords(context)
        column.addWidget(card)
        column.addWidget(self.hotwords)


class FileModelBox(ModelBox):
    """The model of the Live page unless another one is chosen for files."""

    def chosen(self) -> str:
        return self.context.recall(MODEL, "")

    def choose(self, name: str) -> None:
        self.context.remember(MODEL, name)

    def first(self) -> list[tuple[str, str]]:
        model = self.text_of(self.context.settings.model)
        return [(self.tr("Same as Live ({model})").format(model=model), "")]


class FileHotwords(HotwordBox):
    """Beside those of the Live page, which are listened for in files as well."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.hint.setText(self.tr("One per line, for these files. Those on the Live page apply here too."))
        lines = HOTWORD_LINES * self.editor.fontMetrics().lineSpacing()
        self.editor.setFixedHeight(lines + 4 * SPACE)

    def stored(self) -> tuple[str, ...]:
        return tuple(str(word) for word in self.context.recall(HOTWORDS, []))

    def store(self, words: tuple[str, ...]) -> None:
        self.context.remember(HOTWORDS, list(words))
