from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from docx.document import Document
from hypothesis import given, settings

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import ExportOptions, render
from asr_desktop.transcripts.export.options import A4, LETTER, Paper
from tests.transcripts.strategies import transcripts


def said(text: str, start: float) -> Segment:
    return Segment(tuple(Word(word, start + i, start + i + 0.9, 0.9) for i, word in enumerate(text.split())))


TALK = Transcript(
    "/talks/Gespräch 1.mp3",
    3730.0,
    "starter-en",
    (said("one two", 0.0), said("three", 3.0), said("four", 3725.5)),
)


def opened(transcript: Transcript, options: ExportOptions | None = None) -> Document:
    return docx.Document(io.BytesIO(render(transcript, "docx", options)))


def test_a_title_a_line_about_the_source_and_timed_paragraphs() -> None:
    document = opened(TALK)
    assert [(p.style.name, p.text) for p in document.paragraphs] == [
        ("Title", "Gespräch 1.mp3"),
        ("Subtitle", "01:02:10 · recognised by starter-en, not proofread"),
        ("Transcript", "[00:00:00]\tone two three"),
        ("Transcript", "[01:02:05]\tfour"),
    ]
    assert document.paragraphs[2].runs[0].style.name == "Timestamp"


@pytest.mark.parametrize(
    ("variables", "paper"),
    [
        ({"LANG": "en_US.UTF-8"}, LETTER),
        ({"LANG": "de_DE.UTF-8"}, A4),
        ({"LANG": "en_US.UTF-8", "LC_PAPER": "de_DE.UTF-8"}, A4),
        ({"LANG": "en_GB.UTF-8"}, A4),
        ({"LC_ALL": "fr_CA", "LANG": "fr_FR"}, LETTER),
        ({"LANG": "C.UTF-8"}, A4),
    ],
)
def test_the_paper_is_that_of_the_country(
    variables: dict[str, str], paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_PAPER", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    section = opened(TALK).sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    size = section.page_width.mm, section.page_height.mm
    assert size == pytest.approx((paper.width, paper.height), abs=0.1)


def test_paper_and_title_can_be_chosen() -> None:
    document = opened(TALK, ExportOptions(title="A talk", paper=LETTER))
    assert document.paragraphs[0].text == "A talk"
    assert document.sections[0].page_width is not None
    assert document.sections[0].page_width.mm == pytest.approx(215.9, abs=0.1)


@pytest.mark.parametrize(
    ("transcript", "line"),
    [
        (replace(TALK, is_corrected=True), "01:02:10 · recognised by starter-en, corrected by hand"),
        (replace(TALK, model=""), "01:02:10 · recognised, not proofread"),
    ],
)
def test_the_line_below_the_title_says_what_state_it_is_in(transcript: Transcript, line: str) -> None:
    assert opened(transcript).paragraphs[1].text == line


def test_timestamps_can_be_left_out() -> None:
    document = opened(TALK, ExportOptions(timestamps=False))
    assert [p.text for p in document.paragraphs[2:]] == ["one two three", "four"]


def test_the_title_can_be_set() -> None:
    document = opened(TALK, ExportOptions(title="Interview"))
    assert document.paragraphs[0].text == "Interview"
    assert document.core_properties.title == "Interview"


def test_the_document_has_no_false_dates_or_authors() -> None:
    properties = opened(TALK).core_properties
    assert (properties.author, properties.created, properties.modified) == ("", None, None)


def test_names_that_xml_cannot_hold_are_written_all_the_same() -> None:
    document = opened(Transcript("bad\udce4\x01.wav", 1.0, "m\x00", ()))
    assert document.paragraphs[0].text == "bad��.wav"


@settings(max_examples=25)
@given(transcripts())
def test_every_word_is_there_in_order(transcript: Transcript) -> None:
    document = opened(transcript, ExportOptions(timestamps=False))
    text = "".join(p.text for p in document.paragraphs[2:])
    assert "".join(text.split()) == "".join("".join(word.text for word in transcript.words).split())
