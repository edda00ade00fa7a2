"""What can go wrong in a fine-tuning and can be mended by the person who started it."""

from __future__ import annotations

import errno
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError

# Memory and disk run out; how torch, Python and the system say so, and how a person is told

_MEMORY_SIGNS = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "ALLOC_FAILED",  # cuDNN and cuBLAS
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_short_of_memory(error: BaseException) -> bool:
    """torch says so by a RuntimeError on a processor and by a subclass of it on a graphics card."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _MEMORY_SIGNS)


def is_full_disk(error: BaseException) -> bool:
    """A quota and a limit on a file's size count as well: all of them are mended by room."""
    return isinstance(error, OSError) and error.errno in _FULL


def shortage_sentence(error: BaseException, folder: Path) -> str | None:
    """What to tell a person whose training in ``folder`` an error has ended, None where it is another."""
    if is_full_disk(error):
        return (
            f"The disk is full, so the training in {folder} cannot continue; free up disk space and run "
            "the same command again to resume from the last complete state."
        )
    if is_short_of_memory(error):
        return (
            "There is not enough memory for a whole recording; close other programs or leave out the "
            "longest recordings (data.most_seconds), and run the same command again."
        )
    return None


class FinetuneError(AsrDesktopError):
    """A fine-tuning that cannot start or go on; the message says what was saved."""


class OtherTrainingError(FinetuneError):
    """What lies in `folder` is the state of another training, with which this one cannot go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} contains a training run with different data, a different model or different "
            "trainable parts; choose another output folder, or delete it."
        )
        self.folder = folder
