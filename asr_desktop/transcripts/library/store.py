"""The library as the rest of the program uses it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from asr_desktop import paths
from asr_desktop.errors import ExportError, LibraryError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import repair, rows
from asr_desktop.transcripts.library.database import Database
from asr_desktop.transcripts.library.entry import (
    SESSION,
    Entry,
    EntryFolder,
    about,
    clean_tags,
    clean_title,
    moment_of,
)
from asr_desktop.transcripts.library.folding import tokens
from asr_desktop.transcripts.library.mending import Mender, mended
from asr_desktop.transcripts.library.query import Term, parse
from asr_desktop.transcripts.library.search import (
    Hit,
    drop_from_index,
    entries_that_say,
    find,
    index_transcript,
)


class Library:
    """All transcripts that were kept; any number of threads and processes may use it at once.

    path: the database, by default the program's own; the entries' folders lie in a folder of the same name
    beside it. Opening costs nothing: the file is made, brought up to date or mended when it is first used.

    All methods raise LibraryError where the disk does not let them, or where there is no such entry.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = Path(path) if path is not None else paths.library_file()
        self.entries_folder = self.path.with_suffix("")
        self._database = Database(self.path)
        self.mender = Mender(self.path, self.entries_folder, self._database)

    # What is there

    @mended
    def entries(
        self,
        query: str | None = None,
        tag: str | None = None,
        *,
        deleted: bool = False,
        names_only: bool = False,
    ) -> list[Entry]:
        """The entries, the newest first; with `deleted`, those in the bin.

        query: only those that have each of its words in their text, title, tags or file's name; the last one
        may be a beginning. names_only: without the text, in which `search` finds each place.
        """
        with self._database.reading() as db:
            found = rows.all_entries(db, deleted=deleted)
            for term in parse(query or "", as_typed=True):
                saying = set() if names_only else entries_that_say(db, term)
                found = [entry for entry in found if entry.id in saying or _is_named(entry, term)]
        if tag is not None:
            wanted = tag.casefold()
            found = [entry for entry in found if wanted in (name.casefold() for name in entry.tags)]
        return found

    @mended
    def entry(self, entry_id: int) -> Entry:
        """One entry, also from the bin."""
        with self._database.reading() as db:
            return rows.one_entry(db, entry_id)

    @mended
    def last_transcribed(self, source: Path) -> datetime | None:
        """When a file was last transcribed, as far as the library and its bin know."""
        with self._database.reading() as db:
            return moment_of(rows.last_entry_of(db, Path(os.path.abspath(source))))

    @mended
    def tags(self) -> list[tuple[str, int]]:
        """All tags in use, with how many entries outside the bin have each."""
        with self._database.reading() as db:
            return rows.all_tags(db)

    @mended
    def search(self, text: str, *, limit: int = 200, as_typed: bool = False) -> list[Hit]:
        """Where in the sound all of it is said, the newest entries first.

        Words, "phrases in quotes" and beginnings (`harb*`) may be mixed; capitals and accents make no
        difference. as_typed: the last word counts as a beginning, as is right while somebody types.
        """
        with self._database.reading() as db:
            return find(db, parse(text, as_typed=as_typed), limit)

    def transcript(self, entry_id: int) -> Transcript:
        """The transcript of an entry."""
        entry = self.entry(entry_id)
        try:
            transcript = self._folder(entry_id).read_transcript()
        except ExportError as error:
            raise LibraryError(str(error)) from error
        # Those that were corrected before transcripts told it themselves.
        return replace(transcript, is_corrected=transcript.is_corrected or entry.edited_at is not None)

    def folder(self, entry_id: int) -> Path:
        """The entry's own folder, for what belongs to it; emptying the bin removes it."""
        return self._folder(entry_id).path

    def audio_path(self, entry_id: int) -> Path | None:
        """The entry's sound: the library's copy, the file itself, or a recording; None where it is gone.

        A recording in several parts is joined into the entry's folder when it is first asked for.
        """
        entry = self.entry(entry_id)
        folder = self._folder(entry_id)
        kept = folder.sound()
        if kept is not None:
            return kept
        if entry.session_folder is not None:
            from asr_desktop.transcripts.library.sessions import sound_of_session

            return sound_of_session(entry.session_folder, folder)
        return entry.source if entry.source.is_file() else None

    # Changes

    @mended
    def add(
        self,
        transcript: Transcript,
        source: Path,
        *,
        kind: Literal["file", "session"] = "file",
        folder: Path | None = None,
        title: str | None = None,
        created_at: datetime | None = None,
        tags: Iterable[str] = (),
    ) -> int:
        """Keep a transcript; the number of its entry.

        source: the sound file, or a session's folder. folder: the session's, which stays where it is. A
        session that is here already gets the new transcript, unless somebody corrected the one that it has.
        """
        source = Path(os.path.abspath(source))
        session_folder = Path(os.path.abspath(folder if folder is not None else source))
        entry = Entry(
            id=0,
            kind=kind,
            title=clean_title(title or (source.name if kind == SESSION else source.stem) or str(source)),
            source=source,
            session_folder=session_folder if kind == SESSION else None,
            created_at=created_at or datetime.now(UTC),
            tags=clean_tags(list(tags)),
            **about(transcript),
        )
        with self._database.changing() as db:
            if entry.session_folder is not None:
                former = rows.entry_of_session(db, entry.session_folder, entry.created_at)
                if former is not None:
                    # Its sound is where it was found now, which matters where the data folder was moved.
                    found = replace(former, source=source, session_folder=entry.session_folder)
                    if former.edited_at is None:
                        self._store(db, replace(found, **about(transcript)), transcript)
                    elif found != former:
                        rows.update(db, found)
                        self._folder(found.id).write_about(found)
                    return former.id
            entry = replace(entry, id=rows.free_id(db, self.entries_folder))
            rows.insert(db, entry)
            try:
                self._store(db, entry, transcript)
            except BaseException:
                # Nothing of an entry that could not be stored is to be found again.
                shutil.rmtree(self._folder(entry.id).path, ignore_errors=True)
                raise
        return entry.id

    @mended
    def save_transcript(self, entry_id: int, transcript: Transcript) -> None:
        """A corrected transcript in place of the former one."""
        with self._database.changing() as db:
            entry = rows.one_entry(db, entry_id)
            self._store(db, replace(entry, edited_at=datetime.now(UTC), **about(transcript)), transcript)

    @mended
    def rename(self, entry_id: int, title: str) -> None:
        """Give an entry another title; its files keep their names."""
        self._change(entry_id, title=clean_title(title))

    @mended
    def set_tags(self, entry_id: int, tags: Sequence[str]) -> None:
        """These tags and no others."""
        self._change(entry_id, tags=clean_tags(list(tags)))

    @mended
    def delete(self, entry_id: int) -> None:
        """Put an entry into the bin: it is in no list and no search, but nothing of it is gone."""
        self._change(entry_id, deleted_at=datetime.now(UTC))

    @mended
    def restore(self, entry_id: int) -> None:
        """Take an entry out of the bin."""
        self._change(entry_id, deleted_at=None)

    def keep_sound(self, entry_id: int, *, track: int | None = None) -> Path:
        """Copy the sound of a file's entry beside its transcript, so that it stays when the file goes.

        track: only this audio track, as it is heard: of a video whose players begin with another one.
        """
        return self._folder(entry_id).keep_sound(self.entry(entry_id).source, track)

    @mended
    def empty_bin(self) -> int:
        """Remove what lies in the bin for good; how many entries that were.

        Recordings go with their entries. The user's own files, which were only transcribed, stay.
        """
        with self._database.changing() as db:
            binned = rows.all_entries(db, deleted=True)
            for entry in binned:
                drop_from_index(db, entry.id)
                rows.remove(db, entry.id)
                if entry.session_folder is not None:
                    from asr_desktop.transcripts.library.sessions import remove_session

                    remove_session(entry.session_folder)
                # Last: what is left of a removal that was cut short shows up again, whole, in the bin.
                self._folder(entry.id).remove()
        return len(binned)

    # Health

    @property
    def notices(self) -> list[str]:
        """Sentences about what was mended since `take_notices`, for whoever shows them."""
        return list(self.mender.notices)

    def take_notices(self) -> list[str]:
        """The same, and nobody else is told."""
        notices, self.mender.notices = self.mender.notices, []
        return notices

    def repair(self, progress: Callable[[int, int], None] | None = None) -> repair.Report:
        """Make the database again from the folders, whatever state it is in; `progress` gets (done, of)."""
        return self.mender.repair(progress)

    def close(self) -> None:
        """Let go of the file; another call opens it again."""
        self._database.close()

    def _folder(self, entry_id: int) -> EntryFolder:
        return EntryFolder(repair.folder_of(self.entries_folder, entry_id))

    def _store(self, db: sqlite3.Connection, entry: Entry, transcript: Transcript) -> None:
        rows.update(db, entry)
        index_transcript(db, entry.id, transcript)
        folder = self._folder(entry.id)
        folder.write_transcript(transcript)
        folder.write_about(entry)

    def _change(self, entry_id: int, **fields: object) -> None:
        with self._database.changing() as db:
            entry = replace(rows.one_entry(db, entry_id), **fields)  # type: ignore[arg-type]
            rows.update(db, entry)
            self._folder(entry_id).write_about(entry)


def _is_named(entry: Entry, term: Term) -> bool:
    for name in (entry.title, entry.source.name, *entry.tags):
        spoken = tokens(name)
        if any(term.is_at(spoken, place) for place in range(len(spoken))):
            return True
    return False
