"""Errors a person can cause, or can do something about.

The message of every one of them is a single sentence that says what is wrong and what to do next; the command
line prints it as it stands and the window shows it as it stands. Anything else that is raised is a defect of
ours.
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
    """The hub cannot be reached, refuses, or gives something else than it promised."""


class VerificationError(DownloadError):
    """What arrived is not what was asked for: another size or another sum."""


class NoSpaceError(ModelStoreError):
    """The disk has no room for it."""


class ConversionError(ModelStoreError):
    """A checkpoint cannot be turned into a network that the program runs."""


class CancelledError(AsrDesktopError):
    """Whoever asked for it no longer wants it: a job, a download, a check, a drawing of a waveform."""
