"""A card for one model: description, accuracy, speed on this computer, and actions."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.clock import clock
from asr_desktop.gui.theme import SPACE, Tokens, theme
from asr_desktop.gui.translations import number_text, said
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import Card, IconLabel, button, label
from asr_desktop.model_store.cards import ModelCard, ModelState
from asr_desktop.model_store.disk import size_text
from asr_desktop.model_store.download import DownloadProgress, DownloadState
from asr_desktop.model_store.speed_check import SpeedVerdict
from asr_desktop.model_store.versions import VOICE_MODEL

BUSY = (ModelState.DOWNLOADING, ModelState.VERIFYING, ModelState.CONVERTING)
NARROW_PIXELS = 560
"""Below this width, the buttons are below the text."""
_BESIDE, _BELOW = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignRight
_MARK_PIXELS = 16


class ModelCardView(Card):
    """Shows a ModelCard; `asked` is emitted with the action's and the model's name."""

    asked = Signal(str, str)

    def __init__(self, card: ModelCard, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.card = card
        self._progress: DownloadProgress | None = None
        self.body.setSpacing(SPACE // 2)
        self.heading = label("", "heading")
        self.state_mark = IconLabel(pixels=_MARK_PIXELS)
        self.state_label = label("", "muted")
        self.facts = label("", wrap=True)
        self.accuracy = label("", "muted", wrap=True)
        self.about = label("", "small", wrap=True)
        self.problem = label("", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar_label = label("", "muted")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE)
        self.buttons: dict[str, QPushButton] = {}
        self._top = top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        top.setSpacing(SPACE)
        self._text = text = QVBoxLayout()
        text.setSpacing(SPACE // 2)
        head = QHBoxLayout()
        head.setSpacing(SPACE // 2)
        head.addWidget(self.heading)
        head.addSpacing(SPACE)
        head.addWidget(self.state_mark)
        head.addWidget(self.state_label)
        head.addStretch(1)
        text.addLayout(head)
        for line in (self.facts, self.accuracy, self.about, self.problem):
            text.addWidget(line)
        top.addLayout(text, 1)
        top.addLayout(self._buttons)
        top.setAlignment(self._buttons, _BESIDE)
        self.body.addLayout(top)
        self.bar_space = QWidget()
        self.bar_space.setFixedHeight(SPACE // 2)
        self.body.addWidget(self.bar_space)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.bar_label)
        theme.changed.connect(self._show_mark)
        self.show_card(card)

    def minimumSizeHint(self) -> QSize:
        """The minimum size of the text: in a narrow window the buttons are below it."""
        hint = super().minimumSizeHint()
        return QSize(self._text.minimumSize().width() + 4 * SPACE, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW_PIXELS
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if direction is not self._top.direction():
            self._top.setDirection(direction)
            self._top.setAlignment(self._buttons, _BELOW if is_narrow else _BESIDE)

    def show_card(self, card: ModelCard) -> None:
        """Show a new state of the same model, or another model."""
        self.card = card
        if card.state not in BUSY:
            self._progress = None
        self.heading.setText(said(card.title))
        self.heading.setToolTip(card.name)
        self.facts.setText(_facts(card))
        self.accuracy.setText(accuracy_text(card))
        self.accuracy.setToolTip(card.source or "")
        self.about.setText(said(card.description) or _known_words(card.name))
        self.problem.setText(card.problem or "")
        for line in (self.facts, self.accuracy, self.about, self.problem):
            line.setVisible(bool(line.text()))
        self.state_label.setText(state_text(card))
        self._show_mark()
        self._show_progress()
        self._show_buttons()
        self.setAccessibleName(f"{said(card.title)}, {state_text(card)}")
        self.setAccessibleDescription(f"{self.facts.text()}. {self.accuracy.text()}")

    def show_progress(self, progress: DownloadProgress) -> None:
        """Show the progress of the download."""
        self._progress = progress
        self._show_progress()

    def _show_mark(self) -> None:
        marks = {
            ModelState.ACTIVE: ("check", _good),
            ModelState.INSTALLED: ("check", _muted),
            ModelState.PAUSED: ("pause", _unsure),
            ModelState.UNUSABLE: ("warning", _doubtful),
        }
        mark = marks.get(self.card.state)
        self.state_mark.setVisible(mark is not None)
        if mark is not None:
            self.state_mark.set_icon(*mark)

    def _show_progress(self) -> None:
        is_busy = self.card.state in BUSY
        self.bar_space.setVisible(is_busy)
        self.bar.setVisible(is_busy)
        self.bar_label.setVisible(is_busy)
        if not is_busy:
            return
        progress = self._progress
        self.bar_label.setText(progress_text(progress))
        self.bar.setAccessibleName(self.bar_label.text())
        if progress is None or not progress.total_bytes or progress.state is not DownloadState.DOWNLOADING:
            self.bar.setRange(0, 0)  # busy indicator
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * progress.done_bytes / progress.total_bytes))

    def _show_buttons(self) -> None:
        wanted = _actions(self.card)
        if [name for name, *_ in wanted] == list(self.buttons):
            return
        # Includes the card itself, which has the focus while a check runs and there is no button.
        had_focus = self.focusWidget() is not None and self.window().focusWidget() is self.focusWidget()
        for old in self.buttons.values():
            self._buttons.removeWidget(old)
            discard(old)
        self.buttons = {}
        for name, text, icon_name, kind, tip in wanted:
            made = button(text, icon_name, kind=kind, tip=tip)
            made.setAccessibleName(f"{text}: {said(self.card.title)}")
            made.clicked.connect(lambda _=False, name=name: self.asked.emit(name, self.card.name))
            self._buttons.addWidget(made)
            made.show()  # at once, because it may get the focus
            self.buttons[name] = made
        if had_focus and self.buttons:
            # Keep the focus on the card, although the button has another action now.
            next(iter(self.buttons.values())).setFocus()


def _good(look: Tokens) -> str:
    return look.good


def _muted(look: Tokens) -> str:
    return look.muted


def _unsure(look: Tokens) -> str:
    return look.unsure


def _doubtful(look: Tokens) -> str:
    return look.doubtful


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelCard", text)


def state_text(card: ModelCard) -> str:
    """The state in one or two words; "" if the model is just available."""
    return {
        ModelState.AVAILABLE: "",
        ModelState.PAUSED: _tr("Partly downloaded"),
        ModelState.DOWNLOADING: _tr("Downloading"),
        ModelState.VERIFYING: _tr("Checking"),
        ModelState.CONVERTING: _tr("Converting"),
        ModelState.INSTALLED: _tr("On this computer"),
        ModelState.ACTIVE: _tr("In use"),
        ModelState.UNUSABLE: _tr("Not usable"),
    }[card.state]


def accuracy_text(card: ModelCard) -> str:
    """The published error rate in plain words."""
    if not card.word_error_rates:
        return ""
    rate = card.word_error_rates[0]
    return _tr("word error rate {count}%, as published for {test}").format(
        count=QLocale().toString(rate.percent, "g", 4), test=said(rate.test)
    )


def speed_text(card: ModelCard) -> str:
    """What the model is fast enough for on this computer."""
    if card.speed is not None:
        words = {
            SpeedVerdict.LIVE: _tr("fast enough for live text on this computer"),
            SpeedVerdict.DELAYED: _tr("live text is delayed on this computer"),
            SpeedVerdict.FILES: _tr("too slow for live text on this computer, fine for files"),
        }[card.speed.verdict]
        times = 1 / max(card.speed.real_time_factor, 1e-3)
        measured = _tr("{times}× real time").format(times=number_text(times, 0 if times >= 3 else 1))
        return f"{words} ({measured})"
    if card.expected is not None:
        return {
            SpeedVerdict.LIVE: _tr("probably fast enough for live text on this computer"),
            SpeedVerdict.DELAYED: _tr("live text would probably be delayed on this computer"),
            SpeedVerdict.FILES: _tr("probably only for files on this computer"),
        }[card.expected]
    return ""


def progress_text(progress: DownloadProgress | None) -> str:
    """Such as "12 of 95 MB · 3.1 MB/s · about 0:30 left"."""
    if progress is None:
        return _tr("In progress…")
    if progress.state is DownloadState.VERIFYING:
        return _tr("Verifying the download…")
    if progress.state is DownloadState.CONVERTING:
        return _tr("Converting for this computer; this takes a few minutes…")
    if not progress.total_bytes:
        return _tr("Connecting…")
    parts = [
        _tr("{done} of {total}").format(
            done=said(size_text(progress.done_bytes)), total=said(size_text(progress.total_bytes))
        )
    ]
    if progress.bytes_per_second and progress.remaining_seconds is not None:
        parts.append(_tr("{speed} MB/s").format(speed=number_text(progress.bytes_per_second / 1e6)))
        parts.append(_tr("about {time} left").format(time=clock(progress.remaining_seconds)))
    return " · ".join(parts)


def _known_words(name: str) -> str:
    """Description of models that the catalogue does not describe."""
    return {
        DEFAULT_MODEL: _tr(
            "Included with the program, to try it out and to learn your voice. For real work, choose a "
            "larger model."
        ),
        VOICE_MODEL: _tr(
            "Your own model, trained on the Voice page, where you can also go back to an earlier version."
        ),
    }.get(name, "")


def _facts(card: ModelCard) -> str:
    parts = [", ".join(language_name(code) for code in card.languages)]
    parts.append(said(size_text(card.size_bytes)) if card.size_bytes else "")
    parts.append(_tr("licence {name}").format(name=card.licence) if card.licence else "")
    parts.append(_tr("can learn your voice") if card.can_be_trained else "")
    parts.append(speed_text(card))
    return " · ".join(part for part in parts if part)


def _actions(card: ModelCard) -> list[tuple[str, str, str, str, str]]:
    """(name, text, icon, kind, tip) of each button; the main one is last, at the right end."""
    remove = ("remove", _tr("Remove"), "trash", "quiet", _tr("Delete from this computer"))
    measure = (
        "measure",
        _tr("Test speed"),
        "clock",
        "quiet",
        _tr("Measure the speed on this computer; takes a few seconds"),
    )
    use = ("use", _tr("Use"), "", "primary", _tr("Use it for dictation and files from now on"))
    take = ("download", _tr("Download"), "download", "", _tr("Download it; none of your data is sent"))
    actions = {
        ModelState.AVAILABLE: [take],
        ModelState.PAUSED: [
            ("remove", _tr("Discard"), "trash", "quiet", _tr("Delete the partial download")),
            ("download", _tr("Continue"), "download", "", _tr("Continue where it stopped")),
        ],
        ModelState.DOWNLOADING: [("cancel", _tr("Stop"), "stop", "", _tr("Stop; you can continue later"))],
        ModelState.VERIFYING: [],
        ModelState.CONVERTING: [("cancel", _tr("Stop"), "stop", "", _tr("The partial download is kept"))],
        ModelState.INSTALLED: [measure, remove, use],
        ModelState.ACTIVE: [measure, remove],
        ModelState.UNUSABLE: [
            remove,
            ("convert", _tr("Convert"), "refresh", "", _tr("Convert it so that it can be used")),
        ],
    }[card.state]
    return [
        action
        for action in actions
        if (action[0] != "remove" or card.can_be_removed)
        and (action[0] != "convert" or card.can_be_converted)
    ]
