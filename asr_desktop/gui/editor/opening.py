"""What the editor opens: an entry of the library, or a transcript that was exported as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from asr_desktop.gui.editor.markers import markers_of
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export import write
from asr_desktop.transcripts.export.json import read_json
from asr_desktop.transcripts.library import Library

Save = Callable[[Transcript], object]
"""Called in a thread whenever the transcript has been changed."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A transcript with all that belongs to it."""

    transcript: Transcript
    audio_path: Path | None
    """A file or a session's folder; None where the sound is gone."""
    title: str
    key: str
    """Under which unsaved corrections are kept through a crash."""
    save: Save | None = None
    markers: tuple[float, ...] = ()
    """Seconds that were marked while it was recorded."""


def from_library(library: Library, entry_id: int) -> OpenDocument:
    """An entry; what is corrected goes back into the library. Raises LibraryError."""
    entry = library.entry(entry_id)
    return OpenDocument(
        library.transcript(entry_id),
        library.audio_path(entry_id),
        entry.title,
        f"library-{entry_id}",
        partial(library.save_transcript, entry_id),
        markers_of(entry.session_folder) if entry.session_folder is not None else (),
    )


def from_file(path: Path) -> OpenDocument:
    """A JSON file and the sound that it names, or one of the same name beside it; saved into the same file.

    Raises ExportError.
    """
    transcript = read_json(path)
    source = Path(transcript.source)
    beside = [path.parent / source.name, path.with_name(path.name.split(".")[0] + source.suffix)]
    sound = next((file for file in (source, *beside) if file.is_absolute() and file.exists()), None)

    def save(corrected: Transcript) -> None:
        write(replace(corrected, source=transcript.source), path, "json")

    return OpenDocument(transcript, sound, path.name, str(path.absolute()), save)
