from __future__ import annotations

import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model import corpus
from asr_desktop.language_model.arpa import read_arpa
from asr_desktop.language_model.corpus import (
    ENGLISH_LETTERS,
    count_words,
    is_foreign,
    normalise_sentence,
    read_lines,
    read_paragraphs,
    split_sentences,
    utterance_lines,
)
from asr_desktop.language_model.english import normalise_text


@pytest.mark.parametrize(
    ("printed", "spoken"),
    [
        ("Mr. Reed -- aged 42 -- didn't come.", "mister reed aged forty two didn't come"),
        ("“I’m _here_,” said Dr. Ames.", "i'm here said doctor ames"),
        ("The boys' dogs, 'tis said, ran to-day", "the boys dogs tis said ran to day"),
        ("café, œuvre, naïve", "cafe oeuvre naive"),
        ("a Greek λόγος here", "a greek here"),
        ("bread & butter, &c.", "bread and butter et cetera"),
        ("CHAPTER XIV.", "chapter fourteen"),
        ("Mrs Bennet and St. Paul", "missus bennet and saint paul"),
        ("-- * * * --", ""),
    ],
)
def test_print_becomes_speech(printed: str, spoken: str) -> None:
    assert normalise_sentence(printed) == spoken


@pytest.mark.parametrize("sign", ["", "$", "£ ", "€"])
@pytest.mark.parametrize("digits", [10, 400, 5000])
def test_no_number_is_too_long_to_be_said(sign: str, digits: int) -> None:
    said = normalise_sentence(f"{sign}{'9' * digits}").split()
    assert said.count("nine") == digits
    assert set(said) - {"nine"} <= {"dollars", "pounds", "euros"}
    decimal = normalise_sentence(f"{'9' * digits}.{'1' * digits}").split()
    assert decimal == ["nine"] * digits + ["point"] + ["one"] * digits


def test_letters_of_another_alphabet_stay_where_it_has_them() -> None:
    assert normalise_sentence("Schöne Grüße!", ENGLISH_LETTERS | set("äöüß")) == "schöne grüße"


@pytest.mark.parametrize(
    "transcript",
    [
        "HE DIDN'T HAVE SENSE ENOUGH TO WIPE IT OFF",
        "Never put off 'til tomorrow what you can do today.",
        'Kungsleden, or "The King\'s Trail".',
        "in parliament Antiquity- Even the women",
        "the “brothers’” café",
    ],
)
def test_transcripts_are_normalised_as_the_acoustic_model_learns_them(transcript: str) -> None:
    assert normalise_sentence(transcript) == normalise_text(transcript)


def test_sentences_end_at_full_stops_but_not_after_titles_and_initials() -> None:
    paragraph = "Mr. J. S. Mill came to St. Ives. \"Who is he?\" she asked. 'Nobody!' He left etc. and so on."
    assert split_sentences(paragraph) == [
        "Mr. J. S. Mill came to St. Ives.",
        '"Who is he?" she asked.',
        "'Nobody!'",
        "He left etc. and so on.",
    ]


def test_what_editors_added_is_left_out() -> None:
    assert split_sentences("[Illustration: a map]") == []
    assert split_sentences("He came [12] at last.[Exit.]") == ["He came   at last."]


@pytest.mark.parametrize(("name", "opener"), [("a.txt", open), ("a.txt.xz", lzma.open), ("a.gz", gzip.open)])
def test_compressed_files_are_read_and_broken_bytes_survived(
    tmp_path: Path, name: str, opener: Callable[..., IO[bytes]]
) -> None:
    with opener(tmp_path / name, "wb") as file:
        file.write(b"one\nt\x81wo\n")
    assert list(read_lines(tmp_path / name)) == ["one\n", "t\ufffdwo\n"]


def test_paragraphs_are_lists_of_sentences(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("It rained. We stayed.\n\n* * *\nThen 2 came.\n", encoding="utf-8")
    paragraphs = list(read_paragraphs([tmp_path / "book.txt"]))
    assert paragraphs == [["it rained", "we stayed"], ["then two came"]]
    assert count_words(paragraphs)["we"] == 1


def test_foreign_sentences_are_told_by_their_unknown_words() -> None:
    vocabulary = {"he", "said", "and", "left", "then"}
    assert is_foreign("je ne sais pas he said", vocabulary)
    assert not is_foreign("he said adieu and then left", vocabulary)
    assert not is_foreign("adieu", vocabulary)


def test_lines_hold_every_known_sentence_in_order_and_repeat_with_the_seed() -> None:
    paragraphs = [["a b", "x y z", "b", "a", "b b", "a a"], ["b a"]]
    lines = list(utterance_lines(paragraphs, vocabulary={"a", "b"}, seed=3))
    assert " ".join(lines) == "a b b a b b a a b a"
    assert lines == list(utterance_lines(paragraphs, vocabulary={"a", "b"}, seed=3))
    assert len({len(line.split()) for line in utterance_lines([["a"] * 200])}) == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_texts_are_read_in_the_encoding_they_were_saved_in(tmp_path: Path, encoding: str) -> None:
    text = "A café in Zürich.\n" + "The coast road was closed.\n" * 9
    (tmp_path / "text").write_bytes(text.encode(encoding))
    assert "".join(read_lines(tmp_path / "text")) == text


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 a Word document", b"%PDF-1.7", b"{\\rtf1", b"\x7fELF\0\0", b"GIF89a\0\x01"],
)
def test_other_files_are_not_read_as_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "letter").write_bytes(content)
    with pytest.raises(LanguageModelError, match="letter cannot be read \\(it is not text; save it as plain"):
        list(read_lines(tmp_path / "letter"))


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "LONGEST_LINE", 1000)
    with gzip.open(tmp_path / "text.gz", "wb") as file:
        file.write(b"short\n" + b"word " * 1_000_000)
    with pytest.raises(LanguageModelError, match="it has a line of more than 1000 letters"):
        list(read_lines(tmp_path / "text.gz"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(LanguageModelError, match="it is a pipe, a socket or a device"):
            list(read_lines(path))
        with pytest.raises(LanguageModelError, match="it is a pipe, a socket or a device"):
            read_arpa(path)


@pytest.mark.parametrize("name", ["gone.txt", "damaged.xz", "damaged.gz"])
def test_a_text_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    for damaged in ("damaged.xz", "damaged.gz"):
        (tmp_path / damaged).write_text("not compressed at all\n", encoding="utf-8")
    with pytest.raises(LanguageModelError, match=rf"{name} cannot be read \(.+\); check its name"):
        list(read_lines(tmp_path / name))
