"""Waveform augmentation: speed, noise, rooms, recording devices.

All functions use NumPy on ``[samples]`` float32 at 16 kHz. Masks over frames and channels are applied in the
network, see `trainer.finetune.options.MaskOptions`.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from asr_desktop.teaching.dataset import read_speech

# Simulated microphones, telephone lines and codecs.
#
# A model trained on a few good recordings is poor on other devices; these augmentations simulate many
# devices. All keep the number of samples and the timing of the words.

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
LOWEST_HZ, HIGHEST_HZ = 60.0, 8000.0
_CURVE_POINTS = 7
_TELEPHONE_HZ = (300.0, 3400.0)
_MU = 255.0  # of the telephone's companding, ITU-T G.711
# libsndfile's scale from 0 (best) to 1 (smallest).
_COMPRESSION = (0.7, 1.0)


def colour(samples: Samples, most_db: float, generator: np.random.Generator) -> Samples:
    """A microphone's frequency response: a random smooth curve of at most ``most_db`` up or down."""
    points = np.geomspace(LOWEST_HZ, HIGHEST_HZ, _CURVE_POINTS)
    gains_db = generator.uniform(-most_db, most_db, _CURVE_POINTS)
    return _filtered(samples, lambda hz: np.interp(np.log(hz), np.log(points), gains_db))


def mask_band(samples: Samples, generator: np.random.Generator) -> Samples:
    """Remove a band of at most a fifth of the audible range: SpecAugment's frequency mask (Park et al., 2019)
    on the waveform.
    """
    lowest, highest = np.log(LOWEST_HZ), np.log(HIGHEST_HZ)
    width = generator.uniform(0.03, 0.2) * (highest - lowest)
    start = generator.uniform(lowest, highest - width)

    def gains_db(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        log_hz = np.log(hz)
        return np.where((log_hz >= start) & (log_hz < start + width), -40.0, 0.0)

    return _filtered(samples, gains_db)


def telephone(samples: Samples) -> Samples:
    """300 to 3400 Hz, in the 256 steps of G.711."""
    low, high = _TELEPHONE_HZ
    narrow = _filtered(samples, lambda hz: np.where((hz >= low) & (hz <= high), 0.0, -60.0))
    peak = float(np.abs(narrow).max()) + 1e-9
    shares = narrow / peak
    companded = np.sign(shares) * np.log1p(_MU * np.abs(shares)) / np.log1p(_MU)
    steps = np.round(companded * 127.0) / 127.0
    expanded = np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(_MU)) / _MU
    return np.asarray(expanded * peak, dtype=np.float32)


def clip(samples: Samples, generator: np.random.Generator) -> Samples:
    """Clipping from a too high level: cuts everything above a third to nine tenths of the peak."""
    limit = float(generator.uniform(0.3, 0.9)) * (float(np.abs(samples).max()) + 1e-9)
    return np.asarray(np.clip(samples, -limit, limit), dtype=np.float32)


def through_codec(samples: Samples, generator: np.random.Generator) -> Samples:
    """Opus or MP3 at a low rate, and back."""
    peak = float(np.abs(samples).max()) + 1e-9
    settings: dict[str, Any] = (
        {"format": "OGG", "subtype": "OPUS"}
        if generator.random() < 0.5
        else {"format": "MP3", "subtype": "MPEG_LAYER_III"}
    )
    packed = io.BytesIO()
    level = float(generator.uniform(*_COMPRESSION))
    soundfile.write(packed, samples * (0.9 / peak), SAMPLE_RATE, compression_level=level, **settings)
    packed.seek(0)
    heard, _ = soundfile.read(packed, dtype="float32")
    # A codec delays sound by some milliseconds; that is harmless, since CTC aligns the letters in every step.
    result = np.zeros(samples.size, np.float32)
    count = min(samples.size, heard.size)
    result[:count] = heard[:count] * (peak / 0.9)
    return result


def _filtered(samples: Samples, gains_db: Any) -> Samples:
    """Samples with a gain in dB for each frequency in Hz."""
    size = 1 << (samples.size + SAMPLE_RATE // 10 - 1).bit_length()
    spectrum = np.fft.rfft(samples, size)
    hz = np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1.0)
    spectrum *= 10.0 ** (gains_db(hz) / 20.0)
    return np.asarray(np.fft.irfft(spectrum, size)[: samples.size], dtype=np.float32)


# Time stretching without a change of pitch: WSOLA (Verhelst & Roelands, "An overlap-add technique based on
# waveform similarity", ICASSP 1993). For speech it sounds cleaner than a phase vocoder, and it keeps the
# level.


