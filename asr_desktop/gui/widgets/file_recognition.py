"""What listens to the files at hand: a model of their own language, and names that are said in them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import HOTWORDS, MODEL, SPEAKERS, speaker_count
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.choice_box import ModelBox
from asr_desktop.gui.widgets.hotword_box import HotwordBox
from asr_desktop.gui.widgets.parts import Card, ComboBox, label

HOTWORD_LINES = 3
MOST_SPEAKERS_OFFERED = 10
"""To be chosen from; for more, or for a range, there is the command line."""


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
        heading = label(self.tr("Speakers"), "heading")
        self.speakers = FileSpeakersBox(context)
        heading.setBuddy(self.speakers)
        card.body.addWidget(heading)
        card.body.addWidget(self.speakers)
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


class FileSpeakersBox(ComboBox):
    """Whether speakers are told apart, and how many there are."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Speakers"))
        self.setToolTip(self.tr("Each segment then carries a name, which you can change in the Editor"))
        self.addItem(self.tr("Do not distinguish"), "")
        self.addItem(self.tr("Find automatically"), "auto")
        for count in range(2, MOST_SPEAKERS_OFFERED + 1):
            self.addItem(self.tr("{count} speakers").format(count=count), str(count))
        stored = str(context.recall(SPEAKERS, ""))
        if self.findData(stored) < 0 and speaker_count(stored) is not None:
            self.addItem(stored, stored)  # a range, by hand
        self.setCurrentIndex(max(0, self.findData(stored)))
        self.activated.connect(lambda _: context.remember(SPEAKERS, self.currentData()))


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
