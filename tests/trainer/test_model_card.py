from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.teaching.dataset import TrainingUtterance
from tests.fixtures.make_models import model_folder
from trainer.cli import main
from trainer.evaluation.comparison import comparison_of, judge
from trainer.evaluation.figures import figures_of
from trainer.evaluation.recognise import BEAM, GREEDY, Recognised
from trainer.model_card import CardFacts, card, parameter_count, write_card

UTTERANCES = [TrainingUtterance(Path(f"{n}.wav"), "ann", 3.0, "one two three four") for n in range(10)]


def heard(model: str, text: str) -> Recognised:
    texts = (text,) * len(UTTERANCES)
    references = tuple(utterance.text for utterance in UTTERANCES)
    return Recognised(model, references, {BEAM: texts, GREEDY: texts}, 30.0, 1.0, 1.5)


OLD, NEW = heard("old", "one too free four"), heard("new", "one two free four")
FACTS = CardFacts(
    "my-voice",
    language="en",
    licence="cc-by-4.0",
    purpose="It knows my voice.",
    base_model="starter-en",
    data=["Ten sentences of mine."],
    limits=["Nobody else was heard."],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder("wav2vec2-layer"), tmp_path / "my-voice"))


def test_a_card_says_what_was_measured_and_what_the_folder_holds(folder: Path) -> None:
    evaluation = figures_of(NEW, UTTERANCES, "held-out")
    comparison = comparison_of(OLD, NEW, UTTERANCES, "held-out")
    path = write_card(folder, FACTS, [evaluation], comparison, judge(comparison, comparison))
    text = path.read_text(encoding="utf-8")
    for line in (
        "language: en",
        "license: cc-by-4.0",
        "base_model: starter-en",
        "# my-voice",
        "| input | 16 kHz mono, normalised per utterance; padded batches with an attention mask |",
        "| language model | none |",
        "| beam search | 25.0% | 25.0%–25.0% | 11.1% | 40 | 10 | 0 | 0 |",
        "| greedy | 50.0% | 25.0% | -25.0 (-25.0 to -25.0) |",
        "- Made from starter-en.",
        "- Nobody else was heard.",
    ):
        assert line in text.splitlines()
    assert "0.050 s of processor time per second of audio" in text
    assert "wav2vec2, 2 layers of 32, " in text
    assert "The new model is recommended: " in text
    assert "plain `transformers` load" in text
    assert [entry.name for entry in folder.iterdir() if entry.name.startswith(".")] == []
    # The app reads the language from it.
    assert ModelFolder.load(folder).language == "en"


def test_the_command_measures_and_writes(folder: Path, packs: Path) -> None:
    arguments = [
        "card",
        str(folder),
        str(packs / "held-out"),
        "--before",
        str(model_folder("wav2vec2-group")),
    ]
    assert main([*arguments, "--language", "en", "--limit", "It only knows one voice."]) == 0
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "held-out: 6 utterances" in text
    assert "## Compared with the original model" in text
    assert "- It only knows one voice." in text


def test_missing_weights_are_stated(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    text = card(folder, CardFacts("small"))
    assert "The PyTorch weights are not included because of their size." in text
    assert "M parameters" not in text
    for title in ("## Measured", "## Made from", "license:", "base_model:"):
        assert title not in text


def test_parameters_are_counted_from_the_header(folder: Path) -> None:
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    assert parameter_count(folder / "model.safetensors") == sum(each.numel() for each in weights.values())
    assert parameter_count(folder / "none") is None


def test_no_card_for_what_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError):
        card(tmp_path, FACTS)
