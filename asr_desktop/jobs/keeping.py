"""New transcripts of files, put into the library in place of former ones that nobody corrected."""

from __future__ import annotations

import os
from pathlib import Path

from asr_desktop.errors import LibraryError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Entry, Library


class LibraryKeeping:
    """Puts one transcript after the other into the library, for the terminal.

    A file that was transcribed before, and whose transcript nobody corrected, gets one new entry in place of
    the former, with its title and tags; the former lies in the bin. Otherwise somebody who tries out options
    would find the same recording a dozen times.
    """

    def __init__(self, library: Library | None = None) -> None:
        self._library = library if library is not None else Library()
        self._uncorrected: dict[Path, Entry] | None = None
        self.entries: list[int] = []
        """The numbers of what was put there."""
        self.trouble: str | None = None
        """Why it could not be, in a sentence; nothing more is put there then: each try may take long."""

    @property
    def notices(self) -> list[str]:
        """What the library has to say about its own health."""
        return self._library.notices

    def keep(self, transcript: Transcript, source: Path) -> None:
        """Puts it there if that can be done. What cannot be opened again (a pipe) has no place there."""
        if self.trouble is not None or not source.is_file():
            return
        try:
            self.entries.append(self._put(transcript, Path(os.path.abspath(source))))
        except LibraryError as error:
            self.trouble = str(error)

    def _put(self, transcript: Transcript, source: Path) -> int:
        if self._uncorrected is None:
            self._uncorrected = {
                entry.source: entry
                for entry in reversed(self._library.entries())  # the newest of several remains
                if _is_free(entry)
            }
        return put_in_place_of(self._library, self._uncorrected.get(source), transcript, source)


def former_of(library: Library, source: Path) -> Entry | None:
    """The newest entry of a file whose transcript nobody corrected."""
    return next((entry for entry in library.entries() if entry.source == source and _is_free(entry)), None)


def put_in_place_of(library: Library, former: Entry | None, transcript: Transcript, source: Path) -> int:
    """The number of a new entry, which has the former's title and tags; that one goes to the bin, unless
    somebody has corrected it meanwhile."""
    if former is None:
        return library.add(transcript, source)
    entry_id = library.add(transcript, source, title=former.title, tags=former.tags)
    if _is_free(library.entry(former.id)):
        library.delete(former.id)
    return entry_id


def _is_free(entry: Entry) -> bool:
    return entry.session_folder is None and entry.edited_at is None
