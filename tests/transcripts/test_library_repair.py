"""The library through damage, failures and old versions: nothing of the transcripts is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from asr_desktop.base.errors import LibraryError
from asr_desktop.transcripts.library import Library
from tests.transcripts.libraries import OLD, again, library, said

__all__ = ["library"]


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


def _make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "damage",
    [
        _overwrite_all,
        _overwrite_middle,
        _truncate,
        _replace,
        _delete,
        pytest.param(
            _make_pipe, marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
        ),
    ],
)
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
        with pytest.raises(LibraryError, match="its disk is full"):
            library.add(said("second"), Path("two.mp3"))
        with pytest.raises(LibraryError, match="its disk is full"):
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
    with pytest.raises(LibraryError, match="cannot be created"):
        Library(tmp_path / "file" / "library.sqlite3").entries()


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


@pytest.mark.parametrize(
    "spoil",
    [
        {"created_at": "0001-01-01T00:00:00+14:00", "edited_at": "9999-12-31T23:59:59-14:00"},
        {"created_at": "0001-01-01", "deleted_at": None},
        {"title": "\x00\x01", "source": "\ud800.mp3"},
        {"title": 5, "tags": {"a": 1}, "source": [], "session_folder": 7},
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_one_odd_entry_costs_no_more_than_itself(library: Library, spoil: object) -> None:
    odd = library.add(said("the boat came back"), Path("one.mp3"))
    library.add(said("and went"), Path("two.mp3"))
    about = library.folder(odd) / "entry.json"
    if isinstance(spoil, dict):
        about.write_text(json.dumps({**json.loads(about.read_bytes()), **spoil}))
    else:
        about.write_bytes(spoil if isinstance(spoil, bytes) else str(spoil).encode())
    report = again(library).repair()
    assert report.entries + len(report.problems) == 2
    kept = again(library).entries()
    assert "two" in [entry.title for entry in kept]
    for entry in kept:
        entry.created_at.astimezone()


def test_a_folder_named_by_a_date_is_named_and_left_alone(library: Library) -> None:
    library.add(said("the boat came back"), Path("one.mp3"))
    foreign = [library.entries_folder / name for name in ("20261130110000", "00000000000001", "9" * 40)]
    for folder in foreign:
        shutil.copytree(library.entries_folder / "000001", folder)
    assert len(again(library).entries()) == 1
    report = again(library).repair()
    assert report.entries == 1
    assert all(any(str(folder) in problem for problem in report.problems) for folder in foreign)
    assert again(library).add(said("more"), Path("two.mp3")) == 2
    assert all(folder.is_dir() for folder in foreign)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_place_of_a_transcript_is_named(library: Library) -> None:
    odd = library.add(said("the boat came back"), Path("one.mp3"))
    library.add(said("and went"), Path("two.mp3"))
    for name in ("transcript.json", "entry.json"):
        (library.folder(odd) / name).unlink()
        os.mkfifo(library.folder(odd) / name)
    with pytest.raises(LibraryError, match="pipe"):
        library.transcript(odd)
    report = again(library).repair()
    assert (report.entries, len(report.problems)) == (1, 1)
    assert "pipe" in report.problems[0]


def test_a_stray_that_cannot_be_read_is_named_when_the_library_is_opened(library: Library) -> None:
    library.add(said("the boat came back"), Path("one.mp3"))
    (library.entries_folder / "000002").mkdir()
    (library.entries_folder / "000002" / "transcript.json").write_text("[" * 100_000)
    opened = again(library)
    assert len(opened.entries()) == 1
    assert ["000002" in notice for notice in opened.notices] == [True]
