"""What the window has to tell the user beside its pages, and what each of it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

EVERY_PAGE = ""
"""The page of a notice that concerns the user wherever they are, as a recording does."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user, which ends with what it is about."""

    sentence: str
    kind: str = "info"
    """"info", which goes by itself after a while, "warning" or "error"."""
    details: str = ""
    """To copy, for whoever wants to report it."""
    about: str = ""
    """Its cause, such as "recording.input"; when that or "recording" is over, so is the notice."""
    page: str | None = None
    """The page that it belongs to, EVERY_PAGE, or None for the one that is shown when it comes."""
    stays: bool = False
    """It does not go by itself, as what it is about goes on: its cause has to end it."""
    button: str = ""
    action: Callable[[], object] | None = None
    """What the button is called and does."""

    def is_about(self, cause: str) -> bool:
        """Whether it ends with this cause."""
        return bool(cause) and (self.about == cause or self.about.startswith(f"{cause}."))
