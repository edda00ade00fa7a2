from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from trainer.export.graph import OPSET_WITH_GELU
from trainer.export.int8 import approximate_gelus


def run(model: onnx.ModelProto, values: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"values": values})[0])


def test_gelus_are_approximated_to_less_than_a_step_of_8_bits(tmp_path: Path) -> None:
    path = tmp_path / "gelu.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            nn.GELU().eval(),
            (torch.randn(2, 8),),
            str(path),
            input_names=["values"],
            opset_version=OPSET_WITH_GELU,
            dynamo=False,
        )
    model = onnx.load(str(path))
    values = np.linspace(-6, 6, 16, dtype=np.float32).reshape(2, 8)
    exact = run(model, values)
    approximate_gelus(model.graph)
    difference = np.abs(run(model, values) - exact).max()
    assert 0 < difference < 0.0006
