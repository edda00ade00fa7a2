"""The Editor page on its own, for the tests of what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.pages.editor_page import EditorPage
from tests.fixtures.make_media import speech_like, write

Key = Qt.Key
WAIT = 60_000


@contextmanager
def editor_page(qtbot: QtBot, context: AppContext) -> Iterator[EditorPage]:
    page = EditorPage(context)
    page.resize(1000, 760)
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitActive(page, timeout=WAIT):
        page.activateWindow()
    yield page
    page.close_document()


@pytest.fixture
def page(qtbot: QtBot, context: AppContext) -> Iterator[EditorPage]:
    with editor_page(qtbot, context) as page:
        yield page


@pytest.fixture
def messages(context: AppContext) -> list[str]:
    told: list[str] = []
    context.show_message.connect(lambda sentence, _kind, _details: told.append(sentence))
    context.notify.connect(lambda notice: told.append(notice.sentence))
    return told


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write(tmp_path / "talk.wav", speech_like(12.0, 16_000), 16_000)


def texts(page: EditorPage) -> list[str]:
    assert page.editable is not None
    return [segment.text for segment in page.editable.segments]
