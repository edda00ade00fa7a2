"""Wayland, where programs can neither type into others nor identify the window in front by themselves.

Text is typed by whatever the compositor allows: `wtype` where it has the virtual-keyboard protocol (sway,
Hyprland and most others), the desktop portal where it has that (GNOME, KDE; see `portal_typing`), or else
`ydotool` (the kernel's uinput; US layout, other characters are refused). The clipboard is accessed with
`wl-copy` and `wl-paste`. Only sway reports the window in front; elsewhere all windows count as the one in
which the dictation began, so the user must not switch windows.
"""

from __future__ import annotations

import array
import json
import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.desktop import (
    ClipboardBusy,
    InsertionRefused,
    OtherWayNeeded,
    Target,
    WindowChanged,
)
from asr_desktop.dictation.keysyms import NAMED_KEYS, typable_keysyms

ANSWERS_WITHIN_SECONDS = 5.0
_KNOWN_AFTER_MS = "50"
"""wtype makes a new keyboard each time. GTK 3 loses the keys that come before it has read its keymap."""
_UNKNOWN = Target("wayland")
_WTYPE_MODIFIERS = {"Ctrl": "ctrl", "Alt": "alt", "Shift": "shift", "Meta": "logo"}
_PLAIN_TEXT = {"text/plain", "text/plain;charset=utf-8", "UTF8_STRING", "STRING", "TEXT"}
_TERMINALS = {"foot", "alacritty", "kitty", "org.gnome.console", "gnome-terminal", "konsole"}


VIRTUAL_KEYBOARD = "zwp_virtual_keyboard_manager_v1"
_DATA_CONTROL = {"zwlr_data_control_manager_v1", "ext_data_control_manager_v1"}
"""Without one of these, wl-copy and wl-paste open a window to reach the clipboard, which takes the focus."""


class WaylandKeyboard(Protocol):
    """A way to press keys in the program in front. Its methods raise InsertionRefused."""

    def prepare(self) -> None:
        """Prepare for typing, if that takes time."""

    def wait_until_allowed(self) -> None:
        """See `Desktop.wait_until_allowed`."""

    def type_text(self, text: str) -> None: ...

    def press(self, chord: str, times: int = 1) -> None: ...

    def close(self) -> None: ...


class Wtype:
    """The program wtype."""

    def prepare(self) -> None:
        """Does nothing: no preparation is needed."""

    def wait_until_allowed(self) -> None:
        """Does nothing: nobody is asked."""

    def type_text(self, text: str) -> None:
        _run(["wtype", "-s", _KNOWN_AFTER_MS, "-"], text.encode())

    def press(self, chord: str, times: int = 1) -> None:
        parsed = parse_chord(chord)
        modifiers = [_WTYPE_MODIFIERS[name] for name in parsed.modifiers]
        _run(
            [
                *("wtype", "-s", _KNOWN_AFTER_MS),
                *(part for name in modifiers for part in ("-M", name)),
                *(["-k", NAMED_KEYS.get(parsed.key, parsed.key)] * times),
                *(part for name in reversed(modifiers) for part in ("-m", name)),
            ]
        )

    def close(self) -> None:
        """Does nothing: there is nothing to restore."""


class Ydotool(Wtype):
    """The program ydotool, which types as a US keyboard does."""

    def type_text(self, text: str) -> None:
        if not text.isascii():
            raise OtherWayNeeded(Sentence("ydotool types only what a US keyboard has; install wtype."))
        _run(["ydotool", "type", "--file", "-"], text.encode())

    def press(self, chord: str, times: int = 1) -> None:
        raise InsertionRefused(Sentence("Install wtype so that keys can be pressed in other programs."))


def open_keyboard(interfaces: set[str] | None) -> WaylandKeyboard:
    """The best keyboard here. interfaces: of the compositor; None if unknown. Raises InsertionRefused."""
    has_wtype = shutil.which("wtype") is not None
    if has_wtype and interfaces is not None and VIRTUAL_KEYBOARD in interfaces:
        return Wtype()
    from asr_desktop.dictation.portal import PortalError
    from asr_desktop.dictation.portal_typing import PortalKeyboard

    with suppress(PortalError):
        return PortalKeyboard(current_keysyms)
    if has_wtype and interfaces is None:
        return Wtype()
    if shutil.which("ydotool") is not None:
        return Ydotool()
    if interfaces is None or VIRTUAL_KEYBOARD in interfaces:
        raise InsertionRefused(
            Sentence("Install wtype (or ydotool) so that text can be typed into other programs.")
        )
    raise InsertionRefused(
        Sentence("Install your desktop's xdg-desktop-portal (or ydotool) so that text can be typed.")
    )


