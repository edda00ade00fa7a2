"""Cards of the Settings page for dictation: shortcuts, insertion and spoken commands; and, by program, model,
writing and hotwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from asr_desktop.base.errors import AsrDesktopError, DecoderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.settings import DictationProfile
from asr_desktop.dictation.insertion import AUTOMATIC, PASTE, TYPE, WAYS
from asr_desktop.dictation.profiles import CHAT, CODE, MAIL, PRESETS, program_names
from asr_desktop.dictation.spoken_commands import parse_own
from asr_desktop.dictation.talk_key import KeyUse
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.dictation_keys import CANCEL, CORRECT, TALK
from asr_desktop.gui.shortcuts import KeyEdit, key_sequence
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.choice_box import ModelBox
from asr_desktop.gui.widgets.parts import LineEdit, button, label, row
from asr_desktop.gui.widgets.settings_form import SettingsForm
from asr_desktop.writing.options import CAPITALS, MARKS, NUMBERS

TYPED_AFTER_MS = 500


class DictationCard(SettingsForm):
    """Settings of dictation. Shortcuts of other programs are unknown; conflicts are reported on choosing."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("DictationCard", "Dictation in other programs"))
        self.talk_key = self._key(self.tr("Dictate"), "dictation_key", TALK)
        self.cancel_key = self._key(self.tr("Cancel dictation"), "dictation_cancel_key", CANCEL)
        self.correct_key = self._key(self.tr("Correct last dictation"), "dictation_correct_key", CORRECT)
        self.choose_keys = button(
            self.tr("Choose in the desktop…"), on_click=lambda: context.dictation.keys.configure()
        )
        self._who_decides = label(
            self.tr("This desktop decides on shortcuts of programs."), "muted", wrap=True
        )
        beside = QWidget()
        line = row(self._who_decides, self.choose_keys)
        line.setContentsMargins(0, 0, 0, 0)
        line.setStretch(0, 1)
        beside.setLayout(line)
        self.add("", beside)
        context.dictation.keys.changed.connect(self._show_stored)
        self._shows.append(self._show_who_decides)
        self._show_who_decides()
        uses = [
            (self.tr("Hold to talk, or press to start and stop"), KeyUse.BOTH.value),
            (self.tr("Hold to talk"), KeyUse.HOLD.value),
            (self.tr("Press to start and stop"), KeyUse.TOGGLE.value),
        ]
        self.choice(self.tr("Shortcut works as"), uses, "dictation_key_use")
        ways = [
            (self.tr("Automatic"), AUTOMATIC),
            (self.tr("Typing"), TYPE),
            (self.tr("Pasting (the clipboard is restored)"), PASTE),
        ]
        self.choice(self.tr("Insert text by"), ways, "dictation_way")
        self.ways = self._lines(
            self.tr("Other ways for some programs"),
            "dictation_ways",
            self.tr("One per line, for example\ncode=paste\nxterm=type"),
            _checked_way,
        )
        kept_open = self.switch(
            self.tr("Keep the microphone open, so that no first word is cut off"),
            "dictation_keeps_microphone",
        )
        kept_open.setToolTip(
            self.tr("Your desktop then shows the microphone as in use. Only the last second is remembered.")
        )
        self.switch(self.tr("Keep dictations in the library"), "dictation_history")
        self.switch(self.tr("Spoken commands, such as “new line”"), "dictation_commands")
        self.switch(
            self.tr("Commands also in the middle of a sentence"),
            "dictation_commands_everywhere",
        )
        self.own = self._lines(
            self.tr("Your own commands"),
            "dictation_own_commands",
            self.tr("One per line, for example\nbest regards=Best regards,\\nAda\nsend it=key:Ctrl+Return"),
            parse_own,
        )

    def _show_who_decides(self) -> None:
        for shown in (self._who_decides, self.choose_keys):
            shown.setVisible(self.context.dictation.keys.desktop_decides)

    def _key(self, name: str, setting: str, action: str) -> KeyEdit:
        """A key of the program's settings; where the desktop decides, what that says instead."""
        editor = KeyEdit(key_sequence(self._stored(setting)))
        of_desktop = label("")
        of_desktop.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)

        def store() -> None:
            portable = editor.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
            if portable != self._stored(setting):
                self._store(setting, portable)

        def show() -> None:
            if not editor.hasFocus():
                editor.setKeySequence(key_sequence(self._stored(setting)))
            desktop_decides = self.context.dictation.keys.desktop_decides
            of_desktop.setText(self.context.dictation.keys.text(action) or self.tr("None"))
            of_desktop.setAccessibleName(f"{name}: {of_desktop.text()}")
            of_desktop.setVisible(desktop_decides)
            editor.setVisible(not desktop_decides)

        editor.editingFinished.connect(store)
        editor.setAccessibleName(name)
        both = QWidget()
        beside = QVBoxLayout(both)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(editor)
        beside.addWidget(of_desktop)
        self.add(name, both)
        both.setFocusProxy(editor)
        show()
        self._shows.append(show)
        return editor

    def _lines(self, name: str, setting: str, example: str, check: Callable[[str], object]) -> QPlainTextEdit:
        """A setting of several lines; the error of an invalid line is shown, and the line is not stored."""
        editor = QPlainTextEdit("\n".join(self._stored(setting)))
        editor.setAccessibleName(name)
        editor.setPlaceholderText(example)
        editor.setTabChangesFocus(True)
        editor.setFixedHeight(editor.fontMetrics().lineSpacing() * 4 + 2 * SPACE)
        problem = label("", "small", wrap=True)
        problem.hide()
        timer = QTimer(editor)
        timer.setSingleShot(True)
        timer.setInterval(TYPED_AFTER_MS)

        def store() -> None:
            accepted, sentence = [], ""
            for line in filter(str.strip, editor.toPlainText().splitlines()):
                try:
                    check(line)
                except AsrDesktopError as error:
                    sentence = said(str(error))
                else:
                    accepted.append(line.strip())
            problem.setText(sentence)
            problem.setVisible(bool(sentence))
            editor.setAccessibleDescription(sentence)
            if tuple(accepted) != self._stored(setting):
                self._store(setting, tuple(accepted))

        timer.timeout.connect(store)
        editor.textChanged.connect(timer.start)
        self.add(name, editor)
        self.add("", problem)
        return editor


