"""The queue of files with a real recogniser's process and a tiny network: order, failures, cancelling."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

import pytest

from asr_desktop.base.errors import CancelledError
from asr_desktop.base.sentences import Sentence
from asr_desktop.jobs.file_queue import FileQueue
from asr_desktop.jobs.job import JobOptions, JobState
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.library import Library
from tests.jobs.file_queues import (
    Make,
    Seen,
    finished,
    hold,
    library,
    make,
    recogniser,
    seen,
    shared_recogniser,
    speech,
    talks,
)
from tests.recognition import worker_loaders
from tests.recognition.worker_waiting import wait_until

__all__ = ["hold", "library", "make", "recogniser", "seen", "shared_recogniser", "speech", "talks"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the recogniser's test loaders are for POSIX")


def test_a_failure_is_a_sentence_and_the_next_file_is_done(make: Make, talks: Path) -> None:
    (talks / "bad.mp3").write_text("this is no sound")
    queue = make()
    queue.add([talks / "bad.mp3", talks / "absent.wav", talks / "one.wav"])
    bad, absent, good = finished(queue)
    assert (bad.state, absent.state, good.state) == (JobState.FAILED, JobState.FAILED, JobState.DONE)
    assert "bad.mp3" in bad.sentence
    assert "absent.wav" in absent.sentence
    assert bad.sentence.count("\n") == 0
    shutil.copy(talks / "one.wav", talks / "absent.wav")
    queue.retry([absent.id])
    assert finished(queue)[1].state is JobState.DONE


def test_a_folder_without_sound_is_told_of(make: Make, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    queue = make()
    added, problems = queue.add([tmp_path / "empty"])
    assert added == []
    assert "empty" in problems[0]


def test_a_transcript_that_could_not_be_written_is_only_written_by_a_retry(
    make: Make, talks: Path, tmp_path: Path, library: Library
) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    queue = make(JobOptions(folder=tmp_path / "out"))
    queue.add([talks / "one.wav"])
    (job,) = finished(queue)
    assert job.state is JobState.FAILED
    assert "out" in job.sentence
    assert job.entry_id is not None, "the text is safe in the library"
    (tmp_path / "out").unlink()
    (talks / "one.wav").unlink()
    queue.retry([job.id])
    (job,) = finished(queue)
    assert job.state is JobState.DONE
    assert len(library.entries()) == 1


def test_cancelling_ends_what_runs_and_what_waits(
    make: Make, talks: Path, hold: Path, library: Library, tmp_path: Path
) -> None:
    hold.write_text("1")
    queue = make()
    queue.add([talks])
    wait_until((tmp_path / worker_loaders.HELD).exists, "the recogniser is at work")
    running, waiting = queue.jobs()
    assert (running.state, waiting.state) == (JobState.RUNNING, JobState.WAITING)
    queue.cancel([waiting.id])
    queue.cancel([running.id])
    wait_until((tmp_path / worker_loaders.CANCELLED).exists, "the recogniser knows")
    hold.unlink()
    assert [job.state for job in finished(queue)] == [JobState.CANCELLED] * 2
    assert library.entries() == []
    queue.retry([running.id])
    assert [job.state for job in finished(queue)] == [JobState.DONE, JobState.CANCELLED]


def test_order_can_be_changed_while_a_file_is_under_way(
    make: Make, talks: Path, hold: Path, seen: Seen, tmp_path: Path
) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        shutil.copy(talks / "one.wav", talks / name)
    hold.write_text("1")
    queue = make()
    queue.add([talks / name for name in ("one.wav", "a.wav", "b.wav", "c.wav")])
    wait_until((tmp_path / worker_loaders.HELD).exists, "the recogniser is at work")
    one, a, b, c = queue.jobs()
    queue.move([c.id], 1)
    assert [job.source.name for job in queue.jobs()] == ["one.wav", "c.wav", "a.wav", "b.wav"]
    queue.move([c.id, a.id], 4)
    assert [job.source.name for job in queue.jobs()] == ["one.wav", "b.wav", "c.wav", "a.wav"]
    queue.move([one.id], 0)
    assert seen.orders == 3, "nothing changed, nobody is told"
    hold.unlink()
    finished(queue)
    began = [job.id for job in seen.jobs if job.state is JobState.DONE]
    assert began == [one.id, b.id, c.id, a.id]
    assert [job.id for job in queue.jobs()] == [one.id, b.id, c.id, a.id]


def test_jobs_can_be_taken_from_the_list_also_under_way(
    make: Make, talks: Path, hold: Path, tmp_path: Path, library: Library
) -> None:
    (talks / "bad.mp3").write_text("this is no sound")
    queue = make()
    queue.add([talks / "one.wav", talks / "bad.mp3"])
    finished(queue)
    queue.remove_finished()
    assert [job.source.name for job in queue.jobs()] == ["bad.mp3"]
    hold.write_text("2")
    queue.add([talks / "below" / "two.wav"])
    wait_until((tmp_path / worker_loaders.HELD).exists, "the recogniser is at work")
    queue.remove([job.id for job in queue.jobs()])
    wait_until((tmp_path / worker_loaders.CANCELLED).exists, "the recogniser knows")
    hold.unlink()
    assert finished(queue) == []
    assert len(library.entries()) == 1


def test_a_file_that_waits_already_is_not_queued_again(make: Make, talks: Path, hold: Path) -> None:
    hold.write_text("1")
    queue = make()
    queue.add([talks])
    assert queue.add([talks / "one.wav"]) == ([], [])
    hold.unlink()
    finished(queue)
    added, _ = queue.add([talks / "one.wav"])
    assert len(added) == 1, "once it is done, it may be done again"


def test_silence_is_done_with_a_note(make: Make, tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    soundfile.write(tmp_path / "silence.wav", np.zeros(16_000, np.float32), 16_000)
    queue = make()
    queue.add([tmp_path / "silence.wav"])
    (job,) = finished(queue)
    assert job.state is JobState.DONE
    assert job.notes == ("No speech was found in this file.",)


def test_an_unforeseen_error_costs_its_file_only(
    make: Make, talks: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **keywords: object) -> None:
        raise LookupError("a defect")

    queue = make()
    with monkeypatch.context() as patch:
        patch.setattr(library, "put", fail)
        queue.add([talks / "one.wav"])
        (job,) = finished(queue)
    assert job.state is JobState.FAILED
    assert "unexpected" in job.sentence
    assert job.details == "LookupError: a defect"
    queue.retry([job.id])
    assert finished(queue)[0].state is JobState.DONE


def test_closing_ends_what_is_under_way(make: Make, talks: Path, hold: Path, tmp_path: Path) -> None:
    hold.write_text("1")
    queue = make()
    queue.add([talks])
    wait_until((tmp_path / worker_loaders.HELD).exists, "the recogniser is at work")

    def let_go() -> None:
        wait_until((tmp_path / worker_loaders.CANCELLED).exists, "the recogniser knows")
        hold.unlink()

    threading.Thread(target=let_go).start()
    queue.close()
    assert queue.jobs()[0].state is JobState.CANCELLED
    assert queue.jobs()[1].state is JobState.WAITING


def test_the_recogniser_is_asked_for_the_speakers_that_are_wanted(tmp_path: Path, talks: Path) -> None:
    asked: list[object] = []

    class Recogniser:
        def transcribe(self, source: Path, choice: object, **options: object) -> None:
            asked.append(options["speakers"])
            raise CancelledError(Sentence("The job was cancelled."))

    wanted: list[SpeakerCount | None] = [None, SpeakerCount(2, 2)]
    for count in wanted:
        options = JobOptions(speakers=count)
        queue = FileQueue(lambda: Recogniser(), options=lambda options=options: options)  # type: ignore[arg-type,misc,return-value]
        queue.add([talks / "one.wav"])
        assert queue.wait(60)
        queue.close()
    assert asked == wanted
