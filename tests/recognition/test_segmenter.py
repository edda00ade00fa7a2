"""Utterances: nothing of the speech is lost, nothing else comes out, and blocks mean nothing."""

from __future__ import annotations

import json
import os
import tarfile
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio.read import read_all, read_blocks
from asr_desktop.recognition.segmenter import (
    CHUNK_SAMPLES,
    LAST_SILENCE_MS,
    Segmenter,
    SegmenterOptions,
    SegmenterOptionsError,
    Utterance,
    VoiceActivityDetector,
    lowest_dip,
)
from tests.recognition.live_talks import Samples, sentence

__all__ = ["sentence"]

RATE = 16_000


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, level: float = 0.1) -> Samples:
    return (np.random.default_rng(3).normal(size=round(seconds * RATE)) * level).astype(np.float32)


def segment(samples: Samples, options: SegmenterOptions | None = None, block: int = 8000) -> list[Utterance]:
    segmenter = Segmenter(options)
    blocks = (samples[start : start + block] for start in range(0, len(samples), block))
    return [utterance for part in blocks for utterance in segmenter.accept(part)] + segmenter.flush()


def assert_same(found: list[Utterance], expected: list[Utterance]) -> None:
    assert [utterance.start_sample for utterance in found] == [
        utterance.start_sample for utterance in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.samples, other.samples)


def assert_in_order(utterances: list[Utterance], source: Samples) -> None:
    """No overlaps, and every utterance is a true copy of its stretch of the source."""
    for earlier, later in pairwise(utterances):
        assert earlier.end_sample <= later.start_sample
    for utterance in utterances:
        assert np.array_equal(utterance.samples, source[utterance.start_sample : utterance.end_sample])


@pytest.fixture(scope="module")
def talk(sentence: Samples) -> Samples:
    """Sentences with pauses of 0.25 s (no end), 1.5 s (an end), and a long stretch without any."""
    return np.concatenate(
        [
            silence(1.0),
            sentence,
            silence(0.25),
            sentence,
            silence(1.5),
            *[sentence] * 7,
            silence(1.5),
            sentence,
        ]
    )


def test_a_sentence_comes_out_whole_with_its_pre_roll_and_tail(sentence: Samples) -> None:
    source = np.concatenate([silence(2.0), sentence, silence(2.0)])
    (utterance,) = segment(source)
    assert_in_order([utterance], source)
    spoken_end = 2.0 + len(sentence) / RATE
    assert 1.3 <= utterance.start_seconds <= 1.75
    assert spoken_end + 0.1 <= utterance.end_seconds <= spoken_end + 0.7
    assert utterance.duration_seconds == pytest.approx(utterance.end_seconds - utterance.start_seconds)


def test_speech_at_the_very_start_and_the_very_end_is_kept(sentence: Samples) -> None:
    (utterance,) = segment(sentence)
    assert utterance.start_sample == 0
    assert utterance.end_sample == len(sentence)


def test_pauses_end_an_utterance_only_when_they_are_longer_than_the_hangover(sentence: Samples) -> None:
    pairs = {
        pause: segment(np.concatenate([sentence, silence(pause), sentence, silence(1.0)]))
        for pause in (0.3, 1.5)
    }
    assert len(pairs[0.3]) == 1
    assert len(pairs[1.5]) == 2
    eager = SegmenterOptions(hangover_ms=150, tail_ms=100)
    assert len(segment(np.concatenate([sentence, silence(0.4), sentence, silence(1.0)]), eager)) >= 2


@pytest.mark.parametrize("block", [CHUNK_SAMPLES - 1, CHUNK_SAMPLES, 12_345, 10**9])
def test_blocks_of_any_size_give_the_same_utterances(talk: Samples, block: int) -> None:
    expected = segment(talk)
    assert len(expected) >= 4
    assert_in_order(expected, talk)
    assert_same(segment(talk, block=block), expected)


def test_single_samples_give_the_same_utterances(sentence: Samples) -> None:
    source = np.concatenate([silence(0.5), sentence, silence(1.0)])
    assert_same(segment(source, block=1), segment(source))


