"""From a training run to a model folder in the Hugging Face layout, which the app and plain transformers read
alike.

config.json preprocessor_config.json vocab.json tokenizer_config.json    what the network is and how it spells
model.safetensors        weights in half precision, for fine-tuning
model.onnx, model.int8.onnx    what the app runs; the second has its MatMul and Gemm weights in 8 bits
"""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from asr_desktop.errors import AsrDesktopError
from trainer.checkpoint import load_checkpoint
from trainer.network import TrainingNetwork
from trainer.recipe import NetworkRecipe
from trainer.text import write_vocabulary

OPSET = 17
PARITY_SECONDS = (1.0, 5.0, 20.0)
PARITY_BATCHES = (1, 3)
PARITY_TOLERANCE = 2e-3  # in logits; the two differ by the order of summation only


class ExportError(AsrDesktopError):
    """A network that cannot be turned into a model folder."""


class Logits(nn.Module):
    """A Hugging Face CTC network as a function from samples to logits, as the graph is traced."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_values: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(input_values).logits
        return logits


class PointwiseLinear(nn.Module):
    """A convolution of width one as the matrix product it is: int8 speeds up MatMul, and slows Conv down."""

    def __init__(self, convolution: nn.Conv1d) -> None:
        super().__init__()
        self.linear = nn.Linear(
            convolution.in_channels, convolution.out_channels, convolution.bias is not None
        )
        self.linear.weight.data = convolution.weight.data[:, :, 0]
        if convolution.bias is not None:
            self.linear.bias.data = convolution.bias.data

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.linear(hidden.transpose(1, 2)).transpose(1, 2)


def pointwise_as_linear(module: nn.Module) -> None:
    """Replace every wide convolution of width, stride and group one below ``module``, in place; values stay
    the same.
    """
    for name, child in module.named_children():
        if (
            isinstance(child, nn.Conv1d)
            and (child.kernel_size, child.stride, child.groups) == ((1,), (1,), 1)
            and min(child.in_channels, child.out_channels) >= 128
        ):
            setattr(module, name, PointwiseLinear(child))
        else:
            pointwise_as_linear(child)


def export_onnx(network: nn.Module, path: Path, least_samples: int) -> None:
    """Write the network as ONNX (``input_values [batch, samples]`` → ``logits [batch, frames, labels]``) and
    check it.

    :raises ExportError: ONNX Runtime's logits differ from torch's at one of the lengths and batch sizes.
    """
    traced = copy.deepcopy(network).eval()
    pointwise_as_linear(traced)
    module = Logits(traced).eval()
    with torch.no_grad():
        torch.onnx.export(
            module,
            (torch.randn(1, 16_000 + least_samples),),
            str(path),
            input_names=["input_values"],
            output_names=["logits"],
            dynamic_axes={"input_values": {0: "batch", 1: "samples"}, "logits": {0: "batch", 1: "frames"}},
            opset_version=OPSET,
            dynamo=False,  # gives the faster graph, see ANCHORS
        )
    worst = parity(network, path)
    if worst > PARITY_TOLERANCE:
        raise ExportError(
            f"The exported {path.name} differs from the trained network by {worst:.4f}; it is not usable."
        )


@torch.no_grad()
def parity(network: nn.Module, path: Path) -> float:
    """Largest difference between torch's and ONNX Runtime's logits over several lengths and batch sizes, on
    noise.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(3)
    worst = 0.0
    for seconds in PARITY_SECONDS:
        for batch in PARITY_BATCHES:
            values = generator.standard_normal((batch, int(seconds * 16_000))).astype(np.float32)
            ours = session.run(["logits"], {"input_values": values})[0]
            theirs = network(torch.from_numpy(values)).logits.numpy()
            worst = max(worst, float(np.abs(ours - theirs).max()))
    return worst


def quantise(source: Path, target: Path) -> None:
    """Write ``source`` with 8-bit weights, per channel, in MatMul and Gemm only: a quantised Conv is slower
    than a float one.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(target),
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )


def write_model_folder(network: Any, folder: Path, keep_float_onnx: bool = False) -> None:
    """Write a CTC network (``Wav2Vec2ConformerForCTC``) as a complete model folder without language model."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    network = network.eval().float()
    config = network.config
    config.architectures = [type(network).__name__]
    settings = {**config.to_diff_dict(), "architectures": config.architectures, "dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    write_vocabulary(folder)
    preprocessor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "processor_class": "Wav2Vec2Processor",
        "do_normalize": True,
        "feature_size": 1,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,  # group norm: padding is not masked out, so nothing may be padded
        "sampling_rate": 16_000,
    }
    (folder / "preprocessor_config.json").write_text(
        json.dumps(preprocessor, indent=1) + "\n", encoding="utf-8"
    )
    weights = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    least_samples = sum_receptive_field(config)
    with tempfile.TemporaryDirectory() as scratch:
        exact = Path(scratch) / "model.onnx"
        export_onnx(network, exact, least_samples)
        quantise(exact, folder / "model.int8.onnx")
        if keep_float_onnx:
            shutil.copyfile(exact, folder / "model.onnx")


def sum_receptive_field(config: Any) -> int:
    """Samples that one label frame sees, from the convolutions' kernels and strides."""
    field, stride = 1, 1
    for kernel, step in zip(config.conv_kernel, config.conv_stride, strict=True):
        field += (kernel - 1) * stride
        stride *= step
    return field


def export_run(
    checkpoint: Path, output: Path, language_model: Path | None, report: Callable[[str], None]
) -> None:
    """Make a model folder of a run (its averaged weights, or its last checkpoint where it is not finished).

    :raises CheckpointError, ExportError: nothing there to export, or the export is not faithful.
    """
    if checkpoint.is_dir():
        run = checkpoint
        checkpoint = next(
            (run / name for name in ("averaged.pt", "last.pt") if (run / name).is_file()), run / "last.pt"
        )
    if not checkpoint.is_file():
        raise ExportError(f"There is no checkpoint at {checkpoint}; train first, or name a run's folder.")
    state = load_checkpoint(checkpoint)
    recipe = json.loads(state["recipe"])
    network = TrainingNetwork(NetworkRecipe(**recipe["network"]), recipe["training"]["phone_weight"])
    network.load_state_dict(state["network"])
    report(f"writing {output} from {checkpoint}")
    write_model_folder(network.ctc, output)
    if language_model is not None:
        shutil.copyfile(language_model / "alphabet.json", output / "alphabet.json")
        shutil.copytree(language_model / "language_model", output / "language_model", dirs_exist_ok=True)
