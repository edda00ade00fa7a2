"""Splits a network into its frozen part and the trainable rest.

The frozen part gives the same output for the same sound, so it need not be computed in each epoch: the
cache (:mod:`trainer.finetune.features`) stores its outputs, and :class:`UpperNetwork` continues from them.
Each utterance passes the frozen part alone, as in recognition, so group norm never sees padding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

SAMPLE_RATE = 16_000


@dataclass(frozen=True)
class Depth:
    """The extent of the frozen part.

    convolutions: number of frozen layers of the front end; 0 = the waveform itself. encoder_layers: number of
    frozen encoder layers, with the whole front end frozen; None if the whole encoder is trained.
    """

    convolutions: int
    encoder_layers: int | None = None


class _Reached(Exception):
    """Carries the hidden states out of the middle of a forward pass."""

    def __init__(self, hidden: torch.Tensor) -> None:
        super().__init__()
        self.hidden = hidden


@torch.no_grad()
def frozen_features(base: Any, depth: Depth, samples: torch.Tensor) -> torch.Tensor:
    """The frozen part's output ``[channels, frames]`` for one utterance ``[samples]``, normalised as in
    recognition.

    ``base`` must be in evaluation mode. Sound shorter than one frame is padded with silence.
    """
    samples = nn.functional.pad(samples, (0, max(0, receptive_field(base.config) - samples.numel())))
    if depth.encoder_layers is None:
        hidden = samples[None, None]
        for layer in base.feature_extractor.conv_layers[: depth.convolutions]:
            hidden = layer(hidden)
        return hidden[0]

    def stop(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        raise _Reached(inputs[0])

    hook = base.encoder.layers[depth.encoder_layers].register_forward_pre_hook(stop)
    try:
        base(samples[None])
    except _Reached as reached:
        return reached.hidden[0].T
    finally:
        hook.remove()
    raise RuntimeError("the encoder never came to its first trained layer")


def receptive_field(config: Any) -> int:
    """Receptive field of one output frame of the convolutions, in samples."""
    field, stride = 1, 1
    for kernel, step in zip(config.conv_kernel, config.conv_stride, strict=True):
        field += (kernel - 1) * stride
        stride *= step
    return field


def label_frames(config: Any, depth: Depth, frames: torch.Tensor) -> torch.Tensor:
    """Number of the network's output frames for a number of frames of the frozen part."""
    if depth.encoder_layers is None:
        rest = list(zip(config.conv_kernel, config.conv_stride, strict=True))[depth.convolutions :]
        for kernel, stride in rest:
            frames = torch.div(frames - kernel, stride, rounding_mode="floor") + 1
    if getattr(config, "add_adapter", False):
        for _ in range(config.num_adapter_layers):
            frames = torch.div(frames - 1, config.adapter_stride, rounding_mode="floor") + 1
    return frames


class _RemainingConvolutions(nn.Module):
    """Replaces the front end: takes the outputs of its frozen layers and computes the others."""

    def __init__(self, layers: list[nn.Module], whole: bool) -> None:
        super().__init__()
        self._layers = layers  # not registered: they belong to the network
        self._whole = whole
        self.lengths: list[int] = []

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        if not self._whole:
            return _through(self._layers, features)
        # The first layer's group norm would see the padding, so each waveform is computed alone.
        rows = [_through(self._layers, features[row : row + 1, :, :n]) for row, n in enumerate(self.lengths)]
        longest = max(row.shape[2] for row in rows)
        return torch.cat([nn.functional.pad(row, (0, longest - row.shape[2])) for row in rows])


def _through(layers: list[nn.Module], hidden: torch.Tensor) -> torch.Tensor:
    for layer in layers:
        hidden = layer(hidden)
    return hidden


class _Recalled(nn.Module):
    """Replaces the feature projection when its output, or that of later layers, is cached."""

    def __init__(self, returns_pair: bool) -> None:
        super().__init__()
        self._returns_pair = returns_pair

    def forward(self, hidden: torch.Tensor) -> Any:
        # The encoder writes into this tensor (masks, padding), so it gets a copy of the cached one.
        hidden = hidden.clone()
        return (hidden, hidden) if self._returns_pair else hidden


class _Nothing(nn.Module):
    """Replaces the position embedding when the cached states already include it."""

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(hidden)


