from __future__ import annotations

import io

import av
import pysubs2
import pytest
from hypothesis import given, settings

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import render
from asr_desktop.transcripts.export.subtitles import subtitle_cues
from tests.transcripts.strategies import HARMLESS_TEXTS, transcripts


def one_word(text: str, start: float = 1.0) -> Transcript:
    return Transcript("a.wav", start + 2, "m", (Segment((Word(text, start, start + 1.5, 0.9),)),))


def ffmpeg_reads(data: bytes, container_format: str) -> list[tuple[int, int, str]]:
    """Start and end in ms, and text, as the parser inside most players finds them."""
    if not data.strip():
        return []
    with av.open(io.BytesIO(data), format=container_format) as container:
        packets = [packet for packet in container.demux(container.streams[0]) if packet.pts is not None]
        return [(p.pts, p.pts + p.duration, bytes(p).decode()) for p in packets if p.duration is not None]


def test_the_form_of_a_file() -> None:
    segments = (
        Segment((Word("Hello", 1.0, 1.4, 0.9), Word("there.", 1.5, 2.5, 0.9))),
        Segment((Word("Yes.", 3661.25, 3662.5, 0.9),)),
    )
    transcript = Transcript("a.wav", 3700.0, "m", segments)
    assert render(transcript, "srt").decode() == (
        "1\n00:00:01,000 --> 00:00:02,500\nHello there.\n\n2\n01:01:01,250 --> 01:01:02,500\nYes.\n"
    )


def test_a_silent_file_gives_an_empty_file() -> None:
    assert render(Transcript("silence.wav", 5.0, "m", ()), "srt") == b""


@given(transcripts(HARMLESS_TEXTS))
def test_pysubs2_reads_back_what_was_written(transcript: Transcript) -> None:
    cues = subtitle_cues(transcript.segments)
    read = pysubs2.SSAFile.from_string(render(transcript, "srt").decode() or "\n", format_="srt")
    assert [(e.start, e.end, e.plaintext) for e in read] == [(c.start_ms, c.end_ms, c.text) for c in cues]


@settings(max_examples=50)
@given(transcripts(HARMLESS_TEXTS))
def test_ffmpeg_reads_back_what_was_written(transcript: Transcript) -> None:
    cues = subtitle_cues(transcript.segments)
    assert ffmpeg_reads(render(transcript, "srt"), "srt") == [(c.start_ms, c.end_ms, c.text) for c in cues]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("<b>", "‹b›"),
        ("a<i>b</i>", "a‹i›b‹/i›"),
        ("<<x>>", "‹‹x››"),
        ("3<4", "3<4"),
        ("R&D", "R&D"),
        ("&lt;", "&lt;"),
        ("{\\an8}", "{\\an8}"),
        ("C:\\New", "C:\\New"),
        ("-->", "-->"),
        ("42", "42"),
    ],
)
def test_nothing_said_is_taken_for_markup(said: str, written: str) -> None:
    data = render(one_word(said), "srt")
    assert data.decode().split("\n")[2:] == [written, ""]
    ((_, _, text),) = ffmpeg_reads(data, "srt")
    assert text == written


@given(transcripts())
def test_whatever_is_said_the_file_has_all_cues(transcript: Transcript) -> None:
    cues = subtitle_cues(transcript.segments)
    times = [(start, end) for start, end, _ in ffmpeg_reads(render(transcript, "srt"), "srt")]
    assert times == [(cue.start_ms, cue.end_ms) for cue in cues]
