"""What killed programs left half made is removed; what others are making is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from asr_desktop.base import atomic_write
from asr_desktop.base.atomic_write import folder_aside, remove_files_below, remove_folders, write_text

ROOT = Path(__file__).resolve().parents[2]

MAKING = """
import sys
from pathlib import Path
from asr_desktop.base.atomic_write import file_aside, folder_aside
with file_aside(Path(sys.argv[1])) as file, folder_aside(Path(sys.argv[1]), "add-") as folder:
    file.write_text("half")
    (folder / "model").mkdir()
    print(file.name, folder.name, flush=True)
    sys.stdin.read()
"""


def making(folder: Path) -> tuple[subprocess.Popen[str], Path, Path]:
    program = subprocess.Popen(
        [sys.executable, "-c", MAKING, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    file, aside = program.stdout.readline().split()
    return program, folder / file, folder / aside


def end(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="files are only taken for left when they are old there")
def test_the_next_program_removes_what_a_killed_one_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic_write, "_swept", set())
    dead, *left = making(tmp_path)
    living, *in_use = making(tmp_path)
    try:
        end(dead)
        others = [tmp_path / ".notes.tmp", tmp_path / ".0123456789abcdef.txt", tmp_path / "add-on"]
        for path in others:
            path.touch()
        write_text(tmp_path / "talk.txt", "hello")
        assert remove_folders(tmp_path, "add-") == 1
        assert not any(path.exists() for path in left)
        assert all(path.exists() for path in (*in_use, *others))
    finally:
        end(living)


@pytest.mark.skipif(sys.platform == "win32", reason="files are only taken for left when they are old there")
def test_a_folder_is_looked_through_once_in_a_program_s_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic_write, "_swept", set())
    folder = tmp_path / "texts"
    folder.mkdir()
    left = folder / ".0123456789abcdef.tmp"
    left.touch()
    write_text(folder / "one.txt", "")
    assert not left.exists()
    left.touch()
    write_text(folder / "two.txt", "")
    assert left.exists()
    assert remove_files_below(tmp_path) == 1


def test_a_folder_aside_is_gone_with_its_block_and_those_of_earlier_versions_with_it(tmp_path: Path) -> None:
    (tmp_path / "add-k3_x9abc" / "model").mkdir(parents=True)  # as tempfile names them
    (tmp_path / "add-vance").mkdir()
    with folder_aside(tmp_path, "add-") as aside:
        (aside / "model").mkdir()
        assert not (tmp_path / "add-k3_x9abc").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["add-vance"]
