"""A queue of files for a recogniser: what the Files page shows, and what `asr-desktop watch` runs.

    queue = FileQueue(lambda: recogniser, lambda: library)
    queue.add([Path("talks")])

One file is transcribed at a time, in order. Each ends in the library first, so that no later failure costs
the text, and then in the files that were asked for. What goes wrong with one file is a sentence in its job,
and the next one begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from asr_desktop.audio.media import probe
from asr_desktop.commands import messages
from asr_desktop.commands.inputs import find_inputs
from asr_desktop.errors import AsrDesktopError, LibraryError, MediaError
from asr_desktop.jobs.job import FileJob, JobOptions, JobState
from asr_desktop.jobs.job_list import JobList, Observer
from asr_desktop.jobs.keeping import former_of, put_in_place_of
from asr_desktop.jobs.outputs import base_of, write_all
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import FileJob as RecogniserJob
from asr_desktop.recognition.worker.handles import JobCancelledError
from asr_desktop.recognition.worker.protocol import (
    FileDone,
    FileProgress,
    ModelChoice,
    ModelReady,
    Restarted,
    UtteranceSkipped,
)
from asr_desktop.sentences import Sentence
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Library

# Below it a speed says more about the loading of the file than about the recogniser.
FIRST_SPEED_AFTER_SECONDS = 0.5


class FileQueue:
    """Jobs are worked on in a thread of this object, from the first `add` on. All methods return at once.

    recogniser: asked for when the first job begins. choice, options: asked for when each begins.
    is_open: whether this entry of the library is being looked at; such a one is not replaced by a new
    transcript of its file.
    """

    def __init__(
        self,
        recogniser: Callable[[], RecogniserProcess],
        library: Callable[[], Library] | None = None,
        *,
        choice: Callable[[], ModelChoice] = ModelChoice,
        options: Callable[[], JobOptions] = JobOptions,
        is_open: Callable[[int], bool] = lambda entry_id: False,
        observer: Observer | None = None,
    ) -> None:
        self._recogniser = recogniser
        self._library = library
        self._choice = choice
        self._options = options
        self._is_open = is_open
        self._list = JobList(observer)
        self._running: RecogniserJob | None = None
        self._is_closed = False
        self._thread: threading.Thread | None = None

    # What is there

    def jobs(self) -> list[FileJob]:
        """All jobs, in order."""
        return self._list.jobs()

    def job(self, job_id: int) -> FileJob | None:
        """One job, None where it was removed."""
        return self._list.job(job_id)

    @property
    def is_busy(self) -> bool:
        """Whether something is waiting or under way."""
        return self._list.is_busy

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Until nothing is waiting or under way; False if that takes longer."""
        return self._list.wait_for(lambda: self._is_closed or not self.is_busy, timeout_seconds)

    # Wishes

    def add(self, paths: Iterable[Path]) -> tuple[list[FileJob], list[str]]:
        """Queue files, and all sound and video files of folders; a sentence for each folder without any.

        A file that waits or runs already is not queued twice.
        """
        inputs, problems = find_inputs(list(paths))
        return self._queue([(item.path, item.output) for item in inputs]), problems

    def add_found(self, path: Path, folders: Iterable[Path]) -> None:
        """Queue a file that was found in one of these watched folders, whose sub-folders come back where the
        transcripts are written."""
        output = PurePath(path.name)
        for folder in folders:
            if path.is_relative_to(Path(folder).absolute()):
                output = path.relative_to(Path(folder).absolute())
                break
        self._queue([(path, output.with_name(output.stem))])

    def _queue(self, files: Iterable[tuple[Path, PurePath]]) -> list[FileJob]:
        added = self._list.add(files)
        if added:
            self._wake()
        return added

    def cancel(self, job_ids: Iterable[int] | None = None) -> None:
        """Give up these, or all that are waiting or under way."""
        with self._list.changing:
            for job_id in [job.id for job in self.jobs()] if job_ids is None else job_ids:
                job = self.job(job_id)
                if job is None or job.state.is_end:
                    continue
                if job.state is JobState.RUNNING and self._running is not None:
                    self._running.cancel()
                else:
                    # It waits, or is only about to begin; `_recognise` looks here.
                    self._list.change(job_id, state=JobState.CANCELLED)

    def retry(self, job_ids: Iterable[int]) -> None:
        """Once more, in their places. Where a transcript is in the library already and could only not be
        written, it is only written."""
        with self._list.changing:
            for job_id in job_ids:
                job = self.job(job_id)
                if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
                    self._list.put(FileJob(job.id, job.source, job.output, entry_id=job.entry_id))
        self._wake()

    def remove(self, job_ids: Iterable[int]) -> None:
        """Take jobs from the list; what they wrote stays, and those under way are given up."""
        wanted = list(job_ids)
        with self._list.changing:
            self.cancel(wanted)
            self._list.remove(wanted)

    def remove_finished(self) -> None:
        """Take from the list what is done or was cancelled; failures stay until they were seen to."""
        with self._list.changing:
            self.remove([job.id for job in self.jobs() if job.state in (JobState.DONE, JobState.CANCELLED)])

    def move(self, job_ids: Sequence[int], place: int) -> None:
        """Put jobs before the one that is at `place` now, in the order in which they are."""
        self._list.move(job_ids, place)

    def close(self) -> None:
        """Give up what is under way, and end the thread; the recogniser is its owner's."""
        with self._list.changing:
            self._is_closed = True
            if self._running is not None:
                self._running.cancel()
            self._list.changing.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    # The thread

    def _wake(self) -> None:
        with self._list.changing:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="file jobs", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._do(job)
            except JobCancelledError:
                self._list.change(job.id, state=JobState.CANCELLED)
            except AsrDesktopError as error:
                self._list.change(job.id, state=JobState.FAILED, sentence=str(error))
            except Exception as error:
                sentence, details = messages.logged(error), f"{type(error).__name__}: {error}"
                self._list.change(job.id, state=JobState.FAILED, sentence=sentence, details=details)

    def _next(self) -> FileJob | None:
        """The first that is waiting, when there is one; None at the end of it all."""
        with self._list.changing:
            self._list.wait_for(lambda: self._is_closed or self._list.first_waiting() is not None)
            job = self._list.first_waiting()
            if self._is_closed or job is None:
                return None
            return self._list.change(job.id, state=JobState.RUNNING)

    def _do(self, job: FileJob) -> None:
        options = self._options()
        if job.entry_id is not None and self._library is not None:
            transcript = self._library().transcript(job.entry_id)
        else:
            transcript = self._recognise(job, options.track)
            self._keep(job, transcript, options)
        now = self.job(job.id)
        if now is not None and now.entry_id is not None and self._library is not None:
            title = self._library().entry(now.entry_id).title
            options = replace(options, export_options=replace(options.export_options, title=title))
        written = write_all(
            transcript,
            base_of(job.source, job.output, options.folder),
            options.formats,
            options.existing,
            options.export_options,
        )
        self._list.change(job.id, state=JobState.DONE, written=written, remaining_seconds=None)

    def _recognise(self, job: FileJob, track: int | None) -> Transcript:
        with self._list.changing:
            now = self.job(job.id)
            if self._is_closed or now is None or now.state is not JobState.RUNNING:
                raise JobCancelledError(Sentence("The job was cancelled."))
            handle = self._running = self._recogniser().transcribe(
                job.source, self._choice(), track=track, if_several=True
            )
        try:
            for event in handle.events():
                match event:
                    case FileProgress():
                        self._progress(job.id, event)
                    case Restarted(message=sentence) | UtteranceSkipped(message=sentence):
                        self._list.note(job.id, sentence)
                    case ModelReady(warnings=warnings) | FileDone(warnings=warnings):
                        self._list.note(job.id, *warnings)
            transcript = handle.result()
        finally:
            with self._list.changing:
                self._running = None
        if not transcript.segments:
            self._list.note(job.id, Sentence("No speech was found in this file."))
        return transcript

    def _keep(self, job: FileJob, transcript: Transcript, options: JobOptions) -> None:
        if self._library is None:
            return
        library = self._library()
        former = former_of(library, job.source)
        if former is not None and self._is_open(former.id):
            former = None  # somebody may be about to correct it
        entry_id = put_in_place_of(library, former, transcript, job.source)
        self._list.change(job.id, entry_id=entry_id)
        track = _other_track(job.source, options.track)
        if options.copy_sound or track is not None:
            try:
                library.keep_sound(entry_id, track=track)
            except (LibraryError, MediaError) as error:
                self._list.note(job.id, str(error))

    def _progress(self, job_id: int, event: FileProgress) -> None:
        has_speed = event.elapsed_seconds >= FIRST_SPEED_AFTER_SECONDS
        self._list.change(
            job_id,
            done_seconds=event.done_seconds,
            total_seconds=event.total_seconds,
            speed=event.done_seconds / event.elapsed_seconds if has_speed else None,
            remaining_seconds=event.remaining_seconds if has_speed else None,
        )


def _other_track(source: Path, track: int | None) -> int | None:
    """The track that was heard, where players begin with another one: then the library keeps its sound."""
    if track is None:
        return None
    held = probe(source)
    return track if len(held.tracks) > 1 and track != held.default_track else None
