"""Errors that the user can cause or fix.

Each message is a single sentence that says what is wrong and what to do; the command line and the window
show it unchanged. Any other exception is a defect of the program.
"""

from __future__ import annotations


class AsrDesktopError(Exception):
    """Base of all errors whose message is meant for the person at the keyboard."""


class MediaError(AsrDesktopError):
    """A sound or video file cannot be read, or holds no sound."""


class ModelFolderError(AsrDesktopError):
    """A model folder is incomplete, or its parts do not fit together."""


class DecoderError(AsrDesktopError):
    """A decoder, language model or hotword setting cannot be used."""


class ExportError(AsrDesktopError):
    """A transcript cannot be written in the requested format or place."""


class DeviceError(AsrDesktopError):
    """A microphone or other input is missing, busy or gone."""


class RecordingError(AsrDesktopError):
    """A recording cannot be written, read or recovered."""


class WorkerError(AsrDesktopError):
    """The recogniser's process failed and could not be brought back."""


class LibraryError(AsrDesktopError):
    """The library of transcripts cannot be read or written, or does not have what was asked for."""


class LanguageModelError(AsrDesktopError):
    """Texts or language models that cannot be read, built or mixed."""


class WritingError(AsrDesktopError):
    """A setting of the written form, such as a replacement, cannot be used."""


class SpeakersError(AsrDesktopError):
    """Speakers cannot be told apart as was asked for, or a remembered voice cannot be kept."""


# What can go wrong between a hub and a model that can be used; each message is a sentence for the user


class ModelStoreError(AsrDesktopError):
    """A model cannot be found, installed, changed or removed."""


class DownloadError(ModelStoreError):
    """The hub cannot be reached, refuses, or delivers something unexpected."""


class VerificationError(DownloadError):
    """A download has a wrong size or checksum."""


class NoSpaceError(ModelStoreError):
    """The disk has no room for it."""


class ConversionError(ModelStoreError):
    """A checkpoint cannot be turned into a network that the program runs."""


class CancelledError(AsrDesktopError):
    """The operation was cancelled: a job, a download, a check, the computation of a waveform."""
