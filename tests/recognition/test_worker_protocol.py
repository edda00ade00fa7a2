"""Messages survive the wire as they are, and nothing else gets through."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from asr_desktop.base.json_messages import WireError
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import (
    CaptionOptions,
    Final,
    Lag,
    LiveNotice,
    LiveOptions,
    Partial,
    SetDecoder,
    SetHangover,
    SetHotwords,
    Stopped,
)
from asr_desktop.recognition.local_agreement import AgreementOptions
from asr_desktop.recognition.segmenter import SegmenterOptions
from asr_desktop.recognition.worker.protocol import (
    COMMANDS,
    EVENTS,
    Cancel,
    Cancelled,
    Failed,
    FileDone,
    FileProgress,
    Listen,
    LiveSaid,
    LoadModel,
    ModelChoice,
    ModelReady,
    Ready,
    Resume,
    Stop,
    Tell,
    TranscribeFile,
    UtteranceBegun,
    UtteranceDone,
)
from asr_desktop.transcripts.document import Word

CHOICE = ModelChoice(
    model="Modèle “été”\n",
    decoder="greedy",
    language_model="none",
    hotwords=(Hotword("Ronicky Drew", 12.5), Hotword("Zürich")),
    decoder_options=BeamSearchOptions(beam_width=7, alpha=0.5, score_boundary=False),
    segmenter_options=SegmenterOptions(hangover_ms=900.0),
    providers=("cpu",),
    threads=1,
)
WORDS = (Word("naïve", 0.1, 1 / 3, 0.2), Word("words", 1 / 3, 12345.678901234567, 1.0))


@pytest.mark.parametrize(
    "command",
    [
        LoadModel(1, ModelChoice()),
        TranscribeFile(2, CHOICE, "/a/file\udce9.wav", 3, True, Resume(16_000, 4, (5, 6))),
        Listen(3, CHOICE, "/a/session"),
        Listen(3, CHOICE, "/a", LiveOptions(0.7, caption=CaptionOptions(2.0, 9.0, AgreementOptions(0.3)))),
        Tell(4, SetHotwords((Hotword("a", 1.0), Hotword("b")))),
        Tell(4, SetDecoder("beam", None, (Hotword("a"),))),
        Tell(4, SetDecoder("beam", "none", (), BeamSearchOptions(beam_width=12, alpha=0.3, beta=-1.0))),
        Tell(4, SetHangover(300.0)),
        Stop(5),
        Cancel(6),
    ],
)
def test_every_command_comes_out_as_it_went_in(command: object) -> None:
    line = COMMANDS.encode(command)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert COMMANDS.decode(line) == command


@pytest.mark.parametrize(
    "event",
    [
        Ready(1, 2),
        ModelReady(1, "starter-en", ("a sentence.",)),
        FileProgress(1, 0.5, None, 0.25, None),
        UtteranceBegun(1, 0, 5),
        UtteranceDone(1, 2, 3, 4, WORDS),
        FileDone(1, 1 / 7, "starter-en", ()),
        LiveSaid(1, Partial(1, WORDS, 1, 0.0, 2.0)),
        LiveSaid(1, Final(1, (), 0.0, 2.0)),
        LiveSaid(1, Lag(1.5)),
        LiveSaid(1, LiveNotice("a sentence.")),
        LiveSaid(1, Stopped(1.0, True, "/a/session")),
        Cancelled(1),
        Failed(1, "MediaError", "a sentence."),
    ],
)
def test_every_event_comes_out_as_it_went_in(event: object) -> None:
    assert EVENTS.decode(EVENTS.encode(event)) == event


def test_a_message_is_an_object_that_says_what_it_is() -> None:
    fields_of = json.loads(EVENTS.encode(UtteranceDone(1, 2, 3, 4, WORDS)))
    assert fields_of["type"] == "UtteranceDone"
    assert fields_of.keys() - {"type"} == {field.name for field in fields(UtteranceDone)}
    assert fields_of["words"][0]["text"] == "naïve"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"not json\n",
        b"[1]\n",
        b'{"type":"Stop"}\n',
        b'{"type":"Stop","job":1,"more":2}\n',
        b'{"type":"Stop","job":"1"}\n',
        b'{"type":"Stop","job":true}\n',
        b'{"type":"Stop","job":null}\n',
        b'{"type":"Eval","job":1}\n',
        b'{"type":["Stop"],"job":1}\n',
        b'{"type":"Tell","job":1,"command":{"type":"Stop","job":1}}\n',
        b'{"type":"Tell","job":1,"command":{"hangover_ms":1.0}}\n',
        b'{"type":"Tell","job":1,"command":{"type":"SetHotwords","hotwords":[1]}}\n',
        COMMANDS.encode(Cancel(12))[:-5],
    ],
)
def test_what_is_no_command_is_refused(line: bytes) -> None:
    with pytest.raises(WireError):
        COMMANDS.decode(line)


def test_what_the_message_itself_refuses_is_refused() -> None:
    line = EVENTS.encode(UtteranceDone(1, 2, 3, 4, WORDS)).replace(b"0.2", b"2.5")
    with pytest.raises(WireError, match="confidence"):
        EVENTS.decode(line)


def test_numbers_that_json_has_not_are_never_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        EVENTS.encode(LiveSaid(1, Lag(float("nan"))))
