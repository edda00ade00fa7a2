"""Selects the trained weights (whole encoder, its top layers, LoRA or adapters inside it, or the head alone),
and the depth of the frozen part.
"""

from __future__ import annotations

import copy
from typing import Any

import torch

from trainer.finetune.frozen_part import Depth
from trainer.finetune.job import FinetuneError
from trainer.finetune.options import TrainableOptions
from trainer.finetune.starts import Start

# Names of the linear layers of attention and feed-forward in the model families.
_LORA_TARGETS = (
    *("q_proj", "k_proj", "v_proj", "out_proj"),
    *("linear_q", "linear_k", "linear_v", "linear_out"),
    *("intermediate_dense", "output_dense"),
    *("fc1", "fc2"),
)
# WavLM passes its attention weights to a torch function and never calls the layers that LoRA would wrap.
_LORA_TARGETS_WAVLM = ("intermediate_dense", "output_dense")


def choose_trainable(start: Start, options: TrainableOptions) -> None:
    """Freeze the weights that are not trained, and insert LoRA layers if selected.

    :raises FinetuneError: the network does not support the selected option.
    """
    network, base = start.network, start.base
    network.requires_grad_(False)
    layers = list(base.encoder.layers)
    if options.way == "lora":
        _put_lora_in(network, options)
    elif options.way == "whole":
        base.encoder.requires_grad_(True)
        base.feature_projection.requires_grad_(True)
    elif options.way == "top":
        if options.top_layers > len(layers):
            raise FinetuneError(
                f"trainable.top_layers={options.top_layers} is more than the {len(layers)} layers that the "
                "network has."
            )
        for layer in layers[-options.top_layers :]:
            layer.requires_grad_(True)
    elif options.way == "adapters":
        _train_adapters(network)
    for part in head_parts(network):
        part.requires_grad_(True)
    convolutions = _convolutions(start)
    if options.convolutions > len(convolutions):
        raise FinetuneError(
            f"trainable.convolutions={options.convolutions} is more than the {len(convolutions)} "
            "convolutions that the network has."
        )
    if options.convolutions:
        if options.way != "whole":
            raise FinetuneError("Convolutions can only be trained with trainable.way=whole.")
        for layer in convolutions[-options.convolutions :]:
            layer.requires_grad_(True)
    if hasattr(base, "masked_spec_embed"):
        # Not trained where nothing else below the encoder is.
        base.masked_spec_embed.requires_grad_(options.way == "whole")


def head_parts(network: Any) -> list[torch.nn.Module]:
    """The modules between the encoder and the labels: the head, and a family's layers before it."""
    context = getattr(network, "head_context", None)
    return [network.lm_head] if context is None else [context, network.lm_head]


def frozen_depth(start: Start, options: TrainableOptions) -> Depth:
    """How far the frozen part reaches, given :func:`choose_trainable`'s choice."""
    convolutions = len(_convolutions(start)) - options.convolutions
    # WavLM's first layer computes position biases that the others use, and a GRU's layers need the
    # utterances' lengths, so their encoders cannot be split.
    if start.network.config.model_type in ("wavlm", "deepspeech2"):
        return Depth(convolutions)
    layers = len(start.base.encoder.layers)
    if options.way == "top":
        return Depth(convolutions, layers - options.top_layers)
    if options.way == "head":
        return Depth(convolutions, layers - 1)
    return Depth(convolutions)


@torch.no_grad()
def published_network(start: Start) -> Any:
    """A copy of the trained network as a plain transformers model, with LoRA merged into the weights."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    network = copy.deepcopy(start.network).cpu()
    for name, module in list(network.named_modules()):
        if isinstance(module, BaseTunerLayer):
            module.merge()
            parent, _, last = name.rpartition(".")
            setattr(network.get_submodule(parent), last, module.get_base_layer())
    return network


def trained_weights(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Copies of the trained weights by name: all that a checkpoint needs besides the start model."""
    return {
        name: parameter.detach().cpu().clone()
        for name, parameter in network.named_parameters()
        if parameter.requires_grad
    }


@torch.no_grad()
def set_trained_weights(network: torch.nn.Module, weights: dict[str, torch.Tensor]) -> None:
    """The opposite of :func:`trained_weights`.

    :raises FinetuneError: the weights belong to another network or training method.
    """
    parameters = {name: p for name, p in network.named_parameters() if p.requires_grad}
    same = parameters.keys() == weights.keys() and all(
        parameters[name].shape == tensor.shape for name, tensor in weights.items()
    )
    if not same:
        raise FinetuneError(
            "The checkpoint belongs to a training run with different trainable parts; choose another "
            "output folder, or delete the old one."
        )
    for name, tensor in weights.items():
        parameters[name].copy_(tensor)


def _convolutions(start: Start) -> list[Any]:
    return list(start.base.feature_extractor.conv_layers)


def _put_lora_in(network: Any, options: TrainableOptions) -> None:
    from peft import LoraConfig, inject_adapter_in_model

    if network.config.model_type == "deepspeech2":
        raise FinetuneError(
            "LoRA does not work on a GRU network; use trainable.way=whole or trainable.way=top."
        )
    wavlm = network.config.model_type == "wavlm"
    config = LoraConfig(
        r=options.lora_rank,
        lora_alpha=options.lora_alpha,
        lora_dropout=options.lora_dropout,
        target_modules=list(_LORA_TARGETS_WAVLM if wavlm else _LORA_TARGETS),
    )
    inject_adapter_in_model(config, network)


def _train_adapters(network: Any) -> None:
    adapters = getattr(network, "_get_adapters", None)
    has_place = getattr(network.config, "do_stable_layer_norm", False)
    if adapters is None or not has_place or network.config.model_type != "wav2vec2":
        raise FinetuneError(
            "Adapters work only on wav2vec2 networks with stable layer norm (MMS, XLS-R, large-lv60); "
            "use trainable.way=lora."
        )
    for parameter in adapters().values():
        parameter.requires_grad_(True)
