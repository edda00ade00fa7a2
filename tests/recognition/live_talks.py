"""Talks for the live pipeline, with a network that hears in them what a script says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.beam_search import BeamSearchDecoder
from asr_desktop.recognition.live_events import Final, LiveEvent, LiveOptions, Partial
from asr_desktop.recognition.live_pipeline import LivePipeline, Resumption
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import SegmenterOptions
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.recognition.scripted_network import Said, ScriptedNetwork, script_for, scripted_folder

RATE = 16_000
Samples = NDArray[np.float32]


@dataclass
class Clock:
    """Stands still unless it is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Talk:
    """Speech on a floor of noise (which tells any sample from any other), and what is said in it."""

    samples: Samples
    script: list[Said]

    def network(self, tmp_path: Path) -> ScriptedNetwork:
        return ScriptedNetwork(self.samples, self.script, scripted_folder(tmp_path))


def room(seconds: float) -> Samples:
    """The hiss of a quiet room."""
    return (np.random.default_rng(7).normal(size=round(seconds * RATE)) * 1e-4).astype(np.float32)


@pytest.fixture(scope="module")
def sentence() -> Samples:
    try:
        samples = read_all(spoken("when the boat came back in the evening nobody asked where it had been"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[loud[0] : loud[-1]]


def talk_of(pieces: Iterable[Samples | float]) -> Talk:
    """Speech, and seconds of silence."""
    sounds, speech, place = [], [], 0.0
    for piece in pieces:
        samples = np.zeros(round(piece * RATE), np.float32) if isinstance(piece, float) else piece
        if not isinstance(piece, float):
            speech.append((place + 0.1, place + len(samples) / RATE))
        sounds.append(samples)
        place += len(samples) / RATE
    whole = np.concatenate(sounds)
    return Talk(whole + room(len(whole) / RATE)[: len(whole)], script_for(speech))


@pytest.fixture(scope="module")
def talk(sentence: Samples) -> Talk:
    """Two sentences with a pause that ends the first, and half a second after the second."""
    return talk_of([1.0, sentence, 1.5, sentence, 0.5])


@pytest.fixture(scope="module")
def monologue(sentence: Samples) -> Talk:
    """Some 25 s without a pause."""
    return talk_of([0.6, *[sentence] * 7, 1.0])


def blocks_of(samples: Samples, size: int = 800) -> Iterator[Samples]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def pipeline_for(
    network: ScriptedNetwork,
    options: LiveOptions | None = None,
    clock: Clock | None = None,
    resumption: Resumption | None = None,
    segmenter_options: SegmenterOptions | None = None,
) -> LivePipeline:
    recogniser = Recogniser(network, BeamSearchDecoder(network.folder.labels))
    return LivePipeline(
        recogniser,
        options=options,
        clock=clock or Clock(),
        resumption=resumption,
        segmenter_options=segmenter_options,
    )


def run(pipeline: LivePipeline, samples: Samples, size: int = 800) -> list[LiveEvent]:
    events = [event for block in blocks_of(samples, size) for event in pipeline.accept(block)]
    return events + pipeline.finish()


def finals(events: Sequence[LiveEvent]) -> list[Final]:
    return [event for event in events if isinstance(event, Final)]


def partials(events: Sequence[LiveEvent]) -> list[Partial]:
    return [event for event in events if isinstance(event, Partial)]


def text_of(said: Sequence[Said]) -> str:
    return " ".join(word.text for word in said)
