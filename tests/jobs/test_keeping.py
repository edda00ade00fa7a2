"""What the queue leaves behind: entries of the library, sound, files, and what is known of them later."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.jobs.folder_watcher import needs_nothing
from asr_desktop.jobs.job import JobOptions, JobState
from asr_desktop.jobs.outputs import ExistingOutput
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.handles import TranscriptionJob as RecogniserJob
from asr_desktop.transcripts.library import Library
from tests.fixtures.make_media import Track, write_tracks
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
    assert entry.id == finished(queue)[-1].entry_id == job.entry_id, "the same transcript is the same entry"
    assert library.entries(deleted=True) == []


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


def test_another_track_can_be_chosen_and_its_sound_is_kept(make: Make, talks: Path, library: Library) -> None:
    """Players begin with the default track: the text of another one would not fit what they play."""
    talk = read_all(talks / "one.wav")
    film = write_tracks(
        talks / "film.mkv",
        [
            Track(np.zeros_like(talk), SAMPLE_RATE, "flac", is_default=True),
            Track(talk, SAMPLE_RATE, "flac", start_seconds=0.5, is_default=False),
        ],
    )
    queue = make(JobOptions(track=2, formats=()))
    queue.add([film, talks / "one.wav"])
    of_film, of_one = finished(queue)
    assert [of_film.sentence, of_one.sentence] == ["", ""]
    assert of_film.entry_id is not None
    assert of_one.entry_id is not None
    assert library.transcript(of_film.entry_id).words
    assert library.transcript(of_one.entry_id).words, "a file with one track is heard as it is"
    kept = library.audio_path(of_film.entry_id)
    assert kept is not None
    np.testing.assert_allclose(read_all(kept), read_all(film, track=2), atol=1e-4)
    assert library.audio_path(of_one.entry_id) == talks / "one.wav"


def test_a_watched_file_is_known_until_it_changes(make: Make, talks: Path, library: Library) -> None:
    import os

    source = talks / "one.wav"
    assert not needs_nothing(library, source)
    queue = make()
    queue.add_found(source, [talks])
    (job,) = finished(queue)
    assert needs_nothing(library, source)
    assert job.entry_id is not None
    library.delete(job.entry_id)
    assert needs_nothing(library, source), "what was thrown away does not come back"
    os.utime(source, (2e9, 2e9))
    assert not needs_nothing(library, source)
    assert not needs_nothing(library, talks / "absent.wav")


def test_a_file_dated_in_the_future_is_transcribed_once(make: Make, talks: Path, library: Library) -> None:
    import os

    source = talks / "one.wav"
    os.utime(source, (9e9, 9e9))
    queue = make()
    queue.add_found(source, [talks])
    finished(queue)
    assert needs_nothing(library, source)
    with source.open("ab") as file:
        file.write(b"more")
    os.utime(source, (9e9, 9e9))
    assert not needs_nothing(library, source), "it is another recording, whatever its date says"
    os.utime(source, (1e9, 1e9))
    assert not needs_nothing(library, source), "nor does an old date make it the same"


def test_a_file_that_grew_while_it_was_transcribed_is_not_known(
    make: Make, talks: Path, library: Library, recogniser: RecogniserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = talks / "one.wav"
    transcribe = recogniser.transcribe

    def grow(*arguments: Any, **keywords: Any) -> RecogniserJob:
        handle = transcribe(*arguments, **keywords)
        handle.wait()
        with source.open("ab") as file:
            file.write(bytes(3200))
        return handle

    monkeypatch.setattr(recogniser, "transcribe", grow)
    queue = make()
    queue.add_found(source, [talks])
    finished(queue)
    assert not needs_nothing(library, source)


def test_what_changed_while_it_runs_is_queued_again(
    make: Make, talks: Path, hold: Path, tmp_path: Path
) -> None:
    hold.write_text("1")
    queue = make()
    queue.add_found(talks / "one.wav", [talks])
    wait_until((tmp_path / worker_loaders.HELD).exists, "the recogniser is at work")
    queue.add_found(talks / "one.wav", [talks])
    queue.add_found(talks / "one.wav", [talks])
    hold.unlink()
    first, second = finished(queue)
    assert (first.state, second.state) == (JobState.DONE, JobState.DONE)
    assert second.written == (), "it had not changed after all"


def test_the_sub_folders_of_a_watched_folder_come_back(make: Make, talks: Path, tmp_path: Path) -> None:
    queue = make(JobOptions(folder=tmp_path / "out"))
    queue.add_found(talks / "below" / "two.wav", [talks])
    (job,) = finished(queue)
    assert job.written == (tmp_path / "out" / "below" / "two.txt",)
