"""Who speaks when, in a whole recording: blocks of sound → windows → local voices → speakers → turns.

    diarizer = Diarizer(SpeakerNetworks(), SpeakerCount())
    for block in read_blocks("interview.mp3"):
        diarizer.accept(block)
    turns = diarizer.finish().turns

Windows of ten seconds that overlap by half are segmented: which of up to three people talk, also at once.
Each stretch of one person without a pause gives a voiceprint. The voiceprints of all windows are clustered
(`clustering`), and the windows, now with known speakers, are added up again. The sound is not kept, so memory
grows by about 100 kB per minute.

A stream is diarized utterance by utterance, with a final pass over the whole of it:

    speakers = OnlineSpeakers(SpeakerNetworks(), SpeakerCount())
    for utterance in utterances:
        turns = speakers.hear(samples, start_sample)
    turns = speakers.refined().turns

There each stretch of speech joins the most similar voice, or starts a new one if none is similar. These
decisions are never revised, so errors are most frequent at the start of a conversation; at the end the
clustering of the whole recording replaces them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asr_desktop.speakers.clustering import cluster
from asr_desktop.speakers.networks import (
    FIRST_FRAME_CENTRE_SAMPLE,
    FRAME_STEP_SAMPLES,
    FRAMES,
    LOCAL_SPEAKERS,
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    SpeakerNetworks,
)
from asr_desktop.speakers.turns import MOST_SPEAKERS, FoundSpeakers, SpeakerCount, Turn
from asr_desktop.speakers.voices import RememberedVoice, recognised

STEP_SAMPLES = WINDOW_SAMPLES // 2
FRAME_SECONDS = FRAME_STEP_SAMPLES / SAMPLE_RATE
IS_TALKING = 0.5
LEAST_VOICE_SECONDS = 0.25
"""A stretch with less speech gets no voiceprint and is treated as noise."""
SHORTEST_PAUSE_SECONDS = 0.15
"""A shorter pause does not end a stretch."""
LONGEST_STRETCH_SECONDS = 3.0
"""Longer stretches are split, because another speaker may have taken over without a pause."""
LEAST_TURN_SECONDS = 0.2
PAUSE_IN_TURN_SECONDS = 0.5
"""A shorter pause of the same speaker does not end a turn."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechStretch:
    """Speech of one person of a window without a pause: frames begin…end of one column of its activity.

    voiceprint: [192], from the `seconds` in which nobody else talks.
    """

    window: int
    place: int
    begin: int
    end: int
    voiceprint: NDArray[np.float32]
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Diarization:
    """The turns in order, and each speaker's mean voice: [192] of length 1 at the place of speaker - 1."""

    turns: tuple[Turn, ...]
    voices: tuple[NDArray[np.float32], ...]


class Diarizer:
    """Diarizes one recording: takes its sound in order, works incrementally and returns the speakers at the
    end."""

    def __init__(self, networks: SpeakerNetworks, count: SpeakerCount | None = None) -> None:
        self._networks = networks
        self._count = count or SpeakerCount()
        self._windows = SpeechWindows(networks)
        self._waiting: list[NDArray[np.float32]] = []
        self._waiting_samples = 0
        self._start_sample = 0

    def accept(self, block: NDArray[np.float32]) -> None:
        """The next samples [n], 16 kHz mono. Any length; a window is processed as soon as it is full."""
        self._waiting.append(block)
        self._waiting_samples += len(block)
        if self._waiting_samples < WINDOW_SAMPLES:
            return
        sound = np.concatenate(self._waiting)
        begin = 0
        while begin + WINDOW_SAMPLES <= len(sound):
            self._windows.add(sound[begin : begin + WINDOW_SAMPLES], self._start_sample + begin)
            begin += STEP_SAMPLES
        self._start_sample += begin
        self._waiting = [sound[begin:]]
        self._waiting_samples = len(sound) - begin

    def finish(self) -> Diarization:
        """Who spoke when; no turns where there was no speech."""
        rest = np.concatenate(self._waiting) if self._waiting else np.zeros(0, np.float32)
        # After an earlier window, the first half of the buffer has already been processed.
        if len(rest) > (STEP_SAMPLES if self._start_sample else 0):
            self._windows.add(rest, self._start_sample)
        return self._windows.diarization(self._count)


