"""A transcript as a file: which format, what is in it, how it will look, and where it goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.errors import AsrDesktopError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import button, label, row
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import FORMATS, ExportOptions, SubtitleRules, render, write

_PREVIEW_SEGMENTS = 40
_PREVIEW_MS = 150
_NUMBER_PIXELS = 120
_SUBTITLES = ("srt", "vtt")


class ExportDialog(QDialog):
    """Emits `written(path)`."""

    written = Signal(object)

    def __init__(
        self, context: AppContext, transcript: Transcript, suggested: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._transcript = transcript
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumSize(620, 560)
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for key, exporter in FORMATS.items():
            self.format.addItem(f"{self._describe(key)} ({exporter.suffix})", key)
        self.place = QLineEdit(str(suggested))
        self.place.setAccessibleName(self.tr("File"))
        self._timestamps = QCheckBox(self.tr("The time before each paragraph"))
        self._word_times = QCheckBox(self.tr("A time for each word"))
        rules = SubtitleRules()
        self._width = QSpinBox(minimum=10, maximum=120, value=rules.max_line_width)
        self._lines = QSpinBox(minimum=1, maximum=4, value=rules.max_lines)
        self._speed = QDoubleSpinBox(minimum=rules.ideal_characters_per_second, maximum=60, decimals=0)
        self._speed.setValue(rules.max_characters_per_second)
        for spin in (self._width, self._lines, self._speed):
            spin.setFixedWidth(_NUMBER_PIXELS)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow(self.tr("Format"), self.format)
        choose = button(self.tr("Choose …"), on_click=self._choose)
        self._form.addRow(self.tr("File"), self._side_by_side(self.place, choose))
        self._form.addRow("", self._timestamps)
        self._form.addRow("", self._word_times)
        self._form.addRow(self.tr("Characters a line"), self._width)
        self._form.addRow(self.tr("Lines"), self._lines)
        self._form.addRow(self.tr("Characters a second, at most"), self._speed)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setAccessibleName(self.tr("How it begins"))
        self.problem = label("", wrap=True)
        self.problem.hide()
        self.export_button = button(self.tr("Export"), "export", kind="primary", on_click=self._export)
        cancel = button(self.tr("Cancel"), on_click=self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        outer.setSpacing(SPACE + SPACE // 2)
        outer.addLayout(self._form)
        outer.addWidget(label(self.tr("How it begins"), "muted"))
        outer.addWidget(self.preview, 1)
        outer.addWidget(self.problem)
        outer.addLayout(row(None, cancel, self.export_button))
        self._preview_timer = QTimer(self, singleShot=True, interval=_PREVIEW_MS)
        self._preview_timer.timeout.connect(self._show_preview)
        self.format.currentIndexChanged.connect(self._format_changed)
        for box in (self._timestamps, self._word_times):
            box.toggled.connect(lambda _on: self._preview_timer.start())
        for spin in (self._width, self._lines, self._speed):
            spin.valueChanged.connect(lambda _value: self._preview_timer.start())
        last = context.recall("editor.export_format", "srt")
        self.format.setCurrentIndex(max(0, self.format.findData(last)))
        self._format_changed()

    @property
    def chosen_format(self) -> str:
        return str(self.format.currentData())

    @property
    def path(self) -> Path:
        """Where it goes, with the format's ending."""
        text = self.place.text().strip()
        suffix = FORMATS[self.chosen_format].suffix
        return Path(text if text.lower().endswith(suffix) else f"{text}{suffix}").expanduser()

    def options(self) -> ExportOptions:
        """What was chosen; raises ExportError for subtitle rules that contradict each other."""
        rules = replace(
            SubtitleRules(),
            max_line_width=self._width.value(),
            max_lines=self._lines.value(),
            max_characters_per_second=self._speed.value(),
        )
        return ExportOptions(
            timestamps=self._timestamps.isChecked(),
            word_times=self._word_times.isChecked(),
            subtitle_rules=rules,
        )

    def _describe(self, key: str) -> str:
        return {
            "txt": self.tr("Plain text"),
            "srt": self.tr("Subtitles, SubRip"),
            "vtt": self.tr("Subtitles, WebVTT"),
            "docx": self.tr("Word document"),
            "json": self.tr("Everything, for programs"),
            "csv": self.tr("Table for spreadsheets"),
        }.get(key, FORMATS[key].description)

    def _side_by_side(self, *parts: QWidget) -> QWidget:
        made = QWidget()
        layout = row(*parts)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setStretch(0, 1)
        made.setLayout(layout)
        return made

    def _format_changed(self) -> None:
        chosen = self.chosen_format
        for part, formats in (
            (self._timestamps, ("txt", "docx")),
            (self._word_times, ("vtt", "csv")),
            (self._width, _SUBTITLES),
            (self._lines, _SUBTITLES),
            (self._speed, _SUBTITLES),
        ):
            self._form.setRowVisible(part, chosen in formats)
        self._timestamps.setChecked(chosen == "docx")
        self._show_preview()

    def _show_preview(self) -> None:
        beginning = replace(self._transcript, segments=self._transcript.segments[:_PREVIEW_SEGMENTS])
        # A Word file is no text; its words are those of the plain one.
        shown = "txt" if self.chosen_format == "docx" else self.chosen_format
        try:
            self.preview.setPlainText(render(beginning, shown, self.options()).decode("utf-8-sig", "replace"))
        except AsrDesktopError as error:
            self._say(str(error))
        else:
            self.problem.hide()

    def _choose(self) -> None:
        name = self._describe(self.chosen_format)
        pattern = f"{name} (*{FORMATS[self.chosen_format].suffix})"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export"), str(self.path), pattern)
        if chosen:
            self.place.setText(chosen)

    def _export(self) -> None:
        try:
            options = self.options()
        except AsrDesktopError as error:
            self._say(str(error))
            return
        self.export_button.setEnabled(False)
        self._context.remember("editor.export_format", self.chosen_format)
        operation = self._context.run(write, self._transcript, self.path, self.chosen_format, options)
        operation.on_success(self._is_written).on_failure(self._cannot_write)

    def _is_written(self, path: Path) -> None:
        self.written.emit(path)
        self.accept()

    def _cannot_write(self, failure: Failure) -> None:
        self.export_button.setEnabled(True)
        self._say(failure.sentence)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
