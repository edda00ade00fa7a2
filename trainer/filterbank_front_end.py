"""A wav2vec2 convolutional front end that starts out as a log-mel filterbank.

A wav2vec2 front end learns from raw samples what every speech scientist already knows: that the ear hears
frequency bands on a mel-like scale and loudness on a logarithmic one. Learning it takes hundreds of hours.
Here the first four convolutions of an ordinary ``Wav2Vec2Config`` network are given weights that compute it,
so that a small network learns from a few hours; they are ordinary weights in an ordinary checkpoint and may
be trained further where there is data for it.

    layer  kernel  stride  does
    0      400     80      ± windowed cosine and sine of each band; group norm removes level and channel
    1      4       2       GELU(x) + GELU(-x) ≈ |x|, summed and smoothed: the band's magnitude each 10 ms
    2      1       1       GELU ramps at fixed thresholds
    3      1       1       their weighted sum, fitted to a logarithm: a log-mel spectrum
    4      any     any     random: the first layer that has something to learn

Because group norm stands in layer 0 only (``feat_extract_norm="group"``), the layers after it keep absolute
scales. The idea of initialising a learnable front end as a filterbank is from Zeghidour et al., "Learning
Filterbanks from Raw Speech for Phone Recognition", ICASSP 2018; expressing it in the stock wav2vec2 layers is
ours.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import PretrainedConfig

BANDS = 64
PHASES = 4  # +cos, -cos, +sin, -sin
THRESHOLDS = (0.0, 0.03, 0.1, 0.3, 1.0, 3.0, 9.0)
FROZEN_LAYERS = 4
LOG_FLOOR = 0.03
LOWEST_HZ, HIGHEST_HZ = 60.0, 7600.0

CONV_DIM = (BANDS * PHASES, BANDS, BANDS * len(THRESHOLDS), BANDS)
CONV_KERNEL = (400, 4, 1, 1)
CONV_STRIDE = (80, 2, 1, 1)


def mel_centres_hz(bands: int = BANDS) -> np.ndarray:
    """Centre frequencies, equally spaced on the mel scale of O'Shaughnessy (2595 · log10(1 + f/700)). Shape
    ``[bands]``.
    """

    def mel(hz: float) -> float:
        return 2595.0 * math.log10(1.0 + hz / 700.0)

    mels = np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), bands + 2)
    edges = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    return edges[1:-1]


def band_filters(sample_rate: int = 16_000, kernel: int = CONV_KERNEL[0]) -> np.ndarray:
    """Windowed cosines and sines, ``[bands × 4, kernel]``: rows ``4b … 4b+3`` are +cos, -cos, +sin, -sin of
    band ``b``.

    The Hann window of each band is as long as its mel spacing allows (Δf ≈ 2 / duration), between 6 and 25
    ms: a long window in a wide band would leave frequencies between two bands unheard.
    """
    centres = mel_centres_hz()
    spacing = np.gradient(centres)
    times = np.arange(kernel) - (kernel - 1) / 2
    rows = []
    for centre_hz, spacing_hz in zip(centres, spacing, strict=True):
        length = float(np.clip(2.0 * sample_rate / spacing_hz, 0.006 * sample_rate, kernel))
        window = np.where(np.abs(times) < length / 2, 0.5 + 0.5 * np.cos(2 * np.pi * times / length), 0.0)
        window /= window.sum()
        phase = 2 * np.pi * centre_hz / sample_rate * times
        cosine, sine = window * np.cos(phase), window * np.sin(phase)
        rows += [cosine, -cosine, sine, -sine]
    return np.stack(rows).astype(np.float32)


def gelu(x: np.ndarray) -> np.ndarray:
    """Exact Gaussian error linear unit, as ``feat_extract_activation="gelu"`` computes it."""
    return nn.functional.gelu(torch.as_tensor(x, dtype=torch.float64)).numpy()


RAMP_SCALES = tuple(2.0 / max(threshold, 0.02) for threshold in THRESHOLDS)


def logarithm_weights() -> tuple[np.ndarray, float]:
    """Weights and bias with which the GELU ramps add up to ``log((m + floor) / floor)`` for magnitudes ``0 …
    30``.

    Least squares with more weight on small magnitudes' decades (the points are spaced evenly in the
    logarithm). The result is positive, so that the GELU behind layer 3 passes it unchanged.
    """
    magnitude = np.concatenate([[0.0], np.geomspace(LOG_FLOOR / 10, 30.0, 400)])
    ramps = _ramps(gelu(magnitude))  # layer 1 ends in a GELU of its own
    target = np.log((magnitude + LOG_FLOOR) / LOG_FLOOR) + 0.5
    design = np.concatenate([ramps, np.ones((len(magnitude), 1))], axis=1)
    solution, *_ = np.linalg.lstsq(design, target, rcond=None)
    return solution[:-1], float(solution[-1])


def _ramps(magnitude: np.ndarray) -> np.ndarray:
    columns = [
        gelu(scale * (magnitude - threshold)) / scale
        for scale, threshold in zip(RAMP_SCALES, THRESHOLDS, strict=True)
    ]
    return np.stack(columns, axis=1)


@torch.no_grad()
def initialise_as_filterbank(feature_extractor: Any, config: PretrainedConfig) -> None:
    """Write the filterbank into the first four convolutions of a ``Wav2Vec2FeatureEncoder``.

    :raises ValueError: when the configuration's first four layers are not the ones in this module's table.
    """
    ours = (CONV_DIM, CONV_KERNEL, CONV_STRIDE)
    theirs = tuple(
        tuple(values[:FROZEN_LAYERS]) for values in (config.conv_dim, config.conv_kernel, config.conv_stride)
    )
    if theirs != ours or config.feat_extract_norm != "group" or not config.conv_bias:
        raise ValueError(
            "A filterbank front end needs feat_extract_norm = group, conv_bias = true and, as its first four "
            f"layers, conv_dim {CONV_DIM}, conv_kernel {CONV_KERNEL}, conv_stride {CONV_STRIDE}; this "
            f"configuration has {theirs}."
        )
    layers = feature_extractor.conv_layers
    # Group norm brings every filter to unit variance; ×3 puts |x| mostly on GELU's straight part.
    # Filters of a silent band stay under the norm's epsilon (1e-5 in variance) and so stay silent.
    layers[0].conv.weight.copy_(torch.from_numpy(band_filters())[:, None, :])
    layers[0].conv.bias.zero_()
    layers[0].layer_norm.weight.fill_(3.0)
    layers[0].layer_norm.bias.zero_()

    smoothing = torch.tensor([0.15, 0.35, 0.35, 0.15])
    pool = torch.zeros(BANDS, BANDS * PHASES, CONV_KERNEL[1])
    for band in range(BANDS):
        pool[band, band * PHASES : (band + 1) * PHASES] = smoothing / 3.0 / 2.0
    layers[1].conv.weight.copy_(pool)
    layers[1].conv.bias.zero_()

    ramps = torch.zeros(CONV_DIM[2], BANDS, 1)
    ramp_bias = torch.zeros(CONV_DIM[2])
    total = torch.zeros(BANDS, CONV_DIM[2], 1)
    weights, bias = logarithm_weights()
    for band in range(BANDS):
        for number, (scale, threshold) in enumerate(zip(RAMP_SCALES, THRESHOLDS, strict=True)):
            row = band * len(THRESHOLDS) + number
            ramps[row, band, 0] = scale
            ramp_bias[row] = -scale * threshold
            total[band, row, 0] = float(weights[number]) / scale
    layers[2].conv.weight.copy_(ramps)
    layers[2].conv.bias.copy_(ramp_bias)
    layers[3].conv.weight.copy_(total)
    layers[3].conv.bias.fill_(bias)
