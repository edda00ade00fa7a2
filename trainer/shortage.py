"""Memory and disk run out; how torch, Python and the system say so, and how a person is told."""

from __future__ import annotations

import errno
from pathlib import Path

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
            f"The disk is full, and the training in {folder} cannot write on; free some space and start the "
            "same command again, it goes on from the last whole state."
        )
    if is_short_of_memory(error):
        return (
            "There is too little memory for a whole recording at once; close other programs or leave the "
            "longest recordings out (data.most_seconds), and start the same command again."
        )
    return None
