"""Exports from the editor: all of it or what is selected, in every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from asr_desktop.gui import translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.export import FORMATS
from asr_desktop.transcripts.export.json import read_json
from tests.gui.editor_page import WAIT, messages, page, sound
from tests.gui.editor_talk import talk

__all__ = ["messages", "page", "sound"]


def test_a_part_that_is_selected_can_be_exported_alone(
    qtbot: QtBot, page: EditorPage, tmp_path: Path
) -> None:
    page.open_document(talk(), None)
    page.view.choose_stretch(5.0, 8.5)
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    dialog.format.setCurrentIndex(dialog.format.findData("txt"))
    assert dialog.only_selected.text() == "Only the selected segments (2)"
    dialog.only_selected.setChecked(True)
    qtbot.waitUntil(lambda: dialog.preview.toPlainText().startswith("on thought day"), timeout=WAIT)
    dialog.place.setText(str(tmp_path / "part"))
    dialog.export_button.click()
    qtbot.waitUntil((tmp_path / "part.txt").is_file, timeout=WAIT)
    assert "weather" not in (tmp_path / "part.txt").read_text()


def test_export_writes_what_was_corrected(
    qtbot: QtBot, page: EditorPage, messages: list[str], tmp_path: Path
) -> None:
    page.open_document(talk(), None)
    page.view.go_to(0)
    QTest.keyClicks(page.view, "So ")
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    assert not dialog.only_selected.isVisible()
    dialog.format.setCurrentIndex(dialog.format.findData("txt"))
    assert dialog.preview.toPlainText().startswith("So the weather")
    dialog.place.setText(str(tmp_path / "missing" / "talk"))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: "does not exist" in dialog.problem.text(), timeout=WAIT)
    dialog.place.setText(str(tmp_path / "talk"))
    dialog.export_button.click()
    qtbot.waitUntil((tmp_path / "talk.txt").is_file, timeout=WAIT)
    assert (tmp_path / "talk.txt").read_text().startswith("So the weather was fine")
    qtbot.waitUntil(lambda: any("Exported to" in sentence for sentence in messages), timeout=WAIT)


def test_every_format_is_written_and_says_that_it_was_corrected(
    qtbot: QtBot, page: EditorPage, context: AppContext, tmp_path: Path
) -> None:
    import docx

    page.open(context.library.add(talk(), tmp_path / "gone.wav"))
    qtbot.waitUntil(lambda: page.editable is not None, timeout=WAIT)
    QTest.keyClicks(page.view, "So ")
    for format, exporter in FORMATS.items():
        page.exporting.ask()
        dialog = page.exporting.dialog
        assert dialog is not None
        dialog.format.setCurrentIndex(dialog.format.findData(format))
        assert "weather" in dialog.preview.toPlainText()
        dialog.place.setText(str(tmp_path / "talk"))
        dialog.export_button.click()
        qtbot.waitUntil((tmp_path / f"talk{exporter.suffix}").is_file, timeout=WAIT)
    about = docx.Document(str(tmp_path / "talk.docx")).paragraphs[1].text
    assert about.endswith("recognised by starter-en, corrected by hand")
    assert read_json(tmp_path / "talk.json").is_corrected
    for suffix in (".txt", ".srt", ".vtt"):
        assert "So the weather was fine" in (tmp_path / f"talk{suffix}").read_text()


def test_names_of_speakers_can_be_left_away_and_are_said_in_the_window_s_language(
    qtbot: QtBot, page: EditorPage
) -> None:
    page.open_document(talk(), None)
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    assert not dialog.speaker_names.isVisible()  # nobody is named
    dialog.reject()
    named = tuple(
        replace(s, speaker=n) for s, n in zip(talk().segments, ("Ada", "Speaker 2", None), strict=True)
    )
    translations.install("de")
    try:
        page.open_document(replace(talk(), segments=named), None)
        page.exporting.ask()
        dialog = page.exporting.dialog
        assert dialog is not None
        dialog.format.setCurrentIndex(dialog.format.findData("srt"))
        assert dialog.speaker_names.isVisible()
        assert "Ada: the weather" in dialog.preview.toPlainText()
        assert "Sprecher 2: on" in dialog.preview.toPlainText()
        dialog.speaker_names.setChecked(False)
        qtbot.waitUntil(lambda: "Ada" not in dialog.preview.toPlainText(), timeout=WAIT)
        dialog.format.setCurrentIndex(dialog.format.findData("json"))
        assert '"Speaker 2"' in dialog.preview.toPlainText()
        assert not dialog.speaker_names.isVisible()
    finally:
        translations.install("en")


def test_the_first_file_goes_beside_the_sound_and_shows_its_ending(
    page: EditorPage, sound: Path, context: AppContext, tmp_path: Path
) -> None:
    transcript = replace(talk(), source=str(sound))
    page.open_document(transcript, sound)
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    assert dialog.place.text() == str(sound.with_suffix(".srt"))
    dialog.format.setCurrentIndex(dialog.format.findData("docx"))
    assert dialog.place.text() == str(sound.with_suffix(".docx"))
    dialog.reject()
    context.remember("editor.export_folder", str(tmp_path / "elsewhere"))
    page.exporting.ask()
    assert page.exporting.dialog is not None
    assert Path(page.exporting.dialog.place.text()).parent == tmp_path / "elsewhere"


def test_a_word_document_has_the_transcript_s_own_title(page: EditorPage) -> None:
    page.open_document(talk(), None, title="Interview with Ada")
    page.exporting.ask()
    assert page.exporting.dialog is not None
    assert page.exporting.dialog.options().title == "Interview with Ada"


def test_a_file_that_is_there_already_is_replaced_when_asked_for_twice(
    qtbot: QtBot, page: EditorPage, tmp_path: Path
) -> None:
    there = tmp_path / "talk.txt"
    there.write_text("may have been edited")
    page.open_document(talk(), None)
    page.exporting.ask()
    dialog = page.exporting.dialog
    assert dialog is not None
    dialog.format.setCurrentIndex(dialog.format.findData("txt"))
    dialog.place.setText(str(there))
    dialog.export_button.click()
    assert "talk.txt already" in dialog.problem.text()
    assert dialog.isVisible()
    assert there.read_text() == "may have been edited"
    dialog.export_button.click()
    qtbot.waitUntil(lambda: there.read_text().startswith("the weather"), timeout=WAIT)
