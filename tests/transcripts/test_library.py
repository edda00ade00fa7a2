"""The library: what is kept comes back, for several programs at once, through damage and old versions."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import wave
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from asr_desktop.audio.file_lock import FileLock
from asr_desktop.audio.session import LOCK_FILE, Session, create_session
from asr_desktop.errors import LibraryError
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.library import Library, add_new_sessions, add_session
from tests.transcripts.strategies import transcripts

OLD = datetime(2024, 2, 3, 4, 5, tzinfo=UTC)


def said(*lines: str, source: str = "talk.mp3", model: str = "starter-en") -> Transcript:
    """A segment a line, a word a second; the first word begins at 0.5 s."""
    segments, second = [], 0.5
    for line in lines:
        words = []
        for text in line.split():
            words.append(Word(text, second, second + 0.75, 0.9))
            second += 1.0
        segments.append(Segment(tuple(words)))
    return Transcript(source, second, model, tuple(segments))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


def again(library: Library) -> Library:
    """As another program would open it."""
    library.close()
    return Library(library.path)


def recorded(
    sessions: Path, text: str = "the boat came back", parts: int = 1, model: str | None = None
) -> Session:
    session = create_session(sessions)
    session.append_event("started", 0.0, device="microphone")
    for number in range(1, parts + 1):
        with wave.open(str(session.part_path(number)), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(bytes(32_000))
    words = [
        {"text": word, "start": 0.1 * index, "end": 0.1 * index + 0.05, "confidence": 0.5}
        for index, word in enumerate(text.split())
    ]
    session.append_utterance({"utterance": 1, "text": text, "start": 0.0, "end": 1.0, "words": words})
    session.append_event("stopped", 1.0)
    if model is not None:
        session.append_event("recognised", 1.0, model=model)
    return session


# What is kept


@settings(max_examples=20)
@given(transcript=transcripts())
def test_any_transcript_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, transcript: Transcript
) -> None:
    library = Library(tmp_path_factory.mktemp("library") / "library.sqlite3")
    entry_id = library.add(transcript, Path(transcript.source))
    assert again(library).transcript(entry_id) == transcript
    entry = library.entry(entry_id)
    assert entry.word_count == len(transcript.words)
    assert entry.duration_seconds == transcript.duration_seconds
    library.close()


def test_entries_are_listed_with_all_that_a_list_shows(library: Library, tmp_path: Path) -> None:
    first = library.add(said("the boat came back"), tmp_path / "Björk's talk.mp3", created_at=OLD)
    second = library.add(
        said("nothing " * 100), tmp_path / "b.wav", title="  Two\nlines ", tags=["x", "X", ""]
    )
    entries = again(library).entries()
    assert [entry.id for entry in entries] == [second, first], "the newest first"
    newest, oldest = entries
    assert (oldest.kind, oldest.title, oldest.source) == (
        "file",
        "Björk's talk",
        tmp_path / "Björk's talk.mp3",
    )
    assert (oldest.created_at, oldest.model, oldest.word_count) == (OLD, "starter-en", 4)
    assert oldest.first_words == "the boat came back"
    assert oldest.duration_seconds == 4.5
    assert (newest.title, newest.tags) == ("Two lines", ("x",))
    assert len(newest.first_words) < 210
    assert newest.first_words.endswith("nothing …")
    assert newest.edited_at is newest.deleted_at is None


def test_a_name_that_is_not_unicode_is_kept(library: Library, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    entry_id = library.add(said("a"), path)
    assert library.entry(entry_id).source == path
    library.repair()
    assert library.entry(entry_id).source == path


def test_a_corrected_transcript_takes_the_place_of_the_former(library: Library) -> None:
    entry_id = library.add(said("the goat came back"), Path("a.mp3"))
    library.save_transcript(entry_id, said("the boat came back at last"))
    other = again(library)
    assert other.transcript(entry_id).text == "the boat came back at last"
    assert [hit.start_seconds for hit in other.search("boat")] == [1.5]
    assert other.search("goat") == []
    entry = other.entry(entry_id)
    assert entry.word_count == 6
    assert entry.edited_at is not None


def test_a_transcript_knows_that_a_person_has_corrected_it(library: Library) -> None:
    entry_id = library.add(said("the goat came back"), Path("a.mp3"))
    assert not library.transcript(entry_id).is_corrected
    # As it was stored before transcripts told it themselves.
    library.save_transcript(entry_id, said("the boat came back"))
    assert again(library).transcript(entry_id).is_corrected


def test_titles_and_tags(library: Library) -> None:
    one, two = (library.add(said("a b c"), Path(name)) for name in ("one.mp3", "two.mp3"))
    library.rename(one, "  The harbour ")
    library.set_tags(one, ["work", "  Sea  side", "WORK"])
    library.set_tags(two, ["work"])
    assert library.entry(one).title == "The harbour"
    assert library.entry(one).tags == ("Sea side", "work")
    assert library.tags() == [("Sea side", 1), ("work", 2)]
    assert [entry.id for entry in library.entries(tag="sea side")] == [one]
    library.delete(two)
    assert library.tags() == [("Sea side", 1), ("work", 1)]
    with pytest.raises(LibraryError, match="needs a name"):
        library.rename(one, " \n ")


def test_the_bin_keeps_everything_until_it_is_emptied(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "talk.mp3"
    source.write_bytes(b"sound")
    entry_id = library.add(said("the boat"), source)
    kept = library.add(said("the boat"), source)
    library.delete(entry_id)
    assert [entry.id for entry in library.entries()] == [kept]
    assert [entry.id for entry in library.entries("boat", deleted=True)] == [entry_id]
    assert [hit.entry_id for hit in library.search("boat")] == [kept]
    library.restore(entry_id)
    assert len(library.search("boat")) == 2
    library.delete(entry_id)
    folder = library.folder(entry_id)
    assert library.empty_bin() == 1
    assert not folder.exists()
    assert source.exists(), "the user's own file is none of ours"
    assert library.empty_bin() == 0
    for asking in (library.entry, library.transcript, library.restore, library.audio_path):
        with pytest.raises(LibraryError, match="no entry"):
            asking(entry_id)
    assert library.add(said("new"), source) > kept, "no number is used twice"


def test_sound_is_referred_to_or_copied(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "talk.MP3"
    source.write_bytes(b"sound")
    entry_id = library.add(said("a"), source)
    assert library.audio_path(entry_id) == source
    library.keep_sound(entry_id)
    source.unlink()
    kept = library.audio_path(entry_id)
    assert kept is not None
    assert kept.read_bytes() == b"sound"
    assert kept.suffix == ".mp3"
    lost = library.add(said("a"), source)
    assert library.audio_path(lost) is None
    with pytest.raises(LibraryError, match="could not be copied"):
        library.keep_sound(lost)
    assert sorted(path.name for path in library.folder(lost).iterdir()) == ["entry.json", "transcript.json"]


# Recordings


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


# Several at once

_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from asr_desktop.transcripts.library import Library
from tests.transcripts.test_library import said

library = Library(Path(sys.argv[1]))
for number in range(10):
    entry_id = library.add(said(f"process {sys.argv[2]} number {number}"), Path("a.wav"))
    library.set_tags(entry_id, [sys.argv[2]])
    library.set_tags(1, [*library.entry(1).tags, f"{sys.argv[2]}-{number}"][-1:])
"""


