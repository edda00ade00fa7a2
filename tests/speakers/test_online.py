"""Speakers of a stream: told as it goes, with whatever is known by then."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.speakers.networks import FRAMES, SpeakerNetworks
from asr_desktop.speakers.online import OnlineSpeakers
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.speakers.voices import RememberedVoice
from tests.speakers.pack_speakers import RATE, needs_pack, said_by

AUTOMATIC = SpeakerCount()


class Scripted:
    """Networks for which a second of sound is a second of the voice whose number its loudness is."""

    def segment(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        activity = np.zeros((len(windows), FRAMES, 3), np.float32)
        activity[:, :, 0] = 1.0
        return activity

    def voiceprint(self, window: NDArray[np.float32], is_talking: NDArray[np.bool_]) -> NDArray[np.float32]:
        return np.eye(192, dtype=np.float32)[round(float(window[len(window) // 20]) * 100)]


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
