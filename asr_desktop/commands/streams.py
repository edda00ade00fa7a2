"""Standard streams that a command can rely on."""

from __future__ import annotations

import os
import sys


def prepare() -> None:
    """Give a closed stream a stand-in that says and takes nothing, and let no character end the program.

    A stream is closed after `>&-` in a shell, and where a program without a console starts this one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (as long as the process)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows a stand-in rather than ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
