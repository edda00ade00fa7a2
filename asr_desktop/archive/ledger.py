"""What of an archive is done, in a file of JSON lines in the output folder.

Of each recording that is transcribed there are two lines. The first names its transcripts and their digests,
and is on the disk before any of them is; the second says that they all are. So whenever the program is
killed, the next one knows: a recording is done if it has its second line, or if all that its first line names
lies there; and a file that lies there is ours if its digest stands in a line, else somebody's, perhaps the
same one corrected by hand.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from asr_desktop.archive.outcome import ArchiveError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json_lines
from asr_desktop.transcripts.source_stamp import SourceStamp, parsed_stamp

LEDGER = "archive.jsonl"
_LOCK = ".archive.lock"
_WRITING, _DONE, _FAILED = "writing", "done", "failed"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What is known of a recording.

    files: names below the output folder, with the digest of what was written. reference_words, word_errors:
    None where no reference lay beside it.
    """

    source: str
    stamp: SourceStamp | None
    fingerprint: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    words: int = 0
    notes: tuple[str, ...] = ()
    reference_words: int | None = None
    word_errors: int | None = None
    failure: str | None = None
    is_done: bool = False


class Ledger:
    """Of one output folder, for one program at a time; a context that holds the folder's lock.

    Raises ArchiveError where another program works there, or the ledger cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / LEDGER
        self._lock = FileLock(folder / _LOCK)
        self._file: BinaryIO | None = None
        self._entries: dict[str, LedgerEntry] = {}
        self._ours: dict[str, set[str]] = {}

    def __enter__(self) -> Ledger:
        try:
            make_folder(self.folder)
            is_ours = self._lock.acquire()
        except OSError as error:
            raise self._not_written(error) from error
        if not is_ours:
            raise ArchiveError(
                Sentence(
                    "Another program is writing an archive to {folder}: wait for it, or choose another "
                    "--output-dir.",
                    folder=self.folder,
                )
            )
        try:
            self._read()
            self._file = self._path.open("ab")
            self._end_torn_line()
        except BaseException as error:
            self._lock.release()
            if isinstance(error, OSError):
                raise self._not_written(error) from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        self._lock.remove()

    # What is known

    def entry(self, source: Path) -> LedgerEntry | None:
        return self._entries.get(os.fspath(source))

    def written(self) -> list[Path]:
        """All transcripts that it knows of."""
        return [self.folder / name for name in self._ours]

    def is_done(self, source: Path, stamp: SourceStamp | None, suffixes: Iterable[str]) -> bool:
        """Whether its transcripts lie there, with all of these endings, and are of the file as it is."""
        entry = self.entry(source)
        return (
            entry is not None
            and entry.is_done
            and stamp is not None
            and entry.stamp == stamp
            and {os.path.splitext(name)[1] for name in entry.files} >= set(suffixes)
            and all((self.folder / name).is_file() for name in entry.files)
        )

    def may_write(self, name: str) -> bool:
        """Whether nothing lies there, or what a ledger's line names: no text of anybody else is replaced."""
        path = self.folder / name
        if not os.path.lexists(path):
            return True
        digests = self._ours.get(name)
        return digests is not None and _digest_of(path) in digests

    # What happens

    def begin(self, entry: LedgerEntry) -> None:
        """Before its files are written."""
        said: dict[str, Any] = {
            "state": _WRITING,
            "source": entry.source,
            "stamp": entry.stamp,
            "settings": entry.fingerprint,
            "files": dict(entry.files),
            "seconds": round(entry.seconds, 3),
            "words": entry.words,
            "notes": entry.notes,
        }
        if entry.reference_words is not None:
            said |= {"reference_words": entry.reference_words, "word_errors": entry.word_errors}
        self._append(said)

    def end(self, source: str) -> None:
        """After they were."""
        self._append({"state": _DONE, "source": source})

    def failed(self, source: str, stamp: SourceStamp | None, sentence: str) -> None:
        """It could not be transcribed; the next run tries again."""
        self._append({"state": _FAILED, "source": source, "stamp": stamp, "failure": sentence})

    def _append(self, said: dict[str, Any]) -> None:
        assert self._file is not None
        try:
            self._file.write(json.dumps(said).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._not_written(error) from error
        self._take(said)

    # What the file says

    def _read(self) -> None:
        if not self._path.exists():
            return
        try:
            for said in read_json_lines(self._path):
                self._take(said)
        except READ_ERRORS as error:
            raise ArchiveError(
                Sentence(
                    "{path} cannot be read ({reason}): check its permissions, or choose another "
                    "--output-dir.",
                    path=self._path,
                    reason=error,
                )
            ) from error
        for entry in self._entries.values():
            if not entry.is_done and entry.files and self._has_all(entry):
                self._entries[entry.source] = _done(entry)  # killed between the last file and the last line

    def _take(self, said: dict[str, Any]) -> None:
        source, state = said.get("source"), said.get("state")
        if not isinstance(source, str):
            return
        former = self._entries.get(source)
        if state == _DONE and former is not None:
            self._entries[source] = _done(former)
        elif state == _FAILED:
            failure = str(said.get("failure", ""))
            self._entries[source] = LedgerEntry(source, parsed_stamp(said.get("stamp")), failure=failure)
        elif state == _WRITING and isinstance(said.get("files"), dict):
            entry = _entry(source, said)
            self._entries[source] = entry
            for name, digest in entry.files.items():
                self._ours.setdefault(name, set()).add(digest)

    def _has_all(self, entry: LedgerEntry) -> bool:
        return all(_digest_of(self.folder / name) == digest for name, digest in entry.files.items())

    def _end_torn_line(self) -> None:
        """What a killed program left of a line must not spoil the next one."""
        assert self._file is not None
        if self._file.tell() > 0:
            with self._path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    self._file.write(b"\n")

    def _not_written(self, error: OSError) -> ArchiveError:
        return ArchiveError(
            Sentence(
                "{path} cannot be written ({reason}): free some space, check its permissions, or choose "
                "another --output-dir; what is done is kept.",
                path=self._path,
                reason=error,
            )
        )


def digest(content: bytes) -> str:
    """Of a file, as the ledger has it."""
    return hashlib.sha256(content).hexdigest()


def _digest_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _done(entry: LedgerEntry) -> LedgerEntry:
    return replace(entry, is_done=True)


def _entry(source: str, said: dict[str, Any]) -> LedgerEntry:
    def number(name: str) -> float:
        value = said.get(name)
        return value if isinstance(value, int | float) else 0

    has_reference = "reference_words" in said
    return LedgerEntry(
        source,
        parsed_stamp(said.get("stamp")),
        str(said.get("settings", "")),
        {str(name): str(value) for name, value in said["files"].items()},
        float(number("seconds")),
        int(number("words")),
        tuple(str(note) for note in said.get("notes") or ()),
        int(number("reference_words")) if has_reference else None,
        int(number("word_errors")) if has_reference else None,
    )
