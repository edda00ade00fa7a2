"""Texts: added, learnt, used and taken back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.json_messages import line_of
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.gui.voice_training import VoiceTraining
from tests.fixtures.make_models import model_folder
from tests.gui.voice_page import PATIENCE_MS, child, problems

__all__ = ["problems"]


LEARNS_TEXTS = """
import pathlib
progress(stage="reading", done=0.1)
progress(stage="measuring", done=0.6)
folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
gain = dict(model="m", words=900, new_words=12, weight=0.5, before=200.0, after=150.0)
(folder / "gain.json").write_text(json.dumps(gain))
tell(type="result", sentence="Better.", finished=True, offered=True, folder=str(folder))
"""


@pytest.fixture
def texts_page(
    context: AppContext, qtbot: QtBot, problems: list[Any], tmp_path: Path
) -> Callable[[str], VoicePage]:
    from asr_desktop.language_model.personal import personal_folder

    def make(code: str) -> VoicePage:
        command = child(tmp_path, code)
        page = VoicePage(
            context, learning=VoiceTraining(lambda model: [*command(model), str(personal_folder())])
        )
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.tabs.setCurrentWidget(page.texts)
        page.show()
        qtbot.waitUntil(lambda: page.texts._found is not None, timeout=PATIENCE_MS)
        return page

    return make


def test_texts_are_added_learnt_used_and_taken_back(
    texts_page: Callable[[str], VoicePage],
    context: AppContext,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from asr_desktop.language_model.personal import personal_folder

    page = texts_page(LEARNS_TEXTS)
    part = page.texts
    assert part.own.no_texts.isVisible()
    assert not part.learn_button.isEnabled()
    letter = tmp_path / "A letter.txt"
    letter.write_text("Dear Ada, the harbour was built in three winters.", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args, **_kw: ([str(letter)], ""))
    qtbot.mouseClick(part.own.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.own.texts.count() == 1, timeout=PATIENCE_MS)
    assert part.own.texts.item(0).text() == "A letter · words: 9"
    QGuiApplication.clipboard().setText("What I wrote to you long ago.")
    qtbot.mouseClick(part.own.paste_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.own.texts.count() == 2, timeout=PATIENCE_MS)
    part.own.texts.setCurrentRow(1)
    qtbot.mouseClick(part.own.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.own.texts.count() == 1, timeout=PATIENCE_MS)
    with qtbot.waitSignal(part.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(part.learn_button, Qt.MouseButton.LeftButton)
        assert part.stop_button.isVisible()
        assert not part.own.add_button.isEnabled()
    assert context.settings.language_model == str(personal_folder())
    qtbot.waitUntil(lambda: part.verdict.isVisible(), timeout=PATIENCE_MS)
    assert part.verdict.text().startswith("It predicts your words 25% better than before")
    assert "New words of yours that it knows: 12" in part.verdict.text()
    assert part.in_use.isVisible()
    qtbot.mouseClick(part.back_button, Qt.MouseButton.LeftButton)
    assert context.settings.language_model == ""
    assert part.use_button.isVisible()
    qtbot.mouseClick(part.use_button, Qt.MouseButton.LeftButton)
    assert context.settings.language_model == str(personal_folder())
    told: list[str] = []
    context.model_changed.connect(told.append)
    with qtbot.waitSignal(part.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(part.learn_button, Qt.MouseButton.LeftButton)
    assert told == [context.settings.model], "recognisers that run are told of the new one in the same place"


@pytest.mark.skipif(sys.platform == "win32", reason="there it is ended without a word")
def test_learning_texts_is_stopped_and_changes_nothing(
    texts_page: Callable[[str], VoicePage], context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    from asr_desktop.language_model.own_texts import add_pasted

    add_pasted("What I wrote to you long ago.")
    page = texts_page("progress(stage='learning', done=0.3)\nwhile True: time.sleep(0.05)")
    with qtbot.waitSignal(page.texts.learning.progressed, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.texts.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.stop_button, Qt.MouseButton.LeftButton)
    assert page.texts.stage.text() == "Stopped; nothing was changed."
    assert context.settings.language_model == ""


def test_texts_that_gain_nothing_and_those_that_are_too_short_are_a_sentence(
    texts_page: Callable[[str], VoicePage], context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    from asr_desktop.language_model.own_texts import add_pasted

    add_pasted("What I wrote to you long ago.")
    page = texts_page(
        "tell(type='result', sentence='No.', finished=True, offered=False, folder=None); sys.exit(3)"
    )
    with qtbot.waitSignal(page.texts.learning.ended, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    assert page.texts.verdict.text() == "Your texts contain nothing that the model does not know already."
    assert context.settings.language_model == ""
    child(tmp_path, f"print({line_of('There are 7 words.')!r}); sys.exit(1)")
    with qtbot.waitSignal(page.texts.learning.failed, timeout=PATIENCE_MS):
        qtbot.mouseClick(page.texts.learn_button, Qt.MouseButton.LeftButton)
    assert page.texts.stage.text() == "There are 7 words."


def test_what_learning_texts_needs_is_said(
    texts_page: Callable[[str], VoicePage], monkeypatch: pytest.MonkeyPatch
) -> None:
    from asr_desktop.gui.widgets import voice_texts

    monkeypatch.setattr(voice_texts, "missing_packages", lambda _needed: ["kenlm"])
    page = texts_page("")
    assert page.texts.install_hint.isVisible()
    assert "kenlm-ex~=" in page.texts.install_hint.text()
    assert not page.texts.learn_button.isEnabled()


def test_what_texts_gained_is_not_used_with_a_model_of_other_letters(
    context: AppContext, tmp_path: Path
) -> None:
    (tmp_path / "alphabet.json").write_text(json.dumps({"labels": list("абв")}), encoding="utf-8")
    context.change_settings(language_model=str(tmp_path))
    told: list[str] = []
    context.show_message.connect(lambda sentence, _kind, _details: told.append(sentence))
    context.change_settings(model=str(model_folder("wav2vec2-group")))
    assert context.settings.language_model == ""
    assert len(told) == 1
    (tmp_path / "alphabet.json").write_text(json.dumps({"labels": list("abcdefghijklmnopqrstuvwxyz")}))
    context.change_settings(language_model=str(tmp_path))
    context.change_settings(model=DEFAULT_MODEL)
    assert context.settings.language_model == str(tmp_path)


def test_the_command_for_texts_is_known_to_the_trainer() -> None:
    from asr_desktop.gui.voice_training import texts_command
    from tests.trainer.command_stand_in import understood

    options = understood(texts_command("starter-en")[4:])
    assert options["as_json"] is True
    assert options["model"] == "starter-en"
