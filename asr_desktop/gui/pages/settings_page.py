"""Settings: the common ones; the others behind a switch."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from asr_desktop.base.login_start import LoginStartError, login_start, set_login_start
from asr_desktop.gui import translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.page import Page
from asr_desktop.gui.theme import theme
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import DeviceBox, ModelBox, language_name
from asr_desktop.gui.widgets.columns import CardColumns
from asr_desktop.gui.widgets.dictation_card import DictationCard
from asr_desktop.gui.widgets.key_table import KeyTable
from asr_desktop.gui.widgets.parts import Card, label, page_layout
from asr_desktop.gui.widgets.profiles_card import ProfilesCard
from asr_desktop.gui.widgets.server_card import ServerCard
from asr_desktop.gui.widgets.settings_form import RecognitionCard, SettingsForm, StorageCard
from asr_desktop.gui.widgets.voices_card import VoicesCard
from asr_desktop.gui.widgets.writing_card import WritingCard


class SettingsPage(Page):
    """Every change applies at once; there is no confirmation."""

    title = "Settings"
    icon_name = "settings"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        outer = page_layout(self, self.tr("Settings"), self.tr("Changes apply immediately."))
        self.advanced_switch = QCheckBox(self.tr("Show advanced settings"))
        self.advanced_switch.setChecked(context.settings.show_advanced)
        self.advanced = RecognitionCard(context)
        self.columns = CardColumns(
            [
                self._make_window(),
                self._make_speech(),
                WritingCard(context),
                DictationCard(context),
                ProfilesCard(context),
                self._make_captions(),
                VoicesCard(context),
                ServerCard(context),
                StorageCard(context),
                self._make_network(),
                self.advanced_switch,
                self.advanced,
            ],
            [self._make_keys()],
        )
        outer.addWidget(self.columns, 1)
        self.advanced.setVisible(self.advanced_switch.isChecked())
        self.advanced_switch.toggled.connect(self.advanced.setVisible)
        self.advanced_switch.toggled.connect(lambda on: context.change_settings(show_advanced=on))

    def _make_window(self) -> Card:
        form = SettingsForm(self.context, self.tr("General"))
        looks = [
            (self.tr("Same as system"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ]
        self.theme_box = form.choice(self.tr("Theme"), looks, "theme")
        self.theme_box.currentIndexChanged.connect(lambda _: theme.apply(self.context.settings.theme))
        languages = [(self.tr("Same as system"), "")]
        languages += [(language_name(code), code) for code in translations.LANGUAGES]
        self.language_box = form.choice(self.tr("Interface language"), languages, "language")
        form.switch(self.tr("Keep running in the tray when the window is closed"), "keep_in_tray")
        self.login_box = QCheckBox(self.tr("Start in the tray at login"))
        self.login_box.setChecked(login_start().is_on())
        self.login_box.toggled.connect(self._set_login_start)
        form.add("", self.login_box)
        return form

    def _set_login_start(self, wanted: bool) -> None:
        try:
            set_login_start(wanted)
        except LoginStartError as error:
            self.context.show_message.emit(said(str(error)), "error", "")
            self.login_box.blockSignals(True)
            self.login_box.setChecked(not wanted)
            self.login_box.blockSignals(False)

    def _make_speech(self) -> Card:
        form = SettingsForm(self.context, self.tr("Speech"))
        form.add(self.tr("Microphone"), DeviceBox(self.context))
        form.add(self.tr("Language and model"), ModelBox(self.context))
        return form

    def _make_captions(self) -> Card:
        form = SettingsForm(self.context, self.tr("Captions over other windows"))
        form.number(self.tr("Text size"), "overlay_font_points", 12, 72, self.tr(" pt"))
        form.number(self.tr("Lines"), "overlay_lines", 1, 6)
        form.colour(self.tr("Text"), "overlay_text_colour")
        form.colour(self.tr("Background"), "overlay_background_colour")
        form.percent(self.tr("Background opacity"), "overlay_opacity")
        form.switch(self.tr("Let clicks through to the window below"), "overlay_click_through")
        return form

    def _make_keys(self) -> Card:
        card = Card(self.tr("Keyboard shortcuts"))
        card.body.addWidget(
            label(
                self.tr(
                    "Click a shortcut and press another key; foot pedals work too. Backspace removes it."
                ),
                "muted",
                wrap=True,
            )
        )
        self.keys = KeyTable(self.context)
        card.body.addWidget(self.keys)
        return card

    def _make_network(self) -> Card:
        card = Card(self.tr("Network"))
        card.body.addWidget(
            label(
                self.tr(
                    "What you say and write stays on this computer. The network is used only to "
                    "download a model, when you ask for it on the Models page, and by other programs, if "
                    "you allow them."
                ),
                wrap=True,
            )
        )
        return card