class SpeechWindows:
    """The segmented windows of a recording and their voiceprints.

    The segmentation may confuse two people with similar voices, so every stretch of speech gets its own
    voiceprint, however short. Pooling the stretches of a local speaker made more errors than it corrected.
    """

    def __init__(self, networks: SpeakerNetworks) -> None:
        self._networks = networks
        self._starts: list[int] = []
        self._activities: list[NDArray[np.float16]] = []
        self.stretches: list[SpeechStretch] = []

    def add(self, sound: NDArray[np.float32], start_sample: int) -> list[SpeechStretch]:
        """Segment a window of at most ten seconds that begins at `start_sample`; returns its stretches of
        speech."""
        window = np.zeros(WINDOW_SAMPLES, np.float32)
        window[: len(sound)] = sound
        heard = max(0, (len(sound) - FIRST_FRAME_CENTRE_SAMPLE) // FRAME_STEP_SAMPLES + 1)
        activity = self._networks.segment(window[None])[0, :heard]
        is_talking = activity > IS_TALKING
        is_alone = is_talking & (is_talking.sum(axis=1, keepdims=True) == 1)
        found = []
        for place in range(LOCAL_SPEAKERS):
            for begin, end in _pieces(_runs(is_talking[:, place], SHORTEST_PAUSE_SECONDS)):
                chosen = np.zeros(FRAMES, bool)
                chosen[begin:end] = is_alone[begin:end, place]
                if chosen.sum() * FRAME_SECONDS < LEAST_VOICE_SECONDS:
                    chosen[begin:end] = is_talking[begin:end, place]
                seconds = float(chosen.sum() * FRAME_SECONDS)
                if seconds >= LEAST_VOICE_SECONDS:
                    voiceprint = self._networks.voiceprint(window, chosen)
                    found.append(SpeechStretch(len(self._starts), place, begin, end, voiceprint, seconds))
        self._starts.append(start_sample)
        self._activities.append(activity.astype(np.float16))
        self.stretches += found
        return found

    def diarization(self, count: SpeakerCount) -> Diarization:
        """Cluster the voices and combine the overlapping windows."""
        if not self.stretches:
            return Diarization((), ())
        seconds = np.array([stretch.seconds for stretch in self.stretches], np.float32)
        windows = np.array([stretch.window for stretch in self.stretches])
        places = np.array([stretch.place for stretch in self.stretches])
        voiceprints = np.stack([stretch.voiceprint for stretch in self.stretches])
        labels, centres = cluster(voiceprints, seconds, windows, places, count)
        margins = _margins(voiceprints, labels, centres)
        talking, sure = self._laid_over(labels, margins, len(centres))
        return _renumbered(_turns(talking, sure), centres)

    def _laid_over(
        self, labels: NDArray[np.int64], margins: NDArray[np.float32], speakers: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Which speakers talk in each frame of the recording [frames, speakers], and the confidence of their
        voices.

        The number of simultaneous speakers is the windows' average; the speakers with the highest activity
        are taken. A window has most weight in its middle, where it has context on both sides.
        """
        first_frames = [round(start / FRAME_STEP_SAMPLES) for start in self._starts]
        frames = max(first + len(part) for first, part in zip(first_frames, self._activities, strict=True))
        heard = np.zeros((frames, speakers), np.float32)
        sure = np.zeros((frames, speakers), np.float32)
        weights = np.zeros((frames, 1), np.float32)
        # The weight never reaches 0, because at the ends of a recording there is only one window.
        fade = (0.05 + np.hanning(FRAMES + 2)[1:-1]).astype(np.float32)
        for first, activity in zip(first_frames, self._activities, strict=True):
            weights[first : first + len(activity), 0] += fade[: len(activity)]
        for stretch, label, margin in zip(self.stretches, labels, margins, strict=True):
            begin, end = stretch.begin, stretch.end
            part = (
                self._activities[stretch.window][begin:end, stretch.place].astype(np.float32)
                * fade[begin:end]
            )
            where = slice(first_frames[stretch.window] + begin, first_frames[stretch.window] + end)
            heard[where, label] += part
            sure[where, label] += part * margin
        sure /= np.maximum(heard, 1e-6)
        heard /= np.maximum(weights, 1e-6)
        at_once = np.rint(heard.sum(axis=1)).astype(int)
        rank = np.argsort(np.argsort(-heard, axis=1, kind="stable"), axis=1, kind="stable")
        return rank < at_once[:, None], sure


def diarize(
    blocks: Iterable[NDArray[np.float32]], networks: SpeakerNetworks, count: SpeakerCount | None = None
) -> Diarization:
    """Who speaks when in 16 kHz mono blocks of any length."""
    diarizer = Diarizer(networks, count)
    for block in blocks:
        diarizer.accept(block)
    return diarizer.finish()


def _margins(
    voiceprints: NDArray[np.float32], labels: NDArray[np.int64], centres: NDArray[np.float32]
) -> NDArray[np.float32]:
    """0…1: how much nearer each voice is to its own speaker than to the next; 1 where there is only one
    speaker."""
    if len(centres) == 1:
        return np.ones(len(labels), np.float32)
    similar = voiceprints @ centres.T
    own = np.take_along_axis(similar, labels[:, None], axis=1)[:, 0]
    np.put_along_axis(similar, labels[:, None], -np.inf, axis=1)
    # A logistic curve: without a margin it is 0.5.
    return (1.0 / (1.0 + np.exp(-5.0 * (own - similar.max(axis=1))))).astype(np.float32)


def _turns(talking: NDArray[np.bool_], sure: NDArray[np.float32]) -> list[Turn]:
    turns = []
    for speaker in range(talking.shape[1]):
        for begin, end in _runs(talking[:, speaker], PAUSE_IN_TURN_SECONDS):
            if (end - begin) * FRAME_SECONDS >= LEAST_TURN_SECONDS:
                confidence = sure[begin:end, speaker][talking[begin:end, speaker]].mean()
                turns.append(
                    Turn(
                        seconds_of_frame(begin),
                        seconds_of_frame(end),
                        speaker + 1,
                        min(1.0, float(confidence)),
                    )
                )
    return sorted(turns, key=lambda turn: (turn.start_seconds, turn.end_seconds))


def _runs(is_talking: NDArray[np.bool_], shortest_pause_seconds: float) -> list[tuple[int, int]]:
    """Runs of True as frames begin…end; shorter pauses do not end a run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_talking.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and (begin - runs[-1][1]) * FRAME_SECONDS < shortest_pause_seconds:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((begin, end))
    return runs


def _pieces(runs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The runs, with long ones split into equal parts."""
    for begin, end in runs:
        count = math.ceil((end - begin) * FRAME_SECONDS / LONGEST_STRETCH_SECONDS)
        borders = np.linspace(begin, end, count + 1).round().astype(int).tolist()
        yield from pairwise(borders)


def seconds_of_frame(frame: int) -> float:
    """The time at which a frame begins: half a step before its centre."""
    centre = FIRST_FRAME_CENTRE_SAMPLE + FRAME_STEP_SAMPLES * frame
    return max(0.0, (centre - FRAME_STEP_SAMPLES / 2) / SAMPLE_RATE)


def _renumbered(turns: list[Turn], centres: NDArray[np.float32]) -> Diarization:
    """Speakers in the order in which they are first heard."""
    order = list(dict.fromkeys(turn.speaker for turn in turns))
    number = {speaker: place for place, speaker in enumerate(order, start=1)}
    return Diarization(
        tuple(Turn(t.start_seconds, t.end_seconds, number[t.speaker], t.confidence) for t in turns),
        tuple(centres[speaker - 1] for speaker in order),
    )


NEW_VOICE_BELOW = 0.25
"""A stretch whose dot product with every voice is below this is a new speaker."""
NEW_VOICE_SECONDS = 1.5
"""A stretch with less speech than this never starts a new speaker."""
TEACHES_SECONDS = 0.75
"""A stretch with less speech than this does not update the voice that it joins."""
MOST_COUNTED_SECONDS = 5.0


class OnlineSpeakers:
    """Diarizes one stream. Not thread-safe.

    remembered: voices with known names.
    """

    def __init__(
        self, networks: SpeakerNetworks, count: SpeakerCount, remembered: Sequence[RememberedVoice] = ()
    ) -> None:
        self._windows = SpeechWindows(networks)
        self._count = count
        self._remembered = remembered
        self._sums: list[NDArray[np.float32]] = []

    def hear(self, samples: NDArray[np.float32], start_sample: int) -> tuple[Turn, ...]:
        """The turns in an utterance: samples [n], 16 kHz mono, which begin at `start_sample` of the
        stream."""
        turns = []
        parts = max(1, math.ceil(len(samples) / WINDOW_SAMPLES))
        borders = np.linspace(0, len(samples), parts + 1).astype(int)
        for begin, end in pairwise(borders.tolist()):
            found = self._windows.add(samples[begin:end], start_sample + begin)
            offset = (start_sample + begin) / SAMPLE_RATE
            for stretch in sorted(found, key=lambda stretch: stretch.begin):
                voice, similar = self._voice_of(stretch.voiceprint, stretch.seconds)
                start, stop = (offset + seconds_of_frame(frame) for frame in (stretch.begin, stretch.end))
                turns.append(Turn(start, stop, voice + 1, max(0.0, min(1.0, similar))))
        return tuple(turns)

    @property
    def names(self) -> dict[int, str]:
        """Names by speaker number, for speakers so far whose voices are remembered."""
        return FoundSpeakers((), recognised(self._voices(), self._remembered)).names

    def refined(self) -> FoundSpeakers:
        """The final turns, from the whole stream."""
        found = self._windows.diarization(self._count)
        return FoundSpeakers(found.turns, recognised(found.voices, self._remembered))

    def _voice_of(self, voiceprint: NDArray[np.float32], seconds: float) -> tuple[int, float]:
        """Index of the voice that the voiceprint joins, and its similarity."""
        voice, similar = 0, 1.0
        if self._sums:
            products = np.stack(self._voices()) @ voiceprint
            voice = int(products.argmax())
            similar = float(products[voice])
        is_new = similar < NEW_VOICE_BELOW and seconds >= NEW_VOICE_SECONDS
        if not self._sums or (is_new and len(self._sums) < (self._count.highest or MOST_SPEAKERS)):
            self._sums.append(np.zeros_like(voiceprint))
            voice, similar = len(self._sums) - 1, 1.0
        if seconds >= TEACHES_SECONDS or not self._sums[voice].any():
            self._sums[voice] = self._sums[voice] + voiceprint * min(seconds, MOST_COUNTED_SECONDS)
        return voice, similar

    def _voices(self) -> list[NDArray[np.float32]]:
        return [total / max(float(np.linalg.norm(total)), 1e-6) for total in self._sums]
