"""What microphones, lines and codecs do to speech: waveform augmentations, numpy on ``[samples]`` at 16 kHz.

A model that was taught with a few good recordings hears badly through other people's devices; these make many
devices of one. All keep the number of samples, and the words where they are.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

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
    """Take a band of a fifth of the audible range at most away: SpecAugment's mask over frequency (Park et
    al., 2019), made in the sound.
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
    """A level that was set too high: all above a third to nine tenths of the peak is cut off."""
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
    # A codec delays sound by some milliseconds; CTC aligns the letters anew in every step.
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
