"""Read aloud: the sentence to read, the record button, the check of the take, and the progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.sound import EditorSound
from asr_desktop.gui.theme import Tokens, icon
from asr_desktop.gui.translations import number_text
from asr_desktop.gui.voice_reading import GOAL_MINUTES, ReadingState, VoiceReading
from asr_desktop.gui.widgets.choice_box import DeviceBox
from asr_desktop.gui.widgets.columns import FOLDING_SIDE_PIXELS, FoldingColumns
from asr_desktop.gui.widgets.level_meter import LevelMeter
from asr_desktop.gui.widgets.parts import Card, ListWidget, button, label, list_recordings, restyled, row
from asr_desktop.gui.widgets.record_button import RecordButton
from asr_desktop.gui.widgets.voice_findings import take_problem

if TYPE_CHECKING:
    from asr_desktop.teaching.dataset import TrainingUtterance

# What was read so far: its length towards the goal, and the sentences, to play or delete

SHOWN_TAKES = 50


class ReadTakes(Card):
    """The card beside the sentence to read."""

    play_wanted = Signal(object)
    """The path of a take."""
    delete_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("ReadTakes", "Read so far"))
        self.minutes = label("", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Minutes read, of the recommended minutes"))
        self.list = ListWidget()
        self.list.setAccessibleName(self.tr("Kept sentences, newest first"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _item: self.play())
        self.no_takes = label(
            self.tr("Sentences you keep appear here; you can play and delete them."), "muted", wrap=True
        )
        self.play_button = button(
            self.tr("Play"),
            "play",
            tip=self.tr("Play the selected sentence (Enter)"),
            on_click=self.play,
        )
        self.delete_button = button(
            self.tr("Delete"),
            "trash",
            tip=self.tr("Delete the selected sentence; it will come up again"),
            on_click=self.delete,
        )
        self.body.addWidget(self.minutes)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.no_takes)
        self.body.addStretch(0)
        self.body.addLayout(row(self.play_button, self.delete_button, None))

    def show_takes(self, takes: Sequence[TrainingUtterance]) -> None:
        """Show the kept takes, oldest first; rebuilds the list only if it differs."""
        minutes = sum(take.seconds for take in takes) / 60
        self.bar.setValue(min(1000, round(1000 * minutes / GOAL_MINUTES)))
        said = self.tr("{minutes} of {goal} minutes").format(
            minutes=number_text(minutes), goal=number_text(GOAL_MINUTES, 0)
        )
        more = (
            self.tr("Ten minutes give most of the improvement.")
            if minutes < GOAL_MINUTES
            else self.tr("That is enough for training; more helps a little.")
        )
        self.minutes.setText(f"{said}. {more}")
        wanted = [(str(take.path), take.transcript) for take in reversed(takes[-SHOWN_TAKES:])]
        list_recordings(self.list, wanted)
        self.list.setVisible(bool(takes))
        self.no_takes.setVisible(not takes)
        self._choose()

    def play(self) -> None:
        """Play the selected take."""
        if (path := self._chosen()) is not None:
            self.play_wanted.emit(path)

    def delete(self) -> None:
        """Delete the selected take."""
        if (path := self._chosen()) is not None:
            self.delete_wanted.emit(path)

    def _chosen(self) -> Path | None:
        item = self.list.currentItem()
        return None if item is None else Path(item.data(Qt.ItemDataRole.UserRole))

    def _choose(self) -> None:
        for part in (self.play_button, self.delete_button):
            part.setEnabled(self._chosen() is not None)


LOOKS_EVERY_MS = 50
_KEEPS_MICROPHONE_MS = 90_000
"""Without a take for this long, the microphone is closed."""


class ReadAloud(QWidget):
    """The first tab of the Voice page."""

    def __init__(self, context: AppContext, reading: VoiceReading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.reading = reading
        self.sound = EditorSound(context, self)
        self.sound.opened.connect(lambda _seconds: self.sound.play())
        self.sound.failed.connect(lambda sentence: context.show_message.emit(sentence, "error", ""))
        self.takes = ReadTakes()
        self.takes.play_wanted.connect(self.play)
        self.takes.delete_wanted.connect(self.delete)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(FoldingColumns(self._make_reading(), self.takes, side_pixels=FOLDING_SIDE_PIXELS))
        self._timer = QTimer(self, interval=LOOKS_EVERY_MS)
        self._timer.timeout.connect(lambda: self.meter.set_level(reading.level))
        self._idle = QTimer(self, interval=_KEEPS_MICROPHONE_MS)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(reading.close)
        keys = context.shortcuts
        keys.bind("voice.take", self, self._press)
        keys.bind("voice.again", self, self._again)
        keys.bind("voice.another", self, self._skip)
        reading.changed.connect(self.show_state)
        context.settings_changed.connect(self._settings_changed)
        self.show_state()

    def _make_reading(self) -> Card:
        card = Card()
        tools = QHBoxLayout()
        tools.addWidget(DeviceBox(self.context), 3)
        tools.addStretch(1)
        self.own_text_button = button(
            self.tr("Your own text"),
            "folder",
            kind="quiet",
            tip=self.tr("Read sentences from a text file, with names and words you use"),
            on_click=self.choose_text,
        )
        self.program_text_button = button(
            self.tr("Built-in sentences"), kind="quiet", on_click=lambda: self.reading.read_text(None)
        )
        tools.addWidget(self.own_text_button)
        tools.addWidget(self.program_text_button)
        self.prompt = label("", wrap=True)
        self.prompt.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.prompt.setStyleSheet("font-size: 19pt; font-weight: 500;")
        self.prompt.setAccessibleName(self.tr("Sentence to read"))
        self.meter = LevelMeter()
        self.meter.setMaximumWidth(320)
        self.record_button = RecordButton()
        self.record_button.clicked.connect(self._press_record)
        self.status = label("", "muted", wrap=True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.verdict = label("", "heading")
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.advice = label("", wrap=True)
        self.advice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.keep_button = button(self.tr("Keep"), "check", kind="primary", on_click=self.reading.keep)
        self.again_button = button(self.tr("Try again"), "undo", on_click=self._again)
        self.skip_button = button(self.tr("Skip sentence"), "chevron-right", on_click=self._skip)
        for made in (self.keep_button, self.again_button, self.skip_button):
            made.successor = self.record_button  # the page names its key
        card.body.addLayout(tools)
        card.body.addStretch(1)
        card.body.addWidget(self.prompt)
        card.body.addStretch(1)
        card.body.addWidget(self.record_button, 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.addLayout(row(None, self.meter, None))
        for part in (self.status, self.verdict, self.advice):
            card.body.addWidget(part)
        card.body.addLayout(row(None, self.keep_button, self.again_button, self.skip_button, None))
        return card

    # Display

    def show_state(self) -> None:
        """Update everything from the state of the reading."""
        reading, state = self.reading, self.reading.state
        prompt = None if reading.wizard is None else reading.wizard.prompt
        if state is ReadingState.CHECKED and reading.check is not None:
            prompt = reading.check.prompt
        if prompt is not None:
            self.prompt.setText(prompt)
        elif state is ReadingState.LOADING:
            self.prompt.setText("")
        elif reading.wizard is None:
            self.prompt.setText(reading.problem)
        else:
            self.prompt.setText(self.tr("You have read all sentences. Choose your own text to continue."))
        is_reading = state is ReadingState.READING
        key = self.context.shortcuts.text("voice.take")
        name = self.tr("Done") if is_reading else self.tr("Read aloud")
        self.record_button.set_recording(is_reading, name, f"{name} ({key})")
        self.record_button.setEnabled(
            prompt is not None and state in (ReadingState.IDLE, ReadingState.READING, ReadingState.CHECKED)
        )
        self.status.setText(
            {
                ReadingState.LOADING: self.tr("Loading the sentences…"),
                ReadingState.IDLE: self.tr("Press the button or {key}, and read the sentence."),
                ReadingState.OPENING: self.tr("Opening the microphone…"),
                ReadingState.READING: self.tr("Read now. Press {key} when you are done."),
                ReadingState.CHECKING: self.tr("Checking the recording…"),
                ReadingState.CHECKED: "",
            }[state].format(key=key)
            if prompt is not None or state is ReadingState.LOADING
            else ""
        )
        self.status.setVisible(bool(self.status.text()))
        self._show_check()
        self.takes.show_takes([] if reading.wizard is None else reading.wizard.takes)
        self.own_text_button.setEnabled(state in (ReadingState.IDLE, ReadingState.CHECKED))
        restyled(self.own_text_button, kind="primary" if reading.needs_own_text else "quiet")
        self.own_text_button.setIcon(icon("folder", _on_accent if reading.needs_own_text else _accent))
        self.program_text_button.setVisible(bool(reading.own_text))
        if state in (ReadingState.IDLE, ReadingState.CHECKED):
            self._idle.start()
        else:
            self._idle.stop()

    def _show_check(self) -> None:
        check = self.reading.check
        is_checked = self.reading.state is ReadingState.CHECKED and check is not None
        for part in (self.verdict, self.keep_button, self.again_button):
            part.setVisible(is_checked)
        self.skip_button.setVisible(self.reading.state in (ReadingState.IDLE, ReadingState.CHECKED))
        self.skip_button.setEnabled(self.reading.wizard is not None and bool(self.reading.wizard.prompt))
        self.advice.setVisible(is_checked and check is not None and bool(check.problems))
        if not is_checked or check is None:
            return
        self.verdict.setText(
            self.tr("Good recording.") if check.is_good else self.tr("Please read it again.")
        )
        self.advice.setText(
            "\n".join(take_problem(problem.name, problem.sentence) for problem in check.problems)
        )
        first, second = (
            (self.keep_button, self.again_button) if check.is_good else (self.again_button, self.keep_button)
        )
        key = self.context.shortcuts.text("voice.take")
        self.keep_button.setText(self.tr("Keep") if check.is_good else self.tr("Keep anyway"))
        self.keep_button.setAccessibleName(self.keep_button.text())
        restyled(first, kind="primary")
        restyled(second, kind="")
        first.setToolTip(key)
        second.setToolTip("" if second is self.keep_button else self.context.shortcuts.text("voice.again"))

    # User actions

    def _press(self) -> None:
        """The record key was pressed; ignored if another button has the focus, which then gets it."""
        focused = QApplication.focusWidget()
        own = (self.record_button, self.keep_button, self.again_button)
        if isinstance(focused, QAbstractButton) and focused not in own:
            focused.click()
        elif isinstance(focused, QComboBox):
            focused.showPopup()
        elif self.reading.state is ReadingState.CHECKED and self.reading.check is not None:
            if focused is self.again_button:
                self.reading.again()
            elif self.reading.check.is_good or focused is self.keep_button:
                self.reading.keep()
            else:
                self.reading.again()
        else:
            self._press_record()

    def _press_record(self) -> None:
        self.sound.close()
        if self.reading.state is ReadingState.READING:
            self.reading.end()
        else:
            self.reading.begin()

    def _again(self) -> None:
        self.reading.again()
        self.record_button.setFocus()

    def _skip(self) -> None:
        if self.reading.state in (ReadingState.IDLE, ReadingState.CHECKED):
            self.reading.skip()

    def choose_text(self) -> None:
        """Ask for a text file whose sentences will be read."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Your own text"), "", "*.txt *.md")
        if name:
            self.reading.read_text(Path(name))

    def play(self, path: Path) -> None:
        """Play a take."""
        self.sound.open(path)

    def delete(self, path: Path) -> None:
        """Delete a take."""
        self.sound.close()
        self.reading.delete(path)

    def _settings_changed(self) -> None:
        self.reading.device_changed()
        if self.isVisible():
            self.reading.load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reading.load()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.sound.close()
        self.reading.close()


def _accent(look: Tokens) -> str:
    return look.accent


def _on_accent(look: Tokens) -> str:
    return look.on_accent
