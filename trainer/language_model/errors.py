"""What goes wrong with texts and language models."""

from __future__ import annotations

from asr_desktop.base.errors import AsrDesktopError


class LanguageModelError(AsrDesktopError):
    """Texts or language models that cannot be read, built or mixed."""