@pytest.mark.parametrize("seed", range(5))
def test_blocks_of_random_sizes_give_the_same_utterances(talk: Samples, seed: int) -> None:
    random = np.random.default_rng(seed)
    borders = np.sort(random.integers(0, len(talk), size=random.integers(1, 400)))
    segmenter = Segmenter()
    found = [utterance for part in np.split(talk, borders) for utterance in segmenter.accept(part)]
    assert_same(found + segmenter.flush(), segment(talk))


def test_utterances_are_given_as_soon_as_they_are_complete(sentence: Samples) -> None:
    segmenter = Segmenter()
    assert segmenter.accept(np.concatenate([sentence, silence(0.3)])) == []
    assert len(segmenter.accept(silence(0.8))) == 1
    assert segmenter.flush() == []


def test_flush_begins_a_new_stream(talk: Samples) -> None:
    segmenter = Segmenter()
    first = segmenter.accept(talk) + segmenter.flush()
    second = segmenter.accept(talk) + segmenter.flush()
    assert_same(second, first)
    assert segmenter.flush() == []


@pytest.mark.parametrize("longest", [4.0, 8.0, 16.0])
def test_speech_without_a_pause_is_cut_without_a_gap(sentence: Samples, longest: float) -> None:
    source = np.concatenate([silence(1.0), *[sentence] * 12, silence(1.0)])
    options = SegmenterOptions(max_utterance_seconds=longest, dip_search_seconds=longest / 2)
    utterances = segment(source, options)
    assert len(utterances) >= 3
    assert_in_order(utterances, source)
    for earlier, later in pairwise(utterances):
        assert earlier.end_sample == later.start_sample
        assert longest / 2 <= earlier.duration_seconds <= longest
    assert utterances[0].start_seconds < 1.0
    assert utterances[-1].end_seconds > len(source) / RATE - 1.0


def test_a_cut_falls_between_sentences_where_it_can(sentence: Samples) -> None:
    pause = silence(0.2)
    source = np.concatenate([part for _ in range(8) for part in (sentence, pause)])
    first = segment(source, SegmenterOptions(max_utterance_seconds=8.0, dip_search_seconds=4.0))[0]
    period = len(sentence) + len(pause)
    place = first.end_sample % period
    assert len(sentence) - 800 <= place <= period, "in a pause, or in the last 50 ms before one"


def test_pre_roll_does_not_reach_back_into_the_previous_utterance(sentence: Samples) -> None:
    source = np.concatenate([sentence, silence(0.5), sentence, silence(1.0)])
    options = SegmenterOptions(hangover_ms=200, tail_ms=200, pre_roll_ms=3000)
    utterances = segment(source, options)
    assert len(utterances) >= 2
    assert_in_order(utterances, source)
    assert utterances[1].start_sample == utterances[0].end_sample


def test_the_tail_and_pre_roll_are_as_long_as_asked(sentence: Samples) -> None:
    source = np.concatenate([silence(2.0), sentence, silence(2.0)])
    (usual,) = segment(source)
    (longer,) = segment(source, replace(SegmenterOptions(), pre_roll_ms=950.0, tail_ms=500.0))
    assert usual.start_sample - longer.start_sample == RATE // 2
    assert longer.end_sample - usual.end_sample == RATE // 5


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(silence(20.0), id="silence"),
        pytest.param(noise(20.0), id="noise"),
        pytest.param(noise(20.0, level=0.001), id="faint noise"),
        pytest.param(np.ones(RATE * 20, np.float32) * 0.5, id="a constant"),
        pytest.param(silence(0.0), id="nothing"),
        pytest.param(silence(0.01), id="less than a chunk"),
        pytest.param(
            sum(
                0.1
                * np.sin(
                    2 * np.pi * pitch * np.arange(RATE * 20) / RATE * (1 + np.arange(RATE * 20) // 8000 % 3)
                )
                for pitch in (220, 277, 330)
            ).astype(np.float32),
            id="chords",
        ),
    ],
)
def test_what_is_no_speech_gives_no_utterance(sound: Samples) -> None:
    assert segment(sound) == []


def test_less_voice_than_the_minimum_is_dropped(sentence: Samples) -> None:
    source = np.concatenate([silence(1.0), sentence, silence(1.0)])
    assert len(segment(source)) == 1
    assert segment(source, SegmenterOptions(min_speech_ms=8000)) == []


