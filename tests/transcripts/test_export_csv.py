from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import ExportOptions, render
from tests.transcripts.strategies import transcripts


def one_word(text: str) -> Transcript:
    return Transcript("a.wav", 3.0, "m", (Segment((Word(text, 1.0, 2.5, 0.75),)),))


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_form_of_a_file() -> None:
    assert render(one_word("hello"), "csv") == (
        b"\xef\xbb\xbfsegment,start,end,confidence,text\r\n1,1.000,2.500,0.750,hello\r\n"
    )


def test_commas_and_quotes_are_quoted() -> None:
    assert render(one_word('"so,"'), "csv").endswith(b'0.750,"""so,"""\r\n')


@pytest.mark.parametrize("text", ["=1+1", "+49", "-5", "@home", "＝1+1", '=cmd|"/c calc"!A0'])
def test_no_text_is_a_formula(text: str) -> None:
    assert rows_of(render(one_word(text), "csv"))[1][4] == f"'{text}"


@pytest.mark.parametrize("text", ["a=b", "e-mail", "5", "'quoted'"])
def test_other_text_is_left_alone(text: str) -> None:
    assert rows_of(render(one_word(text), "csv"))[1][4] == text


@given(transcripts())
def test_a_row_a_segment(transcript: Transcript) -> None:
    header, *rows = rows_of(render(transcript, "csv"))
    assert header == ["segment", "start", "end", "confidence", "text"]
    assert len(rows) == len(transcript.segments)
    for number, (row, segment) in enumerate(zip(rows, transcript.segments, strict=True), start=1):
        assert int(row[0]) == number
        assert float(row[1]) == pytest.approx(segment.start_seconds, abs=0.001)
        assert float(row[2]) == pytest.approx(segment.end_seconds, abs=0.001)
        assert float(row[3]) == pytest.approx(segment.confidence, abs=0.001)
        assert row[4] in (segment.text, f"'{segment.text}")


@given(transcripts())
def test_a_row_a_word_where_word_times_are_wanted(transcript: Transcript) -> None:
    _, *rows = rows_of(render(transcript, "csv", ExportOptions(word_times=True)))
    numbers = [n for n, segment in enumerate(transcript.segments, start=1) for _ in segment.words]
    assert [int(row[0]) for row in rows] == numbers
    for row, word in zip(rows, transcript.words, strict=True):
        assert row[4] in (word.text, f"'{word.text}")
