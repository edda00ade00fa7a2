"""The network of Whisper's encoder: its frames, its spectrogram, its graph, and its folder in the app."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from asr_desktop.language_model.english import write_vocabulary  # noqa: E402
from asr_desktop.recognition.model_folder import find_model  # noqa: E402
from asr_desktop.recognition.onnx_emissions import OnnxEmissions  # noqa: E402
from asr_desktop.recognition.torch_emissions import TorchEmissions  # noqa: E402
from asr_desktop.recognition.whisper_ctc import (  # noqa: E402
    LogMel,
    WhisperCtcConfig,
    WhisperForCTC,
)
from trainer.export import write_model_folder  # noqa: E402
from trainer.export.graph import export_onnx, parity  # noqa: E402


@pytest.fixture(scope="module")
def network() -> WhisperForCTC:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    config = WhisperCtcConfig(
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=160,
        context_size=128,
        pad_token_id=0,
    )
    return WhisperForCTC(config).eval()


@pytest.mark.parametrize("samples", [160, 479, 480, 481, 16_000, 16_123])
def test_its_frames_are_as_many_as_its_configuration_says(network: WhisperForCTC, samples: int) -> None:
    with torch.no_grad():
        logits = network(torch.randn(2, samples)).logits
    expected = network.base_model._get_feat_extract_output_lengths(torch.tensor(samples))
    assert logits.shape == (2, int(expected), 32)


def test_its_spectrogram_is_whispers() -> None:
    """But for the edges: Whisper mirrors the sound there, and there is silence here."""
    from transformers import WhisperFeatureExtractor

    samples = np.random.default_rng(2).standard_normal(48_000).astype(np.float32) * 0.1
    theirs = WhisperFeatureExtractor(feature_size=80)(samples, sampling_rate=16_000, return_tensors="np")
    ours = LogMel(80)(torch.from_numpy(samples)[None, None])[0].numpy()
    assert ours.shape == (80, 300)
    np.testing.assert_allclose(ours[:, 2:298], theirs["input_features"][0][:, 2:298], atol=2e-4)


def test_its_positions_are_whispers() -> None:
    from transformers.models.whisper.modeling_whisper import sinusoids

    from asr_desktop.recognition.whisper_ctc import _Positions

    ours = _Positions(64)(torch.zeros(1, 1500, 64))[0]
    torch.testing.assert_close(ours, sinusoids(1500, 64), atol=1e-4, rtol=0)


def test_onnx_says_what_torch_says_at_every_length_and_batch(network: WhisperForCTC, tmp_path: Path) -> None:
    export_onnx(network, tmp_path / "model.onnx", 480)
    assert parity(network, tmp_path / "model.onnx") < 1e-4


def test_its_folder_is_a_model_folder_like_any_other(network: WhisperForCTC, tmp_path: Path) -> None:
    folder = tmp_path / "small-whisper"
    source = tmp_path / "processor"
    source.mkdir()
    write_vocabulary(source)
    preprocessor = {"feature_size": 1, "sampling_rate": 16_000, "padding_value": 0.0, "do_normalize": False}
    (source / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    write_model_folder(network, folder, keep_float_onnx=True, processor=source, report=lambda _: None)
    found = find_model(str(folder))
    assert found.frame_stride_samples == 320
    # 40 s: beyond the thirty seconds of Whisper's own table of positions.
    samples = np.random.default_rng(3).standard_normal(640_000).astype(np.float32) * 0.1
    for length in (1000, 48_000, 640_000):
        by_torch = TorchEmissions(found, "torch:cpu", precision="fp32", threads=1)(samples[:length])
        by_onnx = OnnxEmissions(found, providers=["cpu"], threads=1)(samples[:length])
        assert by_torch.shape == by_onnx.shape
        # Eight bits and an approximate GELU: near, not equal.
        assert np.abs(np.exp(by_torch) - np.exp(by_onnx)).mean() < 0.02


def test_a_mask_hides_what_is_padded(network: WhisperForCTC) -> None:
    short, long = torch.randn(9_600), torch.randn(16_000)
    batch = torch.zeros(2, 16_000)
    batch[0, :9_600], batch[1] = short, long
    mask = torch.zeros(2, 16_000, dtype=torch.long)
    mask[0, :9_600], mask[1] = 1, 1
    with torch.no_grad():
        together = network(batch, mask).logits
        alone = network(short[None]).logits[0]
    # Whisper's convolutions see beyond the end, and the head's carry that nine frames back.
    inner = len(alone) - 12
    torch.testing.assert_close(together[0, :inner], alone[:inner], atol=2e-2, rtol=0)
