from __future__ import annotations

import html
import io
import re
from itertools import pairwise

import av
import pysubs2
import pytest
from hypothesis import given

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import ExportOptions, render
from asr_desktop.transcripts.export.subtitles import subtitle_cues
from tests.transcripts.strategies import HARMLESS_TEXTS, transcripts

WORD_TIMES = ExportOptions(word_times=True)
CUE_TIMESTAMP = re.compile(r"<(\d{2,}):(\d\d):(\d\d)\.(\d{3})>")


def ffmpeg_reads(data: bytes) -> list[tuple[int, int, str]]:
    with av.open(io.BytesIO(data), format="webvtt") as container:
        packets = [packet for packet in container.demux(container.streams[0]) if packet.pts is not None]
        return [(p.pts, p.pts + p.duration, bytes(p).decode()) for p in packets if p.duration is not None]


def hello(second: str = "there.") -> Transcript:
    words = (Word("Hello", 1.0, 1.4, 0.9), Word(second, 1.5, 2.5, 0.9))
    return Transcript("a.wav", 3.0, "m", (Segment(words),))


def test_the_form_of_a_file() -> None:
    assert render(hello(), "vtt").decode() == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello there.\n"


def test_word_times_stand_before_the_words() -> None:
    assert render(hello(), "vtt", WORD_TIMES).decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello <00:00:01.500>there.\n"
    )


def test_a_silent_file_is_still_a_webvtt_file() -> None:
    assert render(Transcript("silence.wav", 5.0, "m", ()), "vtt").decode().strip() == "WEBVTT"


@pytest.mark.parametrize(
    ("said", "written"),
    [("<b>", "&lt;b&gt;"), ("R&D", "R&amp;D"), ("&lt;", "&amp;lt;"), ("-->", "--&gt;"), ("NOTE", "NOTE")],
)
@pytest.mark.parametrize("options", [ExportOptions(), WORD_TIMES])
def test_characters_of_the_markup_are_escaped(said: str, written: str, options: ExportOptions) -> None:
    text = render(hello(said), "vtt", options).decode().split("\n")[3]
    assert CUE_TIMESTAMP.sub("", text) == f"Hello {written}"


def test_words_at_one_moment_share_a_time() -> None:
    words = tuple(
        Word(text, start, start, 0.9) for text, start in [("a", 1.0), ("b", 1.0), ("c", 1.2), ("d", 1.2)]
    )
    text = render(Transcript("a.wav", 3.0, "m", (Segment(words),)), "vtt", WORD_TIMES).decode()
    assert text.split("\n")[3] == "a b <00:00:01.200>c d"


@given(transcripts(HARMLESS_TEXTS))
def test_pysubs2_reads_back_what_was_written(transcript: Transcript) -> None:
    cues = subtitle_cues(transcript.segments)
    read = pysubs2.SSAFile.from_string(render(transcript, "vtt").decode(), format_="vtt")
    assert [(e.start, e.end, html.unescape(e.plaintext)) for e in read] == [
        (cue.start_ms, cue.end_ms, cue.text) for cue in cues
    ]


@given(transcripts())
def test_ffmpeg_reads_back_whatever_was_said(transcript: Transcript) -> None:
    cues = subtitle_cues(transcript.segments)
    read = ffmpeg_reads(render(transcript, "vtt"))
    assert [(start, end, html.unescape(text)) for start, end, text in read] == [
        (cue.start_ms, cue.end_ms, cue.text) for cue in cues
    ]


@given(transcripts())
def test_word_times_grow_and_lie_inside_their_cue(transcript: Transcript) -> None:
    plain = ffmpeg_reads(render(transcript, "vtt"))
    timed = ffmpeg_reads(render(transcript, "vtt", WORD_TIMES))
    assert [(start, end, CUE_TIMESTAMP.sub("", text)) for start, end, text in timed] == plain
    for start_ms, end_ms, text in timed:
        times = [
            ((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms)
            for h, m, s, ms in CUE_TIMESTAMP.findall(text)
        ]
        assert all(earlier < later for earlier, later in pairwise([start_ms, *times, end_ms]))
