from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import Wav2Vec2ConformerForCTC

from trainer.filterbank_front_end import (
    BANDS,
    FROZEN_LAYERS,
    LOG_FLOOR,
    initialise_as_filterbank,
    mel_centres_hz,
)
from trainer.network import TrainingNetwork, build_config
from trainer.recipe import NetworkRecipe

SMALL = NetworkRecipe(hidden_size=16, layers=1, heads=1, intermediate_size=16, phone_layer=0)
RATE = 16_000


@pytest.fixture(scope="module")
def network() -> TrainingNetwork:
    torch.manual_seed(0)
    return TrainingNetwork(SMALL, 0.0).eval()


def features(network: TrainingNetwork, samples: np.ndarray) -> np.ndarray:
    return network.front_end(torch.from_numpy(samples.astype(np.float32))).numpy()


@pytest.mark.parametrize("frequency_hz", [130, 450, 1030, 2530, 6070])
def test_a_tone_sounds_loudest_in_its_band(network: TrainingNetwork, frequency_hz: float) -> None:
    times = np.arange(2 * RATE) / RATE
    # The tone stands out of a noise floor: group norm compares each band with its own average. No multiple of
    # 200 Hz: in steps of 80 samples that tone is a constant, and group norm takes constants away.
    samples = np.where(times > 1, np.sin(2 * np.pi * frequency_hz * times), 0)
    samples = samples + 0.1 * np.random.default_rng(0).standard_normal(times.size)
    bands = features(network, samples)
    risen = bands[:, 120:180].mean(axis=1) - bands[:, 20:80].mean(axis=1)
    expected = int(np.argmin(np.abs(mel_centres_hz() - frequency_hz)))
    assert abs(int(np.argmax(risen)) - expected) <= 1


def test_loudness_is_heard_logarithmically_and_the_level_does_not_matter(network: TrainingNetwork) -> None:
    generator = np.random.default_rng(1)
    noise = generator.standard_normal(3 * RATE)
    gains = np.repeat([1.0, 0.25, 0.0625], RATE)  # two equal steps of 12 dB
    bands = features(network, noise * gains)
    loud, middle, quiet = (bands[:, start : start + 70].mean() for start in (15, 115, 215))
    assert loud - middle == pytest.approx(middle - quiet, rel=0.35)
    np.testing.assert_allclose(features(network, 0.01 * noise * gains), bands, atol=0.05)


def test_frames_are_ten_milliseconds_apart(network: TrainingNetwork) -> None:
    samples = np.random.default_rng(2).standard_normal(10 * RATE)
    assert features(network, samples).shape == (BANDS, 997)


def test_silence_gives_no_wild_values(network: TrainingNetwork) -> None:
    bands = features(network, np.zeros(RATE))
    assert np.isfinite(bands).all()
    assert np.abs(bands).max() < 2 * LOG_FLOOR + 1


def test_the_frozen_layers_do_not_learn_and_the_others_do(network: TrainingNetwork) -> None:
    layers = network.encoder_parts.feature_extractor.conv_layers
    assert not any(p.requires_grad for layer in layers[:FROZEN_LAYERS] for p in layer.parameters())
    assert all(p.requires_grad for layer in layers[FROZEN_LAYERS:] for p in layer.parameters())


def test_another_front_end_is_refused() -> None:
    config = build_config(SMALL)
    config.conv_kernel = (10, *config.conv_kernel[1:])
    with pytest.raises(ValueError, match="conv_kernel"):
        initialise_as_filterbank(Wav2Vec2ConformerForCTC(config).wav2vec2_conformer.feature_extractor, config)


def test_features_and_whole_network_agree_on_the_same_sound(network: TrainingNetwork) -> None:
    """Training sees the network in two halves, the app sees it whole."""
    samples = torch.from_numpy(np.random.default_rng(3).standard_normal(2 * RATE).astype(np.float32))
    normalised = (samples - samples.mean()) / torch.sqrt(samples.var(unbiased=False) + 1e-7)
    with torch.no_grad():
        whole = network.ctc(normalised[None]).logits.log_softmax(-1)
        halves = network.front_end(samples)
        scores, _ = network(halves[None], torch.tensor([halves.shape[1]]))
    torch.testing.assert_close(scores, whole, atol=1e-4, rtol=1e-4)
