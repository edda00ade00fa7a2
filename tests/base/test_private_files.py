from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.audio.session import create_session
from asr_desktop.base import private_files
from asr_desktop.base.atomic_write import write_text
from asr_desktop.transcripts.library import Library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")


@pytest.fixture(autouse=True)
def usual_umask(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(private_files, "_usual_umask", None)
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def stored(home: Path) -> list[Path]:
    return [home, *home.rglob("*")]


def test_what_a_program_makes_is_private_but_for_what_is_asked_for_elsewhere(
    home: Path, tmp_path: Path
) -> None:
    private_files.begin()
    (home / "cache").mkdir()
    (home / "cache" / "by-a-library").write_text("")
    write_text(home / "settings.toml", "")
    private_files.make_folder(tmp_path / "out" / "deep")
    write_text(tmp_path / "out" / "deep" / "talk.txt", "hello")
    assert {mode(path) for path in stored(home)} == {0o700, 0o600}
    assert mode(tmp_path / "out") == mode(tmp_path / "out" / "deep") == 0o755
    assert mode(tmp_path / "out" / "deep" / "talk.txt") == 0o644


def test_a_program_that_writes_elsewhere_gets_the_usual_mode_back(tmp_path: Path) -> None:
    private_files.begin()
    private_files.begin()  # as the window does after the command line
    private_files.end()
    (tmp_path / "new").touch()
    assert mode(tmp_path / "new") == 0o644


def test_three_lines_of_python_store_privately_too(home: Path) -> None:
    home.rmdir()
    Library()
    session = create_session()
    write_text(home / "settings.toml", "")
    assert mode(home) == mode(home / "sessions") == mode(session.path) == 0o700
    assert mode(home / "settings.toml") == 0o600


def test_a_file_that_a_library_closed_to_others_is_open_where_the_user_wanted_it(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    model.touch(0o600)
    private_files.set_mode(model)
    assert mode(model) == 0o644


def test_what_was_replaced_in_the_data_folder_is_closed(home: Path) -> None:
    (home / "settings.toml").write_text("")
    (home / "settings.toml").chmod(0o644)
    write_text(home / "settings.toml", "new")
    assert mode(home / "settings.toml") == 0o600


def test_what_an_earlier_version_left_open_is_closed_at_the_start(home: Path, tmp_path: Path) -> None:
    entry = home / "library" / "000001"
    entry.mkdir(parents=True)
    for path in (entry / "transcript.json", home / "library.sqlite3", home / "library.sqlite3-wal"):
        path.touch()
    foreign = tmp_path / "foreign"
    foreign.touch()
    (home / "library" / "link").symlink_to(foreign)
    home.chmod(0o755)
    private_files.begin()
    assert all(mode(path) & 0o077 == 0 for path in stored(home) if not path.is_symlink())
    assert mode(foreign) == 0o644, "what a link leads to is not ours"


def test_a_folder_of_other_things_as_well_stays_as_it_is(home: Path) -> None:
    (home / "photographs").mkdir()
    (home / "sessions").mkdir()
    home.chmod(0o755)
    private_files.begin()
    assert mode(home) == mode(home / "photographs") == 0o755
    assert mode(home / "sessions") == 0o700


def test_a_missing_data_folder_is_not_made(home: Path) -> None:
    home.rmdir()
    private_files.begin()
    assert not home.exists()
