"""Wayland, where programs can type into others and identify the window in front only with helper programs.

Text is typed with `wtype` (compositors with the virtual-keyboard protocol: sway, Hyprland, and most others
except GNOME and KDE) or `ydotool` (the kernel's uinput; US layout, other characters are refused). The
clipboard is accessed with `wl-copy` and `wl-paste`. Only sway reports the window in front; elsewhere all
windows count as the one in which the dictation began, so the user must not switch windows.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.desktop import (
    ClipboardBusy,
    InsertionRefused,
    OtherWayNeeded,
    Target,
    WindowChanged,
)

ANSWERS_WITHIN_SECONDS = 5.0
_UNKNOWN = Target("wayland")
_WTYPE_MODIFIERS = {"Ctrl": "ctrl", "Alt": "alt", "Shift": "shift", "Meta": "logo"}
_WTYPE_KEYS = {"Backspace": "BackSpace", "Enter": "KP_Enter", "Space": "space"}
_PLAIN_TEXT = {"text/plain", "text/plain;charset=utf-8", "UTF8_STRING", "STRING", "TEXT"}
_TERMINALS = {"foot", "alacritty", "kitty", "org.gnome.console", "gnome-terminal", "konsole"}


class WaylandDesktop:
    """Raises InsertionRefused if no helper is installed. It cannot detect password fields without the
    accessibility bus, nor guarantee that the window does not change between the check and the typing."""

    def __init__(self) -> None:
        self._has_wtype = shutil.which("wtype") is not None
        self._has_ydotool = shutil.which("ydotool") is not None
        self._has_clipboard = shutil.which("wl-copy") is not None and shutil.which("wl-paste") is not None
        self.can_type = self._has_wtype or self._has_ydotool
        self.can_paste = self._has_wtype and self._has_clipboard
        if not self.can_type:
            raise InsertionRefused(
                Sentence("Install wtype (or ydotool) so that text can be typed into other programs.")
            )

    def prepare(self, text: str) -> None:
        """Does nothing: helpers need no preparation."""

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
        if self._has_wtype:
            _run(["wtype", "-"], text.encode())
        elif text.isascii():
            _run(["ydotool", "type", "--file", "-"], text.encode())
        else:
            raise OtherWayNeeded(Sentence("ydotool types only what a US keyboard has; install wtype."))

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
        parsed = parse_chord(chord)
        self._check(target)
        if not self._has_wtype:
            raise InsertionRefused(Sentence("Install wtype so that keys can be pressed in other programs."))
        modifiers = [_WTYPE_MODIFIERS[name] for name in parsed.modifiers]
        key = _WTYPE_KEYS.get(parsed.key, parsed.key)
        _run(
            [
                "wtype",
                *(part for name in modifiers for part in ("-M", name)),
                *(["-k", key] * times),
                *(part for name in reversed(modifiers) for part in ("-m", name)),
            ]
        )

    def close(self) -> None:
        """Does nothing: there is nothing to restore."""

    def _check(self, target: Target) -> None:
        front = self.front_window()
        if front is None or not front.is_same_window(target):
            raise WindowChanged


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
