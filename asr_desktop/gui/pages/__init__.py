"""The pages of the window, one module each, and their interface to the window.

`main_window` imports a page when it is first shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """A page of the window. Created with the window's AppContext when it is first shown, and again when the
    language changes."""

    def entered(self) -> None:
        """Called each time the user goes to this page."""

    def is_busy(self) -> bool:
        """Whether it does work that closing it would interrupt."""
        return False

    def take_over(self, former: Any) -> None:
        """Take over the state of `former`, the page of this class in the previous language."""


@runtime_checkable
class TranscriptPage(Protocol):
    """The page that opens transcripts."""

    def open(self, entry_id: int, at_seconds: float = 0.0) -> None:
        """Show a library entry at this time, in seconds."""

    def open_file(self, path: Path) -> None:
        """Show a transcript that was exported as JSON."""

    def reopen(self) -> None:
        """Show the transcript that was open when the program ended."""
