"""A library whose disk is full or may not be written: it can be read, and what is said names the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.base.errors import LibraryError
from asr_desktop.transcripts.library import Library, database
from tests.transcripts.libraries import library, said

__all__ = ["library"]

ROOT = Path(__file__).parents[2]

_READS = """
import resource, sys
from pathlib import Path
from asr_desktop.base.errors import LibraryError
from asr_desktop.transcripts.library import Library
from tests.transcripts.libraries import said

if "limited" in sys.argv:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
library = Library(Path(sys.argv[1]))
[entry] = library.entries()
print(entry.title, [hit.snippet for hit in library.search("boat")], library.transcript(entry.id).text)
try:
    library.put(said("more"), Path("/talks/new.wav"))
except LibraryError as error:
    print(error)
"""


def reads(path: Path, *more: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _READS, str(path), *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> None:
    with (disk / "fill").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


@pytest.mark.parametrize("log_is_left", [False, True])
def test_a_full_disk_lets_everything_be_read_and_is_named(small_disk: Path, log_is_left: bool) -> None:
    library = Library(small_disk / "library.sqlite3")
    library.add(said("the boat came back"), Path("/talks/harbour.mp3"))
    if log_is_left:
        log = library.path.with_name("library.sqlite3-wal")
        content, main = log.read_bytes(), library.path.read_bytes()
        library.close()
        log.write_bytes(content)
        library.path.write_bytes(main)
    else:
        library.close()
    fill(small_disk)
    read, said_of_writing = reads(library.path)
    assert read.startswith("harbour")
    assert "the boat came back" in read
    assert "the disk is full" in said_of_writing or "its disk is full" in said_of_writing
    assert "permissions" not in said_of_writing


def test_a_disk_that_is_full_from_the_beginning_is_named(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(LibraryError, match="disk is full"):
        Library(small_disk / "library.sqlite3").put(said("more"), Path("/talks/new.wav"))


def test_where_no_file_can_grow_everything_can_be_read(library: Library) -> None:
    """As on a full disk, for those who may not mount one."""
    library.add(said("the boat came back"), Path("/talks/harbour.mp3"))
    library.close()
    read, *_ = reads(library.path, "limited")
    assert read.startswith("harbour")


def test_strays_that_cannot_be_taken_in_keep_nobody_from_reading(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    first = library.add(said("the boat came back"), Path("/talks/harbour.mp3"))
    shutil.copytree(library.folder(first), library.entries_folder / "000007")
    other = Library(library.path)

    def refuse(*arguments: object) -> None:
        raise LibraryError("the disk is full")

    monkeypatch.setattr("asr_desktop.transcripts.library.repair.take_in", refuse)
    assert [entry.id for entry in other.entries()] == [first]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_can_be_read(library: Library) -> None:
    library.add(said("the boat came back"), Path("/talks/harbour.mp3"))
    library.close()
    library.path.parent.chmod(0o500)
    library.path.chmod(0o400)
    try:
        read, said_of_writing = reads(library.path)
    finally:
        library.path.parent.chmod(0o700)
    assert read.startswith("harbour")
    assert "cannot be written" in said_of_writing


def test_a_read_only_disk_can_be_read(small_disk: Path) -> None:
    library = Library(small_disk / "library.sqlite3")
    library.add(said("the boat came back"), Path("/talks/harbour.mp3"))
    library.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    read, said_of_writing = reads(library.path)
    assert read.startswith("harbour")
    assert "cannot be written" in said_of_writing


def test_a_disk_with_room_is_not_called_full(tmp_path: Path) -> None:
    assert not database._is_disk_full(tmp_path)
    assert not database._is_disk_full(tmp_path / "absent")
