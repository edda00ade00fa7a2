from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.finetune.conftest import FAMILIES
from trainer.finetune.frozen_part import Depth, UpperNetwork, frozen_features
from trainer.finetune.job import FinetuneError
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.starts import Start, open_start
from trainer.finetune.trainable_parts import (
    choose_trainable,
    frozen_depth,
    published_network,
    set_trained_weights,
    trained_weights,
)
from trainer.recipe import build

TEXTS = ["a cab faced the abbey"] * 10


def opened(starts: Path, family: str, **trainable: Any) -> tuple[Start, Any, FinetuneRecipe]:
    recipe: FinetuneRecipe = build(FinetuneRecipe, {"trainable": trainable, "optimisation": {"dropout": 0.0}})
    start = open_start(starts / family, TEXTS, recipe)
    choose_trainable(start, recipe.trainable)
    return start, start.network, recipe


def one_step(start: Start, network: Any, depth: Depth) -> list[str]:
    """Names of the weights that got a gradient, after a large step along it."""
    samples = torch.randn(16_000, generator=torch.Generator().manual_seed(2))
    features = frozen_features(start.base.eval(), depth, samples)
    upper = UpperNetwork(network, depth, blank=0).eval()
    loss = upper(features[None], torch.tensor([features.shape[1]]), torch.tensor([[6, 7]]), torch.tensor([2]))
    loss.backward()
    moved = []
    for name, parameter in network.named_parameters():
        if parameter.grad is not None and bool(parameter.grad.any()):
            moved.append(name)
            parameter.data -= 0.5 * parameter.grad
    return moved


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("way", ["whole", "top", "lora", "head"])
def test_what_learns_moves_and_what_is_frozen_does_not(starts: Path, family: str, way: str) -> None:
    start, network, recipe = opened(starts, family, way=way, top_layers=1, lora_rank=4)
    depth = frozen_depth(start, recipe.trainable)
    moved = one_step(start, network, depth)
    assert any("lm_head" in name for name in moved)
    assert not any("feature_extractor" in name for name in moved)
    encoder = {name.split("layers.")[1][0] for name in moved if "encoder.layers." in name}
    assert encoder == {"whole": {"0", "1", "2"}, "top": {"2"}, "lora": {"0", "1", "2"}, "head": set()}[way]
    if way == "lora":
        assert all("lora_" in name or "lm_head" in name or "head_context" in name for name in moved)


@pytest.mark.parametrize("family", ["wav2vec2", "conformer", "wavlm"])
def test_lora_is_added_to_the_weights_of_what_is_published(starts: Path, family: str) -> None:
    start, network, recipe = opened(starts, family, way="lora", lora_rank=4, lora_dropout=0.0)
    one_step(start, network, frozen_depth(start, recipe.trainable))
    for name, parameter in network.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(std=0.1)
    plain = published_network(start).eval()
    assert type(plain) is type(start.network)
    assert not any("lora" in name for name in plain.state_dict())
    samples = torch.randn(1, 8000)
    with torch.no_grad():
        torch.testing.assert_close(
            plain(samples).logits, network.eval()(samples).logits, atol=1e-4, rtol=1e-4
        )


def test_adapters_learn_where_the_network_has_a_place_for_them(starts: Path) -> None:
    start, network, recipe = opened(starts, "xls-r", way="adapters", adapter_width=4)
    moved = one_step(start, network, frozen_depth(start, recipe.trainable))
    assert any("adapter_layer" in name for name in moved)
    assert all("adapter_layer" in name or "lm_head" in name for name in moved)
    with pytest.raises(FinetuneError, match=r"way=lora"):
        opened(starts, "hubert", way="adapters")


def test_the_last_convolutions_learn_when_asked_for(starts: Path) -> None:
    start, network, recipe = opened(starts, "wav2vec2", convolutions=1)
    depth = frozen_depth(start, recipe.trainable)
    assert depth == Depth(2)
    moved = one_step(start, network, depth)
    assert any("conv_layers.2." in name for name in moved)
    assert not any("conv_layers.1." in name or "conv_layers.0." in name for name in moved)


def test_more_than_there_is_cannot_learn(starts: Path) -> None:
    with pytest.raises(FinetuneError, match="3 layers"):
        opened(starts, "wav2vec2", way="top", top_layers=4)
    with pytest.raises(FinetuneError, match="3 convolutions"):
        opened(starts, "wav2vec2", convolutions=4)


def test_depths_reach_as_far_as_nothing_learns(starts: Path) -> None:
    for family, way, expected in (
        ("wav2vec2", "whole", Depth(3)),
        ("wav2vec2", "top", Depth(3, 1)),
        ("conformer", "head", Depth(3, 2)),
        ("wavlm", "top", Depth(3)),
        ("hubert", "lora", Depth(3)),
    ):
        start, _, recipe = opened(starts, family, way=way)
        assert frozen_depth(start, recipe.trainable) == expected


def test_weights_of_another_way_are_refused(starts: Path) -> None:
    _, top, _ = opened(starts, "wav2vec2", way="top")
    _, whole, _ = opened(starts, "wav2vec2")
    weights = trained_weights(whole)
    set_trained_weights(whole, weights)
    with pytest.raises(FinetuneError, match="different trainable parts"):
        set_trained_weights(top, weights)
