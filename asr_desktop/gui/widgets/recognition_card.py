"""How sentences are found and text is made of them: the settings that few people need."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.widgets.settings_form import SettingsForm


class RecognitionCard(SettingsForm):
    """On the Settings page, behind a switch."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("RecognitionCard", "Recognition"))
        decoders = [
            (self.tr("Beam search (more accurate)"), "beam"),
            (self.tr("Greedy, letter by letter (faster)"), "greedy"),
        ]
        self.choice(self.tr("Decoding"), decoders, "decoder")
        texts = [(self.tr("From the model"), ""), (self.tr("None"), "none")]
        chosen = context.settings.language_model
        if chosen not in ("", "none"):
            texts.append((chosen, chosen))
        self.choice(self.tr("Language model"), texts, "language_model")
        pause = self.number(
            self.tr("Pause that ends a sentence"), "hangover_ms", 200, 3000, self.tr(" ms"), step=50
        )
        pause.valueChanged.connect(lambda value: context.live.set_hangover(float(value)))
        self.percent(self.tr("Voice detection threshold"), "voice_threshold")
        threads = self.number(self.tr("Processor threads"), "threads", 0, 64)
        threads.setSpecialValueText(self.tr("One per core"))
