"""Who speaks when, with the networks that ship; and what is none, or hard, gives sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.speakers.diarizer import Diarizer, OnlineSpeakers, diarize
from asr_desktop.speakers.networks import FRAMES, WINDOW_SAMPLES, SpeakerNetworks
from asr_desktop.speakers.turns import MOST_SPEAKERS, SpeakerCount, Turn
from asr_desktop.speakers.voices import RememberedVoice
from tests.speakers.pack_speakers import RATE, conversation, needs_pack, said_by


@pytest.fixture(scope="module")
def networks() -> SpeakerNetworks:
    return SpeakerNetworks(threads=1)


def blocks(sound: NDArray[np.float32], samples: int = 7001) -> Iterator[NDArray[np.float32]]:
    for begin in range(0, len(sound), samples):
        yield sound[begin : begin + samples]


def spoken_by(turns: tuple[Turn, ...], start: float, end: float) -> dict[int, float]:
    """Seconds of each speaker in a stretch."""
    found: dict[int, float] = {}
    for turn in turns:
        inside = min(end, turn.end_seconds) - max(start, turn.start_seconds)
        if inside > 0:
            found[turn.speaker] = found.get(turn.speaker, 0.0) + inside
    return found


@needs_pack
def test_two_people_in_turn(networks: SpeakerNetworks) -> None:
    sound, truth = conversation("LS2416", "LS3242", "LS2416", "LS3242")
    found = diarize(blocks(sound), networks)
    assert {turn.speaker for turn in found.turns} == {1, 2}
    assert len(found.voices) == 2
    number = {"LS2416": 1, "LS3242": 2}
    for start, end, speaker in truth:
        said = spoken_by(found.turns, start, end)
        assert said[number[speaker]] > 0.7 * (end - start)
        assert sum(said.values()) - said[number[speaker]] < 0.1 * (end - start)
    assert all(0.5 < turn.confidence <= 1 for turn in found.turns)


@needs_pack
def test_one_person_is_one_speaker_and_two_if_one_says_so(networks: SpeakerNetworks) -> None:
    sound, _ = conversation("LS2416", "LS2416", "LS2416")
    assert {turn.speaker for turn in diarize(blocks(sound), networks).turns} == {1}
    forced = diarize(blocks(sound), networks, SpeakerCount(2, 2))
    assert len(forced.voices) <= 2


@needs_pack
def test_what_is_found_does_not_depend_on_the_blocks(networks: SpeakerNetworks) -> None:
    sound, _ = conversation("LS2416", "LS3242")
    whole = diarize([sound], networks).turns
    assert diarize(blocks(sound, 997), networks).turns == whole
    assert whole


@needs_pack
def test_times_count_from_the_beginning_of_the_recording(networks: SpeakerNetworks) -> None:
    sound, truth = conversation("LS3242")
    silence = np.zeros(23 * RATE, np.float32)
    (first, *_) = diarize([silence, sound], networks).turns
    assert first.start_seconds == pytest.approx(23 + truth[0][0], abs=0.4)


@needs_pack
def test_a_shout_of_a_third_of_a_second_is_one_speaker_at_most(networks: SpeakerNetworks) -> None:
    sound, truth = conversation("LS2416")
    begin = round((truth[0][0] + 1.0) * RATE)
    for count in (SpeakerCount(), SpeakerCount(3, 3)):
        found = diarize([sound[begin : begin + round(0.3 * RATE)]], networks, count)
        assert {turn.speaker for turn in found.turns} <= {1}
        assert all(turn.end_seconds <= 0.31 for turn in found.turns)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.4, 3.0, 10.0, 26.0])
def test_silence_has_no_speakers(networks: SpeakerNetworks, seconds: float) -> None:
    found = diarize(blocks(np.zeros(round(seconds * RATE), np.float32)), networks)
    assert found.turns == ()
    assert found.voices == ()


def test_music_and_noise_have_no_more_than_a_moment_of_speech(networks: SpeakerNetworks) -> None:
    seconds = np.arange(20 * RATE) / RATE
    chance = np.random.default_rng(1)
    chords = sum(np.sin(2 * np.pi * hertz * seconds) for hertz in (220.0, 277.2, 329.6, 440.0))
    music = (0.1 * np.asarray(chords) * (1 + np.sign(np.sin(np.pi * seconds)))).astype(np.float32)
    noise = (0.1 * chance.standard_normal(len(seconds))).astype(np.float32)
    for sound in (music, noise):
        turns = diarize(blocks(sound), networks, SpeakerCount(2, 4)).turns
        assert sum(turn.end_seconds - turn.start_seconds for turn in turns) < 2.0


class Scripted:
    """Networks for which a second of sound is a second of the voice whose number its loudness is."""

    def segment(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        activity = np.zeros((len(windows), FRAMES, 3), np.float32)
        activity[:, :, 0] = 1.0
        return activity

    def voiceprint(self, window: NDArray[np.float32], is_talking: NDArray[np.bool_]) -> NDArray[np.float32]:
        middle = round(float(np.flatnonzero(is_talking).mean()) / FRAMES * WINDOW_SAMPLES)
        return np.eye(192, dtype=np.float32)[round(float(window[middle]) * 100)]


@pytest.mark.parametrize(("voices", "speakers"), [(12, 12), (MOST_SPEAKERS + 5, MOST_SPEAKERS)])
def test_many_speakers_are_as_many_as_they_are_and_never_more_than_can_be_told_apart(
    voices: int, speakers: int
) -> None:
    sound = np.repeat(np.arange(voices, dtype=np.float32) / 100, 20 * RATE)
    turns = diarize(blocks(sound), Scripted()).turns  # type: ignore[arg-type]
    assert {turn.speaker for turn in turns} == set(range(1, speakers + 1))
    for voice in range(min(voices, 3)):
        said = spoken_by(turns, 20.0 * voice + 5, 20.0 * voice + 15)
        assert max(said.values()) == pytest.approx(10, abs=0.1)


def test_sound_that_is_broken_does_no_harm(networks: SpeakerNetworks) -> None:
    square = np.sign(np.sin(np.arange(12 * RATE) / 9)).astype(np.float32)
    diarizer = Diarizer(networks)
    for block in (np.zeros(0, np.float32), square, np.full(100, 1e-30, np.float32), square * 1e3):
        diarizer.accept(block)
    for turn in diarizer.finish().turns:
        assert 0 <= turn.start_seconds < turn.end_seconds


def test_the_segmentation_hears_each_sample_once_per_window(networks: SpeakerNetworks) -> None:
    activity = networks.segment(np.zeros((2, WINDOW_SAMPLES), np.float32))
    assert activity.shape == (2, FRAMES, 3)
    assert activity.max() < 0.5


def test_networks_that_are_not_there_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="cannot be"):
        SpeakerNetworks(tmp_path)


AUTOMATIC = SpeakerCount()


def sound_of(voice: int, seconds: float) -> NDArray[np.float32]:
    return np.full(round(seconds * RATE), voice / 100, np.float32)


def heard(online: OnlineSpeakers, *said: tuple[int, float]) -> list[set[int]]:
    speakers, start = [], 0
    for voice, seconds in said:
        turns = online.hear(sound_of(voice, seconds), start)
        speakers.append({turn.speaker for turn in turns})
        start += round(seconds * RATE)
    return speakers


@pytest.fixture
def online() -> Callable[..., OnlineSpeakers]:
    return lambda *rest: OnlineSpeakers(Scripted(), *rest)  # type: ignore[arg-type]


def test_speakers_are_numbered_as_they_come(online: Callable[..., OnlineSpeakers]) -> None:
    assert heard(online(AUTOMATIC), (7, 5), (3, 4), (7, 3), (9, 6), (3, 25)) == [{1}, {2}, {1}, {3}, {2}]


def test_a_short_word_is_nobody_new(online: Callable[..., OnlineSpeakers]) -> None:
    assert heard(online(AUTOMATIC), (7, 5), (3, 1.0), (3, 3)) == [{1}, {1}, {2}]


def test_there_are_no_more_speakers_than_were_asked_for(online: Callable[..., OnlineSpeakers]) -> None:
    found = heard(online(SpeakerCount(2, 2)), (1, 5), (2, 5), (3, 5), (4, 5))
    assert set.union(*found) == {1, 2}


def test_a_remembered_voice_has_its_name(online: Callable[..., OnlineSpeakers]) -> None:
    anna = RememberedVoice("Anna", tuple(np.eye(192)[3].tolist()), 30.0, "")
    followed = online(AUTOMATIC, [anna])
    assert heard(followed, (7, 5), (3, 6)) == [{1}, {2}]
    assert followed.names == {2: "Anna"}
    refined = followed.refined()
    assert refined.names == {2: "Anna"}
    assert {turn.speaker for turn in refined.turns} == {1, 2}


def test_times_are_those_of_the_stream(online: Callable[..., OnlineSpeakers]) -> None:
    turns = online(AUTOMATIC).hear(sound_of(1, 12.0), 40 * RATE)
    assert turns[0].start_seconds == pytest.approx(40.0, abs=0.05)
    assert turns[-1].end_seconds == pytest.approx(52.0, abs=0.1)
    assert all(one.end_seconds <= two.start_seconds + 0.05 for one, two in pairwise(turns))


@pytest.mark.parametrize("samples", [0, 1, 100, 4800])
def test_next_to_no_sound_has_no_speakers(samples: int) -> None:
    online = OnlineSpeakers(SpeakerNetworks(threads=1), AUTOMATIC)
    assert online.hear(np.zeros(samples, np.float32), 0) == ()
    assert online.refined().turns == ()


@needs_pack
def test_two_people_are_told_apart_as_they_speak() -> None:
    online = OnlineSpeakers(SpeakerNetworks(threads=1), AUTOMATIC)
    start, found = 0, []
    for speaker, place in (("LS2416", 0), ("LS3242", 0), ("LS2416", 1)):
        samples = said_by(speaker)[place]
        seconds: dict[int, float] = {}
        for turn in online.hear(samples, start):
            seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.end_seconds - turn.start_seconds
        found.append(max(seconds, key=seconds.__getitem__))
        start += len(samples) + RATE
    assert found == [1, 2, 1]
    assert {turn.speaker for turn in online.refined().turns} == {1, 2}
