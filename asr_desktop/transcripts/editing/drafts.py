"""Corrections that are not in the library yet, kept on the disk each second: a crash costs one second.

A draft is one file, a transcript in JSON form, replaced in one step, so it is whole at every moment. It goes
when the transcript was saved where it belongs. A draft that is still there when a transcript is opened was
left by a crash.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError, ExportError
from asr_desktop.base.paths import data_folder
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.document import Segment, Transcript
from asr_desktop.transcripts.export.files import write_whole
from asr_desktop.transcripts.export.json import head, read_json
from asr_desktop.transcripts.word_json import segment_to_json

AUTOSAVE_SECONDS = 1.0


def drafts_folder() -> Path:
    """Where unsaved corrections lie."""
    return data_folder() / "drafts"


class Draft:
    """The unsaved corrections of one transcript; `key` says which, such as "library-12"."""

    def __init__(self, key: str, folder: Path | None = None) -> None:
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self.path = (folder or drafts_folder()) / f"{digest}.json"
        # Most segments are the same objects as a second ago, so their JSON is too.
        self._written: dict[int, tuple[Segment, str]] = {}

    def write(self, transcript: Transcript) -> None:
        """Replace the draft; raises ExportError where the disk does not take it."""
        written = [
            self._written.get(id(segment))
            or (segment, json.dumps(segment_to_json(segment), ensure_ascii=False))
            for segment in transcript.segments
        ]
        self._written = {id(segment): (segment, text) for segment, text in written}
        segments = ",\n".join(text for _, text in written)
        beginning = json.dumps(head(transcript), ensure_ascii=False)[:-1]
        document = f'{beginning}, "segments": [\n{segments}\n]}}\n'
        try:
            make_folder(self.path.parent)
        except OSError as error:
            raise ExportError(
                Sentence(
                    "Corrections cannot be saved in {parent} ({reason}): check that the folder is writable.",
                    parent=self.path.parent,
                    reason=error.strerror or error,
                )
            ) from error
        write_whole(self.path, document.encode("utf-8", "replace"))

    def recover(self) -> Transcript | None:
        """What a crash left, None where nothing was.

        A draft that cannot be read is set aside under another name and raises ExportError.
        """
        if not self.path.is_file():
            return None
        try:
            return read_json(self.path)
        except ExportError as error:
            aside = self.path.with_suffix(".damaged.json")
            try:
                self.path.replace(aside)
            except OSError:
                raise error from None
            raise ExportError(
                Sentence(
                    "Unsaved corrections were found but cannot be read; the file was set aside as {aside}.",
                    aside=aside,
                )
            ) from error

    def remove(self) -> None:
        """The transcript is saved where it belongs."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise ExportError(
                Sentence(
                    "The draft {path} cannot be deleted ({reason}): delete it yourself.",
                    path=self.path,
                    reason=error.strerror or error,
                )
            ) from error


class Autosave:
    """Writes the draft each second, in a thread of its own, if anything has changed.

    take: the transcript as it is now, and its revision (called in the thread). on_failure: gets one sentence
    when writing fails, once until it works again.
    """

    def __init__(
        self,
        draft: Draft,
        take: Callable[[], tuple[Transcript, int]],
        *,
        on_failure: Callable[[str], None] | None = None,
        interval_seconds: float = AUTOSAVE_SECONDS,
    ) -> None:
        self._draft = draft
        self._take = take
        self._on_failure = on_failure
        self._interval_seconds = interval_seconds
        self._lock = threading.Lock()
        self._saved_revision = take()[1]
        self._has_failed = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="autosave", daemon=True)
        self._thread.start()

    def write_now(self) -> None:
        """Write the draft, if anything has changed since it was written."""
        with self._lock:
            transcript, revision = self._take()
            if revision == self._saved_revision:
                return
            try:
                self._draft.write(transcript)
            except AsrDesktopError as error:
                if not self._has_failed and self._on_failure is not None:
                    self._on_failure(str(error))
                self._has_failed = True
                return
            self._saved_revision = revision
            self._has_failed = False

    def saved(self, revision: int) -> None:
        """The transcript of this revision is saved where it belongs: an older draft is not needed."""
        with self._lock:
            if self._take()[1] == revision:
                self._draft.remove()
                self._saved_revision = revision

    def close(self) -> None:
        """Write what has changed, and end."""
        self._ended.set()
        self._thread.join()
        self.write_now()

    def _run(self) -> None:
        while not self._ended.wait(self._interval_seconds):
            self.write_now()
