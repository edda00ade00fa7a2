"""A screen for the tests of one file, and an editor on it; a session bus with a stand-in of the portal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.x11.desktop import X11Desktop
from tests.dictation.x_screen import EditorWindow, Screen, running_screen, wait_until

if TYPE_CHECKING:
    from tests.dictation.portal_stand_in import PortalStandIn


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


@pytest.fixture
def desktop(screen: Screen) -> Iterator[X11Desktop]:
    desktop = X11Desktop(screen.name)
    yield desktop
    desktop.close()


@pytest.fixture
def target(desktop: X11Desktop, editor: EditorWindow) -> Target:
    """The editor, once it is in front: the window manager takes a moment after another window has closed."""
    wait_until(
        lambda: (front := desktop.front_window()) and front.title == editor.title, f"{editor.title} in front"
    )
    front = desktop.front_window()
    assert front is not None
    return front


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a session bus for this test alone."""
    from tests.dictation.portal_stand_in import running_bus

    with running_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def portal(bus: str) -> Iterator[PortalStandIn]:
    """On the test's bus; in the end nobody may have called it in another way than the specification says."""
    from tests.dictation.portal_stand_in import PortalStandIn

    stand_in = PortalStandIn(bus)
    yield stand_in
    stand_in.close()
    assert stand_in.faults == []
