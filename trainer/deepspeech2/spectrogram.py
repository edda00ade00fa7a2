"""A log-mel spectrogram out of a strided convolution and a matrix product.

Cutting into frames, windowing and the Fourier transform are one linear map of a frame's samples, hence one
convolution whose kernels are windowed cosines and sines; ONNX Runtime has it, whereas an FFT would stand
outside of the graph. The model that comes out takes the waveform itself, as every model folder does.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 400  # 25 ms
HOP_SAMPLES = 160  # 10 ms
FFT_SIZE = 512  # the frequencies are those of a transform of this size
LOWEST_HZ, HIGHEST_HZ = 20.0, 7600.0
LOG_FLOOR = 1e-5  # of the power of a signal with unit variance: 50 dB below


def windowed_dft(frame_samples: int = FRAME_SAMPLES, size: int = FFT_SIZE) -> NDArray[np.float32]:
    """Hann-windowed cosines, then sines, of each frequency from 0 to the half sample rate.

    Shape ``[2 × (size / 2 + 1), frame_samples]``; white noise of unit variance gives power 1 in each.
    """
    times = np.arange(frame_samples)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * times / frame_samples)
    window /= np.sqrt((window**2).sum())
    phases = 2 * np.pi * np.outer(np.arange(size // 2 + 1), times) / size
    return np.concatenate([np.cos(phases) * window, np.sin(phases) * window]).astype(np.float32)


def mel_matrix(bands: int, size: int = FFT_SIZE, sample_rate: int = SAMPLE_RATE) -> NDArray[np.float32]:
    """Triangles of equal width on the mel scale of O'Shaughnessy, each of weight 1.

    Shape ``[bands, size / 2 + 1]``.
    """

    def mel(hz: float) -> float:
        return 2595.0 * math.log10(1.0 + hz / 700.0)

    edges = 700.0 * (10.0 ** (np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), bands + 2) / 2595.0) - 1.0)
    frequencies = np.arange(size // 2 + 1) * sample_rate / size
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (frequencies - low) / (centre - low)
    falling = (high - frequencies) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    sums = triangles.sum(1, keepdims=True)
    if not sums.all():
        raise ValueError(f"{bands} mel bands are too narrow for a transform of {size} samples")
    return np.asarray(triangles / sums, dtype=np.float32)


class LogMelSpectrogram(nn.Module):
    """Samples ``[batch, 1, samples]`` to ``[batch, bands, frames]``, each band of each utterance brought to
    zero mean and unit variance. It has nothing to learn, so its matrices are no weights.
    """

    def __init__(self, bands: int) -> None:
        super().__init__()
        self._dft = windowed_dft()[:, None]
        self._mel = mel_matrix(bands)
        # What a cache of its outputs depends on: a cache's name is the hash of the frozen layers' state.
        self.register_buffer("geometry", torch.tensor([FRAME_SAMPLES, HOP_SAMPLES, FFT_SIZE, bands]))

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        dft = torch.from_numpy(self._dft).to(samples.device)
        mel = torch.from_numpy(self._mel).to(samples.device)
        with torch.autocast(samples.device.type, enabled=False):
            parts = nn.functional.conv1d(samples.float(), dft, stride=HOP_SAMPLES)
            cosine, sine = parts.chunk(2, dim=1)
            log_mel = torch.log(torch.matmul(mel, cosine * cosine + sine * sine) + LOG_FLOOR)
            centred = log_mel - log_mel.mean(2, keepdim=True)
            spread = torch.sqrt((centred * centred).mean(2, keepdim=True) + 1e-5)
            return centred / spread
