"""Whether a file is what the hub said it would be: its size, then its sum."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store.errors import VerificationError
from asr_desktop.model_store.hub import HubFile

_BLOCK_BYTES = 1 << 20


def check_file(path: Path, expected: HubFile, on_bytes: Callable[[int], None] | None = None) -> None:
    """Raise VerificationError where the file at `path` is not `expected`.

    A sha256 is checked where the hub (or the catalogue) states one, else the id of the git object.
    on_bytes: called with the bytes read since the last call; what it raises ends the check.
    """
    size = path.stat().st_size
    if expected.size_bytes is not None and size != expected.size_bytes:
        raise VerificationError(
            Sentence(
                "{file} has {size:,} bytes instead of {promised:,}; it was discarded, so download the "
                "model again.",
                file=expected.path,
                size=size,
                promised=expected.size_bytes,
            )
        )
    if expected.sha256 is not None:
        stated, digest = expected.sha256, hashlib.sha256()
    elif expected.git_object is not None:
        # SHA-1 is what git itself names its objects by; against damage on the way it is enough.
        stated = expected.git_object
        digest = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    else:
        raise VerificationError(
            Sentence(
                "The hub has no checksum for {file}, so it cannot be trusted; use another mirror.",
                file=expected.path,
            )
        )
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            if on_bytes:
                on_bytes(len(block))
    if digest.hexdigest() != stated.lower():
        raise VerificationError(
            Sentence(
                "{file} is damaged (wrong checksum) and was discarded; download the model again.",
                file=expected.path,
            )
        )
