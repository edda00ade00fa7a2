"""A screen without a screen, with a window manager, and programs on it that take text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("Xlib", reason="python-xlib is installed on Linux alone")

from Xlib import X
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage

from asr_desktop.dictation.x11.desktop import X11Windows

WAITS_SECONDS = 120.0
NEEDED = ("Xvfb", "openbox", "setxkbmap")


class Screen:
    """A running X server; its name is what DISPLAY has to be."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}

    def set_layout(self, *arguments: str) -> None:
        subprocess.run(["setxkbmap", *arguments], env=self.environment, check=True)

    def bring_forward(self, title: str) -> None:
        """As a click on it in a list of windows does."""
        display = Display(self.name)
        try:
            root, atom = display.screen().root, display.get_atom
            window = next(window for window in _windows(display) if _title(display, window) == title)
            wanted = ClientMessage(
                window=window, client_type=atom("_NET_ACTIVE_WINDOW"), data=(32, [2, X.CurrentTime, 0, 0, 0])
            )
            root.send_event(wanted, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
            display.flush()
            windows = X11Windows(display)
            wait_until(lambda: windows.front() == window.id, f"{title} in front")
        finally:
            display.close()


def _windows(display: Display) -> list[Any]:
    found = display.screen().root.get_full_property(display.get_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
    return [display.create_resource_object("window", number) for number in (found.value if found else [])]


def _title(display: Display, window: Any) -> str:
    found = window.get_full_property(display.get_atom("_NET_WM_NAME"), X.AnyPropertyType)
    return bytes(found.value).decode() if found is not None else ""


@contextmanager
def running_screen() -> Iterator[Screen]:
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        pytest.skip(f"no screen to try it on: {', '.join(missing)} not installed")
    reading, writing = os.pipe()
    # Without -noreset it starts anew when the first one to look at it leaves: the window manager is lost.
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    manager = None
    try:
        with os.fdopen(reading) as answers:
            number = answers.readline().strip()
        if not number:
            pytest.skip("no screen to try it on: Xvfb did not start here")
        screen = Screen(f":{number}")
        manager = subprocess.Popen(
            ["openbox", "--sm-disable"], env=screen.environment, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: _is_managed(screen), "the window manager")
        yield screen
    finally:
        for process in (manager, server):
            if process is not None:
                process.kill()  # they have nothing to keep, and on a busy machine are slow to end
                process.wait()


def _is_managed(screen: Screen) -> bool:
    display = Display(screen.name)
    try:
        atom = display.get_atom("_NET_SUPPORTING_WM_CHECK")
        return display.screen().root.get_full_property(atom, X.AnyPropertyType) is not None
    finally:
        display.close()


def wait_until(is_so: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + WAITS_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.01)


class EditorWindow:
    """The test's own Qt program; `said` is the last that it told."""

    def __init__(self, screen: Screen, title: str, environment: dict[str, str] | None = None) -> None:
        self.title = title
        self.changed_at = 0.0
        """When its text was told to be another one, by time.monotonic."""
        self.said: dict[str, Any] = {"text": "", "password": "", "focus": ""}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("editor_program.py")), title],
            env={**screen.environment, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def process(self) -> int:
        return self._process.pid

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def look(self) -> dict[str, Any]:
        """The last that it has told."""
        return self.said

    def _read(self) -> None:
        """In a thread: a program whose pipe is full stands still."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if said["text"] != self.said["text"]:
                self.changed_at = time.monotonic()
            self.said = said

    def wait_for(self, key: str, value: str) -> None:
        try:
            wait_until(lambda: self.look()[key] == value, f"{key} {value!r} in {self.title}")
        except AssertionError as error:
            raise AssertionError(f"{error}: it says {self.said}") from None

    def wait_for_length(self, characters: int) -> str:
        wait_until(lambda: len(self.look()["text"]) >= characters, f"{characters} characters in {self.title}")
        return str(self.said["text"])

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()
