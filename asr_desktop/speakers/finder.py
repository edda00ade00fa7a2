"""Speaker functions for the recogniser: the speakers of a recording, and the voiceprint of one voice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.read import read_blocks
from asr_desktop.base.errors import SpeakersError
from asr_desktop.base.sentences import Sentence
from asr_desktop.speakers.clustering import SAME_SPEAKER, mean_voices
from asr_desktop.speakers.diarizer import Diarizer, OnlineSpeakers, SpeechWindows
from asr_desktop.speakers.networks import SAMPLE_RATE, WINDOW_SAMPLES, SpeakerNetworks
from asr_desktop.speakers.turns import FoundSpeakers, SpeakerCount
from asr_desktop.speakers.voices import RememberedVoice, VoiceStore, recognised

LEAST_DESCRIBED_SECONDS = 3.0
MOST_DESCRIBED_SECONDS = 120.0
LEAST_STRETCH_SECONDS = 0.75


class SpeakerFinder:
    """Diarization with the networks, loaded once, and the remembered voices.

    folder, threads: as for SpeakerNetworks. store: the remembered voices; the user's by default. Raises
    ModelFolderError.
    """

    def __init__(
        self, folder: Path | None = None, *, threads: int | None = None, store: VoiceStore | None = None
    ) -> None:
        self.networks = SpeakerNetworks(folder, threads=threads)
        self._store = store or VoiceStore()

    def begin(self, count: SpeakerCount) -> Diarizer:
        """A diarizer for one recording."""
        return Diarizer(self.networks, count)

    def end(self, diarizer: Diarizer, on_warning: Callable[[str], None]) -> FoundSpeakers:
        """The turns of the recording, and which of the remembered voices speak. If the remembered voices
        cannot be read, only their names are missing and there is a warning."""
        found = diarizer.finish()
        speakers = FoundSpeakers(found.turns, recognised(found.voices, self._remembered(on_warning)))
        for sentence in speakers.sentences():
            on_warning(sentence)
        return speakers

    def follow(self, count: SpeakerCount, on_warning: Callable[[str], None]) -> OnlineSpeakers:
        """Diarization of a stream, utterance by utterance; remembered voices as for `end`."""
        return OnlineSpeakers(self.networks, count, self._remembered(on_warning))

    def _remembered(self, on_warning: Callable[[str], None]) -> tuple[RememberedVoice, ...]:
        try:
            return self._store.voices()
        except SpeakersError as error:
            on_warning(str(error))
            return ()

    def describe(
        self,
        path: str | os.PathLike[str],
        stretches: Sequence[tuple[float, float]],
        *,
        track: int | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[tuple[float, ...], float]:
        """The voiceprint of the speaker in these stretches of a file (seconds), and its seconds of speech.

        At most two minutes are used; other people who speak less in them are left out. Raises SpeakersError
        where there is too little speech, MediaError.
        """
        windows = SpeechWindows(self.networks)
        for sound in _pieces(read_blocks(path, track=track), _at_most(stretches, MOST_DESCRIBED_SECONDS)):
            windows.add(sound, 0)
            if cancelled():
                break
        # Only longer stretches: interruptions by other people are short.
        own = [stretch for stretch in windows.stretches if stretch.seconds >= LEAST_STRETCH_SECONDS]
        seconds = np.array([stretch.seconds for stretch in own], np.float32)
        if seconds.sum() < LEAST_DESCRIBED_SECONDS:
            raise SpeakersError(
                Sentence(
                    "There is too little speech to remember this voice by ({seconds:.0f} s): mark at "
                    "least {least:.0f} s of it.",
                    seconds=float(seconds.sum()),
                    least=LEAST_DESCRIBED_SECONDS,
                )
            )
        prints = np.stack([stretch.voiceprint for stretch in own])
        mean = mean_voices(prints, seconds, np.zeros(len(prints), np.int64))[0]
        is_own = prints @ mean >= SAME_SPEAKER
        if seconds[is_own].sum() >= LEAST_DESCRIBED_SECONDS:
            prints, seconds = prints[is_own], seconds[is_own]
            mean = mean_voices(prints, seconds, np.zeros(len(prints), np.int64))[0]
        return tuple(float(value) for value in mean), float(seconds.sum())


def _at_most(stretches: Iterable[tuple[float, float]], seconds: float) -> list[tuple[int, int]]:
    """The longest stretches up to a total of `seconds`, in order, as samples."""
    chosen: list[tuple[int, int]] = []
    left = seconds
    for start, end in sorted(stretches, key=lambda stretch: stretch[0] - stretch[1]):
        end = min(end, start + left)
        if end <= start:
            break
        chosen.append((round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)))
        left -= end - start
    return sorted(chosen)


def _pieces(
    blocks: Iterable[NDArray[np.float32]], stretches: Sequence[tuple[int, int]]
) -> Iterable[NDArray[np.float32]]:
    """The sound of the stretches, joined into windows of ten seconds; the file is read no further than
    needed."""
    if not stretches:
        return
    waiting = np.zeros(0, np.float32)
    position = 0
    for block in blocks:
        for start, end in stretches:
            begin, stop = max(start, position), min(end, position + len(block))
            if begin < stop:
                waiting = np.concatenate([waiting, block[begin - position : stop - position]])
        position += len(block)
        while len(waiting) >= WINDOW_SAMPLES:
            yield waiting[:WINDOW_SAMPLES]
            waiting = waiting[WINDOW_SAMPLES:]
        if position >= stretches[-1][1]:
            break
    if len(waiting) > SAMPLE_RATE // 2:
        yield waiting
