"""A session that grows on the disk becomes a transcript beside it, whatever interrupts its recogniser."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.session import LOCK_FILE, Session, create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.errors import ModelFolderError, RecordingError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.recognition import live_session
from asr_desktop.recognition.beam_search import GreedyDecoder, Hypothesis
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import (
    Final,
    Lag,
    LiveCommand,
    LiveEvent,
    LiveNotice,
    LiveOptions,
    Partial,
    SetDecoder,
    SetHangover,
    SetHotwords,
    SpeakersHeard,
    Stopped,
)
from asr_desktop.recognition.live_pipeline import Resumption
from asr_desktop.recognition.live_session import WARM_UP_SECONDS, follow_session, resume
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import CHUNK_SAMPLES, Utterance
from asr_desktop.speakers.turns import FoundSpeakers, KnownSpeaker, SpeakerCount, Turn
from tests.fixtures.make_models import model_folder
from tests.recognition.live_talks import RATE, Samples, finals, sentence

__all__ = ["sentence"]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    emissions = load_emissions(
        ModelFolder.load(model_folder("wav2vec2-conformer")), providers=["cpu"], threads=1
    )
    return Recogniser(emissions, GreedyDecoder(emissions.folder.labels))


@pytest.fixture(scope="module")
def talk(sentence: Samples) -> Samples:
    """Three utterances by themselves, and two that are cut out of one stretch of speech."""
    pause = np.zeros(round(1.2 * RATE), np.float32)
    return np.concatenate(
        [pause, sentence, pause, sentence, pause, sentence, pause, *[sentence] * 5, pause, sentence, pause]
    )


class Recording:
    """A recorder that writes when it is told to."""

    def __init__(self, folder: Path, sound: Samples) -> None:
        self.session = create_session(folder)
        self._lock = FileLock(self.session.path / LOCK_FILE)
        assert self._lock.acquire()
        self._writer = WavWriter(self.session.part_path(1), RATE, 1)
        self._sound = (sound * 32767).astype(np.int16)
        self._written = 0

    def write(self, seconds: float) -> None:
        """So much more of the sound, then the end of the session."""
        piece = self._sound[self._written : self._written + round(seconds * RATE)]
        if len(piece):
            self._writer.append(piece.tobytes())
            self._written += len(piece)
        elif self._lock.is_held():
            self.stop()

    def stop(self) -> None:
        self.session.append_event("stopped", self._written / RATE)
        self._writer.close()
        self._lock.release()


def recorded(folder: Path, sound: Samples) -> Session:
    recording = Recording(folder, sound)
    recording.write(len(sound) / RATE + 1)
    recording.stop()
    return recording.session


def followed(session: Session, recogniser: Recogniser, **more: object) -> list[LiveEvent]:
    events: list[LiveEvent] = []
    follow_session(session, recogniser, events.append, **more)  # type: ignore[arg-type]
    return events


def test_a_finished_session_becomes_its_transcript(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    session = recorded(tmp_path, talk)
    events = followed(session, recogniser)
    assert len(finals(events)) == 6
    assert events[-1] == Stopped(pytest.approx(len(talk) / RATE, abs=0.02), True, str(session.path))
    stored = list(session.utterances())
    assert [entry["text"] for entry in stored] == [final.text for final in finals(events)]
    assert [entry["utterance"] for entry in stored] == [1, 2, 3, 4, 5, 6]
    for entry, final in zip(stored, finals(events), strict=True):
        for name, seconds in (("start", final.start_seconds), ("end", final.end_seconds)):
            assert round(entry[name] * RATE) == round(seconds * RATE), "the very sample"
        assert [word["text"] for word in entry["words"]] == [word.text for word in final.words]
        assert entry.keys() == {"utterance", "text", "start", "end", "words"}
    (event,) = (event for event in session.events() if event["type"] == "recognised")
    assert event["model"] == recogniser.folder.name


def test_a_growing_session_is_followed_to_its_end(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    expected = finals(followed(recorded(tmp_path / "whole", talk), recogniser))
    recording = Recording(tmp_path / "growing", talk)
    events: list[LiveEvent] = []

    def record_on() -> Sequence[LiveCommand]:
        recording.write(0.11)
        return ()

    follow_session(recording.session, recogniser, events.append, commands=record_on)
    assert finals(events) == expected
    # How many depends on the machine; test_live_partials.py counts them by a clock of its own.
    assert any(isinstance(event, Partial) for event in events)
    assert isinstance(events[-1], Stopped)


class Killed(BaseException):
    """The recogniser's process is gone."""


@pytest.mark.parametrize("deaths", [(1,), (2,), (3,), (4,), (5,), (1, 3, 4)])
def test_killed_after_any_utterance_it_goes_on_without_gap_or_repetition(
    recogniser: Recogniser, talk: Samples, tmp_path: Path, deaths: tuple[int, ...]
) -> None:
    expected = followed(recorded(tmp_path / "whole", talk), recogniser)
    session = recorded(tmp_path / "killed", talk)
    for death in deaths:

        def die(event: LiveEvent, death: int = death) -> None:
            if isinstance(event, Final) and event.utterance == death:
                raise Killed

        with pytest.raises(Killed):
            follow_session(session, recogniser, die)
    rest = followed(session, recogniser)
    assert finals(rest) == finals(expected)[deaths[-1] :]
    assert [entry["text"] for entry in session.utterances()] == [final.text for final in finals(expected)]


