from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trainer.deepspeech2.network import DeepSpeech2Config, DeepSpeech2ForCTC, register
from trainer.export.folder import sum_receptive_field
from trainer.export.graph import export_onnx, parity
from trainer.finetune.frozen_part import Depth, UpperNetwork, frozen_features


@pytest.fixture(scope="module")
def network() -> DeepSpeech2ForCTC:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    config = DeepSpeech2Config(
        vocab_size=9, mel_bands=16, channels=4, residual_layers=2, gru_layers=2, hidden_size=24
    )
    return DeepSpeech2ForCTC(config).eval()


@pytest.mark.parametrize("samples", [400, 401, 720, 721, 1040, 16_000, 16_123])
def test_its_frames_are_as_many_as_its_configuration_says(network: DeepSpeech2ForCTC, samples: int) -> None:
    with torch.no_grad():
        logits = network(torch.randn(2, samples)).logits
    expected = network.base_model._get_feat_extract_output_lengths(torch.tensor(samples))
    assert logits.shape == (2, int(expected), 9)


def test_onnx_says_what_torch_says_at_every_length_and_batch(
    network: DeepSpeech2ForCTC, tmp_path: Path
) -> None:
    export_onnx(network, tmp_path / "model.onnx", sum_receptive_field(network.config))
    assert parity(network, tmp_path / "model.onnx") < 1e-4


@torch.no_grad()
def test_a_batch_says_what_its_utterances_say_alone(network: DeepSpeech2ForCTC) -> None:
    depth = Depth(convolutions=1)
    upper = UpperNetwork(network, depth, blank=0).eval()
    sounds = [torch.randn(length) for length in (16_000, 9_000)]
    features = [frozen_features(network.base_model, depth, sound) for sound in sounds]
    frames = torch.tensor([feature.shape[1] for feature in features])
    longest = int(frames.max())
    padded = torch.stack(
        [torch.nn.functional.pad(feature, (0, longest - feature.shape[1])) for feature in features]
    )
    scores, lengths = upper.log_probabilities(padded, frames)
    for row, sound in enumerate(sounds):
        alone = network(sound[None]).logits[0].log_softmax(-1)
        assert len(alone) == int(lengths[row])
        # The convolutions see across the end, but silence there is what they see in training as in use.
        inner = slice(0, len(alone) - 10)
        torch.testing.assert_close(scores[row, inner], alone[inner], atol=0.05, rtol=0)
    torch.testing.assert_close(
        scores[0], network(sounds[0][None]).logits[0].log_softmax(-1), atol=1e-5, rtol=0
    )


def test_masks_are_there_in_training_only(network: DeepSpeech2ForCTC) -> None:
    sound = torch.randn(1, 16_000)
    entrance = network.base_model.feature_extractor.conv_layers[1]
    spectrogram = network.base_model.feature_extractor.conv_layers[0](sound[:, None])
    quiet = entrance(spectrogram)
    torch.testing.assert_close(quiet, entrance(spectrogram), atol=0, rtol=0)
    entrance.train()
    masked = [entrance(spectrogram) for _ in range(20)]  # one draw may have none
    entrance.eval()
    assert any(bool((hidden != quiet).any()) for hidden in masked)


def test_transformers_finds_it_in_its_folder(network: DeepSpeech2ForCTC, tmp_path: Path) -> None:
    from transformers import AutoModelForCTC

    register()
    network.save_pretrained(tmp_path)
    again = AutoModelForCTC.from_pretrained(tmp_path, local_files_only=True).eval()
    sound = torch.randn(1, 8000)
    with torch.no_grad():
        torch.testing.assert_close(again(sound).logits, network(sound).logits)
