"""A queue of files for a recogniser: what the Files page shows, and what `asr-desktop watch` runs.

    queue = FileQueue(lambda: recogniser, lambda: library)
    queue.add([Path("talks")])

One file is transcribed at a time, in order. The transcript goes into the library first, with a note that
the output files are still to be written, and then into these files. So a full disk or a killed program
loses no text: the next job for the same file writes the missing outputs without recognising again. A
failure is stored as a sentence in its job, and the next job begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from asr_desktop.audio.input_files import SourceStamp, find_inputs, stamp_of
from asr_desktop.base import messages
from asr_desktop.base.errors import AsrDesktopError, CancelledError, LibraryError, MediaError
from asr_desktop.base.sentences import Sentence
from asr_desktop.jobs.folder_watcher import claimed, known
from asr_desktop.jobs.job import FileJob, JobList, JobOptions, JobState, Observer
from asr_desktop.jobs.lasting_thread import LastingThread
from asr_desktop.jobs.outputs import base_of, other_track, write_all
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import TranscriptionJob as RecogniserJob
from asr_desktop.recognition.worker.protocol import (
    FileDone,
    FileProgress,
    ModelChoice,
    ModelReady,
    Restarted,
    UtteranceSkipped,
)
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Library

# For shorter sound, the measured speed depends more on loading the file than on the recogniser.
FIRST_SPEED_AFTER_SECONDS = 0.5


class FileQueue:
    """Processes jobs in its own thread, from the first `add` on. All methods return at once.

    recogniser: called when the first job begins. choice, options: called when each job begins. is_open:
    whether this entry of the library is open; such an entry is not replaced by a new transcript of its
    file. on_problem: gets a sentence when this object's thread has failed and is restarted; errors of a
    file are stored in its job.
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
        on_problem: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self._recogniser = recogniser
        self._library = library
        self._choice = choice
        self._options = options
        self._is_open = is_open
        self._list = JobList(observer)
        self._running: RecogniserJob | None = None
        self._is_closed = False
        self._on_problem = on_problem
        self._thread: LastingThread | None = None

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
        """Queue files, and all sound and video files in folders; returns a sentence for each folder without
        any.

        A file that is already waiting or running is not queued twice.
        """
        inputs, problems = find_inputs(list(paths))
        return self._queue([(item.path, item.output) for item in inputs]), problems

    def go_on_with(self, paths: Iterable[Path]) -> None:
        """Queue unfinished files of an earlier run; for those already recognised, only missing outputs are
        written."""
        inputs, _ = find_inputs(list(paths))
        self._queue([(item.path, item.output) for item in inputs], are_found=True)

    def add_found(self, path: Path, folders: Iterable[Path]) -> None:
        """Queue a file found in one of these watched folders; their sub-folders are recreated in the output
        folder."""
        output = PurePath(path.name)
        for folder in folders:
            if path.is_relative_to(Path(folder).absolute()):
                output = path.relative_to(Path(folder).absolute())
                break
        self._queue([(path, output.with_name(output.stem))], are_found=True)

    def _queue(self, files: Iterable[tuple[Path, PurePath]], *, are_found: bool = False) -> list[FileJob]:
        added = self._list.add(files, are_found=are_found)
        if added:
            self._wake()
        return added

    def cancel(self, job_ids: Iterable[int] | None = None) -> None:
        """Cancel these jobs, or all that are waiting or running."""
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
        """Run these jobs again, in their places. If a transcript is already in the library, only its
        outputs are written."""
        with self._list.changing:
            for job_id in job_ids:
                job = self.job(job_id)
                if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
                    again = FileJob(
                        job.id, job.source, job.output, entry_id=job.entry_id, is_found=job.is_found
                    )
                    self._list.put(again)
        self._wake()

    def retry_unwritten(self) -> None:
        """Run the jobs again whose outputs could not be written: there may be space now."""
        failed = [job.id for job in self.jobs() if job.state is JobState.FAILED and job.entry_id is not None]
        if failed:
            self.retry(failed)

    def remove(self, job_ids: Iterable[int]) -> None:
        """Remove jobs from the list; their outputs stay, and running ones are cancelled."""
        wanted = list(job_ids)
        with self._list.changing:
            self.cancel(wanted)
            self._list.remove(wanted)

    def remove_finished(self) -> None:
        """Remove finished and cancelled jobs; failed ones stay."""
        with self._list.changing:
            self.remove([job.id for job in self.jobs() if job.state in (JobState.DONE, JobState.CANCELLED)])

    def move(self, job_ids: Sequence[int], place: int) -> None:
        """Put jobs before the one that is at `place` now, in the order in which they are."""
        self._list.move(job_ids, place)

    def close(self) -> None:
        """Cancel the running job and end the thread; the recogniser belongs to the caller."""
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
                self._thread = LastingThread(self._step, "file jobs", self._on_problem)
                self._thread.start()

    @property
    def failure(self) -> str | None:
        """Why no more jobs are started, in a sentence; None while the thread works."""
        return self._thread.failure if self._thread is not None else None

    def _step(self) -> bool:
        """Run one job; False when the queue is closed."""
        job = self._next()
        if job is None:
            return False
        try:
            self._do(job)
        except CancelledError:
            self._list.change(job.id, state=JobState.CANCELLED)
        except AsrDesktopError as error:
            self._list.change(job.id, state=JobState.FAILED, sentence=str(error))
        except Exception as error:
            sentence, details = messages.logged(error), f"{type(error).__name__}: {error}"
            self._list.change(job.id, state=JobState.FAILED, sentence=sentence, details=details)
        return True

    def _next(self) -> FileJob | None:
        """Wait for the first waiting job; None when the queue is closed."""
        with self._list.changing:
            self._list.wait_for(lambda: self._is_closed or self._list.first_waiting() is not None)
            job = self._list.first_waiting()
            if self._is_closed or job is None:
                return None
            return self._list.change(job.id, state=JobState.RUNNING)

    def _do(self, job: FileJob) -> None:
        options = self._options()
        if job.entry_id is not None and self._library is not None:
            self._write(job, self._library().transcript(job.entry_id), job.entry_id, options)
        elif job.is_found and self._library is not None:
            library = self._library()
            with claimed(library, job.source, lambda: self._is_over(job.id)):
                found = known(library, job.source)
                if found.owing is not None:
                    self._list.change(job.id, entry_id=found.owing.id)
                    self._write(job, library.transcript(found.owing.id), found.owing.id, options)
                elif found.is_transcribed:
                    self._list.change(job.id, state=JobState.DONE)
                else:
                    self._transcribe(job, options)
        else:
            self._transcribe(job, options)

    def _transcribe(self, job: FileJob, options: JobOptions) -> None:
        stamp = stamp_of(job.source)
        transcript = self._recognise(job, options)
        try:
            entry_id = self._keep(job, transcript, stamp, options)
        except LibraryError:
            # A failure of the library loses no text: the outputs are written anyway.
            self._write(job, transcript, None, options, state=JobState.RUNNING)
            raise
        self._write(job, transcript, entry_id, options)

    def _write(
        self,
        job: FileJob,
        transcript: Transcript,
        entry_id: int | None,
        options: JobOptions,
        state: JobState = JobState.DONE,
    ) -> None:
        if entry_id is not None and self._library is not None:
            title = self._library().entry(entry_id).title
            options = replace(options, export_options=replace(options.export_options, title=title))
        named = [
            replace(s, speaker=s.speaker and options.name_of_speaker(s.speaker)) for s in transcript.segments
        ]
        written = write_all(
            replace(transcript, segments=tuple(named)),
            base_of(job.source, job.output, options.folder),
            options.formats,
            options.existing,
            options.export_options,
            goes_on=True,
        )
        if entry_id is not None and self._library is not None:
            try:
                self._library().outputs_written(entry_id)
            except LibraryError as error:
                self._list.note(job.id, str(error))  # they are found to be there the next time
        self._list.change(job.id, state=state, written=written, remaining_seconds=None)

    def _is_over(self, job_id: int) -> bool:
        job = self.job(job_id)
        return self._is_closed or job is None or job.state is not JobState.RUNNING

    def _recognise(self, job: FileJob, options: JobOptions) -> Transcript:
        with self._list.changing:
            if self._is_over(job.id):
                raise CancelledError(Sentence("The job was cancelled."))
            handle = self._running = self._recogniser().transcribe(
                job.source, self._choice(), track=options.track, if_several=True, speakers=options.speakers
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

    def _keep(
        self, job: FileJob, transcript: Transcript, stamp: SourceStamp | None, options: JobOptions
    ) -> int | None:
        if self._library is None:
            return None
        library = self._library()
        entry_id = library.put(
            transcript,
            job.source,
            stamp=stamp,
            owes_outputs=bool(options.formats),
            is_open=self._is_open,  # somebody may be about to correct it
        )
        self._list.change(job.id, entry_id=entry_id)
        track = other_track(job.source, options.track)
        if options.copy_sound or track is not None:
            try:
                library.keep_sound(entry_id, track=track)
            except (LibraryError, MediaError) as error:
                self._list.note(job.id, str(error))
        return entry_id

    def _progress(self, job_id: int, event: FileProgress) -> None:
        has_speed = event.elapsed_seconds >= FIRST_SPEED_AFTER_SECONDS
        self._list.change(
            job_id,
            done_seconds=event.done_seconds,
            total_seconds=event.total_seconds,
            speed=event.done_seconds / event.elapsed_seconds if has_speed else None,
            remaining_seconds=event.remaining_seconds if has_speed else None,
        )
