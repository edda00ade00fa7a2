"""What a program tells screen readers: passwords, buttons, the text before the cursor."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.dictation.accessibility import AccessibleFields
from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.insertion import UNKNOWN_FIELD, Field
from tests.dictation.x_screen import EditorWindow, Screen, wait_until

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")


@pytest.fixture
def session_bus(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Where programs of this screen find each other."""
    if shutil.which("dbus-daemon") is None or not LAUNCHER.exists():
        pytest.skip("no accessibility bus: dbus-daemon or at-spi2-core is not installed")
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address", "--nofork"],
        stdout=subprocess.PIPE,
        env=screen.environment,
        text=True,
    )
    assert bus.stdout is not None
    environment = {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(), "DISPLAY": screen.name}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    launcher = subprocess.Popen([LAUNCHER, "--launch-immediately"], env={**os.environ, **environment})
    yield environment
    for process in (launcher, bus):
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def fields(session_bus: dict[str, str]) -> Iterator[AccessibleFields]:
    fields = AccessibleFields()
    fields.begin()
    wait_until(lambda: fields._router is not None, "the accessibility bus")
    yield fields
    fields.close()


def test_what_has_the_keyboard(
    screen: Screen, session_bus: dict[str, str], fields: AccessibleFields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asr_desktop.dictation.accessibility.ANSWERS_WITHIN_SECONDS", 10.0)
    editor = EditorWindow(screen, "Letter", session_bus)
    try:
        editor.wait_for("focus", "text")
        front = Target("0x1", "editor", "Letter", editor.process)
        editor.tell('type "We met in"')
        wait_until(
            lambda: fields.field(front) == Field(False, True, "We met in"), "the text before the cursor"
        )
        editor.tell("focus password")
        wait_until(lambda: fields.field(front).is_password, "the password field")
        editor.tell("focus button")
        wait_until(lambda: fields.field(front).takes_text is False, "the button")
        assert fields.field(Target("0x2", "other", "", 1)) == UNKNOWN_FIELD
    finally:
        editor.close()


def test_without_a_bus_every_field_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    fields = AccessibleFields()
    fields._listen()
    assert fields.field(Target("0x1", process=1)) == UNKNOWN_FIELD
