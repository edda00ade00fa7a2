"""Whatever lies where a small file should be, its reader ends soon and says what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asr_desktop.base import small_file
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import (
    SmallFileError,
    is_sane_number,
    read_bytes,
    read_json,
    read_json_lines,
    read_text,
    read_toml,
)


def test_what_is_healthy_is_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b'\xef\xbb\xbf{"a": [1, 2.5, "\xc3\xa4"]}')
    assert read_json(file) == {"a": [1, 2.5, "ä"]}
    assert read_text(file) == '{"a": [1, 2.5, "ä"]}'
    file.write_text("a = inf\n[b]\nc = 'd'\n")
    assert read_toml(file) == {"a": float("inf"), "b": {"c": "d"}}


def test_a_missing_file_and_a_folder_are_errors_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "none")
    with pytest.raises(OSError, match="directory"):
        read_bytes(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for reader in (read_bytes, read_text, read_json, read_toml):
        with pytest.raises(SmallFileError, match="pipe"):
            reader(tmp_path / "pipe")
    with pytest.raises(SmallFileError, match="pipe"):
        list(read_json_lines(tmp_path / "pipe"))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(SmallFileError, match="device"):
        read_bytes(tmp_path / "link")


def test_a_large_file_is_refused_without_being_held(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(10**12)  # a sparse file: it takes no room
    with pytest.raises(SmallFileError, match="larger than 16 MB"):
        read_bytes(tmp_path / "large")


def test_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("Überall".encode("cp1252"))
    with pytest.raises(SmallFileError, match="UTF-8"):
        read_text(tmp_path / "file")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 70 + "1" + "}" * 70,  # deeper than anything needs, but not too deep for Python
    ],
)
def test_deeply_nested_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep").write_text(text)
    with pytest.raises(SmallFileError, match="nested"):
        read_json(tmp_path / "deep")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a" + ".a" * 5000 + " = 1"])
def test_deeply_nested_toml_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep").write_text(text)
    with pytest.raises(SmallFileError, match="nested"):
        read_toml(tmp_path / "deep")


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "1" + "0" * 400, "1" + "0" * 9000, "{", ""]
)
def test_json_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(SmallFileError) as raised:
        read_json(tmp_path / "file")
    assert isinstance(raised.value.args[0], Sentence)


def test_of_a_log_the_damaged_lines_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_file, "MOST_LINE_BYTES", 1000)
    lines = [
        b'{"a": 1}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"long": "' + b"x" * 5000 + b'"}',
        b"[]",
        b'{"b": 2}',
        b'{"c',
    ]
    (tmp_path / "log").write_bytes(b"\n".join(lines))
    assert list(read_json_lines(tmp_path / "log")) == [{"a": 1}, {"b": 2}]


def test_numbers_to_calculate_with() -> None:
    assert all(is_sane_number(value) for value in (0, -1, 2.5, 10**300))
    assert not any(is_sane_number(value) for value in (True, "1", None, float("inf"), float("nan"), 10**400))