def test_processes_and_threads_that_write_at_once_lose_nothing(library: Library) -> None:
    library.add(said("the first"), Path("first.wav"))
    root = str(Path(__file__).resolve().parents[2])
    processes = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(library.path), name, root])
        for name in ("alpha", "beta", "gamma")
    ]

    def write() -> None:
        for number in range(10):
            library.add(said(f"thread number {number}"), Path("b.wav"))
            assert library.search("first"), "readers are not kept waiting, and see a whole library"

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    entries = library.entries()
    assert len(entries) == len({entry.id for entry in entries}) == 1 + 3 * 10 + 2 * 10
    for name in ("alpha", "beta", "gamma"):
        assert len(library.search(f"process {name} number")) == 10
        assert len(library.entries(tag=name)) == 10
    before = library.entries()
    library.repair()
    assert library.entries() == before, "folders and database say the same"


# Damage


def _overwrite_all(path: Path) -> None:
    path.write_bytes(b"this is no database " * 500)


def _overwrite_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _replace(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE something_else (a)")
        db.execute("PRAGMA user_version = 2")
    db.close()


def _delete(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_overwrite_all, _overwrite_middle, _truncate, _replace, _delete])
def test_a_damaged_database_is_made_again_from_the_folders(library: Library, damage: object) -> None:
    one = library.add(said("the boat came back"), Path("one.mp3"), tags=["sea"], created_at=OLD)
    for number in range(30):
        library.add(said(f"further words {number} " * 50), Path("more.mp3"))
    library.rename(one, "The harbour")
    library.delete(one + 1)
    entries, binned = library.entries(), library.entries(deleted=True)
    library.close()
    assert callable(damage)
    damage(library.path)

    mended = Library(library.path)
    assert mended.entries() == entries
    assert mended.entries(deleted=True) == binned
    assert [hit.title for hit in mended.search("boat")] == ["The harbour"]
    assert mended.add(said("one more"), Path("c.mp3")) == one + 31
    set_aside = list(library.path.parent.glob("*set-aside*.sqlite3"))
    if damage is _delete:
        assert set_aside == mended.notices == []
    else:
        assert len(set_aside) == 1
        assert str(set_aside[0]) in mended.notices[0]


