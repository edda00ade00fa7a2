from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.base.errors import ExportError
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import read_json, render, write
from asr_desktop.transcripts.export.json import VERSION, parse_json
from tests.transcripts.strategies import transcripts

SCHEMA = json.loads(files("asr_desktop.transcripts").joinpath("transcript.schema.json").read_text("utf-8"))


def talk() -> Transcript:
    words = (Word("hello", 0.1 + 0.2, 0.9, 2 / 3), Word("there", 1.0, 1.5, 1.0))
    return Transcript("/talks/Gespräch.mp3", 12.5, "starter-en", (Segment(words),))


def document() -> dict[str, Any]:
    return json.loads(render(talk(), "json"))


def test_the_shape_is_the_documented_one() -> None:
    assert document() == {
        "version": 2,
        "source": "/talks/Gespräch.mp3",
        "duration": 12.5,
        "model": "starter-en",
        "segments": [
            {
                "start": 0.3,
                "end": 1.5,
                "text": "hello there",
                "confidence": 0.833333,
                "words": [
                    {"start": 0.3, "end": 0.9, "text": "hello", "confidence": 0.666667},
                    {"start": 1.0, "end": 1.5, "text": "there", "confidence": 1.0},
                ],
            }
        ],
    }


def test_the_file_can_be_read_by_a_person() -> None:
    assert "Gespräch" in render(talk(), "json").decode()


def test_the_schema_is_a_valid_schema_of_this_version() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"]["const"] == VERSION


@given(transcripts())
def test_what_is_written_follows_the_schema_and_reads_back_equal(transcript: Transcript) -> None:
    data = render(transcript, "json")
    jsonschema.validate(json.loads(data), SCHEMA)
    assert parse_json(data) == transcript


@given(st.floats(0, 1e6), st.floats(0, 1e3), st.floats(0, 1))
def test_rounding_moves_nothing_that_matters(start: float, length: float, confidence: float) -> None:
    word = Word("a", start, start + length, confidence)
    transcript = Transcript("a.wav", 1.0, "m", (Segment((word,)),))
    once = render(transcript, "json")
    (read,) = parse_json(once).words
    assert read.start_seconds == pytest.approx(start, abs=1e-7)
    assert read.end_seconds == pytest.approx(start + length, abs=1e-7)
    assert read.confidence == pytest.approx(confidence, abs=1e-6)
    assert render(parse_json(once), "json") == once


def test_a_file_goes_through_the_disk(tmp_path: Path) -> None:
    write(parse_json(render(talk(), "json")), tmp_path / "talk.json")
    assert read_json(tmp_path / "talk.json") == parse_json(render(talk(), "json"))


def test_a_source_that_is_not_unicode_is_written_with_question_marks() -> None:
    transcript = Transcript("talk\udce4.wav", 1.0, "m", ())
    assert parse_json(render(transcript, "json")).source == "talk?.wav"


def test_unknown_keys_are_passed_over() -> None:
    changed = document()
    changed["speaker"] = "A"
    changed["segments"][0]["words"][0]["language"] = "en"
    assert parse_json(json.dumps(changed)).text == "hello there"


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    assert parse_json(b"\xef\xbb\xbf" + render(talk(), "json")).text == "hello there"


def test_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    path.write_text(json.dumps({**document(), "version": 3}), encoding="utf-8")
    with pytest.raises(
        ExportError, match=r"newer version .*version 3.* up to 2.*update the program"
    ) as refusal:
        read_json(path)
    assert str(path) in str(refusal.value)


def numbers() -> Transcript:
    said = (Word("twenty", 0.0, 0.4, 0.5), Word("five", 0.4, 0.8, 0.75))
    words = (
        Word("25", 0.0, 0.8, 0.5, said),
        Word("automatic", 1.0, 2.0, 1.0),
        Word("speech", 2.0, 2.0, 1.0, ()),
    )
    return Transcript("talk.wav", 3.0, "m", (Segment(words),))


def test_both_forms_of_a_word_are_kept() -> None:
    written = json.loads(render(numbers(), "json"))
    first, second, third = written["segments"][0]["words"]

    assert first["text"] == "25"
    assert [(word["text"], word["end"]) for word in first["spoken"]] == [("twenty", 0.4), ("five", 0.8)]
    assert "spoken" not in second
    assert third["spoken"] == []
    assert parse_json(render(numbers(), "json")) == numbers()
    jsonschema.validate(written, SCHEMA)


