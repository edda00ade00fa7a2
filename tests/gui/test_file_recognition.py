"""A model and hotwords for the files at hand, without a change to dictation."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from asr_desktop import DEFAULT_MODEL
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.files_page import FilesPage
from asr_desktop.gui.widgets import choice_box

PATIENCE_MS = 60_000


@pytest.fixture
def page(context: AppContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> FilesPage:
    models = [
        SimpleNamespace(name="german", language="de"),
        SimpleNamespace(name=DEFAULT_MODEL, language="en"),
    ]
    monkeypatch.setattr(choice_box, "_models", lambda: models)
    page = FilesPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def test_files_have_the_model_of_dictation_until_another_is_chosen(
    page: FilesPage, context: AppContext, qtbot: QtBot
) -> None:
    box = page.recognition.model
    qtbot.waitUntil(lambda: box.findData("german") > 0, timeout=PATIENCE_MS)
    assert box.currentText() == f"Same as Live (English · {DEFAULT_MODEL})"
    assert context.file_jobs.choice().model == DEFAULT_MODEL
    box.setCurrentIndex(box.findData("german"))
    box.activated.emit(box.currentIndex())
    assert context.file_jobs.choice().model == "german"
    assert context.settings.model == DEFAULT_MODEL
    assert context.model_choice().model == DEFAULT_MODEL
    again = FilesPage(context)
    qtbot.addWidget(again)
    assert again.recognition.model.currentData() == "german", "it is kept"


def test_names_for_files_come_to_those_of_the_live_page(
    page: FilesPage, context: AppContext, qtbot: QtBot
) -> None:
    context.change_settings(hotwords=("Ada Lovelace", "Babbage:12"))
    box = page.recognition.hotwords
    assert box.editor.toPlainText() == ""
    box.editor.setPlainText("Menabrea\nAda Lovelace")
    box.apply()
    texts = [hotword.text for hotword in context.file_jobs.choice().hotwords]
    assert texts == ["Ada Lovelace", "Babbage", "Menabrea"]
    assert context.settings.hotwords == ("Ada Lovelace", "Babbage:12")
    assert [hotword.text for hotword in context.model_choice().hotwords] == ["Ada Lovelace", "Babbage"]


def test_a_personal_language_model_is_not_used_with_another_language_s_letters(
    page: FilesPage, context: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.change_settings(language_model=str(tmp_path))
    monkeypatch.setattr("asr_desktop.gui.app_context._fits", lambda chosen: chosen.model != "german")
    assert context.file_jobs.choice().language_model == str(tmp_path)
    context.remember("files.model", "german")
    assert context.file_jobs.choice().language_model is None
