"""Any number of channels at any sample rate → one channel at another rate, in blocks.

soxr's "HQ" recipe (linear phase, flat to 0.91 of the lower Nyquist frequency, aliases below -120 dB) is used
for files and for live sound alike, so that a model hears the same thing from both, and nothing moves in time.
FFmpeg's own resampler in its default setting lets aliases of -40 dB through near the band edge, where
fricatives are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

LOWEST_RATE = 1_000
HIGHEST_RATE = 6_000_000


class StreamResampler:
    """Mono float32 blocks at `input_rate` Hz in, mono float32 blocks at `output_rate` Hz out.

    Over a whole stream `round(samples * output_rate / input_rate)` samples come out, and output sample `n`
    stands for the moment `n / output_rate`: the filter's delay is taken out.
    """

    def __init__(self, input_rate: int, output_rate: int) -> None:
        self.input_rate = input_rate
        self.output_rate = output_rate
        self._soxr = (
            None
            if input_rate == output_rate
            else soxr.ResampleStream(input_rate, output_rate, 1, dtype="float32", quality="HQ")
        )

    def accept(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output for `samples`; a few milliseconds stay in the filter until more input comes."""
        if self._soxr is None:
            return samples
        return np.asarray(self._soxr.resample_chunk(np.ascontiguousarray(samples)), dtype=np.float32)

    def flush(self) -> NDArray[np.float32]:
        """The rest of the stream; nothing may be accepted after it."""
        if self._soxr is None:
            return np.zeros(0, dtype=np.float32)
        return np.asarray(
            self._soxr.resample_chunk(np.zeros(0, dtype=np.float32), last=True), dtype=np.float32
        )


# Downmix to one channel without losing a voice.
#
# The plain average of the channels fails in four common cases, which are handled here:
#
# - **A channel with reversed polarity** (a badly soldered cable, "dual mono" interfaces): left and right
#   cancel. A channel that runs clearly against the mix of the others (correlation below -0.7) is turned
#   round before it is added.
# - **Channels that carry nothing** (a recorder with eight inputs and one microphone): averaging would make
#   the one voice 18 dB softer. A channel counts from the moment it first carries sound within 50 dB of the
#   loudest.
# - **Film sound**: dialogue sits in the centre. The weights are those of ITU-R BS.775 (centre 1, left and
#   right 0.71, surrounds 0.5), divided by their sum so that nothing can clip.
# - **The low-frequency effects channel** holds rumble and no speech, and is left out, unless it carries
#   more than bass: then it is a microphone on a six-track recorder whose file was labelled 5.1.
#
# Channels without names (plain multi-track WAV files) are equals. All decisions are made from the sound of
# the last two seconds, weighted by energy, and a changed gain is faded in over 10 ms, so that no click
# appears.

MEMORY_SECONDS = 2.0
FADE_SECONDS = 0.010
LISTENING_RATE = 8_000
TURN_BELOW_CORRELATION = -0.7
TURN_BACK_ABOVE_CORRELATION = 0.0
DEAD_BELOW_ENERGY_RATIO = 1e-5  # -50 dB
BASS_ONLY_BELOW_HZ = 300.0
QUIETEST_ENERGY = 1e-12  # mean square; digital silence and dither of 24 bit lie below

_ITU_WEIGHTS = {
    "FC": 1.0,
    "FL": 0.7071,
    "FR": 0.7071,
    "FLC": 0.7071,
    "FRC": 0.7071,
    "DL": 0.7071,
    "DR": 0.7071,
}
_SURROUND_WEIGHT = 0.5
_LFE_NAMES = frozenset({"LFE", "LFE2"})
_UNNAMED = frozenset({"NONE", ""})


