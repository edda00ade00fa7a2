"""The library as the rest of the program uses it."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from asr_desktop.audio.input_files import SourceStamp
from asr_desktop.base import paths
from asr_desktop.base.errors import ExportError, LibraryError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import repair, rows, speaker_search
from asr_desktop.transcripts.library.database import Database
from asr_desktop.transcripts.library.entry import (
    FILE,
    SESSION,
    Entry,
    EntryFolder,
    about,
    cannot_write,
    clean_tags,
    clean_title,
)
from asr_desktop.transcripts.library.repair import Mender, mended
from asr_desktop.transcripts.library.search import (
    MOST_HITS,
    Hit,
    drop_from_index,
    entries_that_say,
    find,
    index_transcript,
    is_named,
    parse,
    speakers_and_rest,
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
        may be a beginning. With `speaker:Anna` only those in which Anna speaks. names_only: without the text,
        in which `search` finds each place.
        """
        with self._database.reading() as db:
            found = rows.all_entries(db, deleted=deleted)
            asked, words = speakers_and_rest(query or "", as_typed=True)
            if asked:
                present = speaker_search.entries_with(db, speaker_search.speakers_called(db, asked))
                found = [entry for entry in found if entry.id in present]
            for term in parse(words, as_typed=True):
                saying = set() if names_only else entries_that_say(db, term)
                found = [entry for entry in found if entry.id in saying or is_named(entry, term)]
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
    def entries_of(self, source: Path) -> list[Entry]:
        """All entries of a file, those in the bin included, the newest first."""
        with self._database.reading() as db:
            return rows.entries_of_source(db, Path(os.path.abspath(source)))

    @mended
    def tags(self) -> list[tuple[str, int]]:
        """All tags in use, with how many entries outside the bin have each."""
        with self._database.reading() as db:
            return rows.all_tags(db)

    @mended
    def search(
        self, text: str, *, limit: int = MOST_HITS, as_typed: bool = False, tag: str | None = None
    ) -> list[Hit]:
        """Where in the sound all of it is said, the newest entries first; at most `limit` places.

        Words, "phrases in quotes" and beginnings (`harb*`) may be mixed; capitals and accents make no
        difference. as_typed: the last word counts as a beginning unless it is in quotes, as is right for what
        a person types. tag: only in entries that have it. With `speaker:Anna` or `speaker:"Anna B"` only what
        Anna says; without other words, where each of her turns begins.
        """
        asked, words = speakers_and_rest(text, as_typed=as_typed)
        tagged = None if tag is None else {entry.id for entry in self.entries(tag=tag)}
        if asked:
            self._ask_who_speaks()
        with self._database.reading() as db:
            speakers = speaker_search.speakers_called(db, asked) if asked else None
            terms = parse(words, as_typed=as_typed)
            if speakers and not terms:
                return speaker_search.turns_of(db, speakers, limit, tagged)
            return find(db, terms, limit, tagged, speakers)

    @mended
    def speakers(self) -> list[str]:
        """Everybody who speaks in an entry outside the bin."""
        self._ask_who_speaks()
        with self._database.reading() as db:
            return speaker_search.all_speakers(db)

    def _ask_who_speaks(self) -> None:
        """Once after an update: in what an older version took in."""
        with self._database.reading() as db:
            entries = speaker_search.unasked(db)
        with suppress(LibraryError):  # of a disk that is full or read-only: the others are found
            for entry_id in entries:
                with self._database.changing() as db:
                    speaker_search.ask(db, entry_id, self._folder(entry_id))

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
            self._insert(db, entry, transcript)
        return entry.id

    @mended
    def put(
        self,
        transcript: Transcript,
        source: Path,
        *,
        stamp: SourceStamp | None = None,
        owes_outputs: bool = False,
        is_open: Callable[[int], bool] = lambda entry_id: False,
    ) -> int:
        """Keep a file's new transcript in the place of those that nobody has corrected; its entry's number.

        It has the former one's title and tags, and the former lies in the bin; the same transcript stays the
        same entry. All of it is one step, so that any number of programs that transcribe a file at once make
        one entry. stamp: the file's when its transcription began. is_open: whether somebody looks at an
        entry, which then stays.
        """
        source = Path(os.path.abspath(source))
        known = {
            "created_at": datetime.now(UTC),
            "source_stamp": stamp,
            "owes_outputs": owes_outputs,
            **about(transcript),
        }
        with self._database.changing() as db:
            formers = [
                entry
                for entry in rows.entries_of_source(db, source)
                if entry.is_replaceable and not is_open(entry.id)
            ]
            if formers and self._folder(formers[0].id).holds(transcript):
                entry, *formers = formers
                self._update(db, replace(entry, **known))
            else:
                title, tags = (formers[0].title, formers[0].tags) if formers else (source.stem, ())
                entry = Entry(
                    id=rows.free_id(db, self.entries_folder),
                    kind=FILE,
                    title=clean_title(title or str(source)),
                    source=source,
                    session_folder=None,
                    tags=tags,
                    **known,
                )
                self._insert(db, entry, transcript)
            for former in formers:
                self._update(db, replace(former, deleted_at=datetime.now(UTC)))
        return entry.id

    @mended
    def outputs_written(self, entry_id: int) -> None:
        """All files that were asked for with an entry's transcript are written."""
        if self.entry(entry_id).owes_outputs:
            self._change(entry_id, owes_outputs=False)

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

    def repair(self, progress: Callable[[int, int], None] | None = None) -> repair.RepairReport:
        """Make the database again from the folders, whatever state it is in; `progress` gets (done, of)."""
        return self.mender.repair(progress)

    def require_writable(self) -> None:
        """Raises LibraryError where nothing could be kept: said before the work and not after it."""
        self._require_writable()
        probe = self.entries_folder / f".{secrets.token_hex(8)}.tmp"
        try:
            self.entries_folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise cannot_write(self.entries_folder, error) from error

    @mended
    def _require_writable(self) -> None:
        with self._database.changing():
            pass

    def close(self) -> None:
        """Let go of the file; another call opens it again."""
        self._database.close()

    def _folder(self, entry_id: int) -> EntryFolder:
        return EntryFolder(repair.folder_of(self.entries_folder, entry_id))

    def _insert(self, db: sqlite3.Connection, entry: Entry, transcript: Transcript) -> None:
        rows.insert(db, entry)
        try:
            self._store(db, entry, transcript)
        except BaseException:
            # Nothing of an entry that could not be stored is to be found again.
            shutil.rmtree(self._folder(entry.id).path, ignore_errors=True)
            raise

    def _store(self, db: sqlite3.Connection, entry: Entry, transcript: Transcript) -> None:
        index_transcript(db, entry.id, transcript)
        # The transcript last: a folder that has it is whole, and is taken in after a crash.
        self._update(db, entry)
        self._folder(entry.id).write_transcript(transcript)

    def _update(self, db: sqlite3.Connection, entry: Entry) -> None:
        rows.update(db, entry)
        self._folder(entry.id).write_about(entry)

    def _change(self, entry_id: int, **fields: object) -> None:
        with self._database.changing() as db:
            self._update(db, replace(rows.one_entry(db, entry_id), **fields))  # type: ignore[arg-type]
