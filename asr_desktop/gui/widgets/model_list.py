"""The models as cards, one below the other: those on this computer first, then those to be had."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.model_card import ModelCardView
from asr_desktop.gui.widgets.parts import label
from asr_desktop.model_store.cards import ModelCard, ModelState

WIDTH_PIXELS = 900


class ModelList(QScrollArea):
    """`views` are the cards by their models' names; `asked` is what any of them asks for."""

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
        """Show these models and no others; who works on one of the cards with the keyboard stays there."""
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
            # One that is there already moves to the end, so the order is that of the cards.
            (self._here if _is_here(card) else self._others).addWidget(view)

    def filter(self, words: Sequence[str], language: str | None) -> None:
        """Show the cards in this language (None is any) that hold every word."""
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
    """What is used comes first, what is broken last; the others stay in their order."""
    return {ModelState.ACTIVE: 0, ModelState.UNUSABLE: 2}.get(card.state, 1)


def _is_here(card: ModelCard) -> bool:
    return card.state in (ModelState.ACTIVE, ModelState.INSTALLED, ModelState.UNUSABLE)
