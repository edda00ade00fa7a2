"""What is corrected in the editor is kept: in the library, in a file, and after a crash."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.editor_page import EditorPage
from asr_desktop.transcripts.export.json import read_json
from tests.gui.editor_page import WAIT, messages, page, sound, texts
from tests.gui.editor_talk import talk

__all__ = ["messages", "page", "sound"]


def test_an_entry_of_the_library_opens_at_the_moment_and_is_saved_there(
    qtbot: QtBot, page: EditorPage, context: AppContext, sound: Path
) -> None:
    entry = context.library.add(talk(), sound)
    page.open(entry, 8.6)
    qtbot.waitUntil(lambda: page.editable is not None, timeout=WAIT)
    assert page.view.segment == 2
    QTest.keyClicks(page.view, "Then ")
    with qtbot.waitSignal(context.library_changed, timeout=WAIT):
        page.save()
    assert context.library.transcript(entry).segments[2].text == "Then we went out together"
    page.open(entry, 0.0)
    assert page.view.segment == 0
    page.close_document()
    assert not list((context.library.path.parent / "drafts").glob("*.json"))


def test_corrections_of_a_program_that_was_killed_are_restored(
    qtbot: QtBot, page: EditorPage, messages: list[str]
) -> None:
    page.open_document(talk(), None, key="k")
    page.editable.set_text(0, "corrected")  # type: ignore[union-attr]
    assert page._saving is not None
    page._saving._autosave.write_now()
    page.editable = None  # killed: nothing of the end is done
    page._saving._autosave._ended.set()
    page.open_document(talk(), None, key="k")
    assert texts(page)[0] == "corrected"
    assert any("were restored" in sentence for sentence in messages)
    page.commands.undo()
    assert texts(page)[0] == "the weather was fine"


def test_a_json_file_opens_with_the_sound_beside_it_and_is_saved_back(
    qtbot: QtBot, page: EditorPage, sound: Path
) -> None:
    from asr_desktop.transcripts.export import write as export

    path = export(talk(), sound.with_suffix(".json"))
    page.open_file(path)
    qtbot.waitUntil(lambda: page.editable is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: page.sound.is_open, timeout=WAIT)
    page.editable.set_text(0, "saved again")  # type: ignore[union-attr]
    page.close_document()
    assert read_json(path).segments[0].text == "saved again"
    assert json.loads(path.read_text())["source"] == "talk.wav"
