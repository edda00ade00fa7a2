"""Options of the Files page: formats and target of the transcripts, and watched folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
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
from asr_desktop.gui.file_jobs import COPY_SOUND, HOTWORDS, MODEL, SPEAKERS, TRACK, speaker_count
from asr_desktop.gui.theme import RADIUS, SPACE, theme
from asr_desktop.gui.widgets.choice_box import ModelBox
from asr_desktop.gui.widgets.export_dialog import format_name
from asr_desktop.gui.widgets.hotword_box import HotwordBox
from asr_desktop.gui.widgets.kept_focus import discard
from asr_desktop.gui.widgets.parts import (
    Card,
    ComboBox,
    ElidedLabel,
    IconLabel,
    button,
    icon_button,
    label,
    row,
)
from asr_desktop.transcripts.export import FORMATS

MOST_TRACKS = 8
"""Choices offered; for files with more, use the command line."""


class ExportSettings(Card):
    """Formats, target folder, and whether to copy the sound. Changes apply to files still in the queue."""

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
        """Show the current settings."""
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
    """Folders whose new files are transcribed automatically."""

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
        """Show the current settings."""
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


# Recognition options for files: a model and hotwords of their own

HOTWORD_LINES = 3
MOST_SPEAKERS_OFFERED = 10
"""Choices offered; for more, or a range, use the command line."""


class FileRecognition(QWidget):
    """Two cards. Their choices are stored, and apply to files still in the queue."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        card = Card()
        heading = label(self.tr("Language and model"), "heading")
        self.model = FileModelBox(context)
        heading.setBuddy(self.model)
        card.body.addWidget(heading)
        card.body.addWidget(self.model)
        heading = label(self.tr("Speakers"), "heading")
        self.speakers = FileSpeakersBox(context)
        heading.setBuddy(self.speakers)
        card.body.addWidget(heading)
        card.body.addWidget(self.speakers)
        self.hotwords = FileHotwords(context)
        column.addWidget(card)
        column.addWidget(self.hotwords)


class FileModelBox(ModelBox):
    """The model for files; by default that of the Live page."""

    def chosen(self) -> str:
        return self.context.recall(MODEL, "")

    def choose(self, name: str) -> None:
        self.context.remember(MODEL, name)

    def first(self) -> list[tuple[str, str]]:
        model = self.text_of(self.context.settings.model)
        return [(self.tr("Same as Live ({model})").format(model=model), "")]


class FileSpeakersBox(ComboBox):
    """Whether to tell speakers apart, and their number."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Speakers"))
        self.setToolTip(self.tr("Each segment then carries a name, which you can change in the Editor"))
        self.addItem(self.tr("Do not distinguish"), "")
        self.addItem(self.tr("Find automatically"), "auto")
        for count in range(2, MOST_SPEAKERS_OFFERED + 1):
            self.addItem(self.tr("{count} speakers").format(count=count), str(count))
        stored = str(context.recall(SPEAKERS, ""))
        if self.findData(stored) < 0 and speaker_count(stored) is not None:
            self.addItem(stored, stored)  # a range, stored by hand
        self.setCurrentIndex(max(0, self.findData(stored)))
        self.activated.connect(lambda _: context.remember(SPEAKERS, self.currentData()))


class FileHotwords(HotwordBox):
    """Hotwords for files only; those of the Live page apply to files as well."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.hint.setText(self.tr("One per line, for these files. Those on the Live page apply here too."))
        lines = HOTWORD_LINES * self.editor.fontMetrics().lineSpacing()
        self.editor.setFixedHeight(lines + 4 * SPACE)

    def stored(self) -> tuple[str, ...]:
        return tuple(str(word) for word in self.context.recall(HOTWORDS, []))

    def store(self, words: tuple[str, ...]) -> None:
        self.context.remember(HOTWORDS, list(words))


# The empty queue: a drop area, with buttons for users who do not drag

_ICON_PIXELS = 48
_HINT_PIXELS = 400


class DropArea(QWidget):
    """Only a hint: the page accepts drops anywhere."""

    choose_files = Signal()
    choose_folder = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_inviting = False
        sign = IconLabel("drop", lambda look: look.accent, pixels=_ICON_PIXELS)
        sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        sign.setAccessibleName("")
        heading = label(self.tr("Drop audio or video files here"), "heading")
        hint = label(
            self.tr(
                "Or whole folders. Each file becomes a transcript in the Library with word timestamps, "
                "plus the documents or subtitles you choose. Nothing leaves this computer."
            ),
            "muted",
            wrap=True,
        )
        for words in (heading, hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        hint.setFixedWidth(_HINT_PIXELS)
        self.files_button = button(
            self.tr("Choose files"), "plus", kind="primary", on_click=self.choose_files.emit
        )
        self.folder_button = button(self.tr("Choose a folder"), "folder", on_click=self.choose_folder.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        column.addWidget(sign)
        column.addWidget(heading)
        # Unaligned, because an aligned widget ignores the height of wrapped text at this width.
        column.addLayout(row(None, hint, None))
        column.addLayout(row(None, self.files_button, self.folder_button, None))
        column.addStretch(1)
        theme.changed.connect(self.update)

    def set_inviting(self, is_inviting: bool) -> None:
        """Highlight the area while files are dragged over the page."""
        self._is_inviting = is_inviting
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = look.accent if self._is_inviting else look.outline
        painter.setPen(QPen(QColor(colour), 2 if self._is_inviting else 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(look.accent_soft if self._is_inviting else look.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
