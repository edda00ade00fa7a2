"""The export dialog: format, options, preview and target file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.operations import Failure
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said, said_speaker
from asr_desktop.gui.widgets.parts import button, label, row
from asr_desktop.gui.widgets.subtitle_view import SubtitleRulesForm, keep_rules, kept_rules
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import FORMATS, ExportOptions, render, write

# Names of the export formats


def format_name(key: str) -> str:
    """The name of a format, such as "Word document". key: one of FORMATS."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("FormatNames", text)

    return {
        "txt": tr("Plain text"),
        "srt": tr("Subtitles (SubRip)"),
        "vtt": tr("Subtitles (WebVTT)"),
        "docx": tr("Word document"),
        "json": tr("JSON with all details"),
        "csv": tr("Spreadsheet table"),
    }.get(key, FORMATS[key].description)


def file_filter(key: str) -> str:
    """The filter for a file dialog, such as "Word document (*.docx)"."""
    return f"{format_name(key)} (*{FORMATS[key].suffix})"


_PREVIEW_SEGMENTS = 40
_PREVIEW_MS = 150
_SUBTITLES = ("srt", "vtt")
_WITH_NAMES = ("txt", "docx", *_SUBTITLES)


class ExportDialog(QDialog):
    """Emits `written(path)`.

    suggested: the file without its suffix. title: of the document. selected: indices of the first and last
    selected segment, which can be exported alone.
    """

    written = Signal(object)

    def __init__(
        self,
        context: AppContext,
        transcript: Transcript,
        suggested: Path,
        *,
        title: str | None = None,
        selected: tuple[int, int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._transcript = transcript
        self._title = title
        self._selected = selected
        self._may_be_replaced: Path | None = None
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumSize(620, 560)
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for key, exporter in FORMATS.items():
            self.format.addItem(f"{format_name(key)} ({exporter.suffix})", key)
        self.place = QLineEdit(str(suggested))
        self.place.setAccessibleName(self.tr("File"))
        self._timestamps = QCheckBox(self.tr("Timestamp before each paragraph"))
        self.speaker_names = QCheckBox(self.tr("Speaker names"))
        self.speaker_names.setChecked(True)
        self._word_times = QCheckBox(self.tr("Word timestamps"))
        self.only_selected = QCheckBox(self._about_selection(selected))
        self.only_selected.setVisible(selected is not None)
        self.rules_form = SubtitleRulesForm(kept_rules(context))
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow(self._name(self.tr("Format"), self.format), self.format)
        choose = button(self.tr("Choose…"), on_click=self._choose)
        self._form.addRow(self._name(self.tr("File"), self.place), self._side_by_side(self.place, choose))
        self._form.addRow("", self._timestamps)
        self._form.addRow("", self.speaker_names)
        self._form.addRow("", self._word_times)
        self._form.addRow("", self.only_selected)
        self._form.addRow(self.rules_form)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setAccessibleName(self.tr("Preview"))
        self.problem = label("", wrap=True)
        self.problem.hide()
        self.export_button = button(self.tr("Export"), "export", kind="primary", on_click=self._export)
        self.export_button.setDefault(True)
        cancel = button(self.tr("Cancel"), on_click=self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        outer.setSpacing(SPACE + SPACE // 2)
        outer.addLayout(self._form)
        outer.addWidget(label(self.tr("Preview"), "muted"))
        outer.addWidget(self.preview, 1)
        outer.addWidget(self.problem)
        outer.addLayout(row(None, cancel, self.export_button))
        self._preview_timer = QTimer(self, singleShot=True, interval=_PREVIEW_MS)
        self._preview_timer.timeout.connect(self._show_preview)
        self.format.currentIndexChanged.connect(self._format_changed)
        for box in (self._timestamps, self.speaker_names, self._word_times, self.only_selected):
            box.toggled.connect(lambda _on: self._preview_timer.start())
        self.rules_form.changed.connect(self._preview_timer.start)
        last = context.recall("editor.export_format", "srt")
        self.format.setCurrentIndex(max(0, self.format.findData(last)))
        self._format_changed()

    @property
    def chosen_format(self) -> str:
        return str(self.format.currentData())

    @property
    def path(self) -> Path:
        """The target file, with the format's suffix."""
        text = self.place.text().strip()
        suffix = FORMATS[self.chosen_format].suffix
        return Path(text if text.lower().endswith(suffix) else f"{text}{suffix}").expanduser()

    def options(self) -> ExportOptions:
        """The chosen options."""
        return ExportOptions(
            title=self._title,
            timestamps=self._timestamps.isChecked(),
            speaker_names=self.speaker_names.isChecked(),
            word_times=self._word_times.isChecked(),
            subtitle_rules=self.rules_form.rules(),
        )

    def transcript(self) -> Transcript:
        """The transcript or its selection. Unnamed speakers are called in the window's language, except in
        the format that can be opened again."""
        segments = self._transcript.segments
        if self._selected is not None and self.only_selected.isChecked():
            segments = segments[self._selected[0] : self._selected[1] + 1]
        if self.chosen_format != "json":
            segments = tuple(replace(s, speaker=s.speaker and said_speaker(s.speaker)) for s in segments)
        return replace(self._transcript, segments=segments)

    def _about_selection(self, selected: tuple[int, int] | None) -> str:
        count = 0 if selected is None else selected[1] - selected[0] + 1
        return self.tr("Only the selected segments ({count})").format(count=count)

    def _name(self, text: str, field: QWidget) -> QWidget:
        """A label as high as its field, so that both are aligned."""
        made = label(text)
        made.setMinimumHeight(field.sizeHint().height())
        return made

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
            (self.rules_form, _SUBTITLES),
        ):
            self._form.setRowVisible(part, chosen in formats)
        has_speakers = any(segment.speaker is not None for segment in self._transcript.segments)
        self._form.setRowVisible(self.speaker_names, has_speakers and chosen in _WITH_NAMES)
        self._timestamps.setChecked(chosen == "docx")
        self._show_ending()
        self._show_preview()

    def _show_ending(self) -> None:
        """Replace the suffix by that of the chosen format."""
        name = self.place.text()
        for exporter in FORMATS.values():
            if name.lower().endswith(exporter.suffix):
                name = name[: -len(exporter.suffix)]
        self.place.setText(f"{name}{FORMATS[self.chosen_format].suffix}")

    def _show_preview(self) -> None:
        transcript = self.transcript()
        beginning = replace(transcript, segments=transcript.segments[:_PREVIEW_SEGMENTS])
        # Word files are not text; their preview is the plain text.
        shown = "txt" if self.chosen_format == "docx" else self.chosen_format
        try:
            self.preview.setPlainText(render(beginning, shown, self.options()).decode("utf-8-sig", "replace"))
        except AsrDesktopError as error:
            self._say(said(str(error)))
        else:
            self.problem.hide()

    def _choose(self) -> None:
        pattern = file_filter(self.chosen_format)
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export"), str(self.path), pattern)
        if chosen:
            self.place.setText(chosen)
            self._may_be_replaced = self.path  # the file dialog has asked

    def _export(self) -> None:
        path = self.path
        if path != self._may_be_replaced and path.is_file():
            self._may_be_replaced = path
            self._say(
                self.tr("{name} already exists and may have been edited. Export again to replace it.").format(
                    name=path.name
                )
            )
            return
        self.export_button.setEnabled(False)
        self._context.remember("editor.export_format", self.chosen_format)
        options = self.options()
        keep_rules(self._context, options.subtitle_rules)
        operation = self._context.run(write, self.transcript(), path, self.chosen_format, options)
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


# Exporting several transcripts: format and folder


class SaveSeveral(QDialog):
    """Asks for format and folder; each transcript becomes a file with its name. count: of transcripts."""

    def __init__(self, count: int, folder: Path, format: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save {count} transcripts").format(count=count))
        self.setMinimumWidth(520)
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for key, exporter in FORMATS.items():
            self.format.addItem(f"{format_name(key)} ({exporter.suffix})", key)
        self.format.setCurrentIndex(max(0, self.format.findData(format)))
        self.place = QLineEdit(str(folder))
        self.place.setAccessibleName(self.tr("Folder"))
        self.place.textChanged.connect(self._check)
        choose = button(self.tr("Choose…"), on_click=self._choose)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name, field, line in (
            (self.tr("Format"), self.format, row(self.format)),
            (self.tr("Folder"), self.place, row(self.place, choose)),
        ):
            shown = label(name)
            shown.setMinimumHeight(field.sizeHint().height())  # aligns both
            form.addRow(shown, line)
        about = self.tr("Files are named as in the Library. Existing files are not replaced.")
        self.save_button = button(self.tr("Save"), "export", kind="primary", on_click=self.accept)
        self.save_button.setDefault(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        outer.setSpacing(2 * SPACE)
        outer.addLayout(form)
        outer.addWidget(label(about, "muted", wrap=True))
        outer.addStretch(1)
        outer.addLayout(row(None, button(self.tr("Cancel"), on_click=self.reject), self.save_button))

    @property
    def chosen_format(self) -> str:
        return str(self.format.currentData())

    @property
    def folder(self) -> Path:
        return Path(self.place.text().strip()).expanduser()

    def _check(self, text: str) -> None:
        self.save_button.setEnabled(bool(text.strip()))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Save in"), str(self.folder))
        if chosen:
            self.place.setText(chosen)
