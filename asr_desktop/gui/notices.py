"""Messages of the window to the user, each with its cause and its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

EVERY_PAGE = ""
"""For notices that are shown on every page, such as those about a recording."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user; withdrawn when its cause ends."""

    sentence: str
    kind: str = "info"
    """"info", which disappears after a while, "warning" or "error"."""
    details: str = ""
    """Technical details, to be copied into a report."""
    about: str = ""
    """Its cause, such as "recording.input"; the notice ends when that or its parent "recording" ends."""
    page: str | None = None
    """The page it belongs to, EVERY_PAGE, or None for the page that is current when it is shown."""
    stays: bool = False
    """Stays until its cause ends or the user closes it, even if it is an "info"."""
    button: str = ""
    action: Callable[[], object] | None = None
    """The label of the button, and the callable that it runs."""

    def is_about(self, cause: str) -> bool:
        """Whether it is withdrawn when this cause ends."""
        return bool(cause) and (self.about == cause or self.about.startswith(f"{cause}."))
