"""Help: how to do each task, the keyboard shortcuts, and where files are stored."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from asr_desktop.base import paths
from asr_desktop.dictation.spoken_commands import BUILT_IN, Act, Command
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_keys import CORRECT, TALK
from asr_desktop.gui.pages import Page
from asr_desktop.gui.shortcuts import KeyGroup, key_groups
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.about_card import AboutCard
from asr_desktop.gui.widgets.choice_box import language_name
from asr_desktop.gui.widgets.columns import CardColumns
from asr_desktop.gui.widgets.parts import Card, IconLabel, button, label, page_layout, row
from asr_desktop.gui.widgets.settings_form import StorageCard

DICTATION_KEY, CORRECTION_KEY = "dictation", "dictation.correct"
"""Shortcuts that do not belong to the window."""


class HelpPage(Page):
    """All help on one scrollable page."""

    title = "Help"
    icon_name = "help"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._keys_in_jobs: list[tuple[QLabel, str, str]] = []
        self._key_labels: dict[str, QLabel] = {}
        outer = page_layout(self, self.tr("Help"))
        self.columns = CardColumns(
            [
                self._make_jobs(),
                SpokenCommandsCard(),
                StorageCard(context),
                self._make_trouble(),
                AboutCard(context),
            ],
            [self._make_keys()],
        )
        outer.addWidget(self.columns, 1)
        context.settings_changed.connect(self._show_keys)
        context.dictation.keys.changed.connect(self._show_keys)
        self._show_keys()

    def _make_jobs(self) -> Card:
        card = Card(self.tr("How to…"))
        card.body.setSpacing(2 * SPACE)
        for icon_name, heading, text, action, page in (
            (
                "microphone",
                self.tr("Dictate or record"),
                self.tr(
                    "Press {key} on any page, or the round button on the Live page, and speak. The "
                    "audio is saved while you speak; when you stop, the transcript is in the Library."
                ),
                "live.record",
                "live",
            ),
            (
                "keyboard",
                self.tr("Dictate in other programs"),
                self.tr(
                    "Put the cursor where the text is to go. Hold {key} while you speak, or press it "
                    "briefly to start and again to stop. Choose the shortcut in the settings."
                ),
                DICTATION_KEY,
                "settings",
            ),
            (
                "editor",
                self.tr("Correct a dictation"),
                self.tr(
                    "Press {key} to hear the last one again and put it right. The text in the program is "
                    "replaced, and the model can learn from it."
                ),
                CORRECTION_KEY,
                "settings",
            ),
            (
                "overlay",
                self.tr("Show captions over other windows"),
                self.tr(
                    "Press {key} on the Live page, for example during a call or a video. To transcribe what "
                    "the computer plays, choose it as the microphone."
                ),
                "live.overlay",
                "live",
            ),
            (
                "files",
                self.tr("Transcribe files"),
                self.tr(
                    "Drop audio or video files anywhere on the window, or press {key} on the Files "
                    "page. You also choose the output formats (text, subtitles, Word) and folders to "
                    "watch there."
                ),
                "files.add",
                "files",
            ),
            (
                "editor",
                self.tr("Correct a transcript"),
                self.tr(
                    "Open it from the Library, click a word to hear it, and type over what is wrong. "
                    "{key} goes to the next doubtful word and shows suggestions. Changes are saved "
                    "automatically."
                ),
                "editor.next_doubtful",
                "editor",
            ),
            (
                "person",
                self.tr("Write in who is speaking"),
                self.tr(
                    "In the Editor, click a name beside the text to rename that speaker or to merge two. "
                    "{key} lists all speakers; Alt and a digit corrects a segment."
                ),
                "editor.speakers",
                "editor",
            ),
            (
                "export",
                self.tr("Export text, subtitles or a Word document"),
                self.tr("Press {key} in the Editor, or select transcripts in the Library and choose Export."),
                "editor.export",
                "library",
            ),
            (
                "search",
                self.tr("Find what was said"),
                self.tr(
                    "Press {key} in the Library and type words, or a phrase in quotes. Open a result to "
                    "hear it."
                ),
                "library.search",
                "library",
            ),
            (
                "tag",
                self.tr("Get names and special words right"),
                self.tr(
                    "Type them under “Names and phrases” on the Live or Files page, one per line. They "
                    "work immediately."
                ),
                "",
                "live",
            ),
            (
                "voice",
                self.tr("Teach it your voice"),
                self.tr(
                    "Read sentences aloud on the Voice page; ten minutes make a difference. You can "
                    "also use corrected transcripts and your own texts."
                ),
                "",
                "voice",
            ),
            (
                "models",
                self.tr("Use another language, or a better model"),
                self.tr("Download one on the Models page. Nothing else uses the network."),
                "",
                "models",
            ),
        ):
            card.body.addWidget(self._job(icon_name, heading, text, action, page))
        return card

    def _job(self, icon_name: str, heading: str, text: str, action: str, page: str) -> QWidget:
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE + SPACE // 2)
        line.addWidget(IconLabel(icon_name, lambda look: look.accent), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(SPACE // 4)
        words.addWidget(label(heading, "group", wrap=True))
        about = label(text, "muted", wrap=True)
        words.addWidget(about)
        line.addLayout(words, 1)
        open_page = button(self.tr("Show"), kind="quiet", on_click=partial(self.context.show_page.emit, page))
        open_page.setAccessibleName(self.tr("Show: {job}").format(job=heading))
        line.addWidget(open_page, 0, Qt.AlignmentFlag.AlignTop)
        if action:
            self._keys_in_jobs.append((about, text, action))
        return made

    def _make_trouble(self) -> Card:
        card = Card(self.tr("If something goes wrong"))
        card.body.addWidget(
            label(
                self.tr(
                    "Messages say what to do. Unexpected errors have a button “Copy details”, and are also "
                    "written to the log folder: attach these when you report a problem."
                ),
                "muted",
                wrap=True,
            )
        )
        card.body.addLayout(row(button(self.tr("Open the log folder"), "folder", on_click=_open_logs), None))
        return card

    def _make_keys(self) -> Card:
        card = Card(self.tr("Keyboard shortcuts"))
        change = button(
            self.tr("Change shortcuts"), "keyboard", on_click=partial(self.context.show_page.emit, "settings")
        )
        card.body.addLayout(row(label(self.tr("You can change every shortcut."), "muted"), None, change))
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        for group in key_groups():
            self._add_group(grid, group)
        card.body.addLayout(grid)
        return card

    def _add_group(self, grid: QGridLayout, group: KeyGroup) -> None:
        place = grid.rowCount()
        if self._key_labels:
            grid.setRowMinimumHeight(place, SPACE)
            place += 1
        grid.addWidget(label(group.heading, "group"), place, 0, 1, 2)
        for action in group.actions:
            place += 1
            key = self._key_labels[action.name] = label("")
            grid.addWidget(label(action.description, "muted", wrap=True), place, 0)
            grid.addWidget(key, place, 1)

    def _show_keys(self) -> None:
        keys = self.context.shortcuts
        of_dictation = {DICTATION_KEY: TALK, CORRECTION_KEY: CORRECT}
        for name, shown in self._key_labels.items():
            shown.setText(keys.text(name) or "–")
        for about, text, name in self._keys_in_jobs:
            action = of_dictation.get(name)
            chosen = self.context.dictation.keys.text(action) if action else keys.text(name)
            about.setText(text.format(key=chosen or self.tr("the shortcut you chose")))


def _open_logs() -> None:
    folder = paths.logs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class SpokenCommandsCard(Card):
    """The spoken commands, one group for each language; the model decides which language applies."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.translate("SpokenCommandsCard", "Spoken commands"))
        hint = label(
            self.tr(
                "Say a command on its own, with a pause before and after it. In the middle of a sentence "
                "its words stay text. Add your own commands in the settings."
            ),
            "muted",
            wrap=True,
        )
        self.body.addWidget(hint)
        grid = QGridLayout()
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        for language, commands in BUILT_IN.items():
            place = grid.rowCount()
            grid.setRowMinimumHeight(place, SPACE if place > 1 else 0)
            grid.addWidget(label(language_name(language), "group"), place + 1, 0, 1, 2)
            for line, command in enumerate(commands, start=place + 2):
                phrases = label(", ".join(self._phrases(command)), "muted", wrap=True)
                effect = label(self._effect(command), wrap=True)
                phrases.setBuddy(effect)
                grid.addWidget(phrases, line, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(effect, line, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(grid)

    def _phrases(self, command: Command) -> list[str]:
        end = " …" if command.act is Act.CAPITALS else ""
        return [f"“{phrase}{end}”" for phrase in command.phrases]

    def _effect(self, command: Command) -> str:
        match command.act:
            case Act.TEXT:
                texts = {"\n": self.tr("New line"), "\n\n": self.tr("New paragraph")}
                return texts.get(command.text, command.text)
            case Act.KEY:
                return self.tr("Press {key}").format(key=command.text)
            case Act.SCRATCH:
                return self.tr("Delete what was inserted last")
            case Act.UNDO:
                return self.tr("Undo")
            case Act.SELECT:
                return self.tr("Select what was inserted last")
            case Act.STOP:
                return self.tr("Stop dictation")
            case _:
                return self.tr("Write the words that follow in capitals")
