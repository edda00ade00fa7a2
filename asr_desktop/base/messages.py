"""Messages to the user: a line on standard error, never a traceback; details of a defect go to the log."""

from __future__ import annotations

import errno
import os
import sys
import traceback
import unicodedata
from datetime import datetime

from asr_desktop import __version__
from asr_desktop.base import log_file
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence

DEBUG_VARIABLE = "ASR_DESKTOP_DEBUG"

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


def problem(sentence: str) -> None:
    """Print an error; `sentence` says what is wrong and what to do."""
    _say(sentence)


def note(sentence: str) -> None:
    """Print a note that is not an error."""
    _say(f"note: {sentence}")


def explained(error: Exception) -> str:
    """The message for an error; an unexpected one is logged, or raised for debugging.

    A full disk and missing permissions are handled here, because they can occur in every command.
    """
    if isinstance(error, AsrDesktopError):
        return str(error)
    if sentence := of_the_system(error):
        return sentence
    if os.environ.get(DEBUG_VARIABLE):
        raise error
    return logged(error)


def of_the_system(error: BaseException) -> Sentence | None:
    """The message for a full disk or missing permissions; None for other errors."""
    if not isinstance(error, OSError):
        return None
    place = Sentence("The output") if error.filename is None else os.fsdecode(error.filename)
    if error.errno in _FULL:
        return Sentence(
            "{place} cannot be written: the disk is full; free some space and try again.", place=place
        )
    if error.errno in _FORBIDDEN:
        return Sentence(
            "{place} may not be read or written by this user: change its permissions, or choose another "
            "place.",
            place=place,
        )
    if error.errno == errno.EROFS:
        return Sentence(
            "{place} cannot be written: the disk is read-only; choose another place.", place=place
        )
    return None


def logged(error: BaseException) -> Sentence:
    """Write the details of an error to the program's log; the returned sentence says where it lies."""
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    now = datetime.now().astimezone()
    details = "".join(traceback.format_exception(error))
    details = f"asr-desktop {__version__}, {now.isoformat()}, {sys.argv}\n\n{details}"
    try:
        log = log_file.write_entry(details)
    except OSError as trouble:
        return Sentence(
            "Something unexpected happened ({what}); details could not be written to {log} ({reason}); set "
            "{variable}=1 to show them.",
            what=what,
            log=log_file.log_path(),
            reason=trouble.strerror or trouble,
            variable=DEBUG_VARIABLE,
        )
    return Sentence("Something unexpected happened ({what}); see {log} for details.", what=what, log=log)


def one_line(text: str) -> str:
    """For a terminal: a file's name may hold line breaks, a terminal's commands, or signs that turn a line
    round, and must not pass for a line of ours. They are shown as Python writes them."""
    line = " ".join(text.splitlines())
    return "".join(_harmless(sign) for sign in line)


def _harmless(sign: str) -> str:
    turns_round = unicodedata.bidirectional(sign) in _TURNING
    if turns_round or unicodedata.category(sign) in ("Cc", "Cs"):  # commands; what no encoding has
        return sign.encode("unicode_escape").decode()
    return sign


_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def _say(sentence: str) -> None:
    print(f"asr-desktop: {one_line(sentence)}", file=sys.stderr, flush=True)
