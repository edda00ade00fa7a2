"""The registry of formats and the one place that writes."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from asr_desktop.base.errors import ExportError
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import FORMATS, render, write

TALK = Transcript("talk.mp3", 2.0, "starter-en", (Segment((Word("hello", 0.0, 1.0, 0.9),)),))


def test_the_formats() -> None:
    assert list(FORMATS) == ["txt", "srt", "vtt", "docx", "json", "csv"]
    for name, exporter in FORMATS.items():
        assert exporter.suffix == f".{name}"
        assert exporter.description


@pytest.mark.parametrize("name", FORMATS)
def test_rendering_is_pure(name: str) -> None:
    assert render(TALK, name) == render(TALK, name)


@pytest.mark.parametrize("name", FORMATS)
def test_the_ending_of_the_name_decides(name: str, tmp_path: Path) -> None:
    path = write(TALK, tmp_path / f"talk.{name.upper()}")
    assert path.read_bytes() == render(TALK, name)
    assert list(tmp_path.iterdir()) == [path]


def test_a_given_format_decides_over_the_ending(tmp_path: Path) -> None:
    write(TALK, tmp_path / "talk.subtitles", "srt")
    assert (tmp_path / "talk.subtitles").read_bytes() == render(TALK, "srt")


@pytest.mark.parametrize(
    ("name", "format"), [("talk.pdf", None), ("talk", None), ("talk.txt", "pdf"), ("talk.txt", "")]
)
def test_an_unknown_format_is_refused_with_the_list(name: str, format: str | None, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"choose one of txt, srt, vtt, docx, json, csv\.$"):
        write(TALK, tmp_path / name, format)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"The folder .*missing does not exist"):
        write(TALK, tmp_path / "missing" / "talk.txt")


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="is not a folder"):
        write(TALK, tmp_path / "file" / "talk.txt")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").mkdir()
    with pytest.raises(ExportError, match="is a folder"):
        write(TALK, tmp_path / "talk.txt")


def test_a_name_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="too long"):
        write(TALK, tmp_path / ("x" * 300 + ".txt"))


def test_the_longest_name_is_written(tmp_path: Path) -> None:
    name = "x" * 251 + ".txt"
    write(TALK, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(ExportError, match="the disk is full"):
        write(TALK, "/dev/full", "txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ExportError, match="do not have permission to write"):
        write(TALK, tmp_path / "talk.txt")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "do not have permission to write"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EIO, "Input/output error"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    step: str, number: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("the old export")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(ExportError, match=said) as refusal:
        write(TALK, path)
    assert str(refusal.value).endswith(".")
    assert path.read_text() == "the old export"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_those_of_any_new_file_and_stay_on_replacing(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.write_text("")
    path = write(TALK, tmp_path / "talk.txt")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)
    path.chmod(0o640)
    write(TALK, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "folder" / "talk.txt")
    write(TALK, link)
    assert link.is_symlink()
    assert (tmp_path / "folder" / "talk.txt").read_bytes() == render(TALK, "txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(TALK, pipe, "txt")
        assert os.read(reader, 1000) == render(TALK, "txt")
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
