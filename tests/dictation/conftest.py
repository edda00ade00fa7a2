"""A screen for the tests of one file, and an editor on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dictation.x_screen import EditorWindow, Screen, running_screen


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with running_screen() as running:
        yield running


@pytest.fixture(scope="module")
def shared_editor(screen: Screen) -> Iterator[EditorWindow]:
    editor = EditorWindow(screen, "Letter")
    editor.wait_for("focus", "text")
    yield editor
    editor.close()


@pytest.fixture
def editor(screen: Screen, shared_editor: EditorWindow) -> Iterator[EditorWindow]:
    """Empty, with the cursor in its text."""
    shared_editor.tell("focus text")
    shared_editor.tell("clear")
    shared_editor.wait_for("text", "")
    shared_editor.wait_for("focus", "text")
    yield shared_editor
    screen.set_layout("us")
