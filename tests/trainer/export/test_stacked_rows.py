from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

from trainer.export.graph import NormalisedFirstLayer, StackedGroups, StackedLinear, stack_rows

TINY = {
    "hidden_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "conv_dim": [128] * 7,
    "vocab_size": 12,
}


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (2, 2), (3, 2), (3, 1), (5, 3), (4, 4)])
@pytest.mark.parametrize("bias", [True, False])
@torch.no_grad()
def test_a_stacked_convolution_says_the_same_at_every_length(kernel: int, stride: int, bias: bool) -> None:
    torch.manual_seed(1)
    convolution = nn.Conv1d(6, 5, kernel, stride, bias=bias)
    stacked = StackedLinear(convolution)
    for length in range(kernel, kernel + 3 * stride + 2):
        samples = torch.randn(2, 6, length)
        torch.testing.assert_close(stacked(samples), convolution(samples), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("padding", [0, 4])
@torch.no_grad()
def test_a_convolution_in_groups_is_one_product_a_group(padding: int) -> None:
    torch.manual_seed(4)
    convolution = nn.utils.parametrizations.weight_norm(
        nn.Conv1d(96, 192, 8, padding=padding, groups=3), name="weight", dim=2
    )
    network = nn.Sequential(convolution)
    stack_rows(network)
    assert isinstance(network[0], StackedGroups)
    for length in (8, 9, 50):
        samples = torch.randn(2, 96, length)
        torch.testing.assert_close(network(samples), convolution(samples), atol=1e-5, rtol=1e-5)


def test_narrow_groups_stay_a_convolution() -> None:
    network = nn.Sequential(nn.Conv1d(256, 256, 9, groups=256, padding=4))
    stack_rows(network)
    assert isinstance(network[0], nn.Conv1d)


@pytest.mark.parametrize("silence", [False, True])
@torch.no_grad()
def test_the_first_layer_and_its_norm_are_one_product(silence: bool) -> None:
    torch.manual_seed(2)
    convolution, norm = nn.Conv1d(1, 64, 10, 5, bias=True), nn.GroupNorm(64, 64)
    norm.weight.uniform_(0.5, 2.0)
    norm.bias.normal_()
    # Mostly low frequencies, as speech has them: a high-pass filter leaves of them little but rounding error.
    convolution.weight[0] = torch.tensor([1.0, -1.0] * 5)
    samples = torch.randn(2, 1, 8_000).cumsum(-1) * (0.0 if silence else 1.0)
    whole = NormalisedFirstLayer(convolution, norm)
    exact = norm.double()(convolution.double()(samples.double())).float()
    torch.testing.assert_close(whole(samples), exact, atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("norm", ["group", "layer"])
@torch.no_grad()
def test_a_networks_whole_front_end_is_stacked(norm: str) -> None:
    torch.manual_seed(3)
    settings = {"feat_extract_norm": norm, "do_stable_layer_norm": norm == "layer"}
    network = Wav2Vec2ForCTC(Wav2Vec2Config(**TINY, **settings)).eval()
    stacked = copy.deepcopy(network)
    stack_rows(stacked)
    kinds = [type(layer.conv) for layer in stacked.wav2vec2.feature_extractor.conv_layers]
    assert kinds == [NormalisedFirstLayer if norm == "group" else nn.Conv1d, *[StackedLinear] * 6]
    assert isinstance(stacked.wav2vec2.encoder.pos_conv_embed.conv, StackedGroups)
    samples = torch.randn(2, 16_123)
    torch.testing.assert_close(stacked(samples).logits, network(samples).logits, atol=1e-4, rtol=1e-4)


def test_narrow_layers_keep_their_precision() -> None:
    network = nn.Sequential(nn.Conv1d(64, 256, 3), nn.Conv1d(256, 256, 3), nn.Conv1d(256, 64, 3))
    stack_rows(network)
    assert [type(layer) for layer in network] == [nn.Conv1d, StackedLinear, nn.Conv1d]
