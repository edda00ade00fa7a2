"""Exports a Hugging Face CTC network as an ONNX graph with the same output as torch at every length and batch
size."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from asr_desktop.base.errors import AsrDesktopError

# Outlier channels are excluded from the products that are quantised to 8 bits.
#
# Long-trained transformers have a few hidden channels with values a hundred times larger than the others' (T.
# Dettmers et al., "LLM.int8(): 8-bit matrix multiplication for transformers at scale", 2022). With one scale
# for all, the others lose almost all precision. Here these channels are multiplied as floats and all others
# in 8 bits, which adds two small operators and almost no time.
#
# With Whisper base's encoder this reduced the divergence from the float network from 0.023 to 0.002 nats per
# frame; greedy word error rate on commonvoice-dev 54.6 → 52.5 % (float: 51.7 %).

LEAST_RATIO = 12.0
"""A channel is an outlier if its largest value is at least this multiple of the root mean square of all."""
LEAST_WORST_RATIO = 40.0
"""Layers without a channel beyond this multiple are not changed: 8 bits suffice for them."""
MOST_CHANNELS = 32


class WithoutOutliers(nn.Module):
    """A linear layer in two parts: ``linear`` for all channels but the outliers, ``outliers`` for those."""

    channels: torch.Tensor
    kept: torch.Tensor
    outliers: torch.Tensor

    def __init__(self, linear: nn.Linear, channels: torch.Tensor) -> None:
        super().__init__()
        self.linear = linear
        self.register_buffer("channels", channels)
        kept = torch.ones(linear.in_features)
        kept[channels] = 0.0
        self.register_buffer("kept", kept)
        self.register_buffer("outliers", linear.weight.detach()[:, channels].t().contiguous())

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        alone = hidden.index_select(-1, self.channels) @ self.outliers
        output: torch.Tensor = self.linear(hidden * self.kept) + alone
        return output


@torch.no_grad()
def separate_outliers(network: nn.Module, speech: Sequence[torch.Tensor]) -> list[str]:
    """Replace the linear layers of ``network`` that have outliers in ``speech`` (samples ``[1, samples]``) by
    `WithoutOutliers`, in place; returns their names.
    """
    largest: dict[str, torch.Tensor] = {}
    squares: dict[str, list[torch.Tensor]] = {}

    def watch(name: str) -> object:
        def look(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            hidden = inputs[0].flatten(0, -2)
            worst = hidden.abs().amax(0)
            largest[name] = torch.maximum(largest.get(name, worst), worst)
            squares.setdefault(name, []).append(hidden.square().mean())

        return look

    linears = {name: module for name, module in network.named_modules() if isinstance(module, nn.Linear)}
    hooks = [module.register_forward_pre_hook(watch(name)) for name, module in linears.items()]  # type: ignore[arg-type]
    try:
        for samples in speech:
            network(samples)
    finally:
        for hook in hooks:
            hook.remove()
    separated = []
    for name, worst in largest.items():
        ratios = worst / torch.stack(squares[name]).mean().sqrt().clamp(min=1e-12)
        if float(ratios.max()) < LEAST_WORST_RATIO:
            continue
        channels = torch.argsort(ratios, descending=True)[:MOST_CHANNELS]
        channels = channels[ratios[channels] >= LEAST_RATIO].sort().values
        parent, _, last = name.rpartition(".")
        setattr(network.get_submodule(parent), last, WithoutOutliers(linears[name], channels))
        separated.append(name)
    return separated


# Convolutions as matrix products over stacked neighbouring rows, so that 8-bit weights reach them.
#
# In ONNX Runtime a quantised Conv is slower than a float one, but a quantised MatMul is about twice as fast.
# A convolution over time of width k and stride s is also a MatMul: row t of its input consists of the k input
# rows s·t … s·t+k-1 side by side (im2col). One Gather does that; in 8 bits it copies a quarter of the bytes,
# see `trainer.export.int8`. The values are equal up to the order of summation.

LEAST_CHANNELS = 128  # narrower layers take little time, and filterbank front ends need full precision
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
    """Whether the norm normalises each channel over time, as in the first layer of base-size networks."""
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
        by_row = convolution.weight.data.permute(0, 2, 1)  # [out, kernel, in]: the order of the stacked rows
        self.linear.weight.data = by_row.reshape(convolution.out_channels, -1).contiguous()
        if convolution.bias is not None:
            self.linear.bias.data = convolution.bias.data

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        # The transpositions of adjacent layers cancel each other; ONNX Runtime removes them.
        rows = hidden.transpose(1, 2)
        if (self.kernel, self.stride) != (1, 1):
            rows = _stacked(rows, self.kernel, self.stride).flatten(2)
        output: torch.Tensor = self.linear(rows).transpose(1, 2)
        return output


class StackedGroups(nn.Module):
    """A grouped convolution with padding on both sides: one `StackedLinear` per group."""

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
    the convolution's input windows (``w·m`` and ``w·C·w``): a 10 × 10 matrix instead of several passes over
    512 channels. In double precision, because ``w·C·w`` cancels for high-pass filters.
    """

    filters: torch.Tensor  # [channels, kernel]
    gain: torch.Tensor
    shift: torch.Tensor

    def __init__(self, convolution: nn.Conv1d, norm: nn.GroupNorm) -> None:
        super().__init__()
        self.kernel, self.stride, self.epsilon = convolution.kernel_size[0], convolution.stride[0], norm.eps
        # A bias of the convolution cancels when the mean is subtracted.
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
        # The bias is an additional row of weights, with a column of ones as input: a separate addition would
        # double the time.
        with_ones = torch.cat([windows, torch.ones_like(windows[:, :, :1])], dim=-1)
        matrix = torch.cat([weights, bias[:, None]], dim=1).float()
        return (with_ones @ matrix).transpose(1, 2)