class _Deaf(GreedyDecoder):
    """Finds no word in every second utterance that it decodes."""

    def __init__(self, inner: GreedyDecoder) -> None:
        self._inner = inner
        self.decoded = 0

    def decode_alternatives(self, log_probs: NDArray[np.floating], count: int) -> list[Hypothesis]:
        self.decoded += 1
        if self.decoded % 2 == 0:
            return [Hypothesis("", 0.0)]
        return self._inner.decode_alternatives(log_probs, count)


@pytest.mark.parametrize("death", [2, 3])
def test_an_utterance_without_words_is_not_recognised_again(
    recogniser: Recogniser, talk: Samples, tmp_path: Path, death: int
) -> None:
    assert isinstance(recogniser.decoder, GreedyDecoder)
    expected = finals(followed(recorded(tmp_path / "whole", talk), deaf(recogniser)))
    assert [bool(final.words) for final in expected] == [True, False, True, False, True, False]
    session = recorded(tmp_path / "killed", talk)
    hard_of_hearing = deaf(recogniser)

    def die(event: LiveEvent) -> None:
        if isinstance(event, Final) and event.utterance == death:
            raise Killed

    with pytest.raises(Killed):
        follow_session(session, hard_of_hearing, die)
    rest = finals(followed(session, hard_of_hearing))
    assert rest == expected[death:]
    assert len(list(session.recognised())) == 6
    assert len(list(session.utterances())) == 3
    assert session.summary().utterances == 3


def deaf(recogniser: Recogniser) -> Recogniser:
    assert isinstance(recogniser.decoder, GreedyDecoder)
    return Recogniser(recogniser.emissions, _Deaf(recogniser.decoder))


def test_what_is_to_be_left_out_is_and_is_remembered(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    expected = finals(followed(recorded(tmp_path / "whole", talk), recogniser))
    session = recorded(tmp_path / "skipping", talk)
    begun: list[Utterance] = []
    inside = round((expected[2].start_seconds + 0.3) * RATE)
    events = followed(session, recogniser, skipped_samples=(inside,), on_begin=begun.append)
    found = finals(events)
    assert found[2].words == ()
    assert (found[2].start_seconds, found[2].end_seconds) == (
        expected[2].start_seconds,
        expected[2].end_seconds,
    )
    assert found[:2] + found[3:] == expected[:2] + expected[3:]
    assert all(not utterance.start_sample <= inside < utterance.end_sample for utterance in begun)
    entries = list(session.recognised())
    assert [entry.get("left_out", False) for entry in entries] == [False, False, True, False, False, False]


def test_a_disk_that_is_full_for_a_while_costs_no_text(
    recogniser: Recogniser, talk: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_session, "TRIES_FULL_DISK_EVERY_SECONDS", 0.01)
    expected = finals(followed(recorded(tmp_path / "whole", talk), recogniser))
    recording = Recording(tmp_path / "full", talk)
    append, refused = Session.append_utterance, []

    def full_for_a_while(self: Session, utterance: dict[str, object]) -> None:
        if utterance["utterance"] == 2 and len(refused) < 3:
            refused.append(utterance)
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, utterance)

    def record_on() -> Sequence[LiveCommand]:
        recording.write(0.5)
        return ()

    monkeypatch.setattr(Session, "append_utterance", full_for_a_while)
    events: list[LiveEvent] = []
    follow_session(recording.session, recogniser, events.append, commands=record_on)
    assert finals(events) == expected
    assert len(list(recording.session.utterances())) == 6
    notices = [event.sentence for event in events if isinstance(event, LiveNotice)]
    assert len(notices) == 2
    assert "No space left on device" in notices[0]
    assert "no text is missing" in notices[1]


