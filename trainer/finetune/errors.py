"""What can go wrong in a fine-tuning and can be mended by the person who started it."""

from __future__ import annotations

from asr_desktop.errors import AsrDesktopError


class FinetuneError(AsrDesktopError):
    """A fine-tuning that cannot start or go on; the message says what was saved."""
