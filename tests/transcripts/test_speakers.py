"""Who says what: the optional speaker of a segment, in the document and in every format."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files

import docx
import jsonschema
import pytest
import webvtt

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import FORMATS, ExportOptions, SubtitleRules, render
from asr_desktop.transcripts.export.json import parse_json
from asr_desktop.transcripts.export.subtitles import subtitle_cues, violations

SCHEMA = json.loads(files("asr_desktop.transcripts").joinpath("transcript.schema.json").read_text("utf-8"))


def said(text: str, start: float, speaker: str | None = None) -> Segment:
    words = tuple(Word(word, start + i / 2, start + i / 2 + 0.4, 0.9) for i, word in enumerate(text.split()))
    return Segment(words, speaker)


TALK = Transcript(
    "talk.mp3",
    20.0,
    "starter-en",
    (
        said("shall we begin", 0.0, "Ada"),
        said("by all means", 1.6, "Charles B."),
        said("and quickly please", 3.2, "Charles B."),
        said("nobody knows who", 5.0),
    ),
)


def test_a_segment_has_no_speaker_unless_one_is_named() -> None:
    assert said("hello", 0.0).speaker is None


@pytest.mark.parametrize("name", ["", " Ada", "Ada\nLovelace", "\ud800"])
def test_a_name_that_no_format_could_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a speaker needs a name"):
        said("hello", 0.0, name)


def test_json_keeps_speakers_and_follows_the_schema() -> None:
    data = render(TALK, "json")
    document = json.loads(data)
    jsonschema.validate(document, SCHEMA)
    speakers = [segment.get("speaker") for segment in document["segments"]]
    assert speakers == ["Ada", "Charles B.", "Charles B.", None]
    assert "speaker" not in document["segments"][3]
    assert [segment.speaker for segment in parse_json(data).segments] == speakers
    assert render(parse_json(data), "json") == data


def test_a_damaged_speaker_is_refused_with_a_sentence() -> None:
    document = json.loads(render(TALK, "json"))
    document["segments"][0]["speaker"] = 7
    with pytest.raises(Exception, match='segment 1 has no text as its "speaker"'):
        parse_json(json.dumps(document))


def test_text_has_a_paragraph_a_turn() -> None:
    assert render(TALK, "txt").decode() == (
        "Ada: shall we begin\n\nCharles B.: by all means and quickly please\n\nnobody knows who\n"
    )


def test_subtitles_never_mix_two_speakers() -> None:
    rules = SubtitleRules(min_seconds=3.0)
    for cues in (subtitle_cues(TALK.segments), subtitle_cues(TALK.segments, rules)):
        said_by = {
            speaker: " ".join(cue.text.replace("\n", " ") for cue in cues if cue.speaker == speaker)
            for speaker in ("Ada", "Charles B.", None)
        }
        assert said_by["Ada"] == "shall we begin"
        assert said_by["Charles B."] == "by all means and quickly please"
        assert said_by[None] == "nobody knows who"


def test_srt_writes_the_name_where_a_turn_begins_and_keeps_the_rules() -> None:
    text = render(TALK, "srt").decode()
    assert "Ada: shall we begin" in text
    assert text.count("Charles B.:") == 1
    rules = SubtitleRules(max_line_width=20)
    cues = subtitle_cues(TALK.segments, rules, write_speakers=True)
    assert [v for v in violations(cues, rules) if v.rule == "line width"] == []


def test_vtt_marks_the_voice() -> None:
    captions = list(webvtt.from_string(render(TALK, "vtt").decode()))
    assert captions[0].voice == "Ada"
    assert "<v Charles B.>by all means" in render(TALK, "vtt").decode()
    assert "<v Ada>shall <00:00:00.500>we" in render(TALK, "vtt", ExportOptions(word_times=True)).decode()


def test_docx_names_the_speaker_in_a_style_of_its_own() -> None:
    document = docx.Document(io.BytesIO(render(TALK, "docx")))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs if run.style.name == "Speaker"]
    assert [run.text for run in runs] == ["Ada", "Charles B."]


def test_csv_has_a_column_only_where_somebody_is_named() -> None:
    rows = list(csv.reader(io.StringIO(render(TALK, "csv").decode("utf-8-sig"))))
    assert rows[0][-1] == "speaker"
    assert [row[-1] for row in rows[1:]] == ["Ada", "Charles B.", "Charles B.", ""]
    alone = Transcript("a.wav", 5.0, "m", (said("hello", 0.0),))
    assert "speaker" not in render(alone, "csv").decode("utf-8-sig")


def test_every_format_holds_the_names() -> None:
    for name in FORMATS:
        if name != "docx":
            assert "Ada" in render(TALK, name).decode("utf-8-sig"), name
