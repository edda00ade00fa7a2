from __future__ import annotations

import os
from pathlib import Path

import pytest

from asr_desktop.base.errors import DecoderError
from asr_desktop.recognition.hotwords import (
    DEFAULT_WEIGHT,
    Hotword,
    parse_hotword,
    parse_hotwords,
    read_hotwords_file,
    spell_hotwords,
)
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import Spelling
from tests.recognition.synthetic_emissions import english_labels


@pytest.mark.parametrize(
    ("entry", "hotword"),
    [
        ("Ronicky", Hotword("Ronicky", DEFAULT_WEIGHT)),
        ("Ronicky Drew:10", Hotword("Ronicky Drew", 10.0)),
        ("  Ronicky   Drew : 2.5 ", Hotword("Ronicky Drew", 2.5)),
        ("Ronicky:2,5", Hotword("Ronicky", 2.5)),
        ("re: invoice", Hotword("re: invoice", DEFAULT_WEIGHT)),
        ("a:b:3", Hotword("a:b", 3.0)),
    ],
)
def test_a_hotword_may_be_a_phrase_and_have_a_weight(entry: str, hotword: Hotword) -> None:
    assert parse_hotword(entry) == hotword


@pytest.mark.parametrize("entry", ["Drew:0", "Drew:-3", "Drew:51", "Drew:99999999999999999999"])
def test_weights_out_of_range_are_named(entry: str) -> None:
    with pytest.raises(DecoderError, match="'Drew' has the weight"):
        parse_hotword(entry)


def test_an_entry_has_to_have_a_text() -> None:
    with pytest.raises(DecoderError, match="needs text"):
        parse_hotword("  ")
    assert parse_hotwords(["", " ", "Drew"]) == [Hotword("Drew")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_has_one_hotword_a_line(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "hotwords.txt"
    content = "# people\r\nRonicky Drew:12\r\n\r\n  Dvořák   # the composer\r\nC#\r\n"
    file.write_bytes(content.encode(encoding))
    assert read_hotwords_file(file) == [Hotword("Ronicky Drew", 12.0), Hotword("Dvořák"), Hotword("C#")]


def test_what_is_wrong_with_a_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DecoderError, match=r"nowhere\.txt cannot be read: No such file"):
        read_hotwords_file(tmp_path / "nowhere.txt")
    latin = tmp_path / "latin.txt"
    latin.write_bytes("Dvořák".encode("iso-8859-2"))
    with pytest.raises(DecoderError, match="save it as UTF-8"):
        read_hotwords_file(latin)
    heavy = tmp_path / "heavy.txt"
    heavy.write_text("Drew\nRonicky:500\n", encoding="utf-8")
    with pytest.raises(DecoderError, match=r"In line 2 of .*heavy\.txt: The hotword 'Ronicky'"):
        read_hotwords_file(heavy)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Ada Lovelace;12,5\r\nMüller, Anna;\r\nC#;3\r\n", "cp1252"),
        ("hotword;weight\r\nAda Lovelace;12,5\r\nMüller, Anna;\r\nC#;3\r\n", "utf-8-sig"),
        ('Hotword\tWeight\r\nAda Lovelace\t12.5\r\n"Müller, Anna"\t\r\nC#\t3\r\n', "utf-16"),
        ('Ada Lovelace,12.5\r\n"Müller, Anna",\r\nC#,3\r\n', "utf-8"),
        ('Ada Lovelace:12.5\r\n"Müller, Anna"\r\nC#:3', "utf-8"),
        ("Ada Lovelace:12.5\r\nMüller, Anna\r\nC#:3", "cp1252"),
    ],
)
def test_a_table_as_excel_saves_it_is_a_hotwords_file(tmp_path: Path, content: str, encoding: str) -> None:
    file = tmp_path / "hotwords.csv"
    file.write_bytes(content.encode(encoding))
    assert read_hotwords_file(file) == [
        Hotword("Ada Lovelace", 12.5),
        Hotword("Müller, Anna"),
        Hotword("C#", 3.0),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00", "workbook"),
        (b"Ada;heavy", "In line 1 of .*“heavy” is not a weight"),
        (b"Ada;1;2", "“1; 2” is not a weight"),
        (b"\x89PNG\r\n\x1a\n\x00", "not text"),
        (b"x" * 5_000_000, "larger than 4 MB"),
    ],
)
def test_what_is_no_list_of_hotwords_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "hotwords.csv"
    file.write_bytes(content)
    with pytest.raises(DecoderError, match=said):
        read_hotwords_file(file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DecoderError, match="pipe"):
        read_hotwords_file(tmp_path / "pipe")


def test_hotwords_are_spelled_as_the_vocabulary_does() -> None:
    phrases, warnings = spell_hotwords([Hotword("Jean-Luc Dvořák", 9.0)], Spelling(english_labels()))
    assert phrases == [(("JEAN", "LUC", "DVORAK"), 9.0)]
    assert warnings == []


def test_a_hotword_that_cannot_be_spelled_is_reported_and_the_others_work() -> None:
    hotwords = [Hotword("R2D2"), Hotword("Drew"), Hotword("—")]
    phrases, (first, second) = spell_hotwords(hotwords, Spelling(english_labels()))
    assert phrases == [(("DREW",), DEFAULT_WEIGHT)]
    assert (
        first
        == "The hotword 'R2D2' is not used, because the model cannot write 2; spell it out as it is said."
    )
    assert "'—'" in second


def test_without_word_delimiter_every_label_is_a_word() -> None:
    labels = Labels(("<pad>", *"你好世界"), 0, None, frozenset({0}))
    assert spell_hotwords([Hotword("世界")], Spelling(labels)) == ([(("世", "界"), DEFAULT_WEIGHT)], [])
