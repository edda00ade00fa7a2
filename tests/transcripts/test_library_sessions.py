"""Recordings in the library: where their sound lies, what they tell, and how they are removed."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import pytest

from asr_desktop.audio.session import LOCK_FILE, create_session
from asr_desktop.base.errors import LibraryError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.transcripts.library import Library, add_new_sessions, add_session
from tests.transcripts.libraries import library, recorded, said

__all__ = ["library"]


def test_recordings_stay_in_their_folder(library: Library, home: Path) -> None:
    session = recorded(home / "sessions")
    entry_id = add_session(library, session, "starter-en")
    entry = library.entry(entry_id)
    assert (entry.kind, entry.session_folder, entry.model) == ("session", session.path, "starter-en")
    assert entry.created_at == session.summary().started_at
    assert library.transcript(entry_id).text == "the boat came back"
    assert library.audio_path(entry_id) == session.part_path(1)


def test_a_recording_is_in_the_library_once(library: Library, home: Path) -> None:
    session = recorded(home / "sessions")
    entry_id = add_session(library, session)
    late = {"text": "late", "start": 1.5, "end": 1.6, "confidence": 1.0}
    session.append_utterance({"utterance": 2, "text": "late", "words": [late]})
    assert add_session(library, session) == entry_id
    assert "late" in library.transcript(entry_id).text
    library.save_transcript(entry_id, said("corrected by hand"))
    assert add_session(library, session) == entry_id
    assert library.transcript(entry_id).text == "corrected by hand"


@pytest.mark.parametrize("is_corrected", [False, True])
def test_a_copied_data_folder_has_each_recording_once_with_its_own_sound(
    tmp_path: Path, is_corrected: bool
) -> None:
    first = Library(tmp_path / "first" / "library.sqlite3")
    session = recorded(tmp_path / "first" / "sessions")
    (entry_id,) = add_new_sessions(first, folder=session.path.parent)
    if is_corrected:
        first.save_transcript(entry_id, said("corrected by hand"))
    first.close()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    second = Library(tmp_path / "second" / "library.sqlite3")
    assert add_new_sessions(second, folder=tmp_path / "second" / "sessions") == []
    (entry,) = second.entries()
    assert entry.id == entry_id
    assert entry.session_folder == tmp_path / "second" / "sessions" / session.name
    sound = second.audio_path(entry_id)
    assert sound is not None
    assert sound.is_relative_to(tmp_path / "second")
    assert second.transcript(entry_id).text == ("corrected by hand" if is_corrected else "the boat came back")
    second.delete(entry_id)
    second.empty_bin()
    assert session.part_path(1).is_file(), "the first one's sound is not the copy's to remove"


@pytest.mark.parametrize(("told", "expected"), [("starter-en", "starter-en"), (None, "")])
def test_the_recording_tells_which_model_recognised_it(
    library: Library, tmp_path: Path, told: str | None, expected: str
) -> None:
    recorded(tmp_path / "sessions", model=told)
    (entry_id,) = add_new_sessions(library, folder=tmp_path / "sessions")
    assert library.entry(entry_id).model == library.transcript(entry_id).model == expected


def test_what_the_recording_tells_of_its_model_counts_more(library: Library, tmp_path: Path) -> None:
    told, silent = recorded(tmp_path / "told", model="my-voice"), recorded(tmp_path / "silent")
    assert library.entry(add_session(library, told, "starter-en")).model == "my-voice"
    assert library.entry(add_session(library, silent, "starter-en")).model == "starter-en"


def test_new_recordings_are_found_and_unfinished_ones_left(library: Library, home: Path) -> None:
    session = recorded(home / "sessions")
    broken = create_session(home / "sessions")
    broken.append_event("started", 0.0)
    added = add_new_sessions(library)
    assert [library.entry(entry_id).session_folder for entry_id in added] == [session.path]
    library.delete(added[0])
    assert add_new_sessions(library) == [], "what lies in the bin is known"


def test_the_parts_of_a_recording_are_joined(library: Library, home: Path) -> None:
    entry_id = add_session(library, recorded(home / "sessions", parts=3))
    joined = library.audio_path(entry_id)
    assert joined is not None
    with wave.open(str(joined)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(3.0, abs=0.01)
    assert library.audio_path(entry_id) == joined
    kept = sorted(path.name for path in joined.parent.iterdir())
    assert kept == ["entry.json", "sound.wav", "transcript.json"]


def test_parts_are_joined_only_when_no_other_can_follow(library: Library, home: Path) -> None:
    session = recorded(home / "sessions", parts=2)
    entry_id = add_session(library, session)
    lock = FileLock(session.path / LOCK_FILE)
    assert lock.acquire()
    try:
        assert library.audio_path(entry_id) is None
    finally:
        lock.release()
    assert library.audio_path(entry_id) is not None


def test_emptying_the_bin_removes_recordings_but_nothing_that_is_not_theirs(
    library: Library, home: Path
) -> None:
    session, shared = recorded(home / "sessions"), recorded(home / "sessions")
    (shared.path / "notes.txt").write_text("mine")
    for one in (session, shared):
        library.delete(add_session(library, one))
    assert library.empty_bin() == 2
    assert not session.path.exists()
    assert [path.name for path in shared.path.iterdir()] == ["notes.txt"]
    assert add_new_sessions(library) == []


def test_a_recording_that_goes_on_is_not_removed(library: Library, home: Path) -> None:
    session = recorded(home / "sessions")
    library.delete(add_session(library, session))
    lock = FileLock(session.path / LOCK_FILE)
    assert lock.acquire()
    with pytest.raises(LibraryError, match="being recorded"):
        library.empty_bin()
    assert len(library.entries(deleted=True)) == 1
    assert session.parts()
    lock.release()
    assert library.empty_bin() == 1


def test_what_was_said_by_several_has_its_speakers(library: Library, home: Path) -> None:
    session = recorded(home / "sessions")
    session.append_utterance(
        {"utterance": 1, "rewritten": True, "speakers": ["Anna", "Anna", "Bert", "Bert"]}
    )
    late = {"text": "late", "start": 1.5, "end": 1.6, "confidence": 1.0}
    session.append_utterance({"utterance": 2, "text": "late", "start": 1.4, "end": 1.7, "words": [late]})
    segments = library.transcript(add_session(library, session)).segments
    assert [(segment.text, segment.speaker) for segment in segments] == [
        ("the boat", "Anna"), ("came back", "Bert"), ("late", None),
    ]  # fmt: skip


@pytest.mark.parametrize("speakers", [["Anna"], "Anna", [1, 2, 3, 4], ["", " ", "\n", None]])
def test_speakers_that_are_damaged_are_nobody(library: Library, home: Path, speakers: object) -> None:
    session = recorded(home / "sessions")
    session.append_utterance({"utterance": 1, "rewritten": True, "speakers": speakers})
    (segment,) = library.transcript(add_session(library, session)).segments
    assert (segment.text, segment.speaker) == ("the boat came back", None)
