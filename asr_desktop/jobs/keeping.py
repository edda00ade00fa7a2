"""New transcripts of files, put into the library in place of former ones that nobody corrected."""

from __future__ import annotations

from pathlib import Path

from asr_desktop.base.errors import LibraryError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Library
from asr_desktop.transcripts.source_stamp import SourceStamp


class LibraryKeeping:
    """Puts one transcript after the other into the library, for the terminal.

    A file that was transcribed before, and whose transcript nobody corrected, gets one new entry in place of
    the former, with its title and tags; the former lies in the bin. Otherwise somebody who tries out options
    would find the same recording a dozen times.
    """

    def __init__(self, library: Library | None = None) -> None:
        self._library = library if library is not None else Library()
        self.entries: list[int] = []
        """The numbers of what was put there."""
        self.trouble: str | None = None
        """Why it could not be, in a sentence; nothing more is put there then: each try may take long."""

    @property
    def notices(self) -> list[str]:
        """What the library has to say about its own health."""
        return self._library.notices

    def keep(self, transcript: Transcript, source: Path, stamp: SourceStamp | None = None) -> None:
        """Puts it there if that can be done. What cannot be opened again (a pipe) has no place there.

        stamp: the file's when its transcription began.
        """
        if self.trouble is not None or not source.is_file():
            return
        try:
            self.entries.append(self._library.put(transcript, source, stamp=stamp))
        except LibraryError as error:
            self.trouble = str(error)
