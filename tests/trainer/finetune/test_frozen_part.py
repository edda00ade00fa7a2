from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCTC

from tests.trainer.finetune.conftest import FAMILIES
from trainer.finetune.features import collate
from trainer.finetune.frozen_part import Depth, UpperNetwork, frozen_features, label_frames
from trainer.finetune.options import MaskOptions
from trainer.finetune.starts import enable_gradient_checkpointing, set_masks

LENGTHS = (9_000, 16_000, 12_345)


def depths(family: str) -> list[Depth]:
    cuts = [Depth(0), Depth(2), Depth(3)]
    return cuts if family == "wavlm" else [*cuts, Depth(3, 0), Depth(3, 2)]


def sounds() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    return [torch.randn(length, generator=generator) for length in LENGTHS]


def load(starts: Path, family: str, **settings: float) -> Any:
    return opened(starts, family, mask_time_prob=0.0, **settings).eval()


def opened(starts: Path, family: str, **settings: float) -> Any:
    """With those of the settings that its configuration has."""
    config = AutoConfig.from_pretrained(starts / family)
    known = {name: value for name, value in settings.items() if hasattr(config, name)}
    return AutoModelForCTC.from_pretrained(starts / family, **known)


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


STILL = {
    "hidden_dropout": 0.0,
    "attention_dropout": 0.0,
    "activation_dropout": 0.0,
    "feat_proj_dropout": 0.0,
    "final_dropout": 0.0,
    "layerdrop": 0.0,
}


def loss_of(network: Any, depth: Depth) -> torch.Tensor:
    features = frozen_features(network.base_model.eval(), depth, sounds()[1])
    upper = UpperNetwork(network, depth, blank=0).train()
    loss: torch.Tensor = upper(
        features[None], torch.tensor([features.shape[1]]), torch.tensor([[6, 7, 8]]), torch.tensor([3])
    )
    return loss


@pytest.mark.parametrize("family", FAMILIES)
def test_gradient_checkpointing_computes_the_layers_again_to_the_same_gradients(
    starts: Path, family: str
) -> None:
    gradients, calls = [], []
    for checkpointing in (False, True):
        own = {"conformer_conv_dropout": 0.0} if family == "conformer" else {}
        network = opened(starts, family, mask_time_prob=0.0, **STILL, **own)
        if checkpointing:
            enable_gradient_checkpointing(network)
        counted: list[int] = []
        layer = network.base_model.encoder.layers[1]
        # Its first part: the second time it is left as soon as nothing of it is missing any more.
        next(layer.children()).register_forward_pre_hook(
            lambda *arguments, counted=counted: counted.append(1)
        )
        loss_of(network, Depth(3)).backward()
        gradients.append(layer.final_layer_norm.weight.grad)
        calls.append(len(counted))
    assert calls == [1, 2]
    torch.testing.assert_close(*gradients, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_masks_hide_time_and_channels_while_it_trains(starts: Path, family: str) -> None:
    network = opened(starts, family, **STILL)  # with a mask's vector
    losses = []
    for time_share, channel_share in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5)):
        options = MaskOptions(time_share, 4, channel_share, 8)
        set_masks(network.config, options)
        np.random.seed(3)  # transformers draws them from here
        torch.manual_seed(3)
        losses.append(float(loss_of(network, Depth(3)).detach()))
    assert len(set(losses)) == 3


def test_sound_shorter_than_a_frame_is_padded(starts: Path) -> None:
    network = load(starts, "wav2vec2")
    assert frozen_features(network.base_model, Depth(3), torch.randn(10)).shape[1] == 1


def test_label_frames_are_the_networks(starts: Path) -> None:
    network = load(starts, "hubert")
    with torch.no_grad():
        frames = network(torch.randn(1, 12_345)).logits.shape[1]
    assert label_frames(network.config, Depth(0), torch.tensor([12_345])).tolist() == [frames]


def padded_loss(network: Any, consistency: float) -> torch.Tensor:
    """Of a padded batch, in training."""
    features = [frozen_features(network.base_model.eval(), Depth(3), samples) for samples in sounds()]
    batch = collate([(0, 0), (1, 0), (2, 0)], features, [[6, 7], [6, 7, 8], [9]], blank=0)
    upper = UpperNetwork(network, Depth(3), blank=0, consistency=consistency).train()
    loss: torch.Tensor = upper(batch.features, batch.frames, batch.labels, batch.label_lengths)
    return loss


def test_two_equal_hearings_agree_and_the_loss_is_the_plain_one(starts: Path) -> None:
    network = load(starts, "wav2vec2", **STILL)
    set_masks(network.config, MaskOptions(time_share=0.0, channel_share=0.0))
    torch.testing.assert_close(padded_loss(network, 0.5), padded_loss(network, 0.0))


def test_hearings_that_differ_cost_something_and_are_drawn_together(starts: Path) -> None:
    network = load(starts, "wav2vec2", **{**STILL, "hidden_dropout": 0.3})
    set_masks(network.config, MaskOptions(time_share=0.0, channel_share=0.0))

    def apart() -> float:
        torch.manual_seed(1)
        without = padded_loss(network, 1e-9)
        torch.manual_seed(1)
        return float((padded_loss(network, 1.0) - without).detach())

    before = apart()
    assert before > 0
    optimiser = torch.optim.SGD(network.parameters(), 0.05)
    for step in range(5):
        torch.manual_seed(step)
        plain = padded_loss(network, 1e-9)
        torch.manual_seed(step)
        (padded_loss(network, 1.0) - plain).backward()
        optimiser.step()
        optimiser.zero_grad()
    assert apart() < before
