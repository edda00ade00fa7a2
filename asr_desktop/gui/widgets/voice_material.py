"""Your speech: the amount of training material, and problems found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.sound import EditorSound
from asr_desktop.gui.operations import Failure, Operation
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import number_text, said
from asr_desktop.gui.widgets.columns import FOLDING_SIDE_PIXELS, FoldingColumns
from asr_desktop.gui.widgets.kept_focus import take_turns
from asr_desktop.gui.widgets.parts import Card, button, label, list_recordings, row
from asr_desktop.gui.widgets.voice_findings import finding_words

if TYPE_CHECKING:
    from asr_desktop.recognition.emissions import EmissionsModel
    from asr_desktop.teaching.check.findings import Finding
    from asr_desktop.teaching.check.report import Report
    from asr_desktop.teaching.dataset import TrainingUtterance

# Sentences from corrections, to play, and to remove if they are wrong


class VoicePairs(Card):
    """The sentences from corrections; hidden if there are none."""

    changed = Signal()
    """Sentences were removed."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(QCoreApplication.translate("VoicePairs", "From your corrections"))
        self._context = context
        self.sound = EditorSound(context, self)
        self.sound.opened.connect(lambda _seconds: self.sound.play())
        self.sound.failed.connect(lambda sentence: context.show_message.emit(sentence, "error", ""))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Sentences from your corrections"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemSelectionChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _item: self.play())
        delete = QShortcut(QKeySequence.StandardKey.Delete, self.list, self.remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        hint = label(
            self.tr("The model learns each sentence as it is written here. Remove those that are wrong."),
            "small",
            wrap=True,
        )
        self.play_button = button(
            self.tr("Play"), "play", tip=self.tr("Play the selected sentence (Enter)"), on_click=self.play
        )
        self.remove_button = button(
            self.tr("Remove"),
            "trash",
            tip=self.tr("Remove the selected sentences (Delete); their transcripts stay"),
            on_click=self.remove,
        )
        self.body.addWidget(hint)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(row(self.play_button, self.remove_button, None))
        self.show_pairs([])

    def show_pairs(self, pairs: Sequence[TrainingUtterance]) -> None:
        """Show the sentences; rebuilds the list only if it differs."""
        wanted = [(str(pair.path), pair.transcript) for pair in pairs]
        place = self.list.currentRow()
        if list_recordings(self.list, wanted) and place >= 0:
            self.list.setCurrentRow(min(place, len(wanted) - 1))
        self.setVisible(bool(wanted))
        self._choose()

    def play(self) -> None:
        """Play the selected sentence."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self.sound.open(chosen[0])

    def remove(self) -> None:
        """Remove the selected sentences from the material."""
        from asr_desktop.teaching.dataset import DataError
        from asr_desktop.teaching.own_voice import corrections_folder
        from asr_desktop.teaching.pair_folder import remove_pairs

        chosen = self._chosen()
        if not chosen:
            return
        self.sound.close()
        try:
            remove_pairs(corrections_folder(), [path.name for path in chosen])
        except DataError as error:
            self._context.show_message.emit(said(str(error)), "error", "")
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.sound.close()

    def _chosen(self) -> list[Path]:
        return [Path(item.data(Qt.ItemDataRole.UserRole)) for item in self.list.selectedItems()]

    def _choose(self) -> None:
        chosen = self._chosen()
        self.play_button.setEnabled(len(chosen) == 1)
        self.remove_button.setEnabled(bool(chosen))


NAMED_ITEMS = 5


@dataclass(frozen=True, slots=True)
class OwnSpeech:
    """The material: takes read aloud, and pairs from corrections."""

    read: Sequence[TrainingUtterance]
    corrected: Sequence[TrainingUtterance]


@dataclass(frozen=True, slots=True)
class Checked:
    """The report on each collection, and the sentence of each file."""

    reports: list[Report]
    sentences: dict[Path, str]


class VoiceMaterial(QWidget):
    """The second tab of the Voice page."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._operation: Operation | None = None
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        self.pairs = VoicePairs(context)
        self.pairs.changed.connect(self._count)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(FoldingColumns(left, self.pairs, side_pixels=FOLDING_SIDE_PIXELS))
        amounts = Card(self.tr("Training material"))
        self.read_label = label("", wrap=True)
        self.corrected_label = label("", wrap=True)
        self.hint = label(
            self.tr(
                "Corrections come from the Editor: correct a transcript or confirm what is right in it, and "
                "choose “Teach the model”."
            ),
            "small",
            wrap=True,
        )
        for part in (self.read_label, self.corrected_label, self.hint):
            amounts.body.addWidget(part)
        column.addWidget(amounts)
        card = Card(self.tr("Recording check"))
        self.look_button = button(
            self.tr("Check recordings"),
            "search",
            tip=self.tr("Check that every sentence is loud and clear and matches its text"),
            on_click=self.look_over,
        )
        self.cancel_button = button(self.tr("Stop"), "stop", on_click=self.cancel)
        take_turns(self.look_button, self.cancel_button)
        self.work_label = label("", "muted", wrap=True)
        self.report = QTextBrowser()
        self.report.setAccessibleName(self.tr("Results of the check"))
        self.report.setOpenLinks(False)
        card.body.addLayout(row(self.look_button, self.cancel_button, None))
        card.body.addWidget(self.work_label)
        card.body.addWidget(self.report, 1)
        card.body.addStretch(0)
        column.addWidget(card, 1)
        self._show_working(False)
        self.work_label.setText(self.tr("Checks that every sentence is loud and clear and matches its text."))
        self._show_speech(OwnSpeech([], []))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._count()

    def _count(self) -> None:
        self.context.run(own_speech).on_success(self._show_speech)

    def look_over(self) -> None:
        """Check all material in the background."""
        if self._operation is not None:
            return
        self._show_working(True)
        self.work_label.setText(self.tr("Checking your recordings…"))
        self._operation = self.context.run(_check, self.context.emissions(self.context.settings.model))
        self._operation.on_progress(lambda sentence: self.work_label.setText(said(sentence)))
        self._operation.on_success(self._show_reports).on_failure(self._failed)

    def cancel(self) -> None:
        if self._operation is not None:
            self._operation.cancel()
            self._operation = None
            self._show_working(False)
            self.work_label.setText(self.tr("Stopped."))

    def _show_working(self, is_working: bool) -> None:
        self.look_button.setVisible(not is_working)
        self.cancel_button.setVisible(is_working)
        self.report.setVisible(not is_working and bool(self.report.toPlainText()))

    def _show_speech(self, speech: OwnSpeech) -> None:
        self.read_label.setText(
            self.tr("Sentences read aloud: {count} ({minutes} min)").format(
                count=len(speech.read), minutes=number_text(_seconds(speech.read) / 60)
            )
        )
        self.corrected_label.setText(
            self.tr("Sentences from corrections: {count} ({minutes} min)").format(
                count=len(speech.corrected), minutes=number_text(_seconds(speech.corrected) / 60)
            )
        )
        self.pairs.show_pairs(speech.corrected)
        self.hint.setVisible(not speech.corrected)  # users with corrections know it, and the space is needed

    def _show_reports(self, checked: Checked) -> None:
        self._operation = None
        reports = checked.reports
        self.report.setHtml("".join(self._html(report, checked.sentences) for report in reports))
        self._show_working(False)
        good = sum(len(report.good) for report in reports)
        seconds = sum(report.seconds for report in reports)
        left_out = sum(report.left_out for report in reports)
        sentence = self.tr("Sentences ready for training: {count} ({minutes} min).").format(
            count=good, minutes=number_text(seconds / 60)
        )
        if left_out:
            more = (
                self.tr("1 should be read again.")
                if left_out == 1
                else self.tr("{count} should be read again.")
            )
            sentence += " " + more.format(count=left_out)
        if not any(report.findings for report in reports):
            sentence += " " + self.tr("No problems were found.")
        self.work_label.setText(sentence)

    def _html(self, report: Report, sentences: Mapping[Path, str]) -> str:
        from asr_desktop.teaching.check.findings import KINDS

        parts = []
        for kind in KINDS:
            findings = report.of_kind(kind)
            if not findings:
                continue
            title, advice = finding_words(kind.name, kind.title, kind.advice)
            parts.append(f"<p><b>{escape(title)}</b> ({len(findings)}×)<br>{escape(advice)}</p><ul>")
            parts += [
                f"<li>{escape(_named(finding, sentences))}: {escape(said(finding.detail))}</li>"
                for finding in findings[:NAMED_ITEMS]
            ]
            if len(findings) > NAMED_ITEMS:
                more = self.tr("and {count} more").format(count=len(findings) - NAMED_ITEMS)
                parts.append(f"<li>{escape(more)}</li>")
            parts.append("</ul>")
        return "".join(parts)

    def _failed(self, failure: Failure) -> None:
        self._operation = None
        self._show_working(False)
        self.work_label.setText(failure.sentence)
        if failure.details:
            self.context.tell_failure(failure)


def _named(finding: Finding, sentences: Mapping[Path, str]) -> str:
    """A finding's name: the sentence of its file, or the file if the finding quotes the sentence itself."""
    sentence = sentences.get(finding.path) if finding.path is not None else None
    return finding.item if sentence is None or sentence in finding.detail else f"“{sentence}”"


# Run as operations


def own_speech() -> OwnSpeech:
    """Load the takes read aloud and the pairs from corrections."""
    from asr_desktop.teaching.data import read
    from asr_desktop.teaching.own_voice import corrections_folder, own_folders, recordings_folder

    there = own_folders()
    return OwnSpeech(
        *(
            read(folder).utterances if folder in there else []
            for folder in (recordings_folder(), corrections_folder())
        )
    )


def _seconds(utterances: Sequence[TrainingUtterance]) -> float:
    return sum(utterance.seconds for utterance in utterances)


def _check(
    emissions: EmissionsModel, progress: Callable[[str], None], cancelled: Callable[[], bool]
) -> Checked:
    from asr_desktop.teaching.check import check_dataset
    from asr_desktop.teaching.data import read
    from asr_desktop.teaching.dataset import DataError
    from asr_desktop.teaching.listening import Listener
    from asr_desktop.teaching.own_voice import own_folders

    folders = own_folders()
    if not folders:
        raise DataError(
            QCoreApplication.translate("VoiceMaterial", "No recordings yet: read some sentences aloud.")
        )
    listener = Listener(emissions)
    reports = [
        check_dataset(folder, listener=listener, report=progress, cancelled=cancelled) for folder in folders
    ]
    read_aloud = [utterance for folder in folders for utterance in read(folder).utterances]
    return Checked(reports, {utterance.path: utterance.transcript for utterance in read_aloud})