class Downmixer:
    """Mixes blocks of one stream to mono; keeps its channel statistics from block to block.

    `channel_names` are FFmpeg's ("FL", "FC", "LFE"…; "NONE" where the file names none), `sample_rate` is in
    Hz.
    """

    def __init__(self, channel_names: Sequence[str], sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._listening_step = max(1, sample_rate // LISTENING_RATE)
        self._weights = _weights(channel_names)
        self._bass_channels = np.array([name in _LFE_NAMES for name in channel_names])
        count = len(channel_names)
        self._covariance = np.zeros((count, count))
        self._energy = np.zeros(count)
        self._alive = np.zeros(count, dtype=bool)
        self._signs = np.ones(count)
        self._gains: NDArray[np.float32] | None = None

    def mix(self, channels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mono `[samples]` of a block `[channels, samples]`; never louder than its loudest channel."""
        if channels.shape[0] == 1:
            return channels[0]
        self._listen(channels)
        gains = self._decide()
        mono = _weighted_sum(gains, channels)
        if self._gains is not None and not np.array_equal(gains, self._gains):
            fade_samples = min(max(1, round(FADE_SECONDS * self._sample_rate)), mono.size)
            fade = np.linspace(0.0, 1.0, fade_samples, endpoint=False, dtype=np.float32)
            before = _weighted_sum(self._gains, channels[:, :fade_samples])
            mono[:fade_samples] = before + fade * (mono[:fade_samples] - before)
        self._gains = gains
        return mono

    def _listen(self, channels: NDArray[np.float32]) -> None:
        """Updates the channels' covariance.

        It is taken of the first difference at about 8 kHz: offsets, hum and hiss are hidden, speech shows.
        """
        step = self._listening_step
        samples = channels.shape[1] // step * step
        coarse = sum(channels[:, place:samples:step] for place in range(step)) / np.float32(step)
        difference = np.diff(coarse, axis=1)
        kept = np.exp(-channels.shape[1] / (MEMORY_SECONDS * self._sample_rate))
        self._covariance = kept * self._covariance + np.einsum("cs,ds->cd", difference, difference)
        self._energy = kept * self._energy + np.einsum("cs,cs->c", coarse, coarse)
        liveliness = np.diag(self._covariance)
        heard = liveliness > max(
            DEAD_BELOW_ENERGY_RATIO * liveliness.max(), QUIETEST_ENERGY * coarse.shape[1]
        )
        # Taking the difference scales a sine of f Hz by 2πf / rate.
        bass_gain = 2 * np.pi * BASS_ONLY_BELOW_HZ * step / self._sample_rate
        more_than_bass = liveliness > bass_gain**2 * self._energy
        self._alive |= heard & (more_than_bass | ~self._bass_channels)

    def _decide(self) -> NDArray[np.float32]:
        """Gains `[channels]` with their signs."""
        if not self._alive.any():
            return (self._weights / self._weights.sum()).astype(np.float32)
        weights = self._weights * self._alive
        # Starting from the channel that counts most, every further one is compared with the mix so far.
        order = np.argsort(-weights * np.sqrt(np.diag(self._covariance)), kind="stable")
        mix = np.zeros_like(weights)
        mix[order[0]] = weights[order[0]] * self._signs[order[0]]
        for channel in order[1:]:
            if not self._alive[channel]:
                continue
            power = (mix @ self._covariance @ mix) * self._covariance[channel, channel]
            if power > 0:
                correlation = float(self._covariance[channel] @ mix) / np.sqrt(power)
                if correlation < TURN_BELOW_CORRELATION:
                    self._signs[channel] = -1.0
                elif correlation > TURN_BACK_ABOVE_CORRELATION:
                    self._signs[channel] = 1.0
            mix[channel] = weights[channel] * self._signs[channel]
        # Which of two opposite channels is the right one nobody knows: the first, wherever reading began.
        if self._signs[np.argmax(self._alive)] < 0:
            self._signs, mix = np.where(self._alive, -self._signs, self._signs), -mix
        return (mix / weights.sum()).astype(np.float32)


def _weighted_sum(gains: NDArray[np.float32], channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """`gains @ channels`, never through a BLAS, whose threads take longer to wake than this takes to do."""
    return np.einsum("c,cs->s", gains, channels)


def _weights(channel_names: Sequence[str]) -> NDArray[np.float64]:
    if any(name in _UNNAMED for name in channel_names):
        return np.ones(len(channel_names))
    return np.array([_ITU_WEIGHTS.get(name, _SURROUND_WEIGHT) for name in channel_names])
