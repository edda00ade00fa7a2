"""Manifests as Excel saves them give the same utterances, or are refused with the true reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr_desktop.teaching.data import read
from asr_desktop.teaching.dataset import DataError, read_manifest
from tests.teaching.singing import write_sung

ROWS = [
    ("file", "speaker", "seconds", "transcript"),
    ("clips\\a.wav", "Zoë", "2,5", "über, unter"),
    ("b", "", "", 'sagt "ja"'),
    (r"C:\Users\anna\data\clips\c.WAV", "", "1.5", "abba"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("clips/a.wav", "b.wav", "clips/c.WAV"):
        write_sung(tmp_path / name, "abba")
    return tmp_path


def table(delimiter: str) -> str:
    def cell(text: str) -> str:
        quoted = text.replace('"', '""')
        return f'"{quoted}"' if any(sign in text for sign in f'"{delimiter},') else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in ROWS)


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        ("manifest.csv", ";", "cp1252"),
        ("manifest.csv", ";", "utf-8-sig"),
        ("manifest.csv", ",", "utf-8"),
        ("manifest.txt", "\t", "utf-16"),
        ("manifest.tsv", "\t", "utf-16-le"),
    ],
)
def test_a_manifest_is_read_however_it_was_saved(
    folder: Path, name: str, delimiter: str, encoding: str
) -> None:
    (folder / name).write_bytes(table(delimiter).encode(encoding))
    for place in (folder, folder / name):
        reading = read(place)
        assert not reading.left_out
        found = [(u.path.relative_to(folder).as_posix(), u.speaker, u.transcript) for u in reading.utterances]
        assert found == [
            ("clips/a.wav", "Zoë", "über, unter"),
            ("b.wav", None, 'sagt "ja"'),
            ("clips/c.WAV", None, "abba"),
        ]
        assert [u.seconds for u in reading.utterances][::2] == [2.5, 1.5]
        assert any("Windows-1252" in note for note in reading.notes) == (encoding == "cp1252")


def test_a_text_cut_by_its_own_comma_is_left_out_and_not_taught(folder: Path) -> None:
    (folder / "manifest.csv").write_text("file,transcript\nb,hello, world\nclips/a.wav,abba\n")
    reading = read(folder)
    assert [utterance.transcript for utterance in reading.utterances] == ["abba"]
    assert "manifest.csv, line 2: it has more cells" in str(reading.left_out[0])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.xlsx", b"PK\x03\x04", "is a workbook; save its table as CSV UTF-8"),
        ("manifest.csv", b"PK\x03\x04", "is a workbook"),
        ("manifest.csv", "file;transcript\na;Привет как дела, хорошо".encode("cp1251"), "neither UTF-8 nor"),
        ("manifest.csv", b"name;words\na;b\n", "has no column file; .* which has name, words"),
        ("manifest.csv", b'file,transcript\na,"b\n', "quotation marks in line"),
        (
            "manifest.csv",
            b"file,transcript,seconds\nb,abba,nan\n",
            "line 2: “nan” is not a number of seconds",
        ),
        ("manifest.jsonl", b"[" * 100_000, "has no column file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_true_reason(
    folder: Path, name: str, content: bytes, said: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(folder / name if name == "data.xlsx" else folder)


def test_the_packs_own_manifests_may_have_been_through_excel(folder: Path) -> None:
    content = "file;speaker;seconds;transcript\r\nb.wav;Zoë;2,5;abba\r\n"
    (folder / "manifest.tsv").write_bytes(content.encode("cp1252"))
    (utterance,) = read_manifest(folder)
    assert (utterance.path, utterance.speaker, utterance.seconds) == (folder / "b.wav", "Zoë", 2.5)
