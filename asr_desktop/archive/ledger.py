"""Records the progress of an archive in a JSON Lines file in the output folder.

Each transcribed recording has two lines. The first names its transcripts and their digests, and is written
before any of them; the second says that all are written. So the state is clear wherever the program is
killed: a recording is done if it has its second line, or if all files of its first line exist. A file in the
folder is the program's own if its digest is in a line; otherwise it belongs to the user, for example a
transcript corrected by hand. A recording keeps its transcript's name permanently: another recording of the
same name, in a folder of another run, gets a different name.

A further line can ask for finished recordings again; they then count as unfinished until they are redone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, BinaryIO

from asr_desktop.archive.outcome import ArchiveError
from asr_desktop.audio.input_files import SourceStamp, parsed_stamp, stamp_of
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.private_files import make_folder, set_mode
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json_lines

LEDGER = "archive.jsonl"
_LOCK = ".archive.lock"
REPORT = "archive-report.json"
_WRITING, _DONE, _FAILED = "writing", "done", "failed"
_AGAIN, _ALL_ASKED, _KEPT = "again", "all asked", "kept"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The state of a recording.

    files: names below the output folder, with the digest of their content; once it is done, also those of
    former runs for other formats. former_files: only those of former runs. again: fingerprint of the settings
    with which it is to be redone, otherwise "". reference_words, word_errors: None without a reference.
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
    former_files: Mapping[str, str] = field(default_factory=dict)
    again: str = ""


class Ledger:
    """The ledger of one output folder; a context manager that holds the folder's lock.

    Raises ArchiveError where another program works there, or the ledger cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / LEDGER
        self._lock = FileLock(folder / _LOCK)
        self._file: BinaryIO | None = None
        self._entries: dict[str, LedgerEntry] = {}
        self._ours: dict[str, set[str]] = {}
        self._owners: dict[str, str] = {}  # recordings by transcript name without suffix
        self._outputs: dict[str, str] = {}  # transcript names by recording
        self._asked: list[tuple[str, str]] = []  # requests to redo, until the line that completes them

    def __enter__(self) -> Ledger:
        try:
            make_folder(self.folder)
            is_ours = self._lock.acquire()
            if is_ours:  # write permission in the folder is enough to continue
                set_mode(self.folder / _LOCK)
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
            is_new = not self._path.exists()
            self._read()
            self._file = self._path.open("ab")
            if is_new:
                set_mode(self._path)
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
        try:
            if self._file is not None:
                with suppress(OSError):  # a full disk was reported when the line was written
                    self._file.close()
        finally:
            self._lock.remove()

    # Queries

    def entry(self, source: Path) -> LedgerEntry | None:
        return self._entries.get(os.fspath(source))

    def written(self) -> list[Path]:
        """All transcripts in the ledger."""
        return [self.folder / name for name in self._ours]

    def is_done(self, source: Path, stamp: SourceStamp | None, suffixes: Iterable[str]) -> bool:
        """Whether its transcripts exist with all of these suffixes and were made from the current file."""
        entry = self.entry(source)
        if entry is None or not entry.is_done or entry.again or stamp is None or entry.stamp != stamp:
            return False
        names = {os.path.splitext(name)[1]: name for name in entry.files}
        return all(suffix in names and (self.folder / names[suffix]).is_file() for suffix in suffixes)

    def is_asked_again(self, source: Path, fingerprint: str) -> bool:
        """Whether an interrupted run still has to redo it with these settings."""
        entry = self.entry(source)
        return entry is not None and entry.again == fingerprint

    def output_of(self, source: Path) -> PurePath | None:
        """The name of its transcripts, relative to the folder and without a suffix."""
        name = self._outputs.get(os.fspath(source))
        if name is None or self._owners[_key(name)] != os.fspath(source):
            return None
        return PurePath(name)

    def may_have(self, source: Path, output: PurePath) -> bool:
        """Whether the transcripts of a recording may have this name: it is used neither by another recording
        nor by a file of the archive itself. A recording that was moved but is unchanged keeps its name."""
        key = _key(os.fspath(output))
        owner = self._owners.get(key)
        if owner is None or owner == os.fspath(source):
            return key != os.path.splitext(REPORT)[0]
        if os.path.realpath(owner) == os.path.realpath(source):
            return True
        entry = self._entries[owner]
        return not os.path.lexists(owner) and entry.stamp is not None and entry.stamp == stamp_of(source)

    def may_write(self, name: str) -> bool:
        """Whether the file does not exist or is in the ledger: other files are never replaced."""
        path = self.folder / name
        if not os.path.lexists(path):
            return True
        digests = self._ours.get(name)
        return digests is not None and _digest_of(path) in digests

    # Changes

    def begin(self, entry: LedgerEntry) -> None:
        """To be called before its files are written."""
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
        """To be called after its files are written."""
        self._append({"state": _DONE, "source": source})

    def ask_again(self, sources: Iterable[Path], fingerprint: str) -> None:
        """Finished recordings count as unfinished until they are redone with these settings."""
        asked = [
            {"state": _AGAIN, "source": os.fspath(source), "settings": fingerprint}
            for source in sources
            if (entry := self.entry(source)) is not None and entry.is_done and entry.again != fingerprint
        ]
        if asked:
            self._append(*asked, {"state": _ALL_ASKED, "recordings": len(asked)})

    def keep(self, source: str) -> None:
        """Do not redo it, because the user has corrected its transcript."""
        entry = self._entries.get(source)
        if entry is not None and entry.again:
            self._append({"state": _KEPT, "source": source})

    def failed(self, source: str, stamp: SourceStamp | None, sentence: str) -> None:
        """Record that it could not be transcribed; the next run tries again."""
        self._append({"state": _FAILED, "source": source, "stamp": stamp, "failure": sentence})

    def _append(self, *lines: dict[str, Any]) -> None:
        assert self._file is not None
        try:
            self._file.write(b"".join(json.dumps(said).encode() + b"\n" for said in lines))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._not_written(error) from error
        for said in lines:
            self._take(said)

    # Reading and writing the file

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
        if state == _ALL_ASKED:
            # Earlier requests are from a program that was killed before it had written all of them.
            count = said.get("recordings")
            for asked, fingerprint in self._asked[-count:] if isinstance(count, int) else ():
                self._entries[asked] = replace(self._entries[asked], again=fingerprint)
            self._asked.clear()
        if not isinstance(source, str):
            return
        former = self._entries.get(source)
        if state == _AGAIN and former is not None:
            self._asked.append((source, str(said.get("settings", ""))))
        elif state == _KEPT and former is not None:
            self._entries[source] = replace(former, again="")
        elif state == _DONE and former is not None:
            self._entries[source] = _done(former)
        elif state == _FAILED:
            failure = str(said.get("failure", ""))
            self._entries[source] = LedgerEntry(source, parsed_stamp(said.get("stamp")), failure=failure)
        elif state == _WRITING and isinstance(said.get("files"), dict):
            entry = _after(former, _entry(source, said))
            self._entries[source] = entry
            for name, digest in entry.files.items():
                self._ours.setdefault(name, set()).add(digest)
                output = os.path.splitext(name)[0]
                self._owners[_key(output)] = source
                self._outputs[source] = output

    def _has_all(self, entry: LedgerEntry) -> bool:
        return all(_digest_of(self.folder / name) == digest for name, digest in entry.files.items())

    def _end_torn_line(self) -> None:
        """End an incomplete line of a killed program, so that it does not corrupt the next one."""
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
    """The digest of a file's content, as stored in the ledger."""
    return hashlib.sha256(content).hexdigest()


def _digest_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _key(output: str) -> str:
    """Key that ignores case, because many file systems do."""
    return output.casefold()


def _after(former: LedgerEntry | None, entry: LedgerEntry) -> LedgerEntry:
    """The new entry, merged with former files of the same sound and settings."""
    if former is None:
        return entry
    if former.again or former.stamp != entry.stamp or former.fingerprint != entry.fingerprint:
        return replace(entry, again=former.again)
    return replace(entry, former_files={**former.former_files, **(former.files if former.is_done else {})})


def _done(entry: LedgerEntry) -> LedgerEntry:
    return replace(entry, files={**entry.former_files, **entry.files}, is_done=True, again="")


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
