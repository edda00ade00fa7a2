from __future__ import annotations

import numpy as np
import pytest

from asr_desktop import DEFAULT_MODEL
from asr_desktop.audio.read import read_all
from asr_desktop.recognition.ctc import greedy
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.scoring import edit_distance
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken

MODEL = find_model(DEFAULT_MODEL)
HAS_WEIGHTS = (MODEL.path / "model.safetensors").is_file()


@pytest.mark.skipif(not HAS_WEIGHTS, reason="the model is shipped without its PyTorch weights")
def test_plain_transformers_loads_what_ships_and_hears_the_same() -> None:
    import torch
    from transformers import AutoModelForCTC, AutoProcessor

    from asr_desktop.recognition import whisper_ctc

    whisper_ctc.register()  # as docs/model-folders.md has it
    samples = read_all(spoken(SHORT_TEXT))
    processor = AutoProcessor.from_pretrained(MODEL.path)
    network = AutoModelForCTC.from_pretrained(MODEL.path).eval()
    values = processor(samples, sampling_rate=16_000, return_tensors="pt").input_values
    with torch.no_grad():
        theirs = network(values).logits.log_softmax(-1)[0].numpy()
    ours = load_emissions(MODEL, threads=1)(samples)
    assert ours.shape == theirs.shape
    assert np.abs(np.exp(ours) - np.exp(theirs)).mean() < 0.01
    text = greedy(theirs, MODEL.labels)
    assert edit_distance(greedy(ours, MODEL.labels), text) <= 0.1 * len(text)


@pytest.mark.skipif(HAS_WEIGHTS, reason="the model is shipped with its PyTorch weights")
def test_missing_weights_are_stated_in_the_card() -> None:
    assert "weights" in (MODEL.path / "README.md").read_text(encoding="utf-8")