def test_the_first_version_is_read() -> None:
    assert parse_json(json.dumps({**document(), "version": 1})) == parse_json(json.dumps(document()))


@pytest.mark.parametrize(
    "spoken", [[{"text": "a"}], "twenty five", [{"text": "a", "start": 2, "end": 1, "confidence": 1}]]
)
def test_a_damaged_spoken_form_is_named(spoken: object) -> None:
    damaged = document()
    damaged["segments"][0]["words"][0]["spoken"] = spoken
    with pytest.raises(ExportError, match=r"of word 1 of segment 1|word 1 of segment 1 has no list of"):
        parse_json(json.dumps(damaged), "talk.json")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"{",
        b"[" * 100_000,
        render(talk(), "json")[:-200],
        b'{"version": ' + b"9" * 5000,
    ],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(ExportError, match="damaged or not a transcript") as refusal:
        parse_json(data, "talk.json")
    assert str(refusal.value).startswith("talk.json")


def change(path: str, value: object) -> str:
    """The document with one value replaced, or taken away where the value is `...`."""
    changed = document()
    target: Any = changed
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return json.dumps(changed)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("version", ..., 'has no "version"'),
        ("version", "1", 'has no "version"'),
        ("version", True, 'has no "version"'),
        ("version", 0, 'has no "version"'),
        ("source", 5, 'the file has no text as its "source"'),
        ("model", None, 'the file has no text as its "model"'),
        ("duration", "12", 'the file has no number as its "duration"'),
        ("duration", float("nan"), "is not a length"),
        ("duration", -1, "is not a length"),
        ("segments", {}, 'the file has no list of "segments"'),
        ("segments.0", [], "segment 1 is not an object"),
        ("segments.0.words", ..., 'segment 1 has no list of "words"'),
        ("segments.0.words", [], "a segment needs at least one word"),
        ("segments.0.words.1", "there", "word 2 of segment 1 is not an object"),
        ("segments.0.words.1.text", "", "a word needs text"),
        ("segments.0.words.1.text", "a\nb", "line breaks"),
        ("segments.0.words.1.start", 9.0, "not in order"),
        ("segments.0.words.1.start", 0.1, "out of order"),
        ("segments.0.words.1.start", True, 'has no number as its "start"'),
        ("segments.0.words.1.end", 10**400, "out of range"),
        ("segments.0.words.1.confidence", 2, "confidence"),
        ("segments.0.words.1.confidence", ..., 'has no number as its "confidence"'),
    ],
)
def test_a_wrong_value_is_named_in_a_sentence(path: str, value: object, said: str) -> None:
    with pytest.raises(ExportError) as refusal:
        parse_json(change(path, value), "talk.json")
    message = str(refusal.value)
    assert message.startswith("talk.json is not a transcript that this program can read (")
    assert said in message
    assert message.endswith("; export it again, or take a file that was exported as JSON here.")
    assert "\n" not in message


def test_something_else_in_json_form_is_refused() -> None:
    for other in ("[]", "5", "null", "{}"):
        with pytest.raises(ExportError, match="is not a transcript that this program can read"):
            parse_json(other)


def test_a_missing_or_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="does not exist"):
        read_json(tmp_path / "none.json")
    with pytest.raises(ExportError, match="cannot be read"):
        read_json(tmp_path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["version", "segments", "words", "text"]), inner)
        ),
    )
)
def test_no_json_at_all_raises_anything_else(value: object) -> None:
    with pytest.raises(ExportError):
        parse_json(json.dumps({"version": 1, "source": "a", "duration": 1, "segments": value}))


def test_who_confirmed_a_segment_is_kept_and_files_without_it_are_read_as_before() -> None:
    words = (Word("hello", 0.0, 0.5, 1.0),)
    transcript = Transcript("talk.wav", 1.0, "m", (Segment(words, is_confirmed=True), Segment(words)))
    entries = json.loads(render(transcript, "json"))["segments"]
    assert [entry.get("confirmed") for entry in entries] == [True, None]
    assert parse_json(render(transcript, "json")) == transcript
    del entries[0]["confirmed"]
    entries[1]["confirmed"] = "perhaps"
    read = parse_json(json.dumps({**json.loads(render(transcript, "json")), "segments": entries}))
    assert [segment.is_confirmed for segment in read.segments] == [False, False]