def test_damage_that_comes_while_it_is_open_is_mended_too(library: Library) -> None:
    library.add(said("the boat came back"), Path("one.mp3"))
    assert library.search("boat")
    other = again(library)  # closes the first, so that nothing but the file holds the index
    _overwrite_all(library.path)
    assert library.search("boat")
    assert other.search("boat")
    other.add(said("and the boat went"), Path("two.mp3"))
    assert len(library.search("boat")) == 2, "the replaced file is opened anew"


def test_a_folder_that_a_killed_program_left_is_taken_in(library: Library) -> None:
    entry_id = library.add(said("the boat came back"), Path("one.mp3"), tags=["sea"])
    with sqlite3.connect(library.path) as db:
        db.execute("DELETE FROM entries")
        db.execute("DELETE FROM passages")
        db.execute("DELETE FROM passage_index")
    db.close()
    found = again(library)
    assert [entry.id for entry in found.entries(tag="sea")] == [entry_id]
    assert found.search("boat")


def test_an_unreadable_folder_costs_only_itself(library: Library) -> None:
    good = library.add(said("good"), Path("one.mp3"))
    bad = library.add(said("bad"), Path("two.mp3"))
    bare = library.add(said("bare"), Path("three.mp3"))
    (library.folder(bad) / "transcript.json").write_text("{")
    (library.folder(bare) / "entry.json").unlink()
    with pytest.raises(LibraryError, match="damaged"):
        library.transcript(bad)
    report = library.repair()
    assert report.entries == 2
    assert len(report.problems) == 1
    assert "transcript.json" in report.problems[0]
    assert sorted(entry.id for entry in library.entries()) == [good, bare]
    assert library.entry(bare).title == "talk", "from the transcript's own source"


def test_a_failure_leaves_nothing_behind(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add(said("first"), Path("one.mp3"))
    before = library.entries()

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(LibraryError, match="No space left"):
            library.add(said("second"), Path("two.mp3"))
        with pytest.raises(LibraryError, match="No space left"):
            library.rename(before[0].id, "another")
    found = again(library)
    assert found.entries() == before
    assert found.search("second") == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_may_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LibraryError, match="permissions"):
        Library(tmp_path / "below" / "library.sqlite3").entries()


def test_a_place_below_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="cannot be made"):
        Library(tmp_path / "file" / "library.sqlite3").entries()


# Versions

_VERSION_1 = """
CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    session_folder TEXT, created_at TEXT NOT NULL, duration_seconds REAL NOT NULL, model TEXT NOT NULL,
    word_count INTEGER NOT NULL, first_words TEXT NOT NULL
);
CREATE INDEX entries_by_date ON entries (created_at);
CREATE TABLE tags (
    entry_id INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE, tag TEXT NOT NULL,
    PRIMARY KEY (entry_id, tag)
) WITHOUT ROWID;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE,
    words TEXT NOT NULL, starts_ms BLOB NOT NULL, own_words INTEGER NOT NULL
);
CREATE INDEX passages_of_entry ON passages (entry_id);
CREATE VIRTUAL TABLE passage_index USING fts5 (
    tokens, columnsize = 0, prefix = '1 2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
INSERT INTO entries VALUES (7, 'file', 'Harbour', '/talks/harbour.mp3', NULL, '2024-02-03T04:05:06.000+00:00',
    4.5, 'starter-en', 2, 'The boat');
INSERT INTO tags VALUES (7, 'sea');
INSERT INTO passages VALUES (1, 7, 'The' || char(10) || 'boat', x'F4010000DC050000', 2);
INSERT INTO passage_index (rowid, tokens) VALUES (1, 'the boat');
PRAGMA user_version = 1;
"""


def test_a_file_of_version_1_becomes_one_of_today(library: Library) -> None:
    db = sqlite3.connect(library.path)
    db.executescript(_VERSION_1)
    db.close()
    (entry,) = library.entries("harb")
    assert (entry.id, entry.title, entry.tags, entry.first_words) == (7, "Harbour", ("sea",), "The boat")
    assert [(hit.entry_id, hit.start_seconds) for hit in library.search("boat")] == [(7, 1.5)]
    assert library.add(said("new"), Path("new.mp3")) == 8
    library.delete(8)
    assert [entry.id for entry in again(library).entries(deleted=True)] == [8]
    assert library.notices == []


def test_a_file_of_a_newer_version_is_left_alone(library: Library) -> None:
    library.add(said("a"), Path("a.mp3"))
    library.close()
    with sqlite3.connect(library.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = library.path.read_bytes()
    with pytest.raises(LibraryError, match="newer version"):
        Library(library.path).entries()
    assert library.path.read_bytes() == before


def test_what_the_folders_say_is_plain_json(library: Library) -> None:
    entry_id = library.add(said("a"), Path("/talks/a.mp3"), tags=["sea"], created_at=OLD)
    fields = json.loads((library.folder(entry_id) / "entry.json").read_text())
    assert fields["title"] == "a"
    assert fields["source"] == "/talks/a.mp3"
    assert fields["tags"] == ["sea"]
    assert fields["created_at"].startswith("2024-02-03T04:05:00")
