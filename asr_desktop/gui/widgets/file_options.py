"""What is written of each transcript and where, and which folders are watched."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import COPY_SOUND, TRACK
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.export_dialog import format_name
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import Card, ElidedLabel, button, icon_button, label, row
from asr_desktop.transcripts.export import FORMATS

MOST_TRACKS = 8
"""To be chosen from; a file with more of them is for the command line."""


class OutputOptions(Card):
    """Formats, target folder, and whether the sound is copied. All of it holds for files that still wait."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._context = context
        self.body.addWidget(label(self.tr("Formats"), "heading"))
        self.formats: dict[str, QCheckBox] = {}
        names = {
            "txt": self.tr("Text (.txt)"),
            "srt": self.tr("Subtitles (.srt)"),
            "vtt": self.tr("Web subtitles (.vtt)"),
            "docx": self.tr("Word document (.docx)"),
            "json": self.tr("Word times (.json)"),
            "csv": self.tr("Table (.csv)"),
        }
        boxes = QVBoxLayout()
        boxes.setSpacing(0)
        for name in FORMATS:
            box = QCheckBox(names[name])
            box.setAccessibleName(format_name(name))
            box.setToolTip(format_name(name))
            box.toggled.connect(self._choose_formats)
            self.formats[name] = box
            boxes.addWidget(box)
        self.body.addLayout(boxes)
        self.body.addWidget(label(self.tr("Save to"), "heading"))
        self.beside = QRadioButton(self.tr("Next to each file"))
        self.in_folder = QRadioButton(self.tr("In one folder"))
        group = QButtonGroup(self)
        for choice in (self.beside, self.in_folder):
            group.addButton(choice)
        self.folder = ElidedLabel()
        self.change = button(self.tr("Change"), kind="quiet", on_click=self._choose_folder)
        where = QVBoxLayout()
        where.setSpacing(0)
        where.addWidget(self.beside)
        where.addWidget(self.in_folder)
        self._folder_row = QWidget()
        line = row(self.folder, self.change)
        line.setContentsMargins(3 * SPACE, 0, 0, 0)
        line.setStretch(0, 1)
        self._folder_row.setLayout(line)
        where.addWidget(self._folder_row)
        self.body.addLayout(where)
        self.track = QComboBox()
        self.track.setAccessibleName(self.tr("Audio track"))
        self.track.setToolTip(self.tr("For videos and recordings that have several audio tracks"))
        self.track.addItem(self.tr("Default"), 0)
        for number in range(1, MOST_TRACKS + 1):
            self.track.addItem(str(number), number)
        self.track.activated.connect(lambda _: context.remember(TRACK, self.track.currentData()))
        track = row(label(self.tr("Audio track")), self.track)
        track.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(track)
        self.copy_sound = QCheckBox(self.tr("Keep a copy of the audio"))
        self.copy_sound.setToolTip(
            self.tr(
                "In the Library, so that you can play it even if the file is moved or deleted; uses "
                "disk space"
            )
        )
        self.copy_sound.toggled.connect(lambda wanted: context.remember(COPY_SOUND, wanted))
        self.body.addWidget(self.copy_sound)
        self.beside.clicked.connect(lambda: context.change_settings(export_folder=""))
        self.in_folder.clicked.connect(self._choose_folder)
        context.settings_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """As the settings have it now."""
        settings = self._context.settings
        for name, box in self.formats.items():
            box.blockSignals(True)
            box.setChecked(name in settings.export_formats)
            box.blockSignals(False)
        has_folder = bool(settings.export_folder)
        (self.in_folder if has_folder else self.beside).setChecked(True)
        self._folder_row.setVisible(has_folder)
        self.folder.setText(settings.export_folder)
        self.copy_sound.setChecked(self._context.recall(COPY_SOUND, False))
        self.track.setCurrentIndex(max(0, self.track.findData(self._context.recall(TRACK, 0))))

    def _choose_formats(self) -> None:
        chosen = tuple(name for name, box in self.formats.items() if box.isChecked())
        self._context.change_settings(export_formats=chosen)

    def _choose_folder(self) -> None:
        start = self._context.settings.export_folder
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for transcripts"), start)
        if name:
            self._context.change_settings(export_folder=name)
        self.refresh()


class WatchedFolders(Card):
    """Folders whose new files are transcribed by themselves."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._jobs = context.file_jobs
        self.body.addWidget(label(self.tr("Watched folders"), "heading"))
        self._hint = label(
            self.tr("Audio and video files that appear in a watched folder are transcribed automatically."),
            "small",
            wrap=True,
        )
        self.body.addWidget(self._hint)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.add_button = button(self.tr("Watch a folder"), "folder-watch", on_click=self._add)
        self.body.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._jobs.folders_changed.connect(self.refresh)
        self._context = context
        context.settings_changed.connect(self.refresh)
        self._shown: tuple[str, ...] | None = None
        self.refresh()

    def refresh(self) -> None:
        """As the settings have it now."""
        folders = self._context.settings.watched_folders
        if folders == self._shown:
            return
        self._shown = folders
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        for folder in folders:
            name = ElidedLabel(folder)
            name.setToolTip(folder)
            remove = icon_button(
                "close",
                self.tr("Stop watching {folder}").format(folder=folder),
                on_click=lambda folder=folder: self._remove(folder),  # type: ignore[misc]
            )
            line = QWidget()
            parts = row(name, remove)
            parts.setContentsMargins(0, 0, 0, 0)
            parts.setStretch(0, 1)
            line.setLayout(parts)
            self._list.addWidget(line)
        self._hint.setVisible(not folders)

    def _add(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder to watch"))
        if name:
            self._jobs.watch([*map(Path, self._context.settings.watched_folders), Path(name)])

    def _remove(self, folder: str) -> None:
        kept = [Path(name) for name in self._context.settings.watched_folders if name != folder]
        self._jobs.watch(kept)