class UpperNetwork(nn.Module):
    """Computes a CTC network's loss from the frozen part's outputs, without changing the network."""

    def __init__(self, network: Any, depth: Depth, blank: int, consistency: float = 0.0) -> None:
        super().__init__()
        self.network = network
        self.depth = depth
        self.blank = blank
        self.consistency = consistency
        base = network.base_model
        if depth.encoder_layers is None:
            rest = list(base.feature_extractor.conv_layers[depth.convolutions :])
            self._convolutions = [_RemainingConvolutions(rest, whole=depth.convolutions == 0)]
            self._stand_ins: list[tuple[Any, str, Any]] = [(base, "feature_extractor", self._convolutions[0])]
            return
        self._convolutions = []
        projection = base.feature_projection
        probe = torch.zeros(1, 1, getattr(projection, "projection", projection).in_features)
        with torch.no_grad():
            returns_pair = isinstance(projection(probe), tuple)
        encoder = base.encoder
        self._stand_ins = [
            (base, "feature_extractor", _RemainingConvolutions([], whole=False)),
            (base, "feature_projection", _Recalled(returns_pair)),
            (encoder, "layers", nn.ModuleList(list(encoder.layers[depth.encoder_layers :]))),
        ]
        if hasattr(encoder, "pos_conv_embed"):
            self._stand_ins.append((encoder, "pos_conv_embed", _Nothing()))
        if not _norm_comes_last(network.config):
            self._stand_ins.append((encoder, "layer_norm", nn.Identity()))

    def log_probabilities(
        self, features: torch.Tensor, frames: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probabilities ``[batch, label frames, labels]`` and the number of valid label frames of each
        row, from features ``[batch, channels, frames]`` with ``frames`` valid ones in each row.
        """
        lengths = label_frames(self.network.config, self.depth, frames)
        inner = self._encoder_frames(frames)
        # A mask only if there is padding: networks with group norm are used without one.
        mask = None
        if bool((inner < inner.max()).any()):
            mask = torch.arange(int(inner.max()), device=inner.device)[None] < inner[:, None]
        with self._standing_in(frames):
            logits = self.network(features, attention_mask=None if mask is None else mask.long()).logits
        return logits.float().log_softmax(-1), lengths

    def forward(
        self,
        features: torch.Tensor,
        frames: torch.Tensor,
        labels: torch.Tensor,
        label_lengths: torch.Tensor,
    ) -> torch.Tensor:
        """The CTC loss per letter, averaged over utterances. ``labels`` is ``[batch, longest]``, padded.

        With a consistency weight, each utterance passes the network twice, with different masks and dropout,
        and the divergence of the two outputs is added to the loss: CR-CTC (Z. Yao et al., "CR-CTC:
        Consistency regularization on CTC for improved speech recognition", 2024).
        """
        if not (self.consistency and self.training):
            return self._ctc(*self.log_probabilities(features, frames), labels, label_lengths)
        scores, lengths = self.log_probabilities(features.repeat(2, 1, 1), frames.repeat(2))
        ctc = self._ctc(scores, lengths, labels.repeat(2, 1), label_lengths.repeat(2))
        return ctc + self.consistency * _disagreement(scores, lengths, label_lengths)

    def _ctc(
        self,
        scores: torch.Tensor,
        lengths: torch.Tensor,
        labels: torch.Tensor,
        label_lengths: torch.Tensor,
    ) -> torch.Tensor:
        return nn.functional.ctc_loss(
            scores.transpose(0, 1),
            labels,
            lengths,
            label_lengths,
            blank=self.blank,
            reduction="mean",
            zero_infinity=True,
        )

    def _encoder_frames(self, frames: torch.Tensor) -> torch.Tensor:
        if self.depth.encoder_layers is not None:
            return frames
        config = self.network.config
        rest = list(zip(config.conv_kernel, config.conv_stride, strict=True))[self.depth.convolutions :]
        for kernel, stride in rest:
            frames = torch.div(frames - kernel, stride, rounding_mode="floor") + 1
        return frames

    @contextmanager
    def _standing_in(self, frames: torch.Tensor) -> Iterator[None]:
        base = self.network.base_model
        originals = [(module, name, getattr(module, name)) for module, name, _ in self._stand_ins]
        for convolutions in self._convolutions:
            convolutions.lengths = frames.tolist()
        for module, name, stand_in in self._stand_ins:
            module._modules[name] = stand_in
        # The attention mask already counts frames, not samples.
        base._get_feat_extract_output_lengths = lambda lengths, *args, **kwargs: lengths
        try:
            yield
        finally:
            del base._get_feat_extract_output_lengths
            for module, name, original in originals:
                module._modules[name] = original


def _norm_comes_last(config: Any) -> bool:
    """Whether the encoder's layer norm follows its layers; in the first wav2vec2 it precedes them."""
    return bool(getattr(config, "do_stable_layer_norm", False)) or "conformer" in config.model_type


@torch.no_grad()
def fill_mask_embedding(base: Any, depth: Depth, features: torch.Tensor) -> None:
    """Set the untrained vector for masked frames to the mean frame of ``features`` ``[channels, frames]``: an
    average input disturbs the encoder least.
    """
    hidden = features[None]
    if depth.encoder_layers is None:
        for layer in base.feature_extractor.conv_layers[depth.convolutions :]:
            hidden = layer(hidden)
        projected = base.feature_projection(hidden.transpose(1, 2))
        hidden = (projected[0] if isinstance(projected, tuple) else projected).transpose(1, 2)
    base.masked_spec_embed.copy_(hidden[0].mean(1))


def _disagreement(scores: torch.Tensor, lengths: torch.Tensor, label_lengths: torch.Tensor) -> torch.Tensor:
    """Symmetric Kullback–Leibler divergence between the two halves of the batch's log-probabilities, each
    against the other without gradient, summed over an utterance's frames and divided by its letters.
    """
    one, other = scores.chunk(2)
    both = torch.nn.functional.kl_div(one, other.detach(), reduction="none", log_target=True)
    both = both + torch.nn.functional.kl_div(other, one.detach(), reduction="none", log_target=True)
    valid = torch.arange(one.shape[1], device=scores.device)[None] < lengths.chunk(2)[0][:, None]
    per_utterance = (both.sum(-1) * valid).sum(-1) / label_lengths.clamp(min=1)
    return 0.5 * per_utterance.mean()
