"""Emissions against PyTorch on every family, and networks with all kinds of signatures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto

from asr_desktop.base import onnx_limits, onnx_session
from asr_desktop.base.errors import MediaError, ModelFolderError
from asr_desktop.base.onnx_session import CPU, ProviderError, available_providers, physical_cores
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_emissions import OnnxEmissions
from tests.fixtures.make_models import KINDS, model_folder
from tests.fixtures.onnx_networks import expected_logits, write_network

WITH_MASK = [kind for kind, (_, _, with_mask) in KINDS.items() if with_mask]
TOLERANCE = 1e-3  # natural logarithms; the two implementations add in different orders

Foreign = Callable[..., OnnxEmissions]


def noise(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    return (np.random.default_rng(seed).normal(size=round(seconds * 16_000)) * 0.1).astype(np.float32)


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = logits.astype(np.float64)
    return (
        exact
        - exact.max(-1, keepdims=True)
        - np.log(np.exp(exact - exact.max(-1, keepdims=True)).sum(-1, keepdims=True))
    )


def transformers_log_probs(kind: str, utterances: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """The emissions of transformers' own feature extractor and PyTorch network, several of them padded."""
    import torch
    import transformers

    folder = model_folder(kind)
    network = getattr(transformers, KINDS[kind][0]).from_pretrained(folder).eval()
    extractor = transformers.Wav2Vec2FeatureExtractor.from_pretrained(folder)
    inputs = extractor(utterances, sampling_rate=16_000, return_tensors="pt", padding=len(utterances) > 1)
    with torch.no_grad():
        return list(torch.log_softmax(network(**inputs).logits, dim=-1).numpy())