OPSET = 17
OPSET_WITH_GELU = (
    20  # the first opset with GELU as one operator; used for networks that run only in ONNX Runtime
)
SAMPLE_RATE = 16_000
PARITY_SECONDS = (1.0, 5.0, 20.0)
PARITY_BATCHES = (1, 3)
PARITY_TOLERANCE = 1e-3  # relative to the largest logit; the two differ only in the order of summation


class NetworkExportError(AsrDesktopError):
    """A network that cannot be exported to a model folder."""


class Logits(nn.Module):
    """A Hugging Face CTC network as a function from samples (and a mask) to logits, as the graph is
    traced.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_values: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
        given = {} if attention_mask is None else {"attention_mask": attention_mask}
        logits: torch.Tensor = self.network(input_values, **given).logits
        return logits


def export_onnx(
    network: nn.Module, path: Path, least_samples: int, *, with_mask: bool = False, stacked: bool = False
) -> None:
    """Write the network as ONNX and check it: ``input_values [batch, samples]`` (and ``attention_mask``) →
    ``logits [batch, frames, labels]``.

    least_samples: receptive field of one label frame. with_mask: for networks that were trained on padded
    batches with a mask. stacked: convolutions as matrix products, for `trainer.export.int8.quantise`; in
    floating point they are slightly slower than convolutions.

    :raises ExportError: ONNX Runtime's logits differ from torch's at one of the lengths and batch sizes.
    """
    traced = copy.deepcopy(network).eval().requires_grad_(False)
    if stacked:
        stack_rows(traced)
        separate_outliers(traced, _speech())
    samples = torch.randn(2, SAMPLE_RATE + least_samples)
    inputs: tuple[torch.Tensor, ...] = (samples,)
    names = ["input_values"]
    if with_mask:
        mask = torch.ones(samples.shape, dtype=torch.int64)
        mask[1, SAMPLE_RATE:] = 0
        inputs, names = (samples, mask), ["input_values", "attention_mask"]
    axes = {name: {0: "batch", 1: "samples"} for name in names}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's notices about constants and its deprecation
        torch.onnx.export(
            Logits(traced).eval(),
            inputs,
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={**axes, "logits": {0: "batch", 1: "frames"}},
            opset_version=OPSET_WITH_GELU if stacked else OPSET,
            dynamo=False,  # this exporter of torch gives the faster graph
        )
    worst = parity(network, path)
    if not worst <= PARITY_TOLERANCE:
        raise NetworkExportError(
            f"The exported {path.name} differs from the trained network by {worst:.2%} of its largest output;"
            " it is not usable, so keep the checkpoint and report this."
        )


def _speech() -> list[torch.Tensor]:
    """The bundled speech, on which the range of a network's values is measured."""
    from asr_desktop.audio.read import read_all
    from asr_desktop.base.paths import resources_folder

    return [
        torch.from_numpy(read_all(resources_folder() / "samples" / "welcome.ogg"))[None, : 10 * SAMPLE_RATE]
    ]


@torch.no_grad()
def parity(network: nn.Module, path: Path) -> float:
    """Largest difference between torch's and ONNX Runtime's logits over PARITY_SECONDS × PARITY_BATCHES of
    noise, as a share of the largest logit (or of 1). With a mask, the rows of a batch have unequal lengths.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with_mask = len(session.get_inputs()) > 1
    generator = np.random.default_rng(3)
    worst, largest = 0.0, 1.0
    for seconds in PARITY_SECONDS:
        for batch in PARITY_BATCHES:
            values = generator.standard_normal((batch, int(seconds * SAMPLE_RATE))).astype(np.float32)
            feeds: dict[str, Any] = {"input_values": values}
            if with_mask:
                mask = np.ones(values.shape, np.int64)
                for row in range(1, batch):
                    mask[row, values.shape[1] * (batch - row) // batch :] = 0
                feeds = {"input_values": np.where(mask == 1, values, np.float32(0)), "attention_mask": mask}
            ours = session.run(["logits"], feeds)[0]
            given = {name: torch.from_numpy(value) for name, value in feeds.items()}
            theirs = network(**given).logits.numpy()
            worst = max(worst, float(np.abs(ours - theirs).max()))
            largest = max(largest, float(np.abs(theirs).max()))
    return worst / largest
