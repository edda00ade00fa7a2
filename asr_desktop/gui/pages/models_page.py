"""Models: what there is, here and to be had; download, check, use, remove."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QWidget,
)

from asr_desktop import DEFAULT_MODEL
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.model_actions import ModelActions
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.model_card import BUSY
from asr_desktop.gui.widgets.model_list import WIDTH_PIXELS, ModelList
from asr_desktop.gui.widgets.parts import ComboBox, button, page_layout, row
from asr_desktop.model_store.cards import ModelCard, ModelState
from asr_desktop.model_store.download import DownloadProgress
from asr_desktop.model_store.store import ModelStore

LANGUAGE_PIXELS, LEAST_LANGUAGE_PIXELS = 200, 110


class ModelsPage(QWidget):
    """A card for every model: those on this computer first, then the catalogue."""

    title = "Models"
    icon_name = "models"

    def __init__(
        self, context: AppContext, parent: QWidget | None = None, *, store: ModelStore | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.store = store or ModelStore()
        self.list = ModelList()
        self.list.asked.connect(self._do)
        self.views = self.list.views
        self.model_actions = ModelActions(context, self.store, self)
        self.model_actions.changed.connect(self.look)
        self.model_actions.progressed.connect(self._show_progress)
        self._has_checked_speed = False
        self._looks = self._shown_look = 0
        outer = page_layout(
            self,
            self.tr("Models"),
            self.tr(
                "A model turns speech into text. Each knows one language; larger models make fewer "
                "mistakes and need a faster computer."
            ),
        )
        self.search_field = QLineEdit()
        self.search_field.setPlaceholderText(self.tr("Search"))
        self.search_field.setAccessibleName(self.tr("Search models"))
        self.search_field.setClearButtonEnabled(True)
        self.search_field.textChanged.connect(self._filter)
        self.language_box = ComboBox()
        self.language_box.setAccessibleName(self.tr("Model language"))
        self.language_box.setMinimumWidth(LEAST_LANGUAGE_PIXELS)
        self.language_box.setMaximumWidth(LANGUAGE_PIXELS)
        self.language_box.currentIndexChanged.connect(self._filter)
        self.add_button = button(
            self.tr("Add folder…"),
            "folder",
            tip=self.tr("A model you already have, such as one you trained"),
            on_click=self.choose_folder,
        )
        self.hub_button = button(
            self.tr("Download by name…"),
            "download",
            tip=self.tr("Any Hugging Face model by its name, such as owner/model"),
            on_click=self.ask_for_name,
        )
        tools = row(self.search_field, self.language_box, self.add_button, self.hub_button)
        tools.setStretch(0, 2)
        tools.setStretch(1, 1)
        tools_widget = QWidget()
        tools_widget.setLayout(tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools_widget.setMaximumWidth(WIDTH_PIXELS - SPACE)  # as wide as the cards beside their scroll bar
        outer.addWidget(tools_widget)
        outer.addWidget(self.list, 1)
        context.model_changed.connect(self.look)
        self.look()

    def entered(self) -> None:
        """Shown: looks again, and the first time finds out how fast this computer is."""
        self.look()
        if not self._has_checked_speed:
            self._has_checked_speed = True
            self.context.run(partial(_check_speed, self.store)).on_success(lambda _: self.look())

    def take_over(self, former: ModelsPage) -> None:
        """In the place of another page: the same search."""
        self.search_field.setText(former.search_field.text())
        self._has_checked_speed = former._has_checked_speed

    def look(self) -> None:
        """Read again which models there are."""
        self._looks += 1
        self.context.run(self.store.cards).on_success(partial(self._found, self._looks))

    # What is shown

    def _found(self, look: int, cards: list[ModelCard]) -> None:
        """Two looks at once may answer the other way round: what is older is passed over."""
        if look > self._shown_look:
            self._shown_look = look
            self._show(cards)

    def _show(self, cards: list[ModelCard]) -> None:
        self.list.show_cards(cards)
        self._fill_languages()
        self._filter()

    def _fill_languages(self) -> None:
        codes = sorted({code for card in self.list.cards for code in card.languages}, key=language_name)
        chosen = self.language_box.currentData()
        if [self.language_box.itemData(index) for index in range(1, self.language_box.count())] == codes:
            return
        self.language_box.blockSignals(True)
        self.language_box.clear()
        self.language_box.addItem(self.tr("All languages"), None)
        for code in codes:
            self.language_box.addItem(language_name(code), code)
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(chosen)))
        self.language_box.blockSignals(False)

    def _filter(self) -> None:
        """Show the cards in the chosen language that hold every word that was typed."""
        self.list.filter(self.search_field.text().lower().split(), self.language_box.currentData())

    def _show_progress(self, name: str, progress: DownloadProgress) -> None:
        view = self.views.get(name)
        is_known = view is not None and view.card.state.value == progress.state.value
        if view is not None:
            view.show_progress(progress)
        if not is_known and progress.state.value in [state.value for state in BUSY]:
            self.look()

    # What the user asks for

    def _do(self, action: str, name: str) -> None:
        self.model_actions.do(action, self.views[name].card)

    def choose_folder(self) -> None:
        """Ask for a model's folder, and add it."""
        folder = QFileDialog.getExistingDirectory(self, self.tr("Model folder"))
        if folder:
            self.model_actions.add_folder(Path(folder))

    def ask_for_name(self) -> None:
        """Ask for a repository of the hub, and download it."""
        name, is_wanted = QInputDialog.getText(
            self,
            self.tr("Download by name"),
            self.tr("Name, as owner/model. Speech models of the wav2vec2 family are supported."),
        )
        if is_wanted and name.strip():
            self.model_actions.download(name.strip())


def _check_speed(store: ModelStore) -> None:
    """Measure the model that ships, once on every machine, for the others' speed is told from it; and the one
    in use."""
    for card in store.cards():
        is_wanted = card.name == DEFAULT_MODEL or card.state is ModelState.ACTIVE
        if is_wanted and card.speed is None and card.state in (ModelState.ACTIVE, ModelState.INSTALLED):
            store.measure(card.name)
