"""Into programs of other toolkits, with three layouts: GTK editors, a browser's text field, and on Wayland.

What is not installed is skipped.
"""

from __future__ import annotations

import http.server
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asr_desktop.dictation.desktop import Desktop, Target
from asr_desktop.dictation.wayland import WaylandDesktop
from asr_desktop.dictation.x11 import clipboard as clipboard_module
from asr_desktop.dictation.x11 import selection_reader
from asr_desktop.dictation.x11.desktop import X11Desktop
from tests.dictation import x_screen
from tests.dictation.x_screen import EditorWindow, Screen, wait_until

pytestmark = pytest.mark.slow

TEXT = "Grüße – “quoted” €5, Łódź. The boat came back in the evening."
LAYOUTS = ("us", "de", "fr")
PAGE = b"""<meta charset=utf-8><title>Field</title><textarea id=t autofocus></textarea><script>
t.oninput = () => fetch('/', {method: 'POST', body: t.value}); t.focus();
fetch('/', {method: 'POST', body: 'ready'})</script>"""
NOBODY = 65534


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no failure."""
    monkeypatch.setattr(clipboard_module, "TAKEN_WITHIN_SECONDS", 20.0)
    monkeypatch.setattr(selection_reader, "SAVED_WITHIN_SECONDS", 20.0)
    monkeypatch.setattr(x_screen, "WAITS_SECONDS", 120.0)


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A program with a D-Bus of its own; all that it has started ends with it."""
    for program in ("dbus-run-session", command[0]):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    process = subprocess.Popen(
        ["dbus-run-session", *command],
        env={**environment, "LC_ALL": "C.UTF-8", "NO_AT_BRIDGE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def front(desktop: Desktop, program: str) -> Target:
    wait_until(lambda: (found := desktop.front_window()) and found.program == program, f"{program} in front")
    found = desktop.front_window()
    assert found is not None
    return found


def write_and_clear(desktop: Desktop, target: Target, text: Callable[[], str]) -> None:
    """By typing and by pasting; both have to arrive whole."""
    for put in (desktop.type_text, desktop.paste_text):
        put(TEXT, target)
        wait_until(lambda: text() == TEXT, f"the text (it holds {text()!r})")
        desktop.press("Ctrl+A", target)
        desktop.press("Delete", target)
        wait_until(lambda: text() in ("", TEXT), "an empty field")


@pytest.mark.parametrize("program", ["mousepad"])
def test_a_gtk_editor(screen: Screen, desktop: X11Desktop, tmp_path: Path, program: str) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("")
    environment = {**screen.environment, "HOME": str(tmp_path), "GDK_BACKEND": "x11"}
    with running([program, str(file)], environment):
        target = front(desktop, program)

        def saved() -> str:
            desktop.press("Ctrl+S", target)
            return file.read_text().strip()

        wait_until(
            lambda: desktop.type_text("x", target) is None and "x" in saved(), "an editor that listens"
        )
        for layout in LAYOUTS:
            screen.set_layout(layout)
            desktop.prepare("–“”€Łź")
            desktop.press("Ctrl+A", target)
            desktop.press("Delete", target)
            write_and_clear(desktop, target, saved)


@pytest.fixture
def field() -> Iterator[tuple[str, list[str]]]:
    """The address of a page with a text field, and what has been in it, the newest last."""
    told: list[str] = []

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()
    server.server_close()


def test_a_text_field_in_a_browser(
    screen: Screen, desktop: X11Desktop, tmp_path: Path, field: tuple[str, list[str]]
) -> None:
    address, told = field
    environment = {
        **screen.environment,
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "GDK_BACKEND": "x11",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # containers have no namespaces to give
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }
    with running(["epiphany", "--private-instance", address], environment):
        wait_until(lambda: "ready" in told, "the page")
        target = front(desktop, "epiphany")
        wait_until(lambda: desktop.type_text("x", target) is None and "x" in told[-1], "a page that listens")
        for layout in LAYOUTS:
            screen.set_layout(layout)
            desktop.prepare("–“”€Łź")
            desktop.press("Ctrl+A", target)
            desktop.press("Delete", target)
            write_and_clear(desktop, target, lambda: told[-1])


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can get to: pytest's own lie in one that is root's alone."""
    with tempfile.TemporaryDirectory(prefix="sway-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_wayland_with_sway(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("sway", "wtype", "wl-copy", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    runtime = open_folder / "run"
    runtime.mkdir(mode=0o700)
    configuration = open_folder / "sway"
    configuration.write_text("xwayland disable\n")
    command = ["sway", "-c", str(configuration)]
    if os.getuid() == 0:  # sway does not run as root
        os.chown(runtime, NOBODY, NOBODY)
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    monkeypatch.delenv("DISPLAY", raising=False)
    environment = {
        "XDG_RUNTIME_DIR": str(runtime),
        "HOME": str(runtime),
        "WLR_BACKENDS": "headless",
        "WLR_LIBINPUT_NO_DEVICES": "1",
        "WLR_RENDERER": "pixman",
    }
    compositor = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    keyboard = editor = None
    try:
        wait_until(lambda: list(runtime.glob("sway-ipc*")) and list(runtime.glob("wayland-?")), "sway")
        environment["WAYLAND_DISPLAY"] = next(runtime.glob("wayland-?")).name
        environment["SWAYSOCK"] = str(next(runtime.glob("sway-ipc*")))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        # A real desk has a keyboard, which programs know before wtype brings another.
        keyboard = subprocess.Popen(["wtype", "-s", "600000"])
        editor = EditorWindow(Screen(""), "Editor", {**environment, "QT_QPA_PLATFORM": "wayland"})
        desktop = WaylandDesktop()
        target = front(desktop, "test-editor")
        editor.wait_for("focus", "text")
        for layout in LAYOUTS:
            subprocess.run(["swaymsg", "input", "*", "xkb_layout", layout], check=False, capture_output=True)
            for put in (desktop.type_text, desktop.paste_text):
                put(TEXT, target)
                editor.wait_for("text", TEXT)
                editor.tell("clear")
                editor.wait_for("text", "")
    finally:
        if editor is not None:
            editor.close()
        for process in (keyboard, compositor):
            if process is not None:
                process.kill()
                process.wait()
