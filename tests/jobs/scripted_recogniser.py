"""A recogniser without a process: says the same of every file, at once, and counts how often it was asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from asr_desktop.jobs.file_queue import FileQueue
from asr_desktop.jobs.folder_watcher import needs_nothing
from asr_desktop.jobs.job import JobOptions
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.library import Library


def transcript_of(source: Path) -> Transcript:
    return Transcript(str(source), 2.0, "m", (Segment((Word("harbour", 0.5, 1.0, 0.9),)),))


class ScriptedRecogniser:
    """count: a file that gets a byte for each file that was recognised."""

    def __init__(self, count: Path) -> None:
        self._count = count

    def transcribe(self, source: Path, choice: object, **options: object) -> ScriptedJob:
        file = os.open(self._count, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, b".")
        os.close(file)
        return ScriptedJob(source)

    @property
    def asked(self) -> int:
        return self._count.stat().st_size if self._count.exists() else 0


class ScriptedJob:
    def __init__(self, source: Path) -> None:
        self._source = source

    def events(self) -> Iterator[Any]:
        return iter(())

    def result(self) -> Transcript:
        return transcript_of(self._source)

    def cancel(self) -> None:
        pass


def queue_of(recogniser: ScriptedRecogniser, library: Library, options: JobOptions) -> FileQueue:
    return FileQueue(lambda: cast(RecogniserProcess, recogniser), lambda: library, options=lambda: options)


def watch_once(recogniser: ScriptedRecogniser, library: Library, inbox: Path, options: JobOptions) -> None:
    """What `asr-desktop watch --once` does with a folder."""
    queue = queue_of(recogniser, library, options)
    for path in sorted(inbox.iterdir()):
        if not needs_nothing(library, path):
            queue.add_found(path, [inbox])
    queue.wait()
    queue.close()
    library.close()
