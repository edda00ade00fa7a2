"""Which helpers are called on Wayland, and with what; the helpers are scripts that write it down."""

from __future__ import annotations

import json
import shutil
import socket
import struct
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from asr_desktop.dictation.desktop import ClipboardBusy, InsertionRefused, OtherWayNeeded, WindowChanged
from asr_desktop.dictation.wayland import (
    Compositor,
    WaylandDesktop,
    compositor_interfaces,
    current_keysyms,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX scripts")


class Helpers:
    """Programs on the path. `calls`: what they were given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"

    def add(self, name: str, then: str = "") -> None:
        script = self.folder / name
        script.write_text(
            f"#!/bin/sh\nprintf '%s' \"{name} $*\" >>{self.log}\n"
            f'case "{name} $*" in *" -"|*copy*) printf " <" >>{self.log}; cat >>{self.log} ;; esac\n'
            f"echo >>{self.log}\n{then}\n"
        )
        script.chmod(0o755)

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helpers:
    # Only what the scripts need: the machine may have helpers of its own.
    (tmp_path / "tools").mkdir()
    for tool in ("cat", "sleep", "touch"):
        (tmp_path / "tools" / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", f"{tmp_path}:{tmp_path / 'tools'}")
    monkeypatch.delenv("SWAYSOCK", raising=False)
    return Helpers(tmp_path)


def test_wtype_types_everything(helpers: Helpers) -> None:
    helpers.add("wtype")
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    desktop.type_text("Grüße – 日本", front)
    desktop.press("Ctrl+Shift+Left", front, times=2)
    assert helpers.calls() == [
        "wtype -s 50 - <Grüße – 日本",
        "wtype -s 50 -M ctrl -M shift -k Left -k Left -m shift -m ctrl",
    ]


def test_ydotool_types_what_a_us_keyboard_has(helpers: Helpers) -> None:
    helpers.add("ydotool")
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    desktop.type_text("hello", front)
    with pytest.raises(OtherWayNeeded):
        desktop.type_text("Grüße", front)
    assert helpers.calls() == ["ydotool type --file - <hello"]
    assert not desktop.can_paste


def test_without_helpers_it_is_said_what_to_install(helpers: Helpers) -> None:
    with pytest.raises(InsertionRefused, match="Install wtype"):
        WaylandDesktop()


def test_a_helper_that_fails_is_named_with_its_reason(helpers: Helpers) -> None:
    helpers.add("wtype", "echo 'Compositor does not support the virtual keyboard protocol' >&2; exit 1")
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    with pytest.raises(InsertionRefused, match=r"wtype failed .*virtual keyboard protocol"):
        desktop.type_text("a", front)


def test_pasting_puts_plain_text_back(helpers: Helpers) -> None:
    for name, then in (
        ("wtype", ""),
        ("wl-copy", ""),
        ("wl-paste", 'case "$*" in --list-types) echo text/plain; echo UTF8_STRING;; *) printf old;; esac'),
    ):
        helpers.add(name, then)
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    desktop.paste_text("dictated", front)
    calls = helpers.calls()
    assert calls[-1] == "wl-copy  <old"
    log = "\n".join(calls)  # the helper that lends the text and the one that presses keys run side by side
    assert "wl-copy --foreground --paste-once" in log
    assert log.count("dictated") == 1


@pytest.mark.parametrize("then", ["sleep 7 &", "exit 1"])
def test_text_that_was_pasted_stays_pasted_whatever_becomes_of_the_old_clipboard(
    helpers: Helpers, then: str
) -> None:
    """wl-copy leaves a process behind that holds what is copied."""
    helpers.add("wtype")
    helpers.add("wl-paste", 'case "$*" in --list-types) echo text/plain;; *) printf old;; esac')
    helpers.add("wl-copy", f'[ "$*" ] || {{ {then}\n}}')
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    desktop.paste_text("dictated", front)
    assert helpers.calls()[-1] == "wl-copy  <old"


def test_what_cannot_be_put_back_whole_is_not_replaced(helpers: Helpers) -> None:
    for name, then in (("wtype", ""), ("wl-copy", ""), ("wl-paste", "echo text/plain; echo image/png")):
        helpers.add(name, then)
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    with pytest.raises(ClipboardBusy):
        desktop.paste_text("new", front)
    assert not any("wl-copy" in call for call in helpers.calls())


def test_sway_tells_which_window_is_in_front(helpers: Helpers, monkeypatch: pytest.MonkeyPatch) -> None:
    def tree(focused: int) -> str:
        windows = [
            {"id": 5, "pid": 50, "app_id": "Foot", "name": "shell", "focused": focused == 5},
            {
                "id": 6,
                "pid": 60,
                "window_properties": {"class": "Gimp"},
                "name": "x",
                "focused": focused == 6,
            },
        ]
        (helpers.folder / "tree").write_text(json.dumps({"id": 1, "nodes": [{"id": 2, "nodes": windows}]}))
        return f"cat {helpers.folder}/tree"

    monkeypatch.setenv("SWAYSOCK", "/run/sway")
    helpers.add("wtype")
    helpers.add("swaymsg", tree(5))
    desktop = WaylandDesktop()
    front = desktop.front_window()
    assert front is not None
    assert (front.window, front.program, front.process) == ("5", "foot", 50)
    tree(6)
    with pytest.raises(WindowChanged):
        desktop.type_text("secret", front)
    assert not any("wtype" in call for call in helpers.calls())
    tree(0)
    assert desktop.front_window() is None


class StandInCompositor:
    """Speaks as much of Wayland's protocol as is asked: two globals, a seat, and a keymap."""

    def __init__(self, place: Path, keymap: bytes, capabilities: int = 3) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(place))
        self._socket.listen()
        self._keymap, self._capabilities = keymap, capabilities
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, connection.makefile("rb") as requests:
                    self._answer(connection, requests)

    def _answer(self, connection: socket.socket, requests: BinaryIO) -> None:
        objects = {1: "display"}
        while head := requests.read(8):
            target, opcode, size = struct.unpack("=IHH", head)
            body = requests.read(size - 8)
            new = struct.unpack("=I", body[-4:])[0]
            match objects[target], opcode:
                case "display", 0:  # sync
                    connection.sendall(struct.pack("=IHHI", new, 0, 12, 0))
                case "display", 1:  # get_registry
                    objects[new] = "registry"
                    for name, interface, padding in ((7, b"wl_seat\0", b""), (8, b"wl_shm\0", b"\0")):
                        told = struct.pack("=II", name, len(interface)) + interface + padding
                        told += struct.pack("=I", 5)
                        connection.sendall(struct.pack("=IHH", new, 0, 8 + len(told)) + told)
                case "registry", 0:  # bind
                    assert body == struct.pack("=II8sII", 7, 8, b"wl_seat\0", 1, new)
                    objects[new] = "seat"
                    connection.sendall(struct.pack("=IHHI", new, 0, 12, self._capabilities))
                case "seat", 1:  # get_keyboard
                    objects[new] = "keyboard"
                    with tempfile.TemporaryFile() as file:
                        file.write(self._keymap)
                        file.flush()
                        event = struct.pack("=IHHII", new, 0, 16, 1, len(self._keymap))
                        socket.send_fds(connection, [event], [file.fileno()])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    return tmp_path / "wayland-7"


def test_the_compositor_is_asked_for_interfaces_and_keymap(place: Path) -> None:
    compositor = StandInCompositor(place, b"xkb_keymap { };")
    assert compositor_interfaces() == {"wl_seat", "wl_shm"}
    with Compositor() as asked:
        assert asked.interfaces["wl_seat"] == (7, 5)
        assert asked.keymap() == b"xkb_keymap { };"
    compositor.close()


def test_a_seat_without_a_keyboard_has_no_keymap(place: Path) -> None:
    compositor = StandInCompositor(place, b"", capabilities=1)
    with Compositor() as asked:
        assert asked.keymap() == b""
    assert current_keysyms() == {}
    compositor.close()


def test_no_compositor(place: Path) -> None:
    assert compositor_interfaces() is None
    assert current_keysyms() == {}
