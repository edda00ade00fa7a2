"""Live speech that is too soft is heard and raised; ordinary sound is cut as a file's, to the sample."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest

from asr_desktop.audio.read import read_all
from asr_desktop.audio.soft_sound import RAISED_TO_DBFS, loudest_dbfs
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.live_events import LiveNotice
from asr_desktop.recognition.live_pipeline import LivePipeline, Resumption
from asr_desktop.recognition.segmenter import Segmenter, Utterance
from asr_desktop.recognition.soft_speech import WINDOW_SAMPLES, QuietInput, SoftSpeechSegmenter
from tests.recognition.live_talks import RATE, Samples, blocks_of, finals, run

SPEECH = Path(__file__).parents[2] / "resources" / "general-speech"
NUMBERS = (1, 12, 20, 30)


@pytest.fixture(scope="module")
def talk() -> Samples:
    """Four people, one after the other, at an ordinary level, with room noise between them."""
    pause = np.zeros(round(1.5 * RATE), np.float32)
    voices = [at_level(read_all(SPEECH / f"{number:02}.ogg"), -22.0) for number in NUMBERS]
    whole = np.concatenate([piece for voice in voices for piece in (pause, voice)] + [pause])
    return whole + noise(len(whole), -75.0)


def at_level(samples: Samples, loudest: float) -> Samples:
    return samples * np.float32(10 ** ((loudest - loudest_dbfs(samples, WINDOW_SAMPLES)) / 20))


def noise(count: int, dbfs: float) -> Samples:
    return (np.random.default_rng(3).standard_normal(count) * 10 ** (dbfs / 20)).astype(np.float32)


def softer(samples: Samples, db: float) -> Samples:
    """As a 16-bit recording holds it."""
    return (np.rint(samples * 10 ** (-db / 20) * 32768) / 32768).astype(np.float32)


def cut(segmenter: Segmenter | SoftSpeechSegmenter, samples: Samples, size: int = 800) -> list[Utterance]:
    found = [utterance for block in blocks_of(samples, size) for utterance in segmenter.accept(block)]
    return found + segmenter.flush()


@pytest.mark.parametrize("size", [160, 511, 8000])
def test_ordinary_speech_is_cut_as_a_file_is_to_the_sample(talk: Samples, size: int) -> None:
    # A minute in which nobody speaks comes first, and a soft voice last.
    stream = np.concatenate([noise(60 * RATE, -70.0), talk, softer(talk, 40.0)])
    found, expected = cut(SoftSpeechSegmenter(), stream, size), cut(Segmenter(), stream)
    assert [utterance.start_sample for utterance in found] == [
        utterance.start_sample for utterance in expected
    ]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)
        assert one.gain_db == 0.0


@pytest.mark.parametrize("db", [30.0, 40.0, 50.0])
def test_soft_speech_is_found_as_ordinary_speech_is_and_raised(talk: Samples, db: float) -> None:
    expected = cut(Segmenter(), talk)
    found = cut(SoftSpeechSegmenter(), softer(talk, db))
    heard = sum(utterance.duration_seconds for utterance in found)
    assert heard == pytest.approx(sum(utterance.duration_seconds for utterance in expected), rel=0.03)
    for utterance in found:
        assert utterance.gain_db == pytest.approx(db - 4.0, abs=6.0)  # from -22 to -26 dB, for the loudest
        assert loudest_dbfs(utterance.samples, WINDOW_SAMPLES) == pytest.approx(RAISED_TO_DBFS, abs=0.5)
    if db >= 50.0:
        as_it_is = sum(utterance.duration_seconds for utterance in cut(Segmenter(), softer(talk, db)))
        assert as_it_is < 0.95 * heard


def test_how_the_stream_was_divided_decides_nothing(talk: Samples) -> None:
    stream = np.concatenate([softer(talk, 40.0), talk])
    first, *others = [cut(SoftSpeechSegmenter(), stream, size) for size in (160, 1000, 9999)]
    for other in others:
        assert [(one.start_sample, one.end_sample, one.gain_db) for one in other] == [
            (one.start_sample, one.end_sample, one.gain_db) for one in first
        ]


@pytest.mark.parametrize("dbfs", [-55.0, -70.0, -90.0])
def test_the_noise_of_an_empty_room_is_not_speech(dbfs: float) -> None:
    assert cut(SoftSpeechSegmenter(), noise(60 * RATE, dbfs)) == []


def test_a_knock_takes_nothing_from_soft_speech(talk: Samples) -> None:
    soft = softer(talk, 45.0)
    knock = 0.3 * np.exp(-np.arange(RATE // 4) / 300).astype(np.float32) * noise(RATE // 4, 0.0)
    stream = np.concatenate([soft, np.clip(knock, -1, 1), noise(11 * RATE, -95.0), soft])
    found = cut(SoftSpeechSegmenter(), stream)
    second = [utterance for utterance in found if utterance.start_sample > len(stream) - len(soft)]
    assert sum(utterance.duration_seconds for utterance in second) == pytest.approx(
        sum(utterance.duration_seconds for utterance in cut(SoftSpeechSegmenter(), soft)), rel=0.1
    )


def test_once_somebody_has_spoken_at_an_ordinary_level_nothing_is_raised(talk: Samples) -> None:
    soft = softer(talk, 45.0)
    found = cut(SoftSpeechSegmenter(), np.concatenate([soft, talk, soft]))
    assert found[0].gain_db > 0.0
    for before, after in pairwise(found):
        assert after.start_sample >= before.end_sample
    late = [utterance for utterance in found if utterance.start_sample >= len(soft)]
    assert [utterance.gain_db for utterance in late] == [0.0] * len(late)
    assert len(late) >= 4
    resumed = cut(SoftSpeechSegmenter(ordinary_heard=True), soft)
    assert all(utterance.gain_db == 0.0 for utterance in resumed)


def test_after_the_end_another_stream_begins(talk: Samples) -> None:
    segmenter = SoftSpeechSegmenter()
    soft = softer(talk, 45.0)
    first, second, third = cut(segmenter, soft), cut(segmenter, talk), cut(segmenter, soft)
    assert [one.start_sample for one in second] == [one.start_sample for one in cut(Segmenter(), talk)]
    assert [(one.start_sample, one.gain_db) for one in first] == [
        (one.start_sample, one.gain_db) for one in third
    ]


def test_the_open_utterance_is_raised_for_captions(talk: Samples) -> None:
    segmenter = SoftSpeechSegmenter()
    levels = []
    for block in blocks_of(softer(talk, 40.0)):
        segmenter.accept(block)
        for utterance in (segmenter.open_utterance(), segmenter.ending_utterance()):
            if utterance is not None:
                levels.append(loudest_dbfs(utterance.samples, WINDOW_SAMPLES))
    assert levels
    assert min(levels) == pytest.approx(RAISED_TO_DBFS, abs=0.5)


def test_a_quiet_input_is_told_once_and_with_what_helps(talk: Samples) -> None:
    soft = cut(SoftSpeechSegmenter(), softer(talk, 40.0))
    for has_words, sentence in ((True, "so speech is amplified by"), (False, "too quiet to recognise words")):
        quiet = QuietInput()
        told = [str(notice) for one in soft if (notice := quiet.heard(one, has_words=has_words)) is not None]
        assert len(told) == 1
        assert sentence in told[0]
        assert "move closer" in told[0]
    ordinary = QuietInput()
    assert [ordinary.heard(one, has_words=True) for one in cut(Segmenter(), talk)] == [None] * 4


@pytest.mark.slow
@pytest.mark.parametrize("db", [30.0, 40.0])
def test_live_recognises_soft_speech_about_as_well_as_ordinary_speech(talk: Samples, db: float) -> None:
    transcriber = Transcriber("starter-en", providers=["cpu"], threads=1)
    ordinary = finals(run(LivePipeline(transcriber.recogniser), talk))
    events = run(LivePipeline(transcriber.recogniser), softer(talk, db))
    with (SPEECH / "manifest.tsv").open(encoding="utf-8") as file:
        texts = {row["file"]: row["transcript"] for row in csv.DictReader(file, delimiter="\t")}
    said = " ".join(texts[f"{number:02}.ogg"] for number in NUMBERS)
    rates = [jiwer.wer(said, " ".join(final.text for final in heard)) for heard in (ordinary, finals(events))]
    assert rates[0] < 0.5
    assert rates[1] <= rates[0] + 0.1
    assert [str(event.sentence) for event in events if isinstance(event, LiveNotice)] != []
    resumption = Resumption(ordinary_heard=True)
    unraised = finals(run(LivePipeline(transcriber.recogniser, resumption=resumption), softer(talk, db)))
    assert all(final.gain_db == 0.0 for final in unraised)
    assert all(final.gain_db > 0.0 for final in finals(events))
