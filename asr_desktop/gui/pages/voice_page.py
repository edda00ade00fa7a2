"""Voice: read sentences aloud, review the material, teach the model, and train it on the user's texts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QTabWidget, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages import Page
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.voice_reading import ReadingState, VoiceReading
from asr_desktop.gui.voice_training import VoiceTraining
from asr_desktop.gui.widgets.parts import button, closing_question, is_agreed, label, page_layout, row
from asr_desktop.gui.widgets.read_aloud import ReadAloud
from asr_desktop.gui.widgets.voice_material import VoiceMaterial
from asr_desktop.gui.widgets.voice_teaching import VoiceTeaching
from asr_desktop.gui.widgets.voice_texts import VoiceTexts


class VoicePage(Page):
    """Three tabs in the order of use, and one for texts, which needs no voice."""

    title = "Voice"
    icon_name = "voice"

    def __init__(
        self,
        context: AppContext,
        parent: QWidget | None = None,
        *,
        training: VoiceTraining | None = None,
        learning: VoiceTraining | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.reading = VoiceReading(context, self)
        self.training = training or context.teaching
        self._closes_when_stopped = False
        outer = page_layout(
            self,
            self.tr("Voice"),
            self.tr("Teach the model how you speak. Everything stays on this computer."),
        )
        self.read_aloud = ReadAloud(context, self.reading)
        self.material = VoiceMaterial(context)
        self.teaching = VoiceTeaching(context, self.training)
        self.texts = VoiceTexts(context, learning or context.text_learning)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Steps"))
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(False)  # four short names always fit; the buttons have no label
        for widget, name in (
            (self.read_aloud, self.tr("1  Read aloud")),
            (self.material, self.tr("2  Your speech")),
            (self.teaching, self.tr("3  Teach")),
            (self.texts, self.tr("Your texts")),
        ):
            layout = widget.layout()
            assert layout is not None
            layout.setContentsMargins(0, 2 * SPACE, 0, 0)
            self.tabs.addTab(widget, name)
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tabs.tabBar().setAccessibleName(self.tr("Steps"))
        outer.addWidget(self.tabs, 1)
        hint = label(
            self.tr("Single names and phrases need no training: type them on the Live page."),
            "small",
            wrap=True,
        )
        go = button(self.tr("Go to Live"), kind="quiet", on_click=lambda: context.show_page.emit("live"))
        line = row(hint, go)
        line.setStretch(0, 1)
        outer.addLayout(line)
        self.training.ended.connect(self._close_if_wished)
        self.training.failed.connect(self._close_if_wished)

    def entered(self) -> None:
        """Focus the main button, so that its key works at once."""
        if self.tabs.currentWidget() is self.read_aloud:
            self.read_aloud.record_button.setFocus()

    def can_close(self) -> bool:
        """Asks while a training is running; the window closes as soon as the result so far is stored."""
        if self.training.is_idle():
            return True
        if not self._closes_when_stopped and not is_agreed(self.closing_question()):
            return False
        if self.training.is_idle():
            return True  # the training ended while the question was open
        self._closes_when_stopped = True
        self.training.stop()
        return False

    def closing_question(self) -> QMessageBox:
        """The question asked while a training is running; its first button pauses the training."""
        return closing_question(
            self,
            title=self.tr("Training in progress"),
            question=self.tr("Pause the training and close?"),
            consequence=self.tr("Progress is kept; Start continues from there next time."),
            close=self.tr("Pause and close"),
            stay=self.tr("Continue training"),
        )

    def is_busy(self) -> bool:
        """Whether a sentence is being recorded that would be lost; trainings continue without the page."""
        return self.reading.state in (ReadingState.OPENING, ReadingState.READING, ReadingState.CHECKING)

    def take_over(self, former: VoicePage) -> None:
        """Select the tab of the former page."""
        former.reading.close()
        self.tabs.setCurrentIndex(former.tabs.currentIndex())

    def _close_if_wished(self, *_how_it_ended: object) -> None:
        if self._closes_when_stopped:
            self._closes_when_stopped = False
            self.window().close()