_FRAME = 640  # 40 ms at 16 kHz: two periods of the lowest voice
_HOP = _FRAME // 2
_SEARCH = 160  # how far a frame may move to match the previous one: a period of 100 Hz


def stretch_time(samples: Samples, factor: float) -> Samples:
    """``samples`` ``[n]`` played ``factor`` times as fast at the same pitch: ``round(n / factor)``."""
    wanted = max(1, round(samples.size / factor))
    if factor == 1.0 or samples.size < 2 * _FRAME:
        return samples
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)  # two windows, half a frame apart, add up to one
    padded = np.pad(samples, (_SEARCH, 2 * _FRAME + 2 * _SEARCH))
    out = np.zeros(wanted + 2 * _FRAME, dtype=np.float32)
    place = _SEARCH
    for start in range(0, wanted + _HOP, _HOP):
        out[start : start + _FRAME] += window * padded[place : place + _FRAME]
        # The natural continuation of the previous frame; the most similar frame near the target position is
        # used.
        natural = padded[place + _HOP : place + _HOP + _FRAME]
        centre = min(round((start + _HOP) * factor) + _SEARCH, padded.size - _FRAME - _SEARCH)
        around = padded[centre - _SEARCH : centre + _SEARCH + _FRAME]
        place = centre - _SEARCH + int(np.argmax(np.correlate(around, natural, "valid")))
        place = min(place, padded.size - _FRAME - _HOP)
    return out[:wanted]


@dataclass(frozen=True)
class Augmentation:
    """How strongly waveforms are varied; probabilities are per utterance."""

    speed: tuple[float, float] = (0.88, 1.14)
    noise_probability: float = 0.4
    noise_snr_db: tuple[float, float] = (8.0, 30.0)
    room_probability: float = 0.25
    # Off unless a recipe asks for them; see `settings_that_matter`.
    pitch_probability: float = 0.0
    pitch_semitones: tuple[float, float] = (-2.0, 2.0)
    stretch_probability: float = 0.0
    stretch: tuple[float, float] = (0.9, 1.1)  # faster or slower at the same pitch
    gain_db: tuple[float, float] = (0.0, 0.0)
    # Recording devices.
    babble_probability: float = 0.0  # other training utterances in the background
    babble_snr_db: tuple[float, float] = (6.0, 20.0)
    colour_probability: float = 0.0
    colour_db: float = 12.0
    band_mask_probability: float = 0.0
    telephone_probability: float = 0.0
    codec_probability: float = 0.0
    clip_probability: float = 0.0

    def settings_that_matter(self) -> dict[str, object]:
        """The settings without those that are off, so that older caches stay valid."""
        settings = asdict(self)
        if self.pitch_probability == 0.0:
            del settings["pitch_probability"], settings["pitch_semitones"]
        if self.stretch_probability == 0.0:
            del settings["stretch_probability"], settings["stretch"]
        if self.gain_db == (0.0, 0.0):
            del settings["gain_db"]
        for name in ("babble", "colour", "band_mask", "telephone", "codec", "clip"):
            if settings[f"{name}_probability"] == 0.0:
                del settings[f"{name}_probability"]
        if self.babble_probability == 0.0:
            del settings["babble_snr_db"]
        if self.colour_probability == 0.0:
            del settings["colour_db"]
        return settings


def change_speed(samples: Samples, factor: float) -> Samples:
    """Play ``factor`` times as fast, pitch and formants included (Ko et al., "Audio augmentation for speech
    recognition", 2015).

    """
    if factor == 1.0 or samples.size < 2:
        return samples
    return np.asarray(soxr.resample(samples, factor, 1.0), dtype=np.float32)


def add_noise(samples: Samples, noise: Samples, snr_db: float, generator: np.random.Generator) -> Samples:
    """Add a random stretch of ``noise`` (repeated where it is shorter) at a signal-to-noise ratio in dB."""
    start = int(generator.integers(0, noise.size))
    stretch = np.take(noise, np.arange(start, start + samples.size), mode="wrap")
    speech_power = float(np.mean(samples**2)) + 1e-12
    noise_power = float(np.mean(stretch**2)) + 1e-12
    gain = np.sqrt(speech_power / noise_power / 10.0 ** (snr_db / 10.0))
    return np.asarray(samples + gain * stretch, dtype=np.float32)


def add_room(samples: Samples, impulse_response: Samples) -> Samples:
    """Convolve with a room's impulse response, with its direct sound at time zero, so that word times stay
    valid.
    """
    direct = int(np.argmax(np.abs(impulse_response)))
    response = impulse_response[direct:]
    size = 1 << (samples.size + response.size - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: samples.size]
    scale = np.sqrt((np.mean(samples**2) + 1e-12) / (np.mean(wet**2) + 1e-12))
    return np.asarray(wet * scale, dtype=np.float32)


