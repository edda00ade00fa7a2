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
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import FORMATS, ExportOptions, SubtitleRules, render
from asr_desktop.transcripts.export.json import parse_json
from asr_desktop.transcripts.export.subtitles import subtitle_cues, violations
from tests.transcripts.strategies import transcripts

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


def short_turns() -> Transcript:
    """A question, and an answer that is too short for a subtitle of its own."""

    def turn(text: str, start: float, speaker: str | None) -> Segment:
        words = text.split()
        return Segment(
            tuple(Word(w, start + 0.2 * i, start + 0.2 * i + 0.15, 0.9) for i, w in enumerate(words)), speaker
        )

    segments = (
        turn("Are you coming with us?", 0.0, "Ada"),
        turn("No.", 1.1, "Ben"),
        turn("Then we go without you, and that is all there is to say about it.", 1.6, "Ada"),
    )
    return Transcript("talk.mp3", 20.0, "starter-en", segments)


def test_two_speakers_share_a_subtitle_with_a_line_and_a_dash_each() -> None:
    segments = short_turns().segments
    apart = subtitle_cues(segments)
    assert [v.rule for v in violations(apart)] == ["shortest time"]  # what the shared one is good for
    cues = subtitle_cues(segments, share_cues=True)
    assert violations(cues) == ()
    assert cues[0].text == "- Are you coming with us?\n- No."
    assert cues[0].speaker is None
    assert not any("-" in cue.text for cue in cues[1:])


def test_subtitles_are_only_shared_by_two_named_speakers_on_two_lines() -> None:
    first, second, third = short_turns().segments
    nobody = (first, Segment(second.words), third)
    for segments, rules in (
        (nobody, SubtitleRules()),
        (short_turns().segments, SubtitleRules(max_lines=1)),
    ):
        cues = subtitle_cues(segments, rules, share_cues=True)
        assert not any("- " in cue.text for cue in cues)


def test_names_can_be_left_away() -> None:
    options = ExportOptions(speaker_names=False)
    srt = render(short_turns(), "srt", options).decode()
    assert "Ada" not in srt
    assert "- Are you coming with us?\n- No." in srt
    assert "- Ada: Are you coming with us?\n- Ben: No." in render(short_turns(), "srt").decode()
    for name in ("txt", "vtt"):
        assert "Ada" not in render(TALK, name, options).decode()
    document = docx.Document(io.BytesIO(render(TALK, "docx", options)))
    assert not any("Ada" in paragraph.text for paragraph in document.paragraphs)
    assert json.loads(render(TALK, "json", options))["segments"][0]["speaker"] == "Ada"  # keeps everything


NAMED = st.sampled_from(["Ada", "Ben", None])


@settings(max_examples=60, deadline=None)
@given(transcripts(), st.data(), st.integers(4, 60), st.integers(1, 3000))
def test_whatever_is_shared_every_word_comes_once_and_lines_fit(
    transcript: Transcript, data: st.DataObject, width: int, min_ms: int
) -> None:
    segments = tuple(Segment(s.words, data.draw(NAMED)) for s in transcript.segments)
    rules = SubtitleRules(max_line_width=width, min_seconds=min_ms / 1000)
    cues = subtitle_cues(segments, rules, share_cues=True)
    shown = [word for cue in cues for line in cue.lines for word in line]
    said_words = [word for word in shown if word.end_seconds > word.start_seconds or word.text != "-"]
    spoken = [word for word in transcript.words if word.text != "-"]
    assert "".join(w.text for w in said_words if w.text != "-") == "".join(w.text for w in spoken)
    broken = {violation.rule for violation in violations(cues, rules)}
    assert not broken & {"line width", "number of lines", "overlap with the next", "gap to the next"}


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
