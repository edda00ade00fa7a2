"""From texts to a model folder that the program reads, and on from a stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.writing.punctuation import Punctuator
from trainer.cli import main
from trainer.writing.training import CHECKPOINT, read_recipe, train

NAMES = ("Alice", "Bertram", "Clara", "Dunstan")
PLACES = ("London", "Paris", "Rome")
SETTINGS = (
    'data.texts=["text.txt"]',
    'data.validation=["other.txt"]',
    "network.words=40",
    "network.buckets=60",
    "network.width=24",
    "network.hidden=24",
    "network.layers=1",
    "windows.batch_words=512",
    "windows.misheard=0.0",
    "schedule.warmup_steps=10",
    "schedule.learning_rate=0.02",
    "schedule.half_precision=false",
    "schedule.passes=12.0",
)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    lines = [
        f"When the rain was over, {name} went to {place}. Did {name} see the king? The king was not there.\n"
        for name in NAMES
        for place in PLACES
    ]
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "text.txt").write_text("".join(lines * 25), encoding="utf-8")
    (folder / "other.txt").write_text("".join(lines), encoding="utf-8")
    return folder


def arguments(texts: Path, output: Path, *more: str) -> list[str]:
    return [
        "train-writing",
        str(texts),
        "--output",
        str(output),
        *(f"--set={item}" for item in (*SETTINGS, *more)),
    ]


@pytest.mark.slow
def test_what_it_has_read_it_can_write(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(texts, tmp_path / "model")) == 0
    assert "The model is in" in capsys.readouterr().out

    punctuator = Punctuator(tmp_path / "model")
    said = "when the rain was over clara went to rome did clara see the king the king was not there"
    written = " ".join(word.written + word.mark_after for word in punctuator.marks(said.split(), closed=True))
    assert (
        written
        == "When the rain was over, Clara went to Rome. Did Clara see the king? The king was not there."
    )


def test_a_training_goes_on_where_it_was_stopped(texts: Path, tmp_path: Path) -> None:
    said: list[str] = []
    train(read_recipe(None, (*SETTINGS, "schedule.passes=1.0")), texts, tmp_path / "work", said.append)
    train(read_recipe(None, (*SETTINGS, "schedule.passes=2.0")), texts, tmp_path / "work", said.append)

    assert [line for line in said if line.startswith("going on")] == ["going on at 1 of 2 pools"]
    assert [line.split()[1] for line in said if line.startswith("pool")] == ["1/1", "2/2"]


def test_a_checkpoint_of_another_network_is_told_of(texts: Path, tmp_path: Path) -> None:
    train(read_recipe(None, (*SETTINGS, "schedule.passes=1.0")), texts, tmp_path, lambda line: None)
    assert (tmp_path / CHECKPOINT).is_file()
    with pytest.raises(AsrDesktopError, match="another network"):
        train(read_recipe(None, (*SETTINGS, "network.hidden=16")), texts, tmp_path, lambda line: None)


def test_texts_that_are_not_there_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments(tmp_path, tmp_path / "model")) == 1
    assert "There are no texts like text.txt" in capsys.readouterr().err


def test_the_recipe_that_made_the_shipped_model_can_be_read() -> None:
    recipe = read_recipe(Path(__file__).parents[3] / "trainer" / "recipes" / "writing-en.toml")

    assert len(recipe.data.held_out) == 10
    assert recipe.pauses.share[0] < 0.1
