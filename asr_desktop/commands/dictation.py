"""`asr-desktop toggle`, `start`, `stop`, `cancel`, `correct`: for desktops whose settings bind keys."""

from __future__ import annotations

import typer

from asr_desktop.base import messages
from asr_desktop.commands import welcome


def toggle() -> None:
    """Start or stop dictation into the window in front. Bind this to a key in your desktop's settings."""
    _begin("toggle")


def start() -> None:
    """Start dictation into the window in front; opens ASR Desktop in the tray if it is not running."""
    _begin("start")


def stop() -> None:
    """Stop dictation; what was said is still inserted."""
    _tell("stop")


def cancel() -> None:
    """Stop dictation; what is not inserted yet is dropped."""
    _tell("cancel")


def correct() -> None:
    """Show the last dictation to correct it; the program learns from the correction."""
    _tell("correct")


def tray() -> None:
    """Open ASR Desktop in the tray, ready for the dictation shortcut."""
    _begin("")


def _begin(what: str) -> None:
    why_not = welcome.no_window_because()
    if why_not is not None:
        messages.problem(f"Cannot dictate ({why_not}); use `asr-desktop live` instead.")
        raise typer.Exit(1)
    from asr_desktop.gui.app import main

    raise typer.Exit(main(dictation=what, is_in_tray=True))


def _tell(what: str) -> None:
    from asr_desktop.gui.single_instance import SingleInstance

    if not SingleInstance().tell(what):
        messages.problem("ASR Desktop is not running; start it with: asr-desktop start")
        raise typer.Exit(1)
