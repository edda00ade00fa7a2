"""Convolutions as matrix products over stacked neighbouring rows, so that 8-bit weights reach them.

A quantised Conv is slower than a float one in ONNX Runtime, a quantised MatMul about twice as fast. A
convolution over time of width k and stride s is a MatMul, too: row t of its input is the k rows s·t … s·t+k-1
of the sound, laid side by side (im2col). One Gather lays them so, and in 8 bits it copies a quarter of the
bytes, see `trainer.export.int8`. Values stay the same but for the order of summation.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

LEAST_CHANNELS = 128  # narrower layers cost little, and a filterbank front end needs their full precision
LEAST_GROUP_CHANNELS = 32  # a positional convolution's groups are narrower, and its kernel long
_MOST_FOLDED_KERNEL = 16


def stack_rows(network: nn.Module) -> None:
    """Replace wide convolutions over time below ``network`` by `StackedLinear`, positional ones by
    `StackedGroups`, and a first layer with group norm by `NormalisedFirstLayer`, in place.
    """
    for name, child in network.named_children():
        convolution, norm = getattr(child, "conv", None), getattr(child, "layer_norm", None)
        if (
            isinstance(convolution, nn.Conv1d)
            and isinstance(norm, nn.GroupNorm)
            and _normalises_each_channel(norm, convolution)
        ):
            child.conv = NormalisedFirstLayer(convolution, norm)
            child.layer_norm = nn.Identity()
        elif isinstance(child, nn.Conv1d) and _is_plain(child):
            if min(child.in_channels, child.out_channels) >= LEAST_CHANNELS:
                setattr(network, name, StackedLinear(child))
        elif isinstance(child, nn.Conv1d) and _is_grouped(child):
            setattr(network, name, StackedGroups(child))
        else:
            stack_rows(child)


def _is_plain(convolution: nn.Conv1d) -> bool:
    return (convolution.groups, convolution.padding, convolution.dilation) == (1, (0,), (1,))


def _is_grouped(convolution: nn.Conv1d) -> bool:
    width = min(convolution.in_channels, convolution.out_channels) // convolution.groups
    return convolution.groups > 1 and convolution.dilation == (1,) and width >= LEAST_GROUP_CHANNELS


def _normalises_each_channel(norm: nn.GroupNorm, convolution: nn.Conv1d) -> bool:
    """Whether it is the first layer of base-size networks: each channel is normalised over time."""
    return (
        norm.num_groups == norm.num_channels
        and convolution.in_channels == 1
        and convolution.kernel_size[0] <= _MOST_FOLDED_KERNEL
        and _is_plain(convolution)
    )


def _stacked(rows: torch.Tensor, kernel: int, stride: int) -> torch.Tensor:
    """``[batch, samples, …]`` → ``[batch, frames, kernel, …]``; a single Gather in the graph."""
    frames = (rows.shape[1] - kernel) // stride + 1
    which = (torch.arange(frames) * stride)[:, None] + torch.arange(kernel)
    return rows[:, which]


class StackedLinear(nn.Module):
    """A convolution ``[batch, channels, samples]`` → ``[batch, channels, frames]`` as one matrix product."""

    def __init__(self, convolution: nn.Conv1d) -> None:
        super().__init__()
        self.kernel, self.stride = convolution.kernel_size[0], convolution.stride[0]
        has_bias = convolution.bias is not None
        self.linear = nn.Linear(convolution.in_channels * self.kernel, convolution.out_channels, has_bias)
        by_row = convolution.weight.data.permute(0, 2, 1)  # [out, kernel, in]: as the rows lie side by side
        self.linear.weight.data = by_row.reshape(convolution.out_channels, -1).contiguous()
        if convolution.bias is not None:
            self.linear.bias.data = convolution.bias.data

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        # The transpositions of neighbouring layers cancel each other; ONNX Runtime takes them out.
        rows = hidden.transpose(1, 2)
        if (self.kernel, self.stride) != (1, 1):
            rows = _stacked(rows, self.kernel, self.stride).flatten(2)
        output: torch.Tensor = self.linear(rows).transpose(1, 2)
        return output


class StackedGroups(nn.Module):
    """A convolution in groups, with padding on both sides: one `StackedLinear` a group."""

    def __init__(self, convolution: nn.Conv1d) -> None:
        super().__init__()
        self.padding = int(convolution.padding[0])
        self.groups = nn.ModuleList(StackedLinear(group) for group in _ungrouped(convolution))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        padded = nn.functional.pad(hidden, (self.padding, self.padding))
        parts = padded.chunk(len(self.groups), dim=1)
        return torch.cat([group(part) for group, part in zip(self.groups, parts, strict=True)], dim=1)


def _ungrouped(convolution: nn.Conv1d) -> Iterator[nn.Conv1d]:
    """The convolutions of the groups, without their padding."""
    groups, (kernel,) = convolution.groups, convolution.kernel_size
    has_bias = convolution.bias is not None
    for number in range(groups):
        part = nn.Conv1d(
            convolution.in_channels // groups,
            convolution.out_channels // groups,
            kernel,
            convolution.stride[0],
            bias=has_bias,
        )
        part.weight.data = convolution.weight.data.chunk(groups)[number]
        if convolution.bias is not None and part.bias is not None:
            part.bias.data = convolution.bias.data.chunk(groups)[number]
        yield part


class NormalisedFirstLayer(nn.Module):
    """Convolution of the waveform and the norm of each channel over time, as one matrix product.

    The norm only needs each channel's mean and variance, and those follow from the mean and the covariance of
    the little windows that the convolution sees (``w·m`` and ``w·C·w``): a 10 × 10 matrix instead of several
    passes over 512 channels. In double precision, because ``w·C·w`` cancels for high-pass filters.
    """

    filters: torch.Tensor  # [channels, kernel]
    gain: torch.Tensor
    shift: torch.Tensor

    def __init__(self, convolution: nn.Conv1d, norm: nn.GroupNorm) -> None:
        super().__init__()
        self.kernel, self.stride, self.epsilon = convolution.kernel_size[0], convolution.stride[0], norm.eps
        # A bias of the convolution is taken off again with the mean.
        self.register_buffer("filters", convolution.weight.data[:, 0].double())
        self.register_buffer("gain", norm.weight.data.double())
        self.register_buffer("shift", norm.bias.data.double())

    def forward(self, waveform: torch.Tensor) -> torch.Tensor:
        """``[batch, 1, samples]`` → ``[batch, channels, frames]``."""
        windows = _stacked(waveform[:, 0], self.kernel, self.stride)  # [batch, frames, kernel]
        centred = windows.double()
        mean = centred.mean(1, keepdim=True)
        centred = centred - mean
        covariance = centred.transpose(1, 2) @ centred / centred.shape[1]
        variance = ((self.filters @ covariance) * self.filters).sum(-1)
        scale = self.gain / torch.sqrt(variance + self.epsilon)  # [batch, channels]
        weights = self.filters.t()[None] * scale[:, None, :]
        bias = self.shift - (mean @ self.filters.t())[:, 0] * scale
        # The bias as one more row of weights, for a column of ones: adding it later costs as much again.
        with_ones = torch.cat([windows, torch.ones_like(windows[:, :, :1])], dim=-1)
        matrix = torch.cat([weights, bias[:, None]], dim=1).float()
        return (with_ones @ matrix).transpose(1, 2)