def shift_pitch(samples: Samples, semitones: float) -> Samples:
    """Raise the pitch by this many semitones with the same duration (formants move with the pitch)."""
    factor = 2.0 ** (semitones / 12.0)
    return change_speed(stretch_time(samples, 1.0 / factor), factor)


def synthetic_room(generator: np.random.Generator) -> Samples:
    """An impulse response of a small room: the direct sound, then noise that decays by 60 dB in 0.15–0.5 s.
    Shape ``[samples]``; used where there are no measured ones.
    """
    seconds = generator.uniform(0.15, 0.5)
    times = np.arange(int(seconds * 16_000)) / 16_000
    tail = generator.standard_normal(times.size) * 10.0 ** (-3.0 * times / seconds)
    response = tail * generator.uniform(0.02, 0.08)
    response[: int(0.002 * 16_000)] = 0.0
    response[0] = 1.0
    return response.astype(np.float32)


class WaveformAugmenter:
    """Draws a random variant of an utterance; with ``variant=0`` the recording stays as it is."""

    def __init__(self, options: Augmentation, noises: list[Samples], rooms: list[Samples]) -> None:
        self._options = options
        self._noises = noises
        self._rooms = rooms
        self._voices: list[Samples] = []

    def hear_in_background(self, voices: list[Samples]) -> None:
        """Set the utterances, of any speakers, that babble noise is made from."""
        self._voices = voices

    @classmethod
    def with_synthetic_rooms(cls, options: Augmentation, folder: Path | None) -> WaveformAugmenter:
        """As `from_folder`, with synthetic rooms where the folder has none."""
        augmenter = cls.from_folder(options, folder)
        if not augmenter._rooms:
            generator = np.random.default_rng(16_000)
            augmenter._rooms = [synthetic_room(generator) for _ in range(8)]
        return augmenter

    @classmethod
    def from_folder(cls, options: Augmentation, folder: Path | None) -> WaveformAugmenter:
        """Noises are the folder's ``*.flac``, room impulse responses its ``rir*.wav``; None means neither."""
        if folder is None:
            return cls(options, [], [])
        rooms = sorted(folder.glob("rir*.wav"))
        return cls(
            options,
            [read_speech(path) for path in sorted(folder.glob("*.flac"))],
            [read_speech(path) for path in rooms],
        )

    def variant(self, samples: Samples, variant: int, generator: np.random.Generator) -> Samples:
        """One random variant; white and household noise alternate, so that no single noise is memorised."""
        if variant == 0:
            return samples
        options = self._options
        samples = change_speed(samples, float(generator.uniform(*options.speed)))
        # Disabled augmentations draw no random numbers, so that the other draws do not change.
        if options.stretch_probability and generator.random() < options.stretch_probability:
            samples = stretch_time(samples, float(generator.uniform(*options.stretch)))
        if options.pitch_probability and generator.random() < options.pitch_probability:
            samples = shift_pitch(samples, float(generator.uniform(*options.pitch_semitones)))
        if self._rooms and generator.random() < options.room_probability:
            samples = add_room(samples, self._rooms[int(generator.integers(len(self._rooms)))])
        if generator.random() < options.noise_probability:
            choice = int(generator.integers(len(self._noises) + 1))
            noise = (
                self._noises[choice]
                if choice < len(self._noises)
                else generator.standard_normal(samples.size).astype(np.float32)
            )
            samples = add_noise(samples, noise, float(generator.uniform(*options.noise_snr_db)), generator)
        samples = self._through_device(samples, generator)
        if options.gain_db != (0.0, 0.0):
            samples = samples * np.float32(10.0 ** (generator.uniform(*options.gain_db) / 20.0))
        return samples

    def _through_device(self, samples: Samples, generator: np.random.Generator) -> Samples:
        """Background voices, then microphone, line, level and codec, in the order of a real signal path."""
        options = self._options

        def happens(probability: float) -> bool:
            return bool(probability and generator.random() < probability)

        if self._voices and happens(options.babble_probability):
            for _ in range(int(generator.integers(1, 3))):
                voice = self._voices[int(generator.integers(len(self._voices)))]
                snr_db = float(generator.uniform(*options.babble_snr_db))
                samples = add_noise(samples, voice, snr_db, generator)
        if happens(options.colour_probability):
            samples = colour(samples, options.colour_db, generator)
        if happens(options.band_mask_probability):
            samples = mask_band(samples, generator)
        if happens(options.clip_probability):
            samples = clip(samples, generator)
        if happens(options.telephone_probability):
            samples = telephone(samples)
        if happens(options.codec_probability):
            samples = through_codec(samples, generator)
        return samples