@pytest.mark.parametrize("kind", KINDS)
def test_emissions_are_those_of_pytorch_at_any_length(kind: str) -> None:
    emissions = OnnxEmissions(ModelFolder.load(model_folder(kind)), providers=["cpu"])
    for seconds in (1.0, 5.0, 20.013):
        samples = noise(seconds)
        (expected,) = transformers_log_probs(kind, [samples])
        found = emissions(samples)
        assert found.dtype == np.float32
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() < TOLERANCE
        assert np.allclose(np.exp(found).sum(axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize("kind", [kind for kind in WITH_MASK if kind != "data2vec-audio"])
def test_a_masked_batch_is_pytorchs_and_as_if_run_alone(kind: str) -> None:
    emissions = OnnxEmissions(ModelFolder.load(model_folder(kind)), providers=["cpu"])
    utterances = [noise(1.0), noise(5.0, seed=1), noise(3.3, seed=2)]
    found = emissions.batch(utterances)
    for one, padded, alone in zip(
        found, transformers_log_probs(kind, utterances), map(emissions, utterances), strict=True
    ):
        assert one.shape == alone.shape
        assert np.abs(one - padded[: len(one)]).max() < TOLERANCE
        assert np.abs(one - alone).max() < TOLERANCE


@pytest.mark.parametrize("kind", ["wav2vec2-group", "data2vec-audio"])
def test_where_padding_would_change_the_result_nothing_is_padded(kind: str) -> None:
    emissions = OnnxEmissions(ModelFolder.load(model_folder(kind)), providers=["cpu"])
    utterances = [noise(1.0), noise(2.0, seed=1), noise(0.0), noise(2.0, seed=2)]
    for one, alone in zip(emissions.batch(utterances), map(emissions, utterances), strict=True):
        assert one.shape == alone.shape
        assert np.allclose(one, alone, atol=TOLERANCE)


def test_equal_lengths_go_through_any_network_together() -> None:
    emissions = OnnxEmissions(ModelFolder.load(model_folder("wav2vec2-group")), providers=["cpu"])
    assert emissions.batch([]) == []
    utterances = [noise(2.0, seed=seed) for seed in range(3)]
    for one, alone in zip(emissions.batch(utterances), map(emissions, utterances), strict=True):
        assert np.allclose(one, alone, atol=TOLERANCE)


@pytest.mark.parametrize("kind", ["wav2vec2-layer", "wav2vec2-conformer"])
def test_very_short_sound_gives_one_frame_and_none_gives_none(kind: str) -> None:
    folder = ModelFolder.load(model_folder(kind))
    emissions = OnnxEmissions(folder, providers=["cpu"])
    view, stride = folder.receptive_field_samples, folder.frame_stride_samples
    assert emissions(np.zeros(0, np.float32)).shape == (0, 32)
    for length, frames in ((1, 1), (view - 1, 1), (view, 1), (view + stride - 1, 1), (view + stride, 2)):
        log_probs = emissions(noise(2.0)[:length])
        assert log_probs.shape == (frames, 32)
        assert np.isfinite(log_probs).all()


def test_silence_is_no_trouble() -> None:
    emissions = OnnxEmissions(ModelFolder.load(model_folder("wav2vec2-group")), providers=["cpu"])
    assert np.isfinite(emissions(np.zeros(16_000, np.float32))).all()


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """Load a hand-written network, with the four files that somebody else's folder has."""

    def load(
        config: dict[str, Any] | None = None, preprocessor: dict[str, Any] | None = None, **network: Any
    ) -> OnnxEmissions:
        vocabulary = {"<pad>": 0, "|": 1, **{letter: 2 + i for i, letter in enumerate("abcdef")}}
        contents = {
            "config": {"model_type": "wav2vec2", "pad_token_id": 0, **(config or {})},
            "vocab": vocabulary,
            "preprocessor_config": {"do_normalize": False, "sampling_rate": 16_000, **(preprocessor or {})},
        }
        for stem, content in contents.items():
            (tmp_path / f"{stem}.json").write_text(json.dumps(content), encoding="utf-8")
        write_network(tmp_path / "model.onnx", **network)
        return OnnxEmissions(ModelFolder.load(tmp_path), providers=["cpu"])

    return load


@pytest.mark.parametrize("output", ["logits", "log-probabilities", "probabilities"])
def test_a_foreign_network_may_give_logits_or_either_kind_of_probabilities(
    foreign: Foreign, output: str
) -> None:
    samples = noise(1.0)
    expected = log_softmax(expected_logits(samples))
    assert np.abs(foreign(output=output)(samples) - expected).max() < TOLERANCE


@pytest.fixture(params=["linux", "darwin", "win32"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux bounds the memory of a process; elsewhere a network is tried within an arena."""
    if request.param == "linux" != sys.platform:
        pytest.skip("only Linux has such a bound")
    monkeypatch.setattr(onnx_limits.sys, "platform", request.param)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("elements", [3_000_000_000, 300_000_000_000])
def test_a_graph_that_computes_a_huge_constant_is_refused_in_one_sentence(
    foreign: Foreign, elements: int
) -> None:
    with pytest.raises(ModelFolderError, match=r"model\.onnx cannot be .*it needs more memory than"):
        foreign(constant_elements=elements)


@pytest.mark.parametrize("sparse", ["initializer", "constant", "branch"])
def test_a_sparse_tensor_of_huge_size_is_refused_before_it_is_unpacked(foreign: Foreign, sparse: str) -> None:
    with pytest.raises(ModelFolderError, match=r"model\.onnx cannot be loaded \(it needs more memory than"):
        foreign(sparse=sparse, sparse_elements=3_000_000_000)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(
    "constant",
    [
        {"constant_elements": 1_000_000},
        {"sparse_elements": 1_000},
        {"sparse_elements": 1_000, "sparse": "constant"},
    ],
    ids=str,
)
def test_a_graph_with_a_constant_of_usual_size_runs(foreign: Foreign, constant: dict[str, Any]) -> None:
    samples = noise(1.0)
    expected = log_softmax(expected_logits(samples))
    assert np.abs(foreign(**constant)(samples) - expected).max() < TOLERANCE


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param({"input_name": "input_values"}, id="usual name"),
        pytest.param({"input_type": TensorProto.DOUBLE}, id="double precision"),
        pytest.param({"input_shape": (1, "samples")}, id="one utterance at a time"),
        pytest.param(
            {"extra_inputs": (("attention_mask", TensorProto.INT32, ("batch", "samples")),)}, id="int32 mask"
        ),
        pytest.param({"extra_inputs": (("mask", TensorProto.BOOL, ("batch", "samples")),)}, id="bool mask"),
        pytest.param(
            {"extra_inputs": (("padding_mask", TensorProto.FLOAT, ("batch", "samples")),)}, id="float mask"
        ),
    ],
)
def test_inputs_are_found_whatever_they_are_called(foreign: Foreign, signature: dict[str, Any]) -> None:
    emissions = foreign(**signature)
    samples = noise(1.0)
    expected = log_softmax(expected_logits(samples))
    assert np.abs(emissions(samples) - expected).max() < TOLERANCE
    for one in emissions.batch([samples, samples]):
        assert np.abs(one - expected).max() < TOLERANCE


def test_a_half_precision_network_is_read(foreign: Foreign) -> None:
    samples = noise(1.0)
    found = foreign(input_type=TensorProto.FLOAT16)(samples)
    assert found.dtype == np.float32
    assert np.abs(found - log_softmax(expected_logits(samples))).max() < 0.05


def test_a_network_without_the_mask_that_its_folder_speaks_of_is_not_padded(foreign: Foreign) -> None:
    """As transformers.js exports layer-norm models."""
    emissions = foreign(preprocessor={"return_attention_mask": True})
    utterances = [noise(1.0), noise(2.0, seed=1)]
    for one, samples in zip(emissions.batch(utterances), utterances, strict=True):
        assert np.abs(one - log_softmax(expected_logits(samples))).max() < TOLERANCE


def test_sound_is_normalised_as_the_folder_says(foreign: Foreign) -> None:
    samples = noise(1.0) + 0.3
    normalised = ((samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)).astype(np.float32)
    found = foreign(preprocessor={"do_normalize": True})(samples)
    assert np.abs(found - log_softmax(expected_logits(normalised))).max() < TOLERANCE


def test_sound_is_resampled_for_a_model_of_another_rate(foreign: Foreign) -> None:
    emissions = foreign(preprocessor={"sampling_rate": 8000})
    seconds = np.arange(32_000) / 16_000
    tone = np.sin(2 * np.pi * 300 * seconds).astype(np.float32)
    at_8_khz = np.sin(2 * np.pi * 300 * np.arange(16_000) / 8000).astype(np.float32)
    found, expected = emissions(tone), log_softmax(expected_logits(at_8_khz))
    assert found.shape == expected.shape
    assert np.abs(found - expected)[2:-2].max() < 0.05, "away from the ends, where the filter rings"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        pytest.param({"labels": 9}, "lists 8 labels, but model.onnx has 9 outputs", id="labels"),
        pytest.param(
            {"stride": 160},
            "outputs 48 frames .* conv_kernel and conv_stride in config.json give 24",
            id="frames",
        ),
        pytest.param({"output": "two-dimensional"}, r"must be \[batch, frames, labels\]", id="output"),
        pytest.param({"input_shape": (1, 16_000)}, "takes exactly 16000 samples", id="fixed length"),
        pytest.param({"input_shape": (1, 1, "n")}, r"must be \[batch, samples\]", id="three axes"),
        pytest.param(
            {"extra_inputs": (("language", TensorProto.INT64, (1,)),)},
            r"needs the inputs \(.*language: tensor\(int64\)\)",
            id="unknown input",
        ),
        pytest.param(
            {"extra_inputs": (("also_sound", TensorProto.FLOAT, (1, "n")),)},
            "needs the inputs",
            id="two sounds",
        ),
    ],
)
def test_a_network_that_does_not_fit_is_refused_at_once(
    foreign: Foreign, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ModelFolderError, match=sentence) as error:
        foreign(**settings)
    assert "\n" not in str(error.value)


def test_values_that_are_not_numbers_are_refused(foreign: Foreign) -> None:
    emissions = foreign(output="nan")
    with pytest.raises(ModelFolderError, match="values that are not numbers"):
        emissions(noise(1.0))


def test_broken_sound_is_not_blamed_on_the_network(foreign: Foreign) -> None:
    samples = noise(1.0)
    samples[7] = np.nan
    with pytest.raises(MediaError, match="not numbers"):
        foreign()(samples)
    with pytest.raises(ValueError, match="one row of mono samples"):
        foreign()(np.zeros((2, 16_000), np.float32))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"this is no network", r"model.onnx cannot be loaded \([^\[]+\); download or export it again"),
        (b"", r"model.onnx cannot be loaded \([^\[]+\); download or export it again"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
    ],
)
def test_a_file_that_is_no_network_is_named(
    foreign: Foreign, tmp_path: Path, content: bytes, sentence: str
) -> None:
    foreign()
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelFolderError, match=sentence) as error:
        OnnxEmissions(ModelFolder.load(tmp_path), providers=["cpu"])
    assert "\n" not in str(error.value)


def test_the_processor_is_used_where_there_is_nothing_better(foreign: Foreign) -> None:
    emissions = load_emissions(foreign().folder)
    assert isinstance(emissions, OnnxEmissions)
    if available_providers() == [CPU]:
        assert emissions.provider == CPU
        assert emissions.warnings == ()


def test_a_device_that_is_not_there_is_named(foreign: Foreign) -> None:
    folder = foreign().folder
    if "CUDAExecutionProvider" not in available_providers():
        with pytest.raises(ProviderError, match=r"no provider “cuda” here, only .*CPUExecutionProvider"):
            OnnxEmissions(folder, providers=["cuda"])
    with pytest.raises(ProviderError, match="list of providers is empty"):
        OnnxEmissions(folder, providers=[])


@pytest.mark.parametrize("failure", ["raises", "falls back on its own"])
def test_a_device_that_does_not_work_is_never_left_silently(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    """As with a CUDA build of ONNX Runtime on a machine without its libraries: listed, but useless."""
    folder = foreign().folder
    real_session = onnxruntime.InferenceSession

    def session(path: str, *, providers: list[tuple[str, dict[str, str]]], **settings: Any) -> Any:
        if providers[0][0] != CPU and failure == "raises":
            raise RuntimeError("libcudnn.so.9: cannot open shared object file.\nplaces in C++")
        return real_session(path, providers=[CPU], **settings)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    emissions = OnnxEmissions(folder)
    assert emissions.provider == CPU
    (warning,) = emissions.warnings
    assert warning.startswith("CUDAExecutionProvider (")
    assert warning.endswith("cannot be used; CPUExecutionProvider is used instead.")
    assert ("libcudnn.so.9" in warning) == (failure == "raises")
    with pytest.raises(
        ProviderError, match=r"None of the requested devices can be used: CUDAExecutionProvider"
    ):
        OnnxEmissions(folder, providers=["cuda"])


def test_a_device_that_opens_the_network_but_cannot_run_it_is_replaced(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = foreign().folder
    real_session = onnxruntime.InferenceSession

    class Useless:
        def __init__(self, session: Any) -> None:
            self.get_inputs, self.get_outputs = session.get_inputs, session.get_outputs

        def get_providers(self) -> list[str]:
            return ["CUDAExecutionProvider", CPU]

        def run(self, *_: Any) -> Any:
            raise onnx_session.ORT_ERRORS[0]("no kernel image is available")

    def session(path: str, *, providers: list[tuple[str, dict[str, str]]], **settings: Any) -> Any:
        real = real_session(path, providers=[CPU], **settings)
        return real if providers[0][0] == CPU else Useless(real)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    emissions = OnnxEmissions(folder)
    assert emissions.provider == CPU
    assert "no kernel image is available" in emissions.warnings[0]
    assert np.isfinite(emissions(noise(1.0))).all()


def test_the_network_without_int8_is_taken_for_graphics_cards(
    foreign: Foreign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign()
    (tmp_path / "model.onnx").rename(tmp_path / "model.int8.onnx")
    write_network(tmp_path / "model.onnx")
    opened: list[tuple[str, str]] = []
    real_session = onnxruntime.InferenceSession

    def session(path: str, *, providers: list[tuple[str, dict[str, str]]], **settings: Any) -> Any:
        opened.append((providers[0][0], Path(path).name))
        return real_session(path, providers=[CPU], **settings)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    OnnxEmissions(ModelFolder.load(tmp_path))
    tried, *opened = opened  # see onnx_limits.run_bounded
    assert tried == (CPU, "model.onnx")
    assert opened == [("CUDAExecutionProvider", "model.onnx"), (CPU, "model.int8.onnx")]


def test_threads_can_be_chosen(foreign: Foreign) -> None:
    folder = foreign().folder
    emissions = OnnxEmissions(folder, providers=["cpu"], threads=1)
    assert np.isfinite(emissions(noise(1.0))).all()
    if sys.platform == "linux":
        assert physical_cores() >= 1


def test_neither_torch_nor_transformers_is_imported() -> None:
    program = (
        "import sys, numpy as np\n"
        "from asr_desktop.recognition.emissions import load_emissions\n"
        "from asr_desktop.recognition.model_folder import find_model\n"
        "load_emissions(find_model(sys.argv[1]))(np.zeros(16000, np.float32))\n"
        "print([name for name in ('torch', 'transformers', 'onnx') if name in sys.modules])\n"
    )
    folder = model_folder("wav2vec2-group")
    ran = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
    assert ran.stderr == ""
