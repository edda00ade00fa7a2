"""The token that clients must send. It is read from a file or the environment, because every user of a
computer can read its command lines."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_bytes
from asr_desktop.server.refusal import ServerError

VARIABLE = "ASR_DESKTOP_TOKEN"
SHORTEST = 16
_MOST_BYTES = 4096
_BYTES = 24


def read_token(file: Path | None) -> str | None:
    """The token from the file, or from the environment; None if there is none. Raises ServerError if the file
    cannot be read or the token is too short or has invalid characters."""
    token = os.environ.get(VARIABLE, "") if file is None else ""
    if file is not None:
        try:
            token = read_bytes(file, _MOST_BYTES).decode()
        except (*READ_ERRORS, UnicodeDecodeError) as error:
            raise ServerError(
                f"The token file {file} cannot be read ({error}); check its name and permissions."
            ) from None
    token = token.strip()
    if not token and file is None:
        return None
    if len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise ServerError(
            f"A token has {SHORTEST} or more letters, digits or signs and no spaces; choose another."
        )
    return token


def kept_token(file: Path, *, new: bool = False) -> str:
    """The token in the program's own file; a new one is made if there is no valid one, or if ``new`` is set.
    Raises ServerError if the file cannot be written."""
    if not new:
        with suppress(ServerError):
            kept = read_token(file)
            if kept is not None:
                return kept
    made = secrets.token_urlsafe(_BYTES)
    try:
        make_folder(file.parent)
        write_text(file, made + "\n")
    except OSError as error:
        raise ServerError(
            Sentence(
                "{file} cannot be written ({reason}): check its disk space and permissions.",
                file=file,
                reason=error,
            )
        ) from error
    return made


def needed(host: str) -> ServerError:
    """The error for an address that other machines can reach, without a token."""
    return ServerError(
        f"Other machines can reach {host}, so clients have to show a token: set {VARIABLE}, or give "
        f"--token-file, with {SHORTEST} characters or more."
    )
