from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from transformers import AutoModelForCTC, AutoProcessor, Wav2Vec2Config, Wav2Vec2ForCTC

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.teaching.dataset import TrainingUtterance
from tests.fixtures.make_models import model_folder, write_preprocessor, write_tokenizer
from trainer.export import Int8Limit, NetworkExportError, export_int8, export_onnx, graph
from trainer.export.folder import export, write_model_folder
from trainer.export.int8 import int8_cost, keep_int8_if_cheap

WIDE = {
    "hidden_size": 128,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 128,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "conv_dim": [128] * 7,
    "vocab_size": 32,
    "pad_token_id": 0,
}


@pytest.fixture(autouse=True)
def short_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity at 20 s is tested once, in test_run_from_scratch; here it would only take time."""
    monkeypatch.setattr(graph, "PARITY_SECONDS", (1.0, 2.3))


@pytest.fixture(scope="module")
def wide() -> Wav2Vec2ForCTC:
    torch.manual_seed(6)
    return Wav2Vec2ForCTC(Wav2Vec2Config(**WIDE)).eval()


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", ["wav2vec2-group", "wav2vec2-layer", "wav2vec2-conformer", "hubert", "wavlm"]
)
def test_every_family_loads_in_the_app_and_in_plain_transformers(kind: str, tmp_path: Path) -> None:
    source = model_folder(kind)
    export(source, tmp_path / kind, None, lambda line: None, keep_float_onnx=True)
    samples = np.random.default_rng(2).standard_normal(31_000).astype(np.float32)

    processor = AutoProcessor.from_pretrained(tmp_path / kind)
    network = AutoModelForCTC.from_pretrained(tmp_path / kind).eval()
    values = processor(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.no_grad():
        theirs = network(**values).logits.log_softmax(-1)[0].numpy()

    folder = ModelFolder.load(tmp_path / kind)
    assert folder.onnx_path.name == "model.int8.onnx"
    in_int8 = load_emissions(folder, threads=1)(samples)
    shutil.move(tmp_path / kind / "model.int8.onnx", tmp_path / "aside.onnx")
    exact = load_emissions(ModelFolder.load(tmp_path / kind), threads=1)(samples)
    np.testing.assert_allclose(exact, theirs, atol=0.05)  # the weights are stored in half precision
    assert in_int8.shape == exact.shape
    assert np.abs(np.exp(in_int8) - np.exp(exact)).mean() < 0.02
    assert folder.labels == ModelFolder.load(source).labels
    modes = {path.name: path.stat().st_mode & 0o044 for path in (tmp_path / kind).iterdir() if path.is_file()}
    assert modes["model.safetensors"] == modes["config.json"]


def test_8_bits_reach_the_wide_convolutions(wide: Wav2Vec2ForCTC, tmp_path: Path) -> None:
    export_int8(wide, tmp_path / "small.onnx", 400)
    nodes = onnx.load(tmp_path / "small.onnx").graph.node
    kinds = [node.op_type for node in nodes]
    assert "Conv" not in kinds  # that of the positions is a product a group
    assert "ConvInteger" not in kinds
    in_front_end = [
        node for node in nodes if node.op_type == "MatMulInteger" and "feature_extractor" in node.name
    ]
    assert len(in_front_end) == 6
    # Quantised first, stacked then: the stacked rows are bytes.
    made_by = {output: node.op_type for node in nodes for output in node.output}
    stackers = [node for node in nodes if made_by.get(node.input[0]) == "DynamicQuantizeLinear"]
    assert sum(node.op_type == "Gather" for node in stackers) == 6 + 2  # and the groups of the positions


@pytest.mark.slow
def test_quantising_before_stacking_changes_nothing(
    wide: Wav2Vec2ForCTC, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    from trainer.export import int8

    export_int8(wide, tmp_path / "before.onnx", 400)
    monkeypatch.setattr(int8, "quantise_before_stacking", lambda graph: None)
    export_int8(wide, tmp_path / "after.onnx", 400)
    values = np.random.default_rng(0).standard_normal((2, 16_000)).astype(np.float32)
    said = [
        onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]).run(
            None, {"input_values": values}
        )[0]
        for name in ("before.onnx", "after.onnx")
    ]
    # A last row that no frame sees may widen the range by a little.
    np.testing.assert_allclose(said[0], said[1], atol=0.02)


def test_a_graph_that_says_something_else_is_refused(
    wide: Wav2Vec2ForCTC, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = torch.onnx.export

    def spoiled(module: Any, *arguments: Any, **settings: Any) -> Any:
        module.network.lm_head.bias.data += 0.5
        return real(module, *arguments, **settings)

    monkeypatch.setattr(torch.onnx, "export", spoiled)
    with pytest.raises(NetworkExportError, match="differs from the trained network"):
        export_onnx(wide, tmp_path / "model.onnx", 400)


@pytest.mark.slow
def test_8_bits_that_cost_too_much_are_left_out(
    wide: Wav2Vec2ForCTC, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.export import int8

    labels = tmp_path / "labels"
    labels.mkdir()
    write_tokenizer(labels)
    write_preprocessor(labels, with_mask=False)
    costs = {"cheap": 0.004, "dear": 0.02}
    said: list[str] = []
    for name, cost in costs.items():
        monkeypatch.setattr(int8, "int8_cost", lambda folder, speech, cost=cost: cost)
        speech = [TrainingUtterance(tmp_path / "any.wav", None, 1.0, "what was said")]
        limit = Int8Limit(speech, wer_cost=0.01)
        write_model_folder(wide, tmp_path / name, processor=labels, int8_limit=limit, report=said.append)
        assert (tmp_path / name / "model.onnx").is_file()
    assert (tmp_path / "cheap" / "model.int8.onnx").is_file()
    assert not (tmp_path / "dear" / "model.int8.onnx").exists()
    assert said[1].startswith("the 8-bit model adds +2.00 errors per 100 words")
    assert ModelFolder.load(tmp_path / "dear").onnx_path.name == "model.onnx"


@pytest.mark.slow
def test_a_bad_quantisation_is_refused_by_what_it_costs_on_speech(tmp_path: Path, packs: Path) -> None:
    from trainer.evaluation.recognise import read_spoken

    folder = tmp_path / "tiny"
    export(model_folder("hubert"), folder, None, lambda line: None, keep_float_onnx=True)
    # Random weights recognise nothing, so the speech says what the float network hears in it.
    spoken = read_spoken(packs / "held-out")[:2]
    exact = load_emissions(replace(ModelFolder.load(folder), onnx_path=folder / "model.onnx"), threads=1)
    decoder, _ = make_decoder(exact.folder, "greedy")
    texts = [decoder.decode(exact(each.samples())) for each in spoken]
    assert all(texts)
    speech = [replace(each, transcript=text) for each, text in zip(spoken, texts, strict=True)]
    said: list[str] = []
    network = onnx.load(folder / "model.int8.onnx")
    for tensor in network.graph.initializer:
        if tensor.data_type == onnx.TensorProto.INT8:
            halved = onnx.numpy_helper.to_array(tensor).clip(-1, 1)  # as if two bits had been enough
            tensor.CopyFrom(onnx.numpy_helper.from_array(halved, tensor.name))
    onnx.save(network, folder / "model.int8.onnx")
    assert not keep_int8_if_cheap(folder, Int8Limit(speech, wer_cost=0.01), said.append)
    assert not (folder / "model.int8.onnx").exists()
    assert re.fullmatch(r"the 8-bit model adds \+\d+\.\d\d errors .* only the float model is kept", said[0])


@pytest.mark.slow
def test_the_cost_of_8_bits_is_measured_on_speech(tmp_path: Path, packs: Path) -> None:
    from trainer.evaluation.recognise import read_spoken

    folder = tmp_path / "tiny"
    export(model_folder("hubert"), folder, None, lambda line: None, keep_float_onnx=True)
    speech = read_spoken(packs / "held-out")[:2]
    assert abs(int8_cost(folder, speech)) < 1.0
    shutil.copyfile(folder / "model.onnx", folder / "model.int8.onnx")
    assert int8_cost(folder, speech) == 0.0


def test_a_checkpoint_is_completed_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    shutil.copytree(model_folder("wav2vec2-group"), folder)
    (folder / "model.onnx").unlink()
    before = (folder / "model.safetensors").read_bytes()
    assert export(folder, None, None, lambda line: None) == folder
    assert ModelFolder.load(folder).onnx_path.name == "model.int8.onnx"
    assert (folder / "model.safetensors").read_bytes() == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_the_feature_extractor_of_transformers_5_is_taken_along(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(model_folder("hubert"), source)
    inner = json.loads((source / "preprocessor_config.json").read_text())
    (source / "preprocessor_config.json").unlink()
    (source / "processor_config.json").write_text(json.dumps({"feature_extractor": inner}))
    export(source, tmp_path / "out", None, lambda line: None)
    assert json.loads((tmp_path / "out" / "preprocessor_config.json").read_text()) == inner
    assert ModelFolder.load(tmp_path / "out").return_attention_mask


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [("model.safetensors", "has no PyTorch weights"), ("preprocessor_config.json", "has no preprocessor")],
)
def test_what_cannot_be_exported_is_a_sentence(tmp_path: Path, missing: str, sentence: str) -> None:
    source = tmp_path / "source"
    shutil.copytree(model_folder("hubert"), source)
    (source / missing).unlink()
    with pytest.raises(NetworkExportError, match=sentence):
        export(source, tmp_path / "out", None, lambda line: None)


def test_a_damaged_checkpoint_is_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(model_folder("hubert"), source)
    (source / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelFolderError, match=r"model\.safetensors cannot be read"):
        export(source, tmp_path / "out", None, lambda line: None)
