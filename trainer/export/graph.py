"""A Hugging Face CTC network as an ONNX graph that says what torch says, at every length and batch size."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from asr_desktop.base.errors import AsrDesktopError
from trainer.export.outliers import separate_outliers
from trainer.export.stacked_rows import stack_rows

OPSET = 17
OPSET_WITH_GELU = 20  # the first in which GELU is one operator; for the network that only ONNX Runtime runs
SAMPLE_RATE = 16_000
PARITY_SECONDS = (1.0, 5.0, 20.0)
PARITY_BATCHES = (1, 3)
PARITY_TOLERANCE = 1e-3  # of the largest logit; the two differ by the order of summation only


class ExportError(AsrDesktopError):
    """A network that cannot be turned into a model folder."""


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

    least_samples: what one label frame sees. with_mask: for networks that were trained on padded batches with
    a mask. stacked: convolutions as matrix products, for `trainer.export.int8.quantise`; as floats they are a
    little slower than convolutions.

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
        warnings.simplefilter("ignore")  # the exporter's notices about constants and about its successor
        torch.onnx.export(
            Logits(traced).eval(),
            inputs,
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={**axes, "logits": {0: "batch", 1: "frames"}},
            opset_version=OPSET_WITH_GELU if stacked else OPSET,
            dynamo=False,  # gives the faster graph of torch's two exporters
        )
    worst = parity(network, path)
    if not worst <= PARITY_TOLERANCE:
        raise ExportError(
            f"The exported {path.name} differs from the trained network by {worst:.2%} of its largest output;"
            " it is not usable, so keep the checkpoint and report this."
        )


def _speech() -> list[torch.Tensor]:
    """What the program brings of speech: how large a network's values become is seen on it."""
    from asr_desktop.audio.read import read_all
    from asr_desktop.base.paths import resources_folder

    return [
        torch.from_numpy(read_all(resources_folder() / "samples" / "welcome.ogg"))[None, : 10 * SAMPLE_RATE]
    ]


@torch.no_grad()
def parity(network: nn.Module, path: Path) -> float:
    """Largest difference between torch's and ONNX Runtime's logits over PARITY_SECONDS × PARITY_BATCHES of
    noise, as a share of the largest logit (or of 1). With a mask, the batches are of unequal lengths.
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