def test_a_session_that_is_done_gives_nothing_new(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    session = recorded(tmp_path, talk)
    followed(session, recogniser)
    again = followed(session, recogniser)
    assert {type(event) for event in again} <= {Lag, Stopped}
    assert len(list(session.utterances())) == 6


def test_it_resumes_before_the_speech_that_hangs_together(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    assert resume(session) == Resumption()
    for number, (start, end) in enumerate([(80.0, 83.0), (90.0, 105.0), (105.0, 111.5)], 1):
        session.append_utterance({"utterance": number, "start": start, "end": end, "text": "", "words": []})
    resumption = resume(session)
    assert resumption.settled_sample == round(111.5 * RATE)
    assert resumption.utterances == 3
    assert resumption.first_sample % CHUNK_SAMPLES == 0
    wanted_seconds = 90.0 - WARM_UP_SECONDS
    assert (wanted_seconds - 0.1) * RATE <= resumption.first_sample <= wanted_seconds * RATE


def test_stopped_at_once_the_rest_stays_to_be_recognised(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    expected = finals(followed(recorded(tmp_path / "whole", talk), recogniser))
    session = recorded(tmp_path / "left", talk)
    seen: list[LiveEvent] = []
    follow_session(session, recogniser, seen.append, stop=lambda: len(finals(seen)) >= 2)
    assert isinstance(seen[-1], Stopped)
    assert not seen[-1].is_complete
    assert finals(seen) + finals(followed(session, recogniser)) == expected


def test_wishes_are_obeyed_and_impossible_ones_answered(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    wishes: Iterator[LiveCommand] = iter(
        [
            SetHotwords((Hotword("BOAT"),)),
            SetHangover(-1.0),
            SetDecoder(language_model="nowhere"),
            SetDecoder("greedy"),
        ]
    )

    def wish() -> Sequence[LiveCommand]:
        return [command for command in [next(wishes, None)] if command is not None]

    events = followed(recorded(tmp_path, talk), recogniser, commands=wish)
    notices = [event.sentence for event in events if isinstance(event, LiveNotice)]
    assert len(notices) == 3
    assert "greedy" in notices[0]
    assert "hangover" in notices[1]
    assert "nowhere" in notices[2]
    assert len(finals(events)) == 6


def test_a_disk_that_takes_no_transcript_is_said(
    recogniser: Recogniser, talk: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Session, utterance: dict[str, object]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    session = recorded(tmp_path, talk)
    monkeypatch.setattr(Session, "append_utterance", full)
    with pytest.raises(RecordingError, match="No space left"):
        followed(session, recogniser)


class Finder:
    """In the place of speakers.finder: the utterances' speakers by turns, and the last one's for all at the
    end. `problem` is what it says instead."""

    def __init__(self, problem: str = "") -> None:
        self.heard: list[tuple[int, int]] = []
        self.names: dict[int, str] = {}
        self.problem = problem

    def follow(self, count: SpeakerCount, on_warning: object) -> Finder:
        if self.problem:
            raise ModelFolderError(self.problem)
        assert count == SpeakerCount(1, 2)
        return self

    def hear(self, samples: Samples, start_sample: int) -> tuple[Turn, ...]:
        self.heard.append((start_sample, len(samples)))
        start = start_sample / RATE
        return (Turn(start, start + len(samples) / RATE, 1 + len(self.heard) % 2, 1.0),)

    def refined(self) -> FoundSpeakers:
        return FoundSpeakers((Turn(0.0, 1e4, 2, 1.0),), (KnownSpeaker(2, "Anna", 0.93),))


def told_apart(session: Session, recogniser: Recogniser, finder: Finder) -> list[LiveEvent]:
    options = LiveOptions(speakers=SpeakerCount(1, 2))
    return followed(session, recogniser, options=options, find_speakers=lambda: finder)


def test_speakers_are_told_in_the_course_and_once_more_at_the_end(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    plain = recorded(tmp_path / "plain", talk)
    expected = finals(followed(plain, recogniser))
    session, finder = recorded(tmp_path / "told", talk), Finder()
    events = told_apart(session, recogniser, finder)
    assert finals(events) == expected
    assert finder.heard == [
        (round(f.start_seconds * RATE), round(f.end_seconds * RATE) - round(f.start_seconds * RATE))
        for f in expected
    ]
    heard = [event for event in events if isinstance(event, SpeakersHeard)]
    first, last = heard[: len(expected)], heard[len(expected) :]
    assert [event.utterance for event in first] == [final.utterance for final in expected]
    assert [set(event.speakers) for event in first] == [{"Speaker 2"}, {"Speaker 1"}] * 3
    assert [event.utterance for event in last] == [1, 2, 3, 4, 5, 6]
    assert {name for event in last for name in event.speakers} == {"Anna"}
    assert isinstance(events[-1], Stopped)
    stored = list(session.utterances())
    assert [entry["speakers"] for entry in stored] == [["Anna"] * len(final.words) for final in expected]
    assert all("speakers" not in entry for entry in plain.utterances())


def test_a_transcript_that_is_gone_on_with_has_its_voices_heard_again(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    session = recorded(tmp_path, talk)
    followed(session, recogniser)
    finder = Finder()
    events = told_apart(session, recogniser, finder)
    assert finals(events) == []
    assert len(finder.heard) == 6
    assert all(set(entry["speakers"]) == {"Anna"} for entry in session.utterances())


def test_speakers_that_cannot_be_told_apart_cost_no_text(
    recogniser: Recogniser, talk: Samples, tmp_path: Path
) -> None:
    events = told_apart(recorded(tmp_path, talk), recogniser, Finder("The networks are missing."))
    assert len(finals(events)) == 6
    assert "The networks are missing." in [
        event.sentence for event in events if isinstance(event, LiveNotice)
    ]
    assert not any(isinstance(event, SpeakersHeard) for event in events)
    assert events[-1].is_complete  # type: ignore[union-attr]
