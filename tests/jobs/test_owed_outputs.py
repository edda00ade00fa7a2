"""What was asked for is written in the end: after kills, after full disks, and without recognising again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from asr_desktop.base.errors import ExportError, LibraryError
from asr_desktop.jobs import outputs
from asr_desktop.jobs.folder_watcher import needs_nothing
from asr_desktop.jobs.job import JobOptions, JobState
from asr_desktop.jobs.outputs import ExistingOutput
from asr_desktop.transcripts.export import render
from asr_desktop.transcripts.library import Library
from tests.jobs.scripted_recogniser import ScriptedRecogniser, queue_of, transcript_of, watch_once


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "talk.wav").write_bytes(b"sound")
    return tmp_path / "inbox"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


@pytest.fixture
def recogniser(tmp_path: Path) -> ScriptedRecogniser:
    return ScriptedRecogniser(tmp_path / "asked")


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="kills a fork")
def test_a_kill_at_any_step_costs_no_output(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.jobs.kill_everywhere", str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) > 30, "each file and each statement is a step"
    assert runs[-1]["codes"] == [0, 0]
    for run in runs:
        assert run["out"] == ["talk.docx", "talk.srt", "talk.txt"], run
        assert (run["entries"], run["owing"]) == (1, 0), run
        assert run["asked"] == 1 if run["safe"] else run["asked"] <= 2, run
    assert sum(run["safe"] for run in runs) > 5


def test_what_a_full_disk_refused_is_written_the_next_time_without_recognising(
    inbox: Path,
    library: Library,
    recogniser: ScriptedRecogniser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = JobOptions(("txt", "srt"), tmp_path / "out")
    write_whole = outputs.write_whole

    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".srt":
            raise ExportError(f"{path} cannot be written: the disk is full")
        write_whole(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(outputs, "write_whole", full)
        watch_once(recogniser, library, inbox, options)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["talk.txt"]
    assert not needs_nothing(library, inbox / "talk.wav")
    watch_once(recogniser, library, inbox, options)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["talk.srt", "talk.txt"]
    assert needs_nothing(library, inbox / "talk.wav")
    assert recogniser.asked == 1
    (tmp_path / "out" / "talk.txt").unlink()
    watch_once(recogniser, library, inbox, options)
    assert not (tmp_path / "out" / "talk.txt").exists(), "what somebody took away does not come back"


def test_a_library_that_takes_nothing_costs_no_text(
    inbox: Path,
    library: Library,
    recogniser: ScriptedRecogniser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*arguments: object, **keywords: object) -> int:
        raise LibraryError("The library cannot grow, the disk is full.")

    monkeypatch.setattr(library, "put", full)
    queue = queue_of(recogniser, library, JobOptions(("txt",), tmp_path / "out"))
    for _ in range(2):
        queue.add_found(inbox / "talk.wav", [inbox])
        queue.wait()
    queue.close()
    for job in queue.jobs():
        assert (job.state, job.sentence) == (JobState.FAILED, "The library cannot grow, the disk is full.")
        assert job.written == (tmp_path / "out" / "talk.txt",)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["talk.txt"], (
        "the same text gets no number"
    )


def test_a_crash_before_it_was_noted_that_all_is_written_writes_nothing_twice(
    inbox: Path, library: Library, recogniser: ScriptedRecogniser, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "talk.txt").write_text("somebody's own")
    transcript = transcript_of(inbox / "talk.wav")
    from asr_desktop.audio.input_files import stamp_of

    library.put(transcript, inbox / "talk.wav", stamp=stamp_of(inbox / "talk.wav"), owes_outputs=True)
    for name in ("txt", "srt"):
        (out / f"talk-2.{name}").write_bytes(render(transcript, name))
    watch_once(recogniser, library, inbox, JobOptions(("txt", "srt"), out))
    assert sorted(path.name for path in out.iterdir()) == ["talk-2.srt", "talk-2.txt", "talk.txt"]
    assert needs_nothing(library, inbox / "talk.wav")
    assert recogniser.asked == 0


def test_what_is_owed_is_written_as_it_is_wanted_now(
    inbox: Path, library: Library, recogniser: ScriptedRecogniser, tmp_path: Path
) -> None:
    (tmp_path / "gone").write_text("a file where the folder should be")
    watch_once(recogniser, library, inbox, JobOptions(("txt",), tmp_path / "gone"))
    watch_once(recogniser, library, inbox, JobOptions(("vtt",), tmp_path / "out", ExistingOutput.SKIP))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["talk.vtt"]
    assert recogniser.asked == 1


def test_left_over_files_are_gone_on_with_and_named_ones_recognised_again(
    inbox: Path, library: Library, recogniser: ScriptedRecogniser, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    options = JobOptions(("txt",), tmp_path / "out")
    queue = queue_of(recogniser, library, options)
    queue.add([inbox / "talk.wav"])
    queue.wait()
    (tmp_path / "out").unlink()
    queue.go_on_with([inbox / "talk.wav"])
    queue.wait()
    assert (tmp_path / "out" / "talk.txt").is_file()
    assert recogniser.asked == 1
    queue.add([inbox / "talk.wav"])
    queue.wait()
    queue.close()
    assert recogniser.asked == 2


def test_room_that_comes_later_is_used_without_a_restart(
    inbox: Path, library: Library, recogniser: ScriptedRecogniser, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    queue = queue_of(recogniser, library, JobOptions(("txt",), tmp_path / "out"))
    queue.add_found(inbox / "talk.wav", [inbox])
    queue.wait()
    queue.retry_unwritten()
    queue.wait()
    assert queue.jobs()[0].state is JobState.FAILED
    (tmp_path / "out").unlink()
    queue.retry_unwritten()
    queue.wait()
    queue.close()
    assert queue.jobs()[0].written == (tmp_path / "out" / "talk.txt",)
    assert recogniser.asked == 1