def _checked_way(line: str) -> None:
    program, _, way = line.partition("=")
    if not program.strip() or way.strip() not in WAYS:
        raise AsrDesktopError(
            Sentence('Write "program=type" or "program=paste", one per line: {entry}', entry=line)
        )


class ProfilesCard(SettingsForm):
    """Shows one profile at a time; changes are stored immediately."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, QCoreApplication.translate("ProfilesCard", "Dictation by program"))
        hint = self.tr("A profile holds while you dictate into one of its programs. The first one counts.")
        self.body.insertWidget(1, label(hint, "muted", wrap=True))
        self.profile = self._box()
        self.profile.currentIndexChanged.connect(lambda _index: self._show())
        self.add(self.tr("Profile"), self.profile)
        self.add_button = button(self.tr("Add"), "plus")
        menu = QMenu(self)
        self.presets = {
            CODE: (self.tr("Code editor"), PRESETS[CODE]),
            MAIL: (self.tr("Mail"), PRESETS[MAIL]),
            CHAT: (self.tr("Chat"), PRESETS[CHAT]),
            "": (self.tr("Other programs"), DictationProfile()),
        }
        for name, preset in self.presets.values():
            menu.addAction(name).triggered.connect(partial(self._add, replace(preset, name=name)))
        self.add_button.setMenu(menu)
        self.remove_button = button(self.tr("Remove"), "trash", on_click=self._remove)
        buttons = row(self.add_button, self.remove_button, None)
        self.body.addLayout(buttons)
        self.name = LineEdit()
        self.programs = LineEdit()
        self.programs.setPlaceholderText(self.tr("For example: code, kate"))
        self.programs.setToolTip(self.tr("Program names as the desktop has them, separated by commas"))
        self.hotwords = LineEdit()
        self.hotwords.setPlaceholderText(self.tr("Names and terms, separated by commas"))
        self.model = _ProfileModelBox(self)
        self.way = self._box()
        for text, way in (
            (self.tr("Same as elsewhere"), ""),
            (self.tr("Automatic"), AUTOMATIC),
            (self.tr("Typing"), TYPE),
            (self.tr("Pasting (the clipboard is restored)"), PASTE),
        ):
            self.way.addItem(text, way)
        self.add(self.tr("Name"), self.name)
        self.add(self.tr("Programs"), self.programs)
        self.add(self.tr("Language and model"), self.model)
        self.add(self.tr("Insert text by"), self.way)
        self.add(self.tr("Hotwords"), self.hotwords)
        self.hotword_problem = label("", "small", wrap=True)
        self.hotword_problem.hide()
        self.add("", self.hotword_problem)
        self._shown_index = -1
        self.parts: dict[str, QCheckBox] = {}
        for part, text in (
            (MARKS, self.tr("Punctuation")),
            (CAPITALS, self.tr("Capitals")),
            (NUMBERS, self.tr("Figures for numbers, dates, times and money")),
        ):
            self.parts[part] = QCheckBox(text)
            self.parts[part].clicked.connect(lambda _on: self._keep())
            self.add("", self.parts[part])
        self.way.activated.connect(lambda _index: self._keep())
        self._typing = QTimer(self, singleShot=True, interval=TYPED_AFTER_MS)
        self._typing.timeout.connect(self._keep)
        for field in (self.name, self.programs, self.hotwords):
            field.textEdited.connect(lambda _text: self._typing.start())
            field.editingFinished.connect(self._keep)
        self._shows.append(self._follow)
        self._follow()

    @property
    def shown(self) -> DictationProfile | None:
        """The profile that the fields show."""
        profiles = self.context.settings.dictation_profiles
        index = self.profile.currentIndex()
        return profiles[index] if 0 <= index < len(profiles) else None

    def change(self, **values: Any) -> None:
        """Change values of the shown profile in the settings."""
        index, profiles = self.profile.currentIndex(), list(self.context.settings.dictation_profiles)
        if 0 <= index < len(profiles):
            changed = replace(profiles[index], **values)
            if changed != profiles[index]:
                profiles[index] = changed
                self.context.change_settings(dictation_profiles=tuple(profiles))

    def _add(self, profile: DictationProfile) -> None:
        self._keep()
        profiles = (*self.context.settings.dictation_profiles, profile)
        self.context.change_settings(dictation_profiles=profiles)
        self.profile.setCurrentIndex(len(profiles) - 1)
        self.programs.setFocus()

    def _remove(self) -> None:
        self._typing.stop()
        shown, index = self.shown, self.profile.currentIndex()
        if shown is None:
            return
        profiles = list(self.context.settings.dictation_profiles)
        del profiles[index]
        self.context.change_settings(dictation_profiles=tuple(profiles))
        removed = self.tr("The profile “{name}” was removed.").format(name=shown.name)
        self.context.offer.emit(removed, self.tr("Undo"), partial(_put_back, self.context, index, shown))

    def _keep(self) -> None:
        self._typing.stop()
        shown = self.shown
        if shown is None:
            return
        known = tuple(part for part in shown.writing_off if part not in self.parts)
        off = tuple(part for part, box in self.parts.items() if not box.isChecked())
        hotwords, problem = _read_hotwords(self.hotwords.text())
        self._show_hotword_problem(problem)
        self.change(
            name=self.name.text().strip() or shown.name,
            programs=program_names(self.programs.text()),
            hotwords=hotwords,
            way=self.way.currentData(),
            writing_off=(*known, *off),
        )

    def _show_hotword_problem(self, problem: str) -> None:
        self.hotword_problem.setText(problem)
        self.hotword_problem.setVisible(bool(problem))
        self.hotwords.setAccessibleDescription(problem)

    def _follow(self) -> None:
        """Update the card after a change of the settings, here or elsewhere."""
        names = [profile.name for profile in self.context.settings.dictation_profiles]
        if names != [self.profile.itemText(index) for index in range(self.profile.count())]:
            index = self.profile.currentIndex()
            self.profile.blockSignals(True)
            self.profile.clear()
            self.profile.addItems(names)
            self.profile.setCurrentIndex(min(max(index, 0), len(names) - 1))
            self.profile.blockSignals(False)
        self._show()

    def _show(self) -> None:
        shown = self.shown
        for part in (self.profile, self.remove_button, self.name, self.programs, self.hotwords, self.model):
            part.setEnabled(shown is not None)
        for widget in (self.way, *self.parts.values()):
            widget.setEnabled(shown is not None)
        profile = shown or DictationProfile()
        index = self.profile.currentIndex()
        if index != self._shown_index:
            self._show_hotword_problem("")
        for field, text in (
            (self.name, profile.name),
            (self.programs, ", ".join(profile.programs)),
            (self.hotwords, ", ".join(profile.hotwords)),
        ):
            if field is self.hotwords and self.hotword_problem.text() and index == self._shown_index:
                continue  # invalid input stays, so that the user can correct it
            if not (field.hasFocus() and self._typing.isActive()) and field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)
        self._shown_index = index
        self.way.setCurrentIndex(max(0, self.way.findData(profile.way)))
        for name, box in self.parts.items():
            box.setChecked(name not in profile.writing_off)
        self.model.look()


def _put_back(context: AppContext, index: int, profile: DictationProfile) -> None:
    profiles = list(context.settings.dictation_profiles)
    profiles.insert(index, profile)
    context.change_settings(dictation_profiles=tuple(profiles))


def _read_hotwords(text: str) -> tuple[tuple[str, ...], str]:
    """The valid entries of a comma-separated line, and the error of the last invalid one, or ""."""
    from asr_desktop.recognition.hotwords import parse_hotword

    accepted, problem = [], ""
    for entry in filter(None, map(str.strip, text.split(","))):
        try:
            parse_hotword(entry)
        except DecoderError as error:
            problem = said(str(error))
        else:
            accepted.append(entry)
    return tuple(accepted), problem


class _ProfileModelBox(ModelBox):
    """Chooses the profile's model, which overrides that of the settings."""

    def __init__(self, card: ProfilesCard) -> None:
        self._card = card
        super().__init__(card.context)

    def chosen(self) -> str:
        return self._card.shown.model if self._card.shown is not None else ""

    def choose(self, name: str) -> None:
        self._card.change(model=name)

    def first(self) -> list[tuple[str, str]]:
        return [(self.tr("Same as elsewhere"), "")]
