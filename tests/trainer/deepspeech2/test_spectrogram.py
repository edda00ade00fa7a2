from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.deepspeech2.network import (
    FFT_SIZE,
    FRAME_SAMPLES,
    HOP_SAMPLES,
    LogMelSpectrogram,
    mel_matrix,
    windowed_dft,
)


def test_the_matrices_are_a_windowed_fourier_transform() -> None:
    frame = np.random.default_rng(1).standard_normal(FRAME_SAMPLES)
    parts = windowed_dft() @ frame
    power = (parts.reshape(2, -1) ** 2).sum(0)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME_SAMPLES) / FRAME_SAMPLES)
    expected = np.abs(np.fft.rfft(frame * window, FFT_SIZE)) ** 2 / (window**2).sum()
    np.testing.assert_allclose(power, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("bands", [2, 40, 80, 96])
def test_every_band_hears_something_and_they_go_upwards(bands: int) -> None:
    matrix = mel_matrix(bands)
    np.testing.assert_allclose(matrix.sum(1), 1.0, rtol=1e-5)
    centres = matrix @ np.arange(FFT_SIZE // 2 + 1)
    assert (np.diff(centres) > 0).all()


def test_a_tone_lights_up_its_band_while_it_sounds() -> None:
    times = torch.arange(32_000) / 16_000
    tone = torch.where(times < 1.0, torch.sin(2 * torch.pi * 1000 * times), torch.zeros(()))
    samples = tone + 1e-3 * torch.randn(tone.shape, generator=torch.Generator().manual_seed(1))
    spectrogram = LogMelSpectrogram(40)(samples[None, None])[0]
    assert spectrogram.shape == (40, (32_000 - FRAME_SAMPLES) // HOP_SAMPLES + 1)
    torch.testing.assert_close(spectrogram.mean(1), torch.zeros(40), atol=1e-4, rtol=0)
    band = int((mel_matrix(40) @ np.eye(FFT_SIZE // 2 + 1)[1000 * FFT_SIZE // 16_000]).argmax())
    assert spectrogram[band, :95].min() > 0.9
    assert spectrogram[band, 105:].max() < -0.9


def test_it_does_not_matter_how_loud_it_was() -> None:
    samples = torch.randn(1, 1, 8000, generator=torch.Generator().manual_seed(2))
    front_end = LogMelSpectrogram(80)
    torch.testing.assert_close(front_end(samples), front_end(3 * samples), atol=1e-2, rtol=0)
