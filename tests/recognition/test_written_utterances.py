"""Files and recordings get their written form, and a mark at an utterance's end may be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asr_desktop.audio.session import Session, create_session
from asr_desktop.recognition import file_pipeline, live_session
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import (
    Final,
    LiveCommand,
    LiveEvent,
    LiveOptions,
    Partial,
    Rewritten,
    SetHotwords,
    Stopped,
    event_fields,
)
from asr_desktop.recognition.live_session import follow_session
from asr_desktop.recognition.segmenter import Utterance
from asr_desktop.recognition.worker import jobs
from asr_desktop.recognition.worker.handles import LiveJob, TranscriptionJob
from asr_desktop.recognition.worker.protocol import (
    EVENTS,
    Event,
    FileDone,
    LiveSaid,
    Resume,
    TranscribeFile,
    UtteranceDone,
    UtteranceRewritten,
)
from asr_desktop.recognition.worker.server import JobControl
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.library.sessions import transcript_of_session
from asr_desktop.writing.options import SPOKEN, WritingOptions
from asr_desktop.writing.writer import Writer
from tests.writing.pause_network import PauseNetwork

RATE = 16_000
SAID = ("he came at twenty five past three", "", "and said no", "anna left")
WRITTEN = ("He came at 3:25", "and said no.", "Anna left.")


def words_at(text: str, at_seconds: float) -> list[Word]:
    return [
        Word(token, at_seconds + 0.3 * place, at_seconds + 0.3 * place + 0.3, 0.5)
        for place, token in enumerate(text.split())
    ]


def text_of(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


# Files: the recogniser and the segmenter are scripted, all between them and the transcript is real.


class ScriptedRecogniser:
    """Each utterance says what SAID has at its place: four seconds after the one before."""

    ahead_seconds = 0.0
    emissions = decoder = None

    def words_of(self, utterances: Sequence[Utterance]) -> Iterator[list[Word]]:
        for utterance in utterances:
            yield self.words(utterance.samples, utterance.start_seconds)

    def words(self, samples: object, offset_seconds: float = 0.0) -> list[Word]:
        return words_at(SAID[round(offset_seconds / 4)], offset_seconds)


@pytest.fixture
def transcriber(monkeypatch: pytest.MonkeyPatch) -> Transcriber:
    made = Transcriber.__new__(Transcriber)
    made.recogniser = ScriptedRecogniser()  # type: ignore[assignment]
    made.writing = WritingOptions()
    made.hotwords = ()
    made.warnings, made.file_warnings = [], []
    folder = SimpleNamespace(name="scripted", labels=None, language="en")
    monkeypatch.setattr(Transcriber, "folder", property(lambda self: folder))
    monkeypatch.setattr(file_pipeline, "writes_itself", lambda labels: False)
    monkeypatch.setattr(file_pipeline, "load_marks", lambda options, language: PauseNetwork())
    monkeypatch.setattr(file_pipeline, "probe", lambda path: SimpleNamespace(duration_seconds=16.0))

    def listen(self: Transcriber, *_: object) -> Iterator[tuple[int, list[Utterance]]]:
        self._raiser = SimpleNamespace(notice=lambda name, has_words: None)  # type: ignore[assignment]
        for number in range(len(SAID)):
            yield 4 * (number + 1) * RATE, [Utterance(4 * number * RATE, np.zeros(3 * RATE, np.float32))]

    monkeypatch.setattr(Transcriber, "_listen", listen)
    return made


def test_a_file_is_written(transcriber: Transcriber) -> None:
    transcript = transcriber.transcribe("talk.wav")

    assert tuple(segment.text for segment in transcript.segments) == WRITTEN
    assert text_of(transcript.spoken_words).split() == " ".join(SAID).split()
    assert transcript.segments[0].words[-1].start_seconds == pytest.approx(0.9)


def test_a_file_stays_as_it_was_spoken_where_that_is_wanted(transcriber: Transcriber) -> None:
    transcriber.writing = SPOKEN

    assert transcriber.transcribe("talk.wav").text.split("\n") == [text for text in SAID if text]


def sent_by(transcriber: Transcriber, resume: Resume, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    class Resuming(ScriptedRecogniser):
        def words(self, samples: Any, offset_seconds: float = 0.0) -> list[Word]:
            is_done = offset_seconds * RATE + len(samples) <= resume.after_sample
            return [] if is_done else super().words(samples, offset_seconds)

    monkeypatch.setattr(jobs, "_ResumingRecogniser", lambda *_: Resuming())
    events: list[Event] = []
    jobs.transcribe_file(
        TranscribeFile(7, SimpleNamespace(), "talk.wav", resume=resume),  # type: ignore[arg-type]
        transcriber,
        JobControl(),
        lambda event: events.append(EVENTS.decode(EVENTS.encode(event))),
    )
    return events


def result_of(events: Sequence[Event]) -> str:
    job = TranscriptionJob(7, lambda told: None, "talk.wav")
    for event in events:
        job.take(event)
    return job.result(0).text


def test_the_process_tells_what_is_written_and_takes_the_mark_back(
    transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = sent_by(transcriber, Resume(), monkeypatch)

    told = [event for event in events if isinstance(event, UtteranceDone | UtteranceRewritten)]
    assert [(type(event), event.number, text_of(event.words)) for event in told] == [
        (UtteranceDone, 1, "He came at 3:25."),
        (UtteranceDone, 2, ""),
        (UtteranceRewritten, 1, "He came at 3:25"),
        (UtteranceDone, 3, "and said no."),
        (UtteranceDone, 4, "Anna left."),
    ]
    assert isinstance(events[-1], FileDone)
    assert result_of(events) == "\n".join(WRITTEN)


def test_a_process_that_takes_over_tells_nothing_twice(
    transcriber: Transcriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = sent_by(transcriber, Resume(after_sample=11 * RATE, next_number=4), monkeypatch)

    told = [event for event in events if isinstance(event, UtteranceDone | UtteranceRewritten)]
    assert [(event.number, text_of(event.words)) for event in told] == [(4, "Anna left.")]


# Live


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return create_session(tmp_path)


def follow(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    said: Sequence[tuple[int, str]],
    commands: Sequence[LiveCommand] = (),
    options: WritingOptions | None = None,
) -> list[LiveEvent]:
    """Follow a session in which these utterances are said, a block each."""
    finals = [
        Final(number, tuple(words_at(text, 4.0 * number)), 4.0 * number, 4.0 * number + 3.0)
        for number, text in said
    ]

    class Pipeline:
        heard_seconds = 0.0
        options = LiveOptions()

        def __init__(self, *_: object, **__: object) -> None:
            self._waiting = list(finals)

        def accept(self, block: object, **_: object) -> list[LiveEvent]:
            final = self._waiting.pop(0)
            partial = Partial(final.utterance, final.words, 0, final.start_seconds, final.end_seconds)
            return [partial, final]

        def finish(self) -> list[LiveEvent]:
            return []

        def set_hotwords(self, hotwords: object) -> list[str]:
            return []

    def blocks(*_: object, **__: object) -> Iterator[Any]:
        yield from (np.zeros(10, np.float32) for _ in finals)

    told = [list(commands)]
    monkeypatch.setattr(live_session, "LivePipeline", Pipeline)
    monkeypatch.setattr(live_session, "read_growing", blocks)
    events: list[LiveEvent] = []
    follow_session(
        session,
        SimpleNamespace(folder=SimpleNamespace(name="scripted")),  # type: ignore[arg-type]
        events.append,
        commands=lambda: told.pop() if told else (),
        writer=Writer(options, marks=PauseNetwork()),
    )
    return events


def test_finals_are_written_and_open_words_are_not(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    events = follow(session, monkeypatch, [(1, "he came at twenty five past three")])

    partial, final, last = events
    assert isinstance(partial, Partial)
    assert partial.text == "he came at twenty five past three"
    assert isinstance(final, Final)
    assert final.text == "He came at 3:25."
    assert isinstance(last, Stopped)
    assert event_fields(final)["words"][-1]["spoken"][0]["text"] == "twenty"


def test_a_breath_does_not_close_a_sentence(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    events = follow(session, monkeypatch, [(1, "he came"), (2, ""), (3, "and left"), (4, "anna stayed")])

    told = [event for event in events if isinstance(event, Final | Rewritten)]
    assert [(type(event), event.utterance, event.text) for event in told] == [
        (Final, 1, "He came."),
        (Final, 2, ""),
        (Rewritten, 1, "He came"),
        (Final, 3, "and left."),
        (Final, 4, "Anna stayed."),
    ]
    assert (told[2].start_seconds, told[2].end_seconds) == (4.0, 7.0)
    assert [entry["text"] for entry in session.utterances()] == ["He came", "and left.", "Anna stayed."]
    transcript = transcript_of_session(session)
    assert transcript.text.split("\n") == ["He came", "and left.", "Anna stayed."]
    assert text_of(transcript.spoken_words) == "he came and left anna stayed"


def test_a_recogniser_that_takes_over_knows_what_was_said_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(session, monkeypatch, [(1, "he came at noon")])
    events = follow(session, monkeypatch, [(2, "and left")])

    assert [event.text for event in events if isinstance(event, Final)] == ["and left."]
    assert [entry["utterance"] for entry in session.recognised()] == [1, 2]


def test_hotwords_that_are_told_are_written_as_they_were_entered(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = follow(session, monkeypatch, [(1, "my iphone")], [SetHotwords((Hotword("iPhone", 12.0),))])

    assert [event.text for event in events if isinstance(event, Final)] == ["My iPhone."]


def test_without_a_writer_everything_stays_spoken(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    events = follow(session, monkeypatch, [(1, "twenty five"), (2, "and six")], options=SPOKEN)

    assert [event.text for event in events if isinstance(event, Final)] == ["twenty five", "and six"]
    assert not any(isinstance(event, Rewritten) for event in events)
    assert all("spoken" not in word for entry in session.utterances() for word in entry["words"])


def test_the_job_has_the_finals_as_they_stand_at_the_end() -> None:
    job = LiveJob(3, lambda told: None)
    said = Final(1, tuple(words_at("he came.", 0.0)), 0.0, 1.0)
    again = Rewritten(1, tuple(words_at("he came", 0.0)), 0.0, 1.0)
    for event in (said, again, Stopped(1.0, True, "s")):
        job.take(EVENTS.decode(EVENTS.encode(LiveSaid(3, event))))

    assert [final.text for final in job.finals(0)] == ["he came"]
