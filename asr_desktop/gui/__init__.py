"""The window. It knows the engine; the engine knows no window."""

from __future__ import annotations

import ctypes
import sys


def _keep_constants_alive() -> None:
    """Lets PySide6 6.12.0 run on Python before 3.12, which counts the users of None, True and False too.

    That release counts them down at every call without a result and every `connect`, never up (6.11.3 and
    earlier do not). Python aborts when a count reaches 0, after some thousand calls: "none_dealloc:
    deallocating None". From Python 3.12 on these objects are not counted.
    """
    if sys.implementation.name == "cpython" and sys.version_info < (3, 12):
        for constant in (None, True, False):
            ctypes.c_ssize_t.from_address(id(constant)).value += 1 << 40


_keep_constants_alive()
