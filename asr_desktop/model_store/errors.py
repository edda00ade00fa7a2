"""What can go wrong between a hub and a model that can be used; each message is a sentence for the user."""

from __future__ import annotations

from asr_desktop.base.errors import AsrDesktopError


class ModelStoreError(AsrDesktopError):
    """A model cannot be found, installed, changed or removed."""


class DownloadError(ModelStoreError):
    """The hub cannot be reached, refuses, or gives something else than it promised."""


class VerificationError(DownloadError):
    """What arrived is not what was asked for: another size or another sum."""


class NoSpaceError(ModelStoreError):
    """The disk has no room for it."""


class ConversionError(ModelStoreError):
    """A checkpoint cannot be turned into a network that the program runs."""


class CancelledError(ModelStoreError):
    """Whoever asked for it no longer wants it."""
