"""Folders that are watched: each file is found once, when it is complete."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asr_desktop.base.errors import LibraryError
from asr_desktop.jobs import folder_watcher, lasting_thread
from asr_desktop.jobs.folder_watcher import FolderWatcher
from tests.recognition.worker_waiting import wait_until


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Found(list[Path]):
    """What was found."""

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
def watch(found: Found, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FolderWatcher]]:
    monkeypatch.setattr(folder_watcher, "_LOOKS_EVERY_SECONDS", 0.01)
    made: list[FolderWatcher] = []

    def make_watcher(*folders: Path, **settings: object) -> FolderWatcher:
        watcher = FolderWatcher(found.append, **{"settle_seconds": 0.1, **settings})  # type: ignore[arg-type]
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
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, looks = Clock(), [0]

    def counted(
        watcher: FolderWatcher, settle: Callable[[FolderWatcher], None] = FolderWatcher._settle
    ) -> None:
        settle(watcher)
        looks[0] += 1

    def is_looked_at() -> None:
        wanted = looks[0] + 2  # one of them may have been under way
        wait_until(lambda: looks[0] >= wanted, "another look")

    monkeypatch.setattr(FolderWatcher, "_settle", counted)
    watcher = watch(inbox, clock=clock, settle_seconds=1.5)
    with (inbox / "growing.wav").open("wb") as file:
        for _ in range(5):
            file.write(b"sound")
            file.flush()
            wait_until(lambda: bool(watcher._growing), "the file is noticed")
            is_looked_at()
            clock.seconds += 1.4
            is_looked_at()
            assert found == []
    clock.seconds += 0.1
    wait_until(lambda: watcher.is_settled and bool(found), "the file rests")
    assert found.names() == ["growing.wav"]
    (inbox / "empty.wav").touch()
    (inbox / "later.wav").write_bytes(b"sound")
    wait_until(lambda: inbox / "later.wav" in watcher._growing, "the file is noticed")
    is_looked_at()
    clock.seconds += 1.6
    wait_until(lambda: "later.wav" in found.names(), "what came after the empty one")
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

    monkeypatch.setattr("asr_desktop.jobs.folder_watcher.Observer", Refusing)
    watch(inbox, look_through_seconds=0.05)
    (inbox / "new.wav").write_bytes(b"sound")
    wait_until(lambda: bool(found), "the next look")


def test_a_folder_that_is_gone_is_told_of_once_and_watched_when_it_is_back(
    watch: Callable[..., FolderWatcher],
    inbox: Path,
    found: Found,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problems: list[str] = []
    looked_into: list[Path] = []
    look_through = FolderWatcher._look_through

    def counted(watcher: FolderWatcher, folder: Path) -> None:
        look_through(watcher, folder)
        looked_into.append(folder)

    monkeypatch.setattr(FolderWatcher, "_look_through", counted)
    watch(tmp_path / "stick", on_problem=problems.append, look_through_seconds=0.05)
    wait_until(lambda: len(looked_into) >= 4, "several looks")
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


def test_a_file_that_cannot_be_handed_on_is_told_of_and_tried_again(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found
) -> None:
    problems: list[str] = []
    (inbox / "a.wav").write_bytes(b"sound")
    is_away = threading.Event()

    def is_known(path: Path) -> bool:
        if not is_away.is_set():
            raise LibraryError("The library is in use by another program: try again in a moment.")
        return False

    watcher = watch(inbox, is_known=is_known, on_problem=problems.append, look_through_seconds=0.05)
    wait_until(lambda: watcher.is_settled and bool(problems), "the sentence, and nobody is kept waiting")
    (inbox / "b.wav").write_bytes(b"sound")
    wait_until(lambda: len(problems) == 2, "another file")
    assert problems[0].startswith("The library is in use by another program")
    is_away.set()
    wait_until(lambda: found.names() == ["a.wav", "b.wav"], "both are found when the library is back")
    assert len(problems) == 2, "each is told of once"
    assert watcher.failure is None


def test_watching_goes_on_after_an_error_of_its_own(
    watch: Callable[..., FolderWatcher], inbox: Path, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting_thread, "RESTARTS_AFTER_SECONDS", 0.0)
    problems: list[str] = []
    failing = iter([True, True])
    settle = FolderWatcher._settle

    def fail(self: FolderWatcher) -> None:
        if next(failing, False):
            raise LookupError("a defect")
        settle(self)

    monkeypatch.setattr(FolderWatcher, "_settle", fail)
    watch(inbox, on_problem=problems.append)
    (inbox / "a.wav").write_bytes(b"sound")
    wait_until(lambda: found.names() == ["a.wav"], "it is found all the same")
    assert len(problems) == 2
