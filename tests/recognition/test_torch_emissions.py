"""PyTorch behind the protocol of emissions: the same numbers, and never the processor without a word."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from asr_desktop.base.errors import MediaError, ModelFolderError
from asr_desktop.base.onnx_session import CPU, ProviderError
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_emissions import OnnxEmissions
from asr_desktop.recognition.torch_emissions import (
    TorchEmissions,
    TorchUnusableError,
    best_precision,
    is_torch_device,
    near_equal_groups,
)
from tests.fixtures.make_models import KINDS, model_folder

TOLERANCE = 1e-3  # natural logarithms


def noise(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    return (np.random.default_rng(seed).normal(size=round(seconds * 16_000)) * 0.1).astype(np.float32)


def on_cpu(kind: str, **settings: Any) -> TorchEmissions:
    return TorchEmissions(ModelFolder.load(model_folder(kind)), "torch:cpu", **settings)


@pytest.mark.parametrize("kind", KINDS)
def test_pytorch_says_what_onnx_runtime_says(kind: str) -> None:
    folder = ModelFolder.load(model_folder(kind))
    by_torch, by_onnx = TorchEmissions(folder, "torch:cpu"), OnnxEmissions(folder, providers=["cpu"])
    assert by_torch.provider == "torch:cpu"
    assert by_torch.folder.labels == by_onnx.folder.labels
    for samples in (noise(1.0), noise(3.013), noise(2.0)[:17], noise(0.0)):
        found, expected = by_torch(samples), by_onnx(samples)
        assert found.dtype == np.float32
        assert found.shape == expected.shape
        assert np.allclose(found, expected, atol=TOLERANCE)


@pytest.mark.parametrize("kind", ["wav2vec2-group", "wav2vec2-layer", "data2vec-audio"])
def test_a_batch_is_as_if_each_had_been_run_alone(kind: str) -> None:
    emissions = on_cpu(kind)
    utterances = [noise(2.0), noise(1.95, seed=1), noise(0.0), noise(0.5, seed=2), noise(2.0, seed=3)]
    for together, alone in zip(emissions.batch(utterances), map(emissions, utterances), strict=True):
        assert together.shape == alone.shape
        assert np.allclose(together, alone, atol=TOLERANCE)
    assert emissions.batch([]) == []


def test_half_precision_is_close_and_gives_probabilities() -> None:
    samples = noise(2.0)
    exact, half = on_cpu("wav2vec2-layer")(samples), on_cpu("wav2vec2-layer", precision="bf16")(samples)
    assert half.dtype == np.float32
    assert np.allclose(np.exp(half).sum(axis=1), 1.0, atol=1e-4)
    assert np.abs(half - exact).max() > 0.0
    assert (half.argmax(1) == exact.argmax(1)).mean() > 0.9


def test_attention_is_pytorch_s_own() -> None:
    assert on_cpu("wav2vec2-layer")._network.config._attn_implementation == "sdpa"


def test_sound_that_is_no_numbers_is_refused() -> None:
    with pytest.raises(MediaError):
        on_cpu("wav2vec2-group")(np.full(8000, np.nan, np.float32))


@pytest.fixture
def without_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("without_cards")
@pytest.mark.parametrize("name", ["torch", "torch:cuda", "torch:mps", "TORCH:CUDA:1"])
def test_a_card_that_cannot_be_used_is_said_and_onnx_runtime_takes_over(name: str) -> None:
    emissions = load_emissions(ModelFolder.load(model_folder("wav2vec2-group")), providers=[name], threads=1)
    assert isinstance(emissions, OnnxEmissions)
    [warning] = emissions.warnings
    assert warning.startswith("PyTorch on ")
    assert warning.endswith(f"cannot be used; {CPU} is used instead.")
    assert len(emissions(noise(1.0))) == 49


@pytest.mark.usefixtures("without_cards")
def test_the_first_provider_that_works_is_taken() -> None:
    folder = ModelFolder.load(model_folder("wav2vec2-group"))
    by_torch = load_emissions(folder, providers=["torch:cuda", "torch:cpu", "cpu"])
    assert isinstance(by_torch, TorchEmissions)
    assert by_torch.warnings[0].endswith("torch:cpu is used instead.")
    by_onnx = load_emissions(folder, providers=["torch", "cpu"])
    assert isinstance(by_onnx, OnnxEmissions)
    assert len(by_onnx.warnings) == 1
    with pytest.raises(
        ProviderError, match=r"None of the requested devices can be used: PyTorch on .*; cuda"
    ):
        load_emissions(folder, providers=["torch", "cuda"])


def test_the_name_of_no_device_is_refused() -> None:
    with pytest.raises(ProviderError, match="no device “torch:gpu”; choose one of torch, torch:cuda"):
        TorchEmissions(ModelFolder.load(model_folder("wav2vec2-group")), "torch:gpu")
    assert is_torch_device("Torch:cpu")
    assert not is_torch_device("cpu")


def test_a_card_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(TorchUnusableError, match="the cards here are 0 to 1"):
        TorchEmissions(ModelFolder.load(model_folder("wav2vec2-group")), "torch:cuda:2")


def test_a_driver_that_fails_under_the_first_sound_counts_as_unusable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: TorchEmissions, values: Any, mask: Any) -> None:
        raise RuntimeError(
            "CUDA error: no kernel image is available for execution on the device\nCompile with"
        )

    monkeypatch.setattr(TorchEmissions, "_run", fail)
    emissions = load_emissions(ModelFolder.load(model_folder("wav2vec2-group")), providers=["torch:cpu"])
    assert isinstance(emissions, OnnxEmissions)
    assert "no kernel image is available for execution on the device)" in emissions.warnings[0]


def test_a_device_that_fails_later_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    emissions = on_cpu("wav2vec2-group")

    def fail(values: Any, mask: Any) -> None:
        raise RuntimeError("an illegal memory access was encountered")

    monkeypatch.setattr(emissions, "_run", fail)
    with pytest.raises(ProviderError, match=r"failed while running \(an illegal .*choose --provider cpu"):
        emissions(noise(1.0))


def test_a_batch_too_large_for_the_card_is_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    emissions = on_cpu("wav2vec2-layer")
    run, sizes = emissions._run, []

    def small(values: Any, mask: Any) -> Any:
        sizes.append(len(values))
        if len(values) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return run(values, mask)

    monkeypatch.setattr(emissions, "_run", small)
    utterances = [noise(1.0, seed=seed) for seed in range(3)]
    found = emissions.batch(utterances)
    assert sizes == [3, 1, 2, 1, 1]
    assert [len(one) for one in found] == [49, 49, 49]

    def never(values: Any, mask: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(emissions, "_run", never)
    with pytest.raises(ProviderError, match="does not have enough memory for 1 s of audio at a time"):
        emissions(noise(1.0))


def test_a_folder_without_weights_is_run_by_onnx_runtime_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    shutil.copytree(model_folder("wav2vec2-group"), folder)
    (folder / "model.safetensors").unlink()
    emissions = load_emissions(ModelFolder.load(folder), providers=["torch:cpu"])
    assert isinstance(emissions, OnnxEmissions)
    assert "bare holds no PyTorch weights, only ONNX" in emissions.warnings[0]


def test_weights_of_another_network_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(model_folder("wav2vec2-group"), folder)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(TorchUnusableError, match=r"mixed.model\.safetensors cannot be read \(it is not a s"):
        TorchEmissions(ModelFolder.load(folder), "torch:cpu")
    shutil.copyfile(model_folder("wav2vec2-group") / "model.safetensors", folder / "model.safetensors")
    vocabulary = {f"t{label}": label for label in range(40)} | {"<pad>": 40}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    with pytest.raises(ModelFolderError, match="do not match"):
        TorchEmissions(ModelFolder.load(folder), "torch:cpu")


def test_without_pytorch_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    emissions = load_emissions(ModelFolder.load(model_folder("wav2vec2-group")), providers=["torch"])
    assert "pip install" in emissions.warnings[0]


def test_precision_follows_the_card() -> None:
    def cuda(has_bf16: bool) -> Any:
        return SimpleNamespace(cuda=SimpleNamespace(is_bf16_supported=lambda including_emulation: has_bf16))

    assert best_precision(cuda(True), SimpleNamespace(type="cuda")) == "bf16"
    assert best_precision(cuda(False), SimpleNamespace(type="cuda")) == "fp16"
    assert best_precision(None, SimpleNamespace(type="mps")) == "fp16"
    assert best_precision(None, SimpleNamespace(type="cpu")) == "fp32"


@given(
    st.lists(st.integers(0, 1000), max_size=30),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.integers(1, 5000),
)
def test_groups_hold_every_utterance_once_and_waste_little(
    lengths: list[int], most_padding: float, most_samples: int
) -> None:
    groups = near_equal_groups(lengths, most_padding=most_padding, most_samples=most_samples)
    indices = [index for group in groups for index in group]
    assert sorted(indices) == [index for index, length in enumerate(lengths) if length]
    for group in groups:
        sizes = [lengths[index] for index in group]
        assert min(sizes) >= max(sizes) * (1.0 - most_padding)
        assert len(group) == 1 or max(sizes) * len(group) <= most_samples
    # Longest first: the largest batch shows at once whether the memory is enough.
    assert all(lengths[one[0]] >= lengths[two[0]] for one, two in pairwise(groups))


def test_pytorch_is_not_imported_unless_it_is_asked_for() -> None:
    code = (
        "import sys\n"
        "from asr_desktop.recognition.emissions import load_emissions\n"
        "from asr_desktop.recognition.model_folder import ModelFolder\n"
        "load_emissions(ModelFolder.load(sys.argv[1]), providers=['cpu'])\n"
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    arguments = [sys.executable, "-c", code, str(model_folder("wav2vec2-group"))]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120)
    assert done.stdout == "set()\n", done


@pytest.mark.slow
def test_on_a_graphics_card_the_labels_are_those_of_the_processor() -> None:
    import torch

    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        pytest.skip("no graphics card that PyTorch can use here")
    for kind in KINDS:
        folder = ModelFolder.load(model_folder(kind))
        card = TorchEmissions(folder)
        assert card.provider.startswith(("torch:cuda", "torch:mps"))
        exact = TorchEmissions(folder, precision="fp32")(noise(5.0))
        expected = on_cpu(kind)(noise(5.0))
        assert np.abs(exact - expected).max() < 0.05
        assert (card(noise(5.0)).argmax(1) == expected.argmax(1)).mean() > 0.9
