"""Downloads one file from the hub, and resumes it after connection errors and restarts.

huggingface_hub's own download discards the data of an interrupted one, and can only be cancelled every 10
MB. So the transfer is done here, through its session; addresses, access tokens, the offline switch and
redirects are handled by huggingface_hub.
"""

from __future__ import annotations

import errno
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from asr_desktop.base.errors import CancelledError, DownloadError, NoSpaceError, VerificationError
from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store.hub import Hub, HubFile, Repository, explain, network_errors

# Verification of a file: its size, then its checksum

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


PART_SUFFIX = ".part"
SLOW_SECONDS, SLOW_BYTES = 120.0, 12_000  # no line of today is slower than 100 bytes a second
RETRIES = 5  # in a row without a single new byte
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 16.0
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


class _Pace:
    """Aborts transfers that are too slow, which a read timeout does not detect if some bytes keep
    arriving."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began_at, self._bytes = clock(), 0

    def add(self, count: int, file: HubFile) -> None:
        self._bytes += count
        if self._clock() - self._began_at < SLOW_SECONDS:
            return
        if self._bytes < SLOW_BYTES:
            raise DownloadError(
                Sentence(
                    "The hub sends {file} too slowly ({bytes:,} bytes in {seconds:g} s); try again "
                    "later: the partial download is kept.",
                    file=file.path,
                    bytes=self._bytes,
                    seconds=SLOW_SECONDS,
                )
            )
        self._began_at, self._bytes = self._clock(), 0


class Transfer:
    """Fetches files of one repository.

    cancelled: set to stop; it is checked at every block.
    on_bytes: called with the bytes that arrived since the last call; a negative number takes some back.
    first_wait_seconds: before the first retry; each further one waits twice as long. clock: in seconds.
    """

    def __init__(
        self,
        hub: Hub,
        repository: Repository,
        *,
        cancelled: threading.Event | None = None,
        on_bytes: Callable[[int], None] | None = None,
        first_wait_seconds: float = FIRST_WAIT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._hub = hub
        self._repository = repository
        self._cancelled = cancelled or threading.Event()
        self._on_bytes = on_bytes or (lambda count: None)
        self._first_wait_seconds = first_wait_seconds

    def fetch(self, file: HubFile, target: Path) -> Path:
        """Write the file beside `target` as "….part", going on with one that is there; returns the part.

        Raises DownloadError, VerificationError (more bytes than were promised), NoSpaceError, CancelledError.
        The part stays for another try, unless it is wrong.
        """
        part = part_of(target)
        part.parent.mkdir(parents=True, exist_ok=True)
        url = self._hub.url(self._repository, file.path)
        failures = 0
        while True:
            before = _size(part)
            if file.size_bytes is not None and before > file.size_bytes:
                part.unlink()  # of another version
                before = 0
            if before == file.size_bytes:
                part.touch()  # an empty file has no bytes to ask for
                return part
            try:
                self._receive(url, file, part, before)
            except network_errors() as error:
                failures = 1 if _size(part) > before else failures + 1
                if failures > RETRIES or not _may_pass(error):
                    raise explain(error, self._repository.name, self._repository.commit, file.path) from error
                wait = min(self._first_wait_seconds * 2 ** (failures - 1), LONGEST_WAIT_SECONDS)
                if self._cancelled.wait(wait):
                    raise CancelledError(Sentence("The download was stopped.")) from None
                continue
            if file.size_bytes is None:
                return part
            if _size(part) == before:
                # A line that ends early, politely and without a byte.
                failures += 1
                if failures > RETRIES:
                    raise DownloadError(
                        Sentence(
                            "The hub sent only {before:,} of {size_bytes:,} bytes of {file}; try again "
                            "later.",
                            before=before,
                            size_bytes=file.size_bytes,
                            file=file.path,
                        )
                    )

    def _receive(self, url: str, file: HubFile, part: Path, start: int) -> None:
        with self._hub.stream(url, start) as response:
            if start and not _continues_at(response, start):
                # A server that cannot go on in the middle begins again.
                self._on_bytes(-start)
                start = 0
            position = start
            pace = _Pace(self._clock)
            with _writable(part, start) as output:
                for piece in response.iter_raw():
                    if self._cancelled.is_set():
                        raise CancelledError(Sentence("The download was stopped."))
                    position += len(piece)
                    pace.add(len(piece), file)
                    if file.size_bytes is not None and position > file.size_bytes:
                        output.truncate(0)
                        raise VerificationError(
                            Sentence(
                                "The hub sent more than the {size_bytes:,} bytes of {file}; it was "
                                "discarded, so try again later.",
                                size_bytes=file.size_bytes,
                                file=file.path,
                            )
                        )
                    _write(output, piece)
                    self._on_bytes(len(piece))


def part_of(target: Path) -> Path:
    """Path of a file until it is complete and verified."""
    return target.with_name(target.name + PART_SUFFIX)


def _continues_at(response: Any, start: int) -> bool:
    if response.status_code != 206:
        return False
    stated = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return stated is not None and int(stated[1]) == start


def _may_pass(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in _PASSING_STATUS
    return not isinstance(error, OfflineModeIsEnabled)


@contextmanager
def _writable(part: Path, start: int) -> Iterator[BinaryIO]:
    # Unbuffered, so that received data is in the file even if this process is killed.
    with _disk_errors_explained(part), part.open("r+b" if start else "wb", buffering=0) as output:
        output.truncate(start)
        output.seek(start)
        yield output


def _write(output: BinaryIO, piece: bytes) -> None:
    with _disk_errors_explained(Path(str(output.name))):
        rest = memoryview(piece)
        while rest:
            rest = rest[output.write(rest) :]


@contextmanager
def _disk_errors_explained(path: Path) -> Iterator[None]:
    from httpx2 import HTTPError

    try:
        yield
    except HTTPError:  # the hub's errors are OSErrors too
        raise
    except OSError as error:
        if error.errno in (
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EFBIG,
            errno.EACCES,
            errno.EPERM,
            errno.EROFS,
            errno.EIO,
        ):
            raise NoSpaceError(
                Sentence(
                    "{path} cannot be written ({reason}); free some space or check its permissions, "
                    "then continue: the partial download is kept.",
                    path=path,
                    reason=error.strerror,
                )
            ) from error
        raise


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
