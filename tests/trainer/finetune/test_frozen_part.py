from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCTC

from tests.trainer.finetune.conftest import FAMILIES
from trainer.finetune.features import collate
from trainer.finetune.frozen_part import Depth, UpperNetwork, frozen_features, label_frames

LENGTHS = (9_000, 16_000, 12_345)


def depths(family: str) -> list[Depth]:
    cuts = [Depth(0), Depth(2), Depth(3)]
    return cuts if family == "wavlm" else [*cuts, Depth(3, 0), Depth(3, 2)]


def sounds() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    return [torch.randn(length, generator=generator) for length in LENGTHS]


def load(starts: Path, family: str) -> Any:
    return AutoModelForCTC.from_pretrained(starts / family, mask_time_prob=0.0).eval()


@pytest.mark.parametrize("family", FAMILIES)
def test_frozen_part_and_the_rest_are_the_network(starts: Path, family: str) -> None:
    network = load(starts, family)
    for depth in depths(family):
        upper = UpperNetwork(network, depth, blank=0).eval()
        for samples in sounds()[:2]:
            with torch.no_grad():
                whole = network(samples[None]).logits.log_softmax(-1)
                features = frozen_features(network.base_model, depth, samples)
                parts, lengths = upper.log_probabilities(features[None], torch.tensor([features.shape[1]]))
            torch.testing.assert_close(parts, whole, atol=1e-4, rtol=1e-4)
            assert lengths.tolist() == [whole.shape[1]]


# The position embedding of data2vec and the conformer's convolutions look into the padding, in plain
# transformers as here; the others must not.
@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in ("conformer", "data2vec")])
def test_a_padded_batch_says_what_each_utterance_says_alone(starts: Path, family: str) -> None:
    network = load(starts, family)
    for depth in depths(family):
        upper = UpperNetwork(network, depth, blank=0).eval()
        with torch.no_grad():
            features = [frozen_features(network.base_model, depth, samples) for samples in sounds()]
            batch = collate([(0, 0), (1, 0), (2, 0)], features, [[1]] * 3, blank=0)
            together, lengths = upper.log_probabilities(batch.features, batch.frames)
            for row, alone in enumerate(features):
                scores, _ = upper.log_probabilities(alone[None], torch.tensor([alone.shape[1]]))
                count = int(lengths[row])
                assert scores.shape[1] == count
                torch.testing.assert_close(together[row, :count], scores[0], atol=1e-3, rtol=1e-3)


def test_the_network_is_left_as_it_was(starts: Path) -> None:
    network = load(starts, "conformer")
    modules = dict(network.named_modules())
    upper = UpperNetwork(network, Depth(3, 2), blank=0)
    with torch.no_grad(), pytest.raises(RuntimeError):
        upper.log_probabilities(torch.zeros(1, 7, 5), torch.tensor([5]))  # wrong width: it stops half-way
    assert dict(network.named_modules()) == modules
    network(torch.randn(1, 8000))


def test_gradients_reach_what_is_not_frozen(starts: Path) -> None:
    network = load(starts, "wav2vec2")
    network.requires_grad_(False)
    network.base_model.encoder.layers[2].requires_grad_(True)
    depth = Depth(3, 2)
    features = frozen_features(network.base_model, depth, sounds()[1])
    loss = UpperNetwork(network, depth, blank=0)(
        features[None], torch.tensor([features.shape[1]]), torch.tensor([[6, 7, 8]]), torch.tensor([3])
    )
    loss.backward()
    assert all(p.grad is not None for p in network.base_model.encoder.layers[2].parameters())


def test_sound_shorter_than_a_frame_is_padded(starts: Path) -> None:
    network = load(starts, "wav2vec2")
    assert frozen_features(network.base_model, Depth(3), torch.randn(10)).shape[1] == 1


def test_label_frames_are_the_networks(starts: Path) -> None:
    network = load(starts, "hubert")
    with torch.no_grad():
        frames = network(torch.randn(1, 12_345)).logits.shape[1]
    assert label_frames(network.config, Depth(0), torch.tensor([12_345])).tolist() == [frames]
