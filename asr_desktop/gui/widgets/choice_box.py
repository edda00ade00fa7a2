"""Combo boxes for microphones and models, filled in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.widgets.parts import ComboBox

if TYPE_CHECKING:
    from asr_desktop.recognition.model_folder import ModelFolder

WIDEST_PIXELS = 420


class ChoiceBox(ComboBox):
    """A combo box of (text, value) entries; narrow, but shows long names in full when open."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(WIDEST_PIXELS)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def fill(self, entries: list[tuple[str, str]], chosen: str) -> None:
        """Set the entries as (text, value); emits no signal of a user's choice."""
        with QSignalBlocker(self):
            self.clear()
            for text, value in entries:
                self.addItem(text, value)
                self.setItemData(self.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(max(0, self.findData(chosen)))

    def wheelEvent(self, event: object) -> None:
        """Ignore the wheel, so that scrolling the page does not change the choice."""
        event.ignore()  # type: ignore[attr-defined]


class DeviceBox(ChoiceBox):
    """Microphones and system audio; the choice is stored in the settings."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setAccessibleName(self.tr("Microphone"))
        self.setToolTip(self.tr("Audio input"))
        context.devices.changed.connect(self._fill)
        context.settings_changed.connect(self._fill)
        self.activated.connect(self._choose)
        self._fill()

    def _fill(self) -> None:
        devices = self.context.devices
        chosen = self.context.settings.device
        default = next((device.name for device in devices.inputs if device.is_default), "")
        if not devices.is_known:
            first = self.tr("Looking for microphones…")
        elif not devices.inputs:
            first = self.tr("No microphone found")
        elif default:
            first = self.tr("System default ({device})").format(device=default)
        else:
            first = self.tr("System default")
        entries = [(first, "")]
        for device in devices.inputs:
            # "Monitor" is a term of sound servers that few users know.
            name = self.tr("System audio: {device}") if device.is_loopback else "{device}"
            entries.append((name.format(device=device.name), device.id))
        if chosen and chosen not in [value for _, value in entries]:
            entries.append(
                (self.tr("{device} (disconnected)").format(device=chosen.partition(":")[2]), chosen)
            )
        self.fill(entries, chosen)

    def _choose(self, index: int) -> None:
        device = self.itemData(index)
        self.context.change_settings(device=device)
        self.context.live.switch_device(device)


class ModelBox(ChoiceBox):
    """The installed models, sorted by language; the choice is stored in the settings."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setAccessibleName(self.tr("Language and model"))
        self.setToolTip(self.tr("Language, and the model for it"))
        self._models: list[ModelFolder] = []
        self.activated.connect(lambda index: self.choose(self.itemData(index)))
        context.model_changed.connect(self.look)
        self._fill()
        self.look()

    def look(self) -> None:
        """Read the list of models again."""
        self.context.run(_models).on_success(self._take)

    def _take(self, models: list[ModelFolder]) -> None:
        self._models = models
        self._fill()

    def chosen(self) -> str:
        """The name or folder of the chosen model."""
        return self.context.settings.model

    def choose(self, name: str) -> None:
        """Store the model that the user has chosen."""
        self.context.change_settings(model=name)

    def first(self) -> list[tuple[str, str]]:
        """Entries above the models, as (text, value)."""
        return []

    def text_of(self, name: str) -> str:
        """The entry's text for a model."""
        return next((model_text(model) for model in self._models if model.name == name), name)

    def _fill(self) -> None:
        first = self.first()
        entries = [(model_text(model), model.name) for model in self._models]
        chosen = self.chosen()
        if chosen not in [value for _, value in (*first, *entries)]:
            entries.append((chosen, chosen))  # a folder elsewhere, or the list is not read yet
        self.fill([*first, *sorted(entries)], chosen)


def model_text(model: ModelFolder) -> str:
    """The model's language, in the user's language, and its name."""
    language = language_name(model.language)
    return f"{language} · {model.name}" if language else model.name


def language_name(code: str | None) -> str:
    """The name of a language such as "en" or "deu"; the code if unknown, "" for None."""
    if not code:
        return ""
    language = QLocale.codeToLanguage(code)
    if language is QLocale.Language.AnyLanguage:
        return code
    return QLocale(language).nativeLanguageName().partition(" (")[0].removeprefix(
        "American "
    ).capitalize() or (QLocale.languageToString(language))


def _models() -> list[ModelFolder]:
    from asr_desktop.recognition.model_folder import list_models

    return list_models()
