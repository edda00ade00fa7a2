"""Models: installed and available ones; download, check, use and remove them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QInputDialog,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from asr_desktop import DEFAULT_MODEL
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.model_actions import ModelActions
from asr_desktop.gui.pages import Page
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.model_card import BUSY, ModelCardView
from asr_desktop.gui.widgets.parts import ComboBox, button, label, page_layout, row
from asr_desktop.model_store.cards import ModelCard, ModelState
from asr_desktop.model_store.download import DownloadProgress
from asr_desktop.model_store.store import ModelStore

LANGUAGE_PIXELS, LEAST_LANGUAGE_PIXELS = 200, 110


class ModelsPage(Page):
    """A card for every model: installed ones first, then the catalogue."""

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
        tools_widget.setMaximumWidth(WIDTH_PIXELS - SPACE)  # aligned with the cards beside the scroll bar
        outer.addWidget(tools_widget)
        outer.addWidget(self.list, 1)
        context.model_changed.connect(self.look)
        self.look()

    def entered(self) -> None:
        """Refresh when the page is shown; the first time, also measure this computer's speed."""
        self.look()
        if not self._has_checked_speed:
            self._has_checked_speed = True
            self.context.run(partial(_check_speed, self.store)).on_success(lambda _: self.look())

    def take_over(self, former: ModelsPage) -> None:
        """Take over the search of the former page."""
        self.search_field.setText(former.search_field.text())
        self._has_checked_speed = former._has_checked_speed

    def look(self) -> None:
        """Read the list of models again."""
        self._looks += 1
        self.context.run(self.store.cards).on_success(partial(self._found, self._looks))

    # Updating the page

    def _found(self, look: int, cards: list[ModelCard]) -> None:
        """Show the cards; results may arrive out of order, so those of an older call are ignored."""
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
        """Show the cards in the chosen language that contain every word of the search."""
        self.list.filter(self.search_field.text().lower().split(), self.language_box.currentData())

    def _show_progress(self, name: str, progress: DownloadProgress) -> None:
        view = self.views.get(name)
        is_known = view is not None and view.card.state.value == progress.state.value
        if view is not None:
            view.show_progress(progress)
        if not is_known and progress.state.value in [state.value for state in BUSY]:
            self.look()

    # User actions

    def _do(self, action: str, name: str) -> None:
        self.model_actions.do(action, self.views[name].card)

    def choose_folder(self) -> None:
        """Ask for a model's folder and add it."""
        folder = QFileDialog.getExistingDirectory(self, self.tr("Model folder"))
        if folder:
            self.model_actions.add_folder(Path(folder))

    def ask_for_name(self) -> None:
        """Ask for the name of a hub repository and download it."""
        name, is_wanted = QInputDialog.getText(
            self,
            self.tr("Download by name"),
            self.tr("Name, as owner/model. Speech models of the wav2vec2 family are supported."),
        )
        if is_wanted and name.strip():
            self.model_actions.download(name.strip())


def _check_speed(store: ModelStore) -> None:
    """Measure the bundled model once on each machine, as the speed of others is estimated from it; and the
    model in use."""
    for card in store.cards():
        is_wanted = card.name == DEFAULT_MODEL or card.state is ModelState.ACTIVE
        if is_wanted and card.speed is None and card.state in (ModelState.ACTIVE, ModelState.INSTALLED):
            store.measure(card.name)


WIDTH_PIXELS = 900


class ModelList(QScrollArea):
    """`views`: the cards by model name. `asked`: emitted with the action that a card requests."""

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: dict[str, ModelCardView] = {}
        self.cards: list[ModelCard] = []
        inner = QWidget()
        inner.setMaximumWidth(WIDTH_PIXELS)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(SPACE + SPACE // 2)
        self.here_label = label(self.tr("On this computer"), "heading")
        self.others_label = label(self.tr("Available"), "heading")
        self.nothing_label = label(self.tr("No matching models."), "muted")
        self._here, self._others = QVBoxLayout(), QVBoxLayout()
        for part in (self._here, self._others):
            part.setSpacing(SPACE + SPACE // 2)
        column.addWidget(self.here_label)
        column.addLayout(self._here)
        column.addSpacing(SPACE)
        column.addWidget(self.others_label)
        column.addLayout(self._others)
        column.addWidget(self.nothing_label)
        column.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_cards(self, cards: Sequence[ModelCard]) -> None:
        """Show exactly these models; a card with the keyboard focus keeps it."""
        self.cards = list(cards)
        names = {card.name for card in cards}
        for name in [name for name in self.views if name not in names]:
            discard(self.views.pop(name))
        for card in sorted(cards, key=_place):
            view = self.views.get(card.name)
            if view is None:
                view = ModelCardView(card)
                view.asked.connect(self.asked)
                self.views[card.name] = view
            else:
                view.show_card(card)
            # Adding an existing card moves it to the end, so the order is that of `cards`.
            (self._here if _is_here(card) else self._others).addWidget(view)

    def filter(self, words: Sequence[str], language: str | None) -> None:
        """Show the cards in this language (None: any) that contain every word."""
        shown = {True: 0, False: 0}
        for card in self.cards:
            names = " ".join(language_name(code) for code in card.languages)
            about = (
                f"{card.name} {said(card.title)} {said(card.description)} {card.repository} {names}".lower()
            )
            fits = language in (None, *card.languages) and all(word in about for word in words)
            self.views[card.name].setVisible(fits)
            shown[_is_here(card)] += fits
        self.here_label.setVisible(shown[True] > 0)
        self.others_label.setVisible(shown[False] > 0)
        self.nothing_label.setVisible(not any(shown.values()))


def _place(card: ModelCard) -> int:
    """Sort key: the model in use first, broken ones last, others in their order."""
    return {ModelState.ACTIVE: 0, ModelState.UNUSABLE: 2}.get(card.state, 1)


def _is_here(card: ModelCard) -> bool:
    return card.state in (ModelState.ACTIVE, ModelState.INSTALLED, ModelState.UNUSABLE)
