"""Transcripts that were made outside of the window, kept where the window finds them."""

from __future__ import annotations

import os
from pathlib import Path

from asr_desktop.errors import LibraryError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Entry, Library


class LibraryKeeping:
    """Puts one transcript after the other into the library.

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
                if entry.session_folder is None and entry.edited_at is None
            }
        former = self._uncorrected.get(source)
        if former is None:
            return self._library.add(transcript, source)
        entry_id = self._library.add(transcript, source, title=former.title, tags=former.tags)
        self._library.delete(former.id)
        return entry_id
