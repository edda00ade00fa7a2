"""The queue of files and the watched folders, with a real recogniser's process and a tiny network."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.jobs import ExistingOutput, FileJob, FileQueue, FolderWatcher, JobOptions, JobState
from asr_desktop.jobs.known_files import is_transcribed
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.transcripts.library import Library
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders
from tests.recognition.worker_waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the recogniser's test loaders are for POSIX")

CANCEL_ARRIVES_SECONDS = 2.0
"""In the other process, which shows by nothing that it has."""


class Seen:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.jobs: list[FileJob] = []
        self.orders = 0

    def job_changed(self, job: FileJob) -> None:
        self.jobs.append(job)

    def jobs_reordered(self) -> None:
        self.orders += 1

    def states(self, job_id: int) -> list[JobState]:
        """Each state once, in order."""
        return list(dict.fromkeys(job.state for job in self.jobs if job.id == job_id))


@pytest.fixture(scope="module")
def speech() -> Path:
    try:
        return spoken("the boat came back in the evening")
    except VoiceMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def talks(tmp_path: Path, speech: Path) -> Path:
    """A folder with two files, one of them in a folder below."""
    folder = tmp_path / "talks"
    (folder / "below").mkdir(parents=True)
    shutil.copy(speech, folder / "one.wav")
    shutil.copy(speech, folder / "below" / "two.wav")
    return folder


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """While this file is there, the recogniser stands still at the call whose number is in it."""
    monkeypatch.setenv(worker_loaders.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path / worker_loaders.HOLD


@pytest.fixture(scope="module")
def shared_recogniser() -> Iterator[RecogniserProcess]:
    with RecogniserProcess() as process:
        yield process


@pytest.fixture
def recogniser(request: pytest.FixtureRequest) -> Iterator[RecogniserProcess]:
    """One of its own for tests that hold it, the shared one for others: starting one takes a second."""
    if "hold" not in request.fixturenames:
        yield request.getfixturevalue("shared_recogniser")
        return
    hold: Path = request.getfixturevalue("hold")
    with RecogniserProcess(loader=f"{worker_loaders.NAME}:held") as process:
        yield process
        hold.unlink(missing_ok=True)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


@pytest.fixture
def seen() -> Seen:
    return Seen()


Make = Callable[..., FileQueue]


@pytest.fixture
def make(recogniser: RecogniserProcess, library: Library, seen: Seen) -> Iterator[Make]:
    """Queues with these options; they end with the test."""
    made: list[FileQueue] = []
    choice = ModelChoice(str(model_folder("wav2vec2-conformer")), "greedy", providers=("cpu",), threads=1)

    def make_queue(options: JobOptions | None = None, **more: Any) -> FileQueue:
        queue = FileQueue(
            lambda: recogniser,
            lambda: library,
            choice=lambda: choice,
            options=lambda: options or JobOptions(),
            observer=seen,
            **more,
        )
        made.append(queue)
        return queue

    yield make_queue
    for queue in made:
        queue.close()


def finished(queue: FileQueue) -> list[FileJob]:
    assert queue.wait(PATIENCE_SECONDS)
    return queue.jobs()


def test_files_and_folders_become_transcripts_here_and_in_the_library(
    make: Make, talks: Path, tmp_path: Path, library: Library, seen: Seen
) -> None:
    queue = make(JobOptions(formats=("txt", "srt"), folder=tmp_path / "out"))
    added, problems = queue.add([talks])
    assert problems == []
    one, two = finished(queue)
    assert [job.id for job in added] == [one.id, two.id]
    assert [path.relative_to(tmp_path / "out").as_posix() for path in one.written] == ["one.txt", "one.srt"]
    assert [path.relative_to(tmp_path / "out").as_posix() for path in two.written] == [
        "below/two.txt",
        "below/two.srt",
    ]
    assert all(path.exists() for path in (*one.written, *two.written))
    assert one.entry_id is not None
    assert library.entry(one.entry_id).source == talks / "one.wav"
    assert library.transcript(one.entry_id).text == one.written[0].read_text().strip().replace("\n\n", "\n")
    assert seen.states(one.id) == [JobState.RUNNING, JobState.DONE]
    assert one.fraction == 1.0
    assert one.total_seconds == pytest.approx(library.entry(one.entry_id).duration_seconds, abs=0.1)
    progress = [job.done_seconds for job in seen.jobs if job.id == one.id]
    assert progress == sorted(progress)


def test_transcripts_lie_beside_their_source_and_replace_nothing(make: Make, talks: Path) -> None:
    (talks / "one.txt").write_text("corrected by hand")
    queue = make()
    queue.add([talks / "one.wav"])
    (job,) = finished(queue)
    assert job.written == (talks / "one-2.txt",)
    assert (talks / "one.txt").read_text() == "corrected by hand"


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        (ExistingOutput.SKIP, ("corrected", ["one.srt"])),
        (ExistingOutput.REPLACE, ("", ["one.txt", "one.srt"])),
    ],
)
def test_what_happens_to_existing_transcripts_can_be_chosen(
    make: Make, talks: Path, existing: ExistingOutput, expected: tuple[str, list[str]]
) -> None:
    (talks / "one.txt").write_text("corrected")
    queue = make(JobOptions(formats=("txt", "srt"), existing=existing))
    queue.add([talks / "one.wav"])
    (job,) = finished(queue)
    kept, written = expected
    assert [path.name for path in job.written] == written
    assert ((talks / "one.txt").read_text() == "corrected") is (kept == "corrected")


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
    time.sleep(CANCEL_ARRIVES_SECONDS)
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
    time.sleep(CANCEL_ARRIVES_SECONDS)
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


def test_a_file_that_is_transcribed_again_is_there_once(make: Make, talks: Path, library: Library) -> None:
    queue = make(JobOptions(formats=()))
    queue.add([talks / "one.wav"])
    (job,) = finished(queue)
    assert job.entry_id is not None
    library.rename(job.entry_id, "The harbour")
    library.set_tags(job.entry_id, ["sea"])
    queue.add([talks / "one.wav"])
    finished(queue)
    (entry,) = library.entries()
    assert (entry.title, entry.tags) == ("The harbour", ("sea",))
    assert entry.id == finished(queue)[-1].entry_id
    assert [binned.id for binned in library.entries(deleted=True)] == [job.entry_id]


def test_what_was_corrected_or_is_open_stays_beside_the_new_one(
    make: Make, talks: Path, library: Library
) -> None:
    is_open: list[int] = []
    queue = make(JobOptions(formats=()), is_open=is_open.__contains__)
    queue.add([talks / "one.wav"])
    (first,) = finished(queue)
    assert first.entry_id is not None
    is_open.append(first.entry_id)
    queue.add([talks / "one.wav"])
    *_, second = finished(queue)
    assert {entry.id for entry in library.entries()} == {first.entry_id, second.entry_id}
    assert second.entry_id is not None
    library.save_transcript(second.entry_id, library.transcript(second.entry_id))
    is_open.clear()
    queue.add([talks / "one.wav"])
    *_, third = finished(queue)
    assert {entry.id for entry in library.entries()} == {second.entry_id, third.entry_id}


def test_sound_can_be_kept_and_losing_it_is_only_a_note(make: Make, talks: Path, library: Library) -> None:
    queue = make(JobOptions(copy_sound=True, formats=()))
    queue.add([talks / "one.wav"])
    (job,) = finished(queue)
    assert job.entry_id is not None
    assert job.written == ()
    (talks / "one.wav").unlink()
    kept = library.audio_path(job.entry_id)
    assert kept is not None
    assert kept.parent == library.folder(job.entry_id)


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
    def fail(*arguments: object) -> None:
        raise LookupError("a defect")

    queue = make()
    with monkeypatch.context() as patch:
        patch.setattr(library, "add", fail)
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
    threading.Timer(CANCEL_ARRIVES_SECONDS, hold.unlink).start()
    queue.close()
    assert queue.jobs()[0].state is JobState.CANCELLED
    assert queue.jobs()[1].state is JobState.WAITING


# Watched folders


class Found(list[Path]):
    def names(self) -> list[str]:
        return sorted(path.name for path in self)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def found() -> Found:
    return Found()


@pytest.fixture
def watch(found: Found) -> Iterator[Callable[..., FolderWatcher]]:
    made: list[FolderWatcher] = []

    def make_watcher(*folders: Path, **settings: object) -> FolderWatcher:
        watcher = FolderWatcher(found.append, **{"settle_seconds": 1.5, **settings})  # type: ignore[arg-type]
        made.append(watcher)
        watcher.set_folders(folders)
        return watcher

    yield make_watcher
    for watcher in made:
        watcher.close()


def test_what_lies_there_and_what_comes_is_found_once(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found
) -> None:
    (inbox / "below").mkdir()
    for name in ("there.wav", "notes.txt", ".hidden.wav", "below/deep.MP3"):
        (inbox / name).write_bytes(b"sound")
    watcher = watch(inbox)
    wait_until(lambda: len(found) >= 2, "what lies there")
    (inbox / "new.part").write_bytes(b"sound")
    (inbox / "new.part").rename(inbox / "new.m4a")
    wait_until(lambda: len(found) >= 3, "a file that was renamed")
    (inbox / "new.m4a").write_bytes(b"another sound")
    wait_until(lambda: watcher.is_settled and len(found) >= 4, "a file that changed")
    assert found.names() == ["deep.MP3", "new.m4a", "new.m4a", "there.wav"]


def test_a_file_is_left_alone_while_it_grows(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found
) -> None:
    watcher = watch(inbox)
    with (inbox / "growing.wav").open("wb") as file:
        for _ in range(12):
            file.write(b"sound")
            file.flush()
            threading.Event().wait(0.25)
            sizes = [path.stat().st_size for path in found]
    wait_until(lambda: watcher.is_settled and bool(found), "the file rests")
    assert found.names()[0] == "growing.wav"
    assert all(size == 60 for size in sizes), "found before it was whole"
    (inbox / "empty.wav").touch()
    threading.Event().wait(2.0)
    assert "empty.wav" not in found.names(), "a file without content is only about to be written"


def test_a_file_without_content_keeps_nobody_waiting(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found
) -> None:
    (inbox / "begun.wav").touch()
    watcher = watch(inbox, settle_seconds=0.2, look_through_seconds=1.0)
    wait_until(lambda: watcher.is_settled, "the empty file counts as no work")
    assert found.names() == []
    (inbox / "begun.wav").write_bytes(b"sound")
    wait_until(lambda: found.names() == ["begun.wav"], "it is found when there is something in it")


def test_without_notices_of_the_system_looking_finds_the_same(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def schedule(self, *arguments: object, **settings: object) -> None:
            raise OSError(28, "inotify watch limit reached")

        def start(self) -> None:
            raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("asr_desktop.jobs.watching.Observer", Refusing)
    watch(inbox, look_through_seconds=0.2)
    (inbox / "new.wav").write_bytes(b"sound")
    wait_until(lambda: bool(found), "the next look")


def test_a_folder_that_is_gone_is_told_of_once_and_watched_when_it_is_back(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found, tmp_path: Path
) -> None:
    problems: list[str] = []
    watch(tmp_path / "stick", on_problem=problems.append, look_through_seconds=0.2)
    wait_until(lambda: bool(problems), "the sentence")
    threading.Event().wait(0.6)
    assert len(problems) == 1
    assert "stick" in problems[0]
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "a.wav").write_bytes(b"sound")
    wait_until(lambda: found.names() == ["a.wav"], "the folder is back")


def test_folders_can_be_changed_and_known_files_are_passed_over(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found, tmp_path: Path
) -> None:
    (inbox / "old.wav").write_bytes(b"sound")
    watcher = watch(inbox, is_known=lambda path: path.name == "old.wav")
    wait_until(lambda: watcher.is_settled, "the first look")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.wav").write_bytes(b"sound")
    watcher.set_folders([tmp_path / "other"])
    assert watcher.folders == (tmp_path / "other",)
    (inbox / "late.wav").write_bytes(b"sound")
    wait_until(lambda: watcher.is_settled and bool(found), "the other folder")
    assert found.names() == ["b.wav"]


def test_a_watched_file_is_known_until_it_changes(make: Make, talks: Path, library: Library) -> None:
    import os

    source = talks / "one.wav"
    assert not is_transcribed(library, source)
    queue = make()
    queue.add_found(source, [talks])
    (job,) = finished(queue)
    assert is_transcribed(library, source)
    assert job.entry_id is not None
    library.delete(job.entry_id)
    assert is_transcribed(library, source), "what was thrown away does not come back"
    os.utime(source, (2e9, 2e9))
    assert not is_transcribed(library, source)
    assert not is_transcribed(library, talks / "absent.wav")


def test_the_sub_folders_of_a_watched_folder_come_back(make: Make, talks: Path, tmp_path: Path) -> None:
    queue = make(JobOptions(folder=tmp_path / "out"))
    queue.add_found(talks / "below" / "two.wav", [talks])
    (job,) = finished(queue)
    assert job.written == (tmp_path / "out" / "below" / "two.txt",)
