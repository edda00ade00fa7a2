"""What the window asks of a page, and of the page that shows transcripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """A page of the window. It is made with the window's AppContext when it is first shown, and again in
    another language."""

    def entered(self) -> None:
        """It is shown from now on; each time that somebody goes there."""

    def is_busy(self) -> bool:
        """Whether it does something that would end with it."""
        return False

    def take_over(self, former: Any) -> None:
        """Go on with what `former`, the page of this class in the language before, holds."""


@runtime_checkable
class TranscriptPage(Protocol):
    """A page that transcripts are opened in."""

    def open(self, entry_id: int, at_seconds: float = 0.0) -> None:
        """Show an entry of the library, at this second."""

    def open_file(self, path: Path) -> None:
        """Show a transcript that was exported as JSON."""

    def reopen(self) -> None:
        """Show what was shown when the program ended."""
