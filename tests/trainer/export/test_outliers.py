from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from trainer.export.graph import WithoutOutliers, separate_outliers
from trainer.export.int8 import quantise

WIDTH = 512


class Two(nn.Module):
    """Two layers, one of which has a channel far out of range."""

    def __init__(self) -> None:
        super().__init__()
        self.tame = nn.Linear(WIDTH, WIDTH)
        self.wild = nn.Linear(WIDTH, WIDTH)
        self.register_buffer("scale", torch.ones(WIDTH))
        self.scale[7] = 500.0

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        hidden = self.tame(samples.unflatten(-1, (-1, WIDTH)))
        return self.wild(hidden * self.scale)


def network() -> Two:
    torch.manual_seed(2)
    return Two().eval()


def noise(seed: int) -> torch.Tensor:
    return torch.randn(1, 20 * WIDTH, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_only_layers_with_outliers_are_divided_and_say_the_same() -> None:
    plain, divided = network(), network()
    assert separate_outliers(divided, [noise(1), noise(2)]) == ["wild"]
    assert isinstance(divided.wild, WithoutOutliers)
    assert divided.wild.channels.tolist() == [7]
    torch.testing.assert_close(divided(noise(3)), plain(noise(3)), atol=1e-3, rtol=1e-4)


@torch.no_grad()
def test_eight_bits_lose_less_behind_it(tmp_path: Path) -> None:
    samples, errors = noise(4), []
    wanted = network()(samples).numpy()
    for name in ("plain", "divided"):
        tried = network()
        if name == "divided":
            separate_outliers(tried, [noise(1)])
        graph, small = tmp_path / f"{name}.onnx", tmp_path / f"{name}.int8.onnx"
        torch.onnx.export(
            tried,
            (samples,),
            str(graph),
            input_names=["x"],
            output_names=["y"],
            opset_version=17,
            dynamo=False,
        )
        quantise(graph, small)
        session = onnxruntime.InferenceSession(str(small), providers=["CPUExecutionProvider"])
        errors.append(np.abs(session.run(None, {"x": samples.numpy()})[0] - wanted).mean())
    assert errors[1] < errors[0] / 3
