from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from transformers import AutoModelForCTC, AutoProcessor

from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from trainer.checkpoint import save_atomically
from trainer.export import ExportError, export_run, parity, write_model_folder
from trainer.network import TrainingNetwork
from trainer.recipe import NetworkRecipe

SMALL = NetworkRecipe(hidden_size=128, layers=2, heads=2, intermediate_size=128, phone_layer=0)


@pytest.fixture(scope="module")
def network() -> TrainingNetwork:
    torch.manual_seed(4)
    network = TrainingNetwork(SMALL, 0.0)
    # Batch norm's running figures must survive the export; give them values of their own.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2.0)
    return network.eval()


@pytest.fixture(scope="module")
def folder(network: TrainingNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    write_model_folder(network.ctc, folder, keep_float_onnx=True)
    return folder


def test_the_float_graph_agrees_with_torch_at_every_length_and_batch(
    network: TrainingNetwork, folder: Path
) -> None:
    assert parity(network.ctc, folder / "model.onnx") < 1e-3


def test_int8_covers_matrix_products_and_no_convolution(folder: Path) -> None:
    graph = onnx.load(folder / "model.int8.onnx").graph
    kinds = [node.op_type for node in graph.node]
    assert "ConvInteger" not in kinds
    assert "QLinearConv" not in kinds
    assert kinds.count("MatMulInteger") >= 2 * 10
    assert (folder / "model.int8.onnx").stat().st_size < 0.65 * (folder / "model.onnx").stat().st_size


def test_int8_stays_near_the_float_network(network: TrainingNetwork, folder: Path) -> None:
    samples = np.random.default_rng(0).standard_normal(48_000).astype(np.float32)
    ours = load_emissions(ModelFolder.load(folder))(samples)
    normalised = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
    with torch.no_grad():
        exact = network.ctc(torch.from_numpy(normalised)[None]).logits.log_softmax(-1)[0].numpy()
    assert ours.shape == exact.shape
    assert np.abs(ours - exact).mean() < 0.05


def test_plain_transformers_loads_the_folder_and_says_the_same(
    network: TrainingNetwork, folder: Path
) -> None:
    model = AutoModelForCTC.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    samples = np.random.default_rng(1).standard_normal(32_000).astype(np.float32)
    values = processor(samples, sampling_rate=16_000, return_tensors="pt").input_values
    with torch.no_grad():
        theirs = model(values).logits
        ours = network.ctc(values).logits
    assert theirs.dtype == torch.float32
    torch.testing.assert_close(theirs, ours, atol=0.02, rtol=0.02)  # the weights are stored in half precision
    assert processor.batch_decode(torch.tensor([[7, 7, 0, 8, 4, 7]])) == ["bc b"]


def test_a_run_is_exported_from_its_checkpoint(network: TrainingNetwork, tmp_path: Path) -> None:
    import json
    from dataclasses import asdict

    from trainer.recipe import Recipe, TrainingRecipe

    recipe = Recipe(network=SMALL, training=TrainingRecipe(phone_weight=0.0))
    save_atomically(
        {"network": network.state_dict(), "recipe": json.dumps(asdict(recipe))}, tmp_path / "last.pt"
    )
    export_run(tmp_path, tmp_path / "out", None, lambda line: None)
    assert ModelFolder.load(tmp_path / "out").frame_stride_samples == 640


def test_an_empty_run_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no checkpoint"):
        export_run(tmp_path, tmp_path / "out", None, lambda line: None)