class WaylandDesktop:
    """Raises InsertionRefused if there is no way to type. It cannot detect password fields without the
    accessibility bus, nor guarantee that the window does not change between the check and the typing."""

    can_type = True

    def __init__(self, keyboard: WaylandKeyboard | None = None) -> None:
        interfaces = compositor_interfaces()
        self._keyboard = keyboard or open_keyboard(interfaces)
        has_clipboard = shutil.which("wl-copy") is not None and shutil.which("wl-paste") is not None
        steals_focus = interfaces is not None and not interfaces & _DATA_CONTROL
        self.can_paste = has_clipboard and not steals_focus and not isinstance(self._keyboard, Ydotool)

    def prepare(self, text: str) -> None:
        self._keyboard.prepare()

    def wait_until_allowed(self) -> None:
        self._keyboard.wait_until_allowed()

    def front_window(self) -> Target | None:
        if "SWAYSOCK" not in os.environ or shutil.which("swaymsg") is None:
            return _UNKNOWN
        try:
            tree = json.loads(_run(["swaymsg", "-t", "get_tree"]))
        except (InsertionRefused, ValueError):
            return _UNKNOWN
        for node in _nodes(tree):
            if node.get("focused") and node.get("pid"):
                program = node.get("app_id") or (node.get("window_properties") or {}).get("class") or ""
                return Target(str(node["id"]), program.lower(), node.get("name") or "", int(node["pid"]))
        return None

    def type_text(self, text: str, target: Target) -> None:
        self._check(target)
        self._keyboard.type_text(text)

    def paste_text(self, text: str, target: Target) -> None:
        """Paste and restore the clipboard. wl-copy can restore only one type, so if the clipboard has more
        than plain text, ClipboardBusy is raised."""
        types = _types()
        if not set(types) <= _PLAIN_TEXT:
            raise ClipboardBusy
        before = _run(["wl-paste", "--no-newline"]) if types else b""
        self._check(target)
        # wl-copy ends when a program has requested the text.
        lent = subprocess.Popen(["wl-copy", "--foreground", "--paste-once"], stdin=subprocess.PIPE)
        try:
            assert lent.stdin is not None
            lent.stdin.write(text.encode())
            lent.stdin.close()
            self.press("Ctrl+Shift+V" if target.program in _TERMINALS else "Ctrl+V", target)
            lent.wait(timeout=ANSWERS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            raise InsertionRefused(Sentence("The window in front did not take the text.")) from None
        finally:
            lent.kill()
            lent.wait()
            _put_back(before if types else None)

    def press(self, chord: str, target: Target, times: int = 1) -> None:
        parse_chord(chord)
        self._check(target)
        self._keyboard.press(chord, times)

    def close(self) -> None:
        self._keyboard.close()

    def _check(self, target: Target) -> None:
        front = self.front_window()
        if front is None or not front.is_same_window(target):
            raise WindowChanged


def compositor_interfaces() -> set[str] | None:
    """The names of the Wayland interfaces that the compositor offers; None if it cannot be asked."""
    try:
        with Compositor() as compositor:
            return set(compositor.interfaces)
    except _NOT_ASKED:
        return None


def current_keysyms() -> dict[str, int]:
    """Character → keysym, for those that can be typed by keysym now; see `keysyms.typable_keysyms`."""
    try:
        with Compositor() as compositor:
            return typable_keysyms(compositor.keymap())
    except _NOT_ASKED:
        return {}


class Compositor:
    """A connection to the Wayland compositor, for questions that need no window. Its methods raise OSError,
    struct.error or ValueError.

    `interfaces`: of the compositor's global objects → (name, version).
    """

    def __init__(self) -> None:
        place = Path(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("WAYLAND_DISPLAY", "wayland-0"))
        self.interfaces: dict[str, tuple[int, int]] = {}
        self._buffer, self._fds = b"", array.array("i")
        self._last_id = 1
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWERS_WITHIN_SECONDS)
        try:
            self._socket.connect(str(place))
            registry = self._new(1, 1)  # wl_display.get_registry
            for target, opcode, body in self._until_done():
                if (target, opcode) == (registry, 0):  # wl_registry.global
                    name, length = struct.unpack_from("=II", body)
                    version = struct.unpack_from("=I", body, 8 + (length + 3) // 4 * 4)[0]
                    self.interfaces[body[8 : 8 + length - 1].decode()] = (name, version)
            self._registry = registry
        except Exception:
            self._socket.close()
            raise

    def __enter__(self) -> Compositor:
        return self

    def __exit__(self, *_error: object) -> None:
        for fd in self._fds:
            os.close(fd)
        self._socket.close()

    def keymap(self) -> bytes:
        """The keymap of the first seat, in XKB's text format; empty if it has no keyboard."""
        if "wl_seat" not in self.interfaces:
            return b""
        kind = b"wl_seat\0"
        body = struct.pack("=II8sI", self.interfaces["wl_seat"][0], len(kind), kind, 1)
        seat = self._new(self._registry, 0, body)  # wl_registry.bind
        capabilities = 0
        for target, opcode, body in self._until_done():
            if (target, opcode) == (seat, 0):  # wl_seat.capabilities
                capabilities = struct.unpack("=I", body)[0]
        if not capabilities & 2:
            return b""
        keyboard = self._new(seat, 1)  # wl_seat.get_keyboard
        for target, opcode, body in self._until_done():
            if (target, opcode) == (keyboard, 0) and self._fds:  # wl_keyboard.keymap
                size = struct.unpack("=II", body)[1]
                return os.pread(self._fds[0], size, 0)
        return b""

    def _new(self, target: int, opcode: int, body: bytes = b"") -> int:
        """Send a request whose last argument is the number of a new object."""
        self._last_id += 1
        size = 8 + len(body) + 4
        self._socket.sendall(
            struct.pack("=IHH", target, opcode, size) + body + struct.pack("=I", self._last_id)
        )
        return self._last_id

    def _until_done(self) -> Iterator[tuple[int, int, bytes]]:
        """All events (object, opcode, arguments) until the compositor has dealt with the requests so far."""
        callback = self._new(1, 0)  # wl_display.sync
        while True:
            while len(self._buffer) < 8 or len(self._buffer) < struct.unpack_from("=H", self._buffer, 6)[0]:
                data, fds, _flags, _address = socket.recv_fds(self._socket, 4096, 8)
                if not data:
                    raise ConnectionResetError
                self._buffer += data
                self._fds.extend(fds)
            target, opcode, size = struct.unpack_from("=IHH", self._buffer)
            body, self._buffer = self._buffer[8:size], self._buffer[size:]
            if target == callback:
                return
            if (target, opcode) == (1, 0):  # wl_display.error
                raise ValueError(body)
            yield target, opcode, body


_NOT_ASKED = (OSError, struct.error, ValueError)


def _put_back(before: bytes | None) -> None:
    """Restore the clipboard; None: it was empty. Errors are ignored: the text was inserted already."""
    command = ["wl-copy"] if before is not None else ["wl-copy", "--clear"]
    with suppress(OSError, subprocess.SubprocessError):
        # No pipes: wl-copy leaves a background process that would keep them open.
        subprocess.run(
            command,
            input=before or b"",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=ANSWERS_WITHIN_SECONDS,
        )


def _types() -> list[str]:
    try:
        return _run(["wl-paste", "--list-types"]).decode("utf-8", "replace").split("\n")[:-1]
    except InsertionRefused:
        return []  # the clipboard is empty


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in (*node.get("nodes", ()), *node.get("floating_nodes", ())):
        yield from _nodes(child)


def _run(command: Sequence[str], given: bytes = b"") -> bytes:
    """Run a helper; returns its standard output. Raises InsertionRefused if it fails."""
    try:
        return subprocess.run(
            command, input=given, capture_output=True, check=True, timeout=ANSWERS_WITHIN_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        detail = getattr(error, "stderr", None)
        reason = detail.decode("utf-8", "replace").strip() if detail else str(error)
        raise InsertionRefused(
            Sentence("{program} failed ({reason}).", program=command[0], reason=reason)
        ) from error
