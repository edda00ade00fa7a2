"""Words with times and confidence from one utterance, on emissions whose words are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.recognition.beam_search import BeamSearchDecoder, GreedyDecoder
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.recogniser import Recogniser
from tests.fixtures.make_models import model_folder
from tests.recognition.synthetic_emissions import Synthetic, emissions_from_text, english_labels

TEXT = "THE BOAT CAME BACK IN THE EVENING"


class KnownEmissions:
    """An acoustic model that hears the same thing in whatever it is given."""

    warnings: Sequence[str] = ()

    def __init__(self, folder: ModelFolder, heard: Synthetic) -> None:
        self.folder = folder
        self.heard = heard

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return self.heard.log_probs if len(samples) else self.heard.log_probs[:0]


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    """Frames of 30 ms that see 95 ms each, as the model that ships has them."""
    return replace(
        ModelFolder.load(model_folder("wav2vec2-conformer")), path=tmp_path, labels=english_labels()
    )


def recogniser_of(
    folder: ModelFolder, text: str = TEXT, *, unclear: float = 0.0
) -> tuple[Recogniser, Synthetic]:
    heard = emissions_from_text(text, folder.labels, unclear=unclear)
    return Recogniser(KnownEmissions(folder, heard), BeamSearchDecoder(folder.labels)), heard


def samples_for(folder: ModelFolder, heard: Synthetic) -> NDArray[np.float32]:
    """Sound at 16 kHz as long as the emissions need it."""
    count = folder.receptive_field_samples + (len(heard.log_probs) - 1) * folder.frame_stride_samples
    return np.zeros(count * 16_000 // folder.sample_rate, np.float32)


def test_words_come_with_the_times_at_which_they_are_heard(folder: ModelFolder) -> None:
    recogniser, heard = recogniser_of(folder)
    samples = samples_for(folder, heard)
    words = recogniser.words(samples)
    assert [word.text for word in words] == TEXT.split()
    for word, (start_frame, end_frame) in zip(words, heard.word_frames, strict=True):
        assert word.start_seconds == pytest.approx(folder.frame_seconds(start_frame), abs=0.03)
        assert -0.03 <= word.end_seconds - folder.frame_seconds(end_frame) <= 0.15
        assert 0.0 <= word.confidence <= 1.0
    assert words[-1].end_seconds <= len(samples) / 16_000


def test_times_count_from_the_start_of_the_source(folder: ModelFolder) -> None:
    recogniser, heard = recogniser_of(folder)
    samples = samples_for(folder, heard)
    for early, late in zip(recogniser.words(samples), recogniser.words(samples, 3600.5), strict=True):
        assert late.start_seconds - early.start_seconds == pytest.approx(3600.5)
        assert late.end_seconds - early.end_seconds == pytest.approx(3600.5)


def test_times_are_right_for_a_model_of_another_sampling_rate(folder: ModelFolder) -> None:
    at_16_khz, heard = recogniser_of(folder)
    at_8_khz, _ = recogniser_of(replace(folder, sample_rate=8000))
    samples = samples_for(folder, heard)
    twice_as_long = samples_for(at_8_khz.folder, heard)
    assert len(twice_as_long) == 2 * len(samples)
    pairs = zip(at_16_khz.words(samples), at_8_khz.words(twice_as_long), strict=True)
    for fast, slow in pairs:
        assert slow.start_seconds == pytest.approx(2 * fast.start_seconds)


def test_what_is_heard_clearly_is_surer(folder: ModelFolder) -> None:
    text = " ".join([TEXT] * 4)

    def mean_confidence(unclear: float) -> float:
        recogniser, heard = recogniser_of(folder, text, unclear=unclear)
        words = recogniser.words(samples_for(folder, heard))
        return float(np.mean([word.confidence for word in words]))

    assert mean_confidence(0.0) > mean_confidence(0.5)


def test_emissions_can_be_decoded_apart_from_the_sound(folder: ModelFolder) -> None:
    recogniser, heard = recogniser_of(folder)
    samples = samples_for(folder, heard)
    assert recogniser.decode(heard.log_probs, len(samples), 1.5) == recogniser.words(samples, 1.5)


@pytest.mark.parametrize("decoder", [GreedyDecoder, BeamSearchDecoder])
def test_no_sound_and_no_speech_are_no_words(
    folder: ModelFolder, decoder: type[GreedyDecoder] | type[BeamSearchDecoder]
) -> None:
    heard = emissions_from_text("", folder.labels)
    recogniser = Recogniser(KnownEmissions(folder, heard), decoder(folder.labels))
    assert recogniser.words(np.zeros(0, np.float32)) == []
    assert recogniser.words(samples_for(folder, heard)) == []


def test_a_damaged_calibration_of_confidence_is_named(folder: ModelFolder) -> None:
    (folder.path / "confidence.json").write_text(json.dumps({"bias": "none"}), encoding="utf-8")
    with pytest.raises(ModelFolderError, match=r"confidence.json"):
        recogniser_of(folder)