def test_the_open_utterance_grows_into_the_one_that_is_given(sentence: Samples) -> None:
    segmenter = Segmenter()
    assert segmenter.open_utterance() is None
    source = np.concatenate([silence(1.0), sentence, silence(1.0)])
    lengths: list[int] = []
    given: list[Utterance] = []
    starts: set[int] = set()
    for start in range(0, len(source), 1600):
        given += segmenter.accept(source[start : start + 1600])
        partial = segmenter.open_utterance()
        if partial is not None:
            assert not given
            assert np.array_equal(partial.samples, source[partial.start_sample : partial.end_sample])
            lengths.append(len(partial.samples))
            starts.add(partial.start_sample)
    assert len(given) == 1
    assert starts == {given[0].start_sample}
    assert lengths == sorted(lengths)
    assert len(lengths) > 20


def test_an_utterance_says_early_how_it_will_end(sentence: Samples) -> None:
    source = np.concatenate([silence(1.0), sentence, silence(1.5), sentence, silence(1.0)])
    segmenter = Segmenter()
    said_before: list[Utterance | None] = []
    given: list[Utterance] = []
    for start in range(0, len(source), CHUNK_SAMPLES):
        ending = segmenter.ending_utterance()
        completed = segmenter.accept(source[start : start + CHUNK_SAMPLES])
        given += completed
        said_before += [ending] * len(completed)
    assert len(given) == 2
    for early, late in zip(said_before, given, strict=True):
        assert early is not None
        assert_same([early], [late])


def test_a_hangover_that_is_changed_counts_at_once_and_the_tail_keeps_to_it(sentence: Samples) -> None:
    pair = np.concatenate([sentence, silence(0.45), sentence])
    source = np.concatenate([silence(1.0), pair, silence(1.0)])
    segmenter = Segmenter()
    given = segmenter.accept(source)
    segmenter.set_hangover(200.0)
    assert segmenter.options.tail_ms == 200.0
    given += segmenter.accept(source)
    segmenter.set_hangover(600.0)
    assert segmenter.options.tail_ms == SegmenterOptions.tail_ms
    given += segmenter.accept(source) + segmenter.flush()
    assert len(given) == 1 + 2 + 1


def test_once_the_speaker_is_done_a_short_silence_ends_the_utterance(sentence: Samples) -> None:
    spoken = np.concatenate([silence(1.0), sentence])
    source = np.concatenate([spoken, silence(1.0)])
    whole = Segmenter().accept(source)
    segmenter = Segmenter()
    assert segmenter.accept(spoken) == []
    segmenter.end_soon(len(spoken) + round(0.25 * RATE))
    given: list[Utterance] = []
    at = len(spoken)
    while not given and at < len(source):
        early = segmenter.ending_utterance()
        given += segmenter.accept(source[at : at + CHUNK_SAMPLES])
        at += CHUNK_SAMPLES
    assert at - len(spoken) <= 0.25 * RATE + CHUNK_SAMPLES
    assert early is not None
    assert_same([early], given)
    missing = len(whole[0].samples) - len(given[0].samples)
    assert missing == round((SegmenterOptions.tail_ms - LAST_SILENCE_MS) * RATE / 1000)


def test_pauses_before_the_speaker_was_done_end_nothing(sentence: Samples) -> None:
    source = np.concatenate([silence(1.0), sentence, silence(0.25), sentence, silence(1.0)])
    segmenter = Segmenter()
    given = segmenter.accept(source[: 2 * RATE])
    segmenter.end_soon(len(source) - RATE)  # told when less of it was heard
    given += segmenter.accept(source[2 * RATE :])
    assert len(given) == 1


def test_an_utterance_with_its_whole_tail_keeps_it(sentence: Samples) -> None:
    spoken = np.concatenate([silence(1.0), sentence, silence(0.5)])
    segmenter = Segmenter()
    assert segmenter.accept(spoken) == []
    ending = segmenter.ending_utterance()
    segmenter.end_soon(len(spoken))
    given = segmenter.accept(silence(0.1))
    assert ending is not None
    assert_same([ending], given)


