"""One word has one shape, whoever writes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.audio.session import Session
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.live_events import Final, event_fields
from asr_desktop.recognition.worker.protocol import EVENTS, UtteranceDone
from asr_desktop.server.responses import transcript_answer
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import render
from asr_desktop.transcripts.word_json import (
    WordJsonError,
    segment_from_json,
    segment_to_json,
    word_from_json,
    word_to_json,
)
from trainer.serving.handlers import answer

SPOKEN = (Word("twenty", 1 / 3, 0.7, 0.123456789), Word("five", 0.7, 1.0, 2 / 3))
WORDS = (
    Word("About", 0.1, 0.3, 0.9),
    Word("25", 1 / 3, 1.0, 0.123456789, SPOKEN),
    Word("%", 1.0, 1.0, 0.5, ()),
)


def exported() -> object:
    transcript = Transcript("talk.wav", 2.0, "m", (Segment(WORDS),))
    return json.loads(render(transcript, "json"))["segments"][0]["words"]


def in_a_session(folder: Path) -> object:
    session = Session(folder)
    final = event_fields(Final(1, WORDS, 0.0, 2.0))
    session.append_utterance({key: final[key] for key in ("utterance", "text", "words")})
    [stored] = session.utterances()
    return stored["words"]


def on_the_wire() -> object:
    return json.loads(EVENTS.encode(UtteranceDone(1, 1, 0, 32_000, WORDS)))["words"]


def from_the_server() -> object:
    transcript = Transcript("talk.wav", 2.0, "m", (Segment(WORDS),))
    words = json.loads(bytes(transcript_answer(transcript, "verbose_json", ("word",)).body))["words"]
    # OpenAI's name for the text comes on top, because its clients ask for it.
    assert [word.pop("word") for word in words] == [word.text for word in WORDS]
    return words


def from_an_endpoint() -> object:
    return json.loads(json.dumps(answer(WORDS, 2.0)))["words"]


def test_all_who_write_a_word_write_the_same(tmp_path: Path) -> None:
    expected = [word_to_json(word) for word in WORDS]
    assert expected[1] == {
        "start": 0.3333333,
        "end": 1.0,
        "text": "25",
        "confidence": 0.123457,
        "spoken": [
            {"start": 0.3333333, "end": 0.7, "text": "twenty", "confidence": 0.123457},
            {"start": 0.7, "end": 1.0, "text": "five", "confidence": 0.666667},
        ],
    }
    for written in (exported(), in_a_session(tmp_path), on_the_wire(), from_the_server(), from_an_endpoint()):
        assert written == expected
        assert isinstance(written, list)
        assert tuple(map(word_from_json, written)) == WORDS


def test_a_segment_comes_back_with_who_says_it() -> None:
    segment = Segment(WORDS, "Ada", is_confirmed=True)
    assert segment_from_json(json.loads(json.dumps(segment_to_json(segment)))) == segment
    assert segment_to_json(segment, with_words=False).keys() == {
        "start",
        "end",
        "text",
        "confidence",
        "speaker",
        "confirmed",
    }


def test_words_of_earlier_versions_are_read() -> None:
    """Sessions had five and three decimals, and transcripts of version 1 no spoken form."""
    assert word_from_json({"text": "a", "start": 0.33333, "end": 1, "confidence": 0.667}) == Word(
        "a", 0.33333, 1.0, 0.667
    )


ODD = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.just(10**400) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "start", "end", "confidence", "spoken", "words", "speaker"]), inner
        )
    ),
    max_leaves=20,
)


@given(ODD)
def test_odd_values_are_refused_in_one_sentence(value: object) -> None:
    for read in (word_from_json, segment_from_json):
        said: object = Sentence("It was read.")
        try:
            read(value)
        except WordJsonError as refused:
            said = refused.args[0]
        assert isinstance(said, Sentence)
        assert "\n" not in said


def test_the_place_is_named_in_words() -> None:
    entry = {**segment_to_json(Segment(WORDS)), "words": [word_to_json(word) for word in WORDS]}
    entry["words"][1]["spoken"][1]["start"] = True
    with pytest.raises(WordJsonError, match=r'^spoken word 2 of word 2 has no number as its "start"$'):
        segment_from_json(entry)
