"""Tables as Excel and scripts save them come out the same, or are refused with the true reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr_desktop.base.small_file import SmallFileError
from asr_desktop.base.text_file import WESTERN, columns_of, read_any_text, read_table

ROWS = [
    ("file", "transcript", "seconds"),
    ("a.wav", "Über die Brücke, sagte er", "3,5"),
    ("b.wav", 'er sagte "ja; nein"', ""),
]


def excel(rows: list[tuple[str, ...]], delimiter: str) -> str:
    def cell(text: str) -> str:
        quoted = text.replace('"', '""')
        return f'"{quoted}"' if any(sign in text for sign in ';,"\t\n') else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_table_is_read_whatever_its_signs_and_its_encoding(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    if (delimiter, encoding) in (("\t", "utf-8"), ("\t", "utf-8-sig")):
        pytest.skip("no Excel writes it: there, quotation marks are part of the text")
    (tmp_path / "table").write_bytes(excel(ROWS, delimiter).encode(encoding))
    table = read_table(tmp_path / "table")
    assert table.columns == ROWS[0]
    assert [tuple(row.values[name] for name in ROWS[0]) for row in table.rows] == ROWS[1:]
    assert [row.line for row in table.rows] == [2, 3]
    assert not any(row.surplus for row in table.rows)
    assert (table.encoding == WESTERN) == (encoding == "cp1252")


def test_quotation_marks_in_a_plain_tsv_are_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "table.tsv").write_text('file\ttranscript\na.wav\t"yes" he said\n', encoding="utf-8")
    assert read_table(tmp_path / "table.tsv").rows[0].values["transcript"] == '"yes" he said'


def test_excels_hint_empty_rows_and_spare_columns_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("sep=;\n file ;transcript;;\n;;;\na.wav;one;;\n\n;;\nb.wav;two\n")
    table = read_table(tmp_path / "table.csv")
    assert [dict(row.values) for row in table.rows] == [
        {"file": "a.wav", "transcript": "one"},
        {"file": "b.wav", "transcript": "two"},
    ]


def test_more_cells_than_columns_are_told(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("file,transcript\na.wav,hello, world\nb.wav,good\n")
    assert [row.surplus for row in read_table(tmp_path / "table.csv").rows] == [True, False]


@pytest.mark.parametrize("row", ['a.wav,"never closed\nb.wav,x\n', 'a.wav,"hi" he said\n'])
def test_quotation_marks_that_do_not_fit_are_named_by_their_line(tmp_path: Path, row: str) -> None:
    (tmp_path / "table.csv").write_text("file,transcript\n" + row)
    with pytest.raises(SmallFileError, match="quotation marks in line"):
        read_table(tmp_path / "table.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old version of Office"),
        (b"%PDF-1.7", "PDF"),
        ("file;transcript".encode("utf-32"), "UTF-32"),
        ("Привет, как дела сегодня у вас".encode("cp1251"), "neither UTF-8 nor Windows-1252"),
        ("Dvořák".encode("cp1250"), "neither UTF-8 nor Windows-1252"),
        (bytes(range(256)), "not text"),
        ("file;transcript".encode("utf-16")[:-1], "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused_with_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(SmallFileError, match=said):
        read_any_text(tmp_path / "table.csv")


def test_names_of_the_first_line() -> None:
    assert columns_of('"file";"trans,cript"') == ["file", "trans,cript"]
    assert columns_of("file") == ["file"]
    assert columns_of("") == []