def test_memory_does_not_grow_with_the_stream(sentence: Samples) -> None:
    def stream(seconds: float) -> Iterator[Samples]:
        for _ in range(round(seconds * RATE / len(sentence))):
            yield sentence

    def peak_bytes(seconds: float) -> int:
        segmenter = Segmenter(SegmenterOptions(max_utterance_seconds=4.0, dip_search_seconds=2.0))
        tracemalloc.start()
        for block in stream(seconds):
            segmenter.accept(block)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(60.0) < 1.15 * peak_bytes(15.0)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"threshold": 1.5}, "thresholds"),
        ({"threshold": 0.3, "release_threshold": 0.4}, "thresholds"),
        ({"pre_roll_ms": -1.0}, "pre_roll_ms is -1.0"),
        ({"hangover_ms": float("nan")}, "hangover_ms is nan"),
        ({"tail_ms": 900.0}, "cannot be more than hangover_ms"),
        ({"max_utterance_seconds": 0.5}, "max_utterance_seconds is 0.5"),
        ({"max_utterance_seconds": 2.0, "dip_search_seconds": 0.5, "pre_roll_ms": 1500.0}, "half of"),
        ({"dip_search_seconds": 12.0}, "dip_search_seconds is 12.0"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, float], sentence: str) -> None:
    with pytest.raises(SegmenterOptionsError, match=sentence):
        SegmenterOptions(**settings)


def test_stereo_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="one row of mono samples"):
        Segmenter().accept(np.zeros((2, 100), np.float32))


def test_the_dip_is_the_quietest_place_and_not_a_short_closure() -> None:
    loud = noise(3.0)
    loud[RATE : RATE + 480] = 0.0  # 30 ms, as inside a word
    loud[2 * RATE : 2 * RATE + 3200] *= 0.05  # 200 ms of near silence
    cut = lowest_dip(loud, np.ones(94, np.float32))
    assert 2 * RATE <= cut <= 2 * RATE + 3200


def test_voice_counts_where_loudness_is_the_same() -> None:
    voice = np.ones(100, np.float32)
    voice[70:80] = 0.0
    cut = lowest_dip(noise(3.2), voice)
    assert 0.69 <= cut / (3.2 * RATE) <= 0.81
    with pytest.raises(ValueError, match="too few"):
        lowest_dip(noise(0.01), voice)


def test_the_detector_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    VoiceActivityDetector()
    assert "OMP_THREAD_LIMIT" not in os.environ
    monkeypatch.setenv("OMP_THREAD_LIMIT", "7")
    VoiceActivityDetector()
    assert os.environ["OMP_THREAD_LIMIT"] == "7"


def _unpacked(pack: Path, suffixes: tuple[str, ...], folder: Path) -> list[Path]:
    with tarfile.open(pack) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content is not None and member.name.endswith(suffixes):
                (folder / Path(member.name).name).write_bytes(content.read())
    return sorted(folder.iterdir())


@pytest.mark.slow
def test_all_of_a_real_chapter_is_covered(shared_speech: Path, tmp_path: Path) -> None:
    """Every loud 10 ms of the reference's stretches of speech, in the first four minutes of two readers."""
    files = _unpacked(shared_speech / "longform.tar", (".opus", ".segments.json"), tmp_path)
    for sound in (path for path in files if path.suffix == ".opus"):
        source = np.concatenate([block for block, _ in zip(read_blocks(sound), range(480), strict=False)])
        covered = np.zeros(len(source) // 160, bool)
        for utterance in segment(source):
            covered[utterance.start_sample // 160 : utterance.end_sample // 160 + 1] = True
        loudness = np.sqrt(np.mean(source[: len(covered) * 160].reshape(-1, 160) ** 2, axis=1))
        loud = loudness > 0.1 * np.percentile(loudness, 95)
        reference = np.zeros_like(loud)
        for _, start, end, _ in json.loads(sound.with_suffix(".segments.json").read_text(encoding="utf-8")):
            reference[round(start * 100) : round(end * 100)] = True
        assert (loud & reference).sum() > 10_000
        assert covered[loud & reference].mean() > 0.999


@pytest.mark.slow
def test_household_noise_is_no_speech(shared_speech: Path, tmp_path: Path) -> None:
    for sound in _unpacked(shared_speech / "noise.tar", (".flac",), tmp_path):
        assert segment(read_all(sound)) == []
