from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from asr_desktop.teaching.scoring import Score
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.output import Choice, KeptState, StoredTraining, choose, is_better
from trainer.recipe import build


def errors(words: int, letters: int | None = None) -> Score:
    return Score(100, words, 0, 0, 100, words if letters is None else letters)


def recipe(**tables: dict[str, Any]) -> FinetuneRecipe:
    made: FinetuneRecipe = build(FinetuneRecipe, tables)
    return made


class Scene:
    """A network of one weight; what is measured is the distance to ``goal``. The start's weight is 0."""

    def __init__(
        self, folder: Path, goal: float, *, last: float, best: float, recent: tuple[float, ...]
    ) -> None:
        self.network = torch.nn.Linear(1, 1, bias=False)
        self.network.weight.data.fill_(last)
        self.kept, self.goal = KeptState(folder), goal
        torch.save({"weights": {"weight": torch.full((1, 1), best)}}, self.kept.best)
        for number, weight in enumerate(recent, 1):
            self.kept.keep_recent(number, {"weight": torch.full((1, 1), weight)}, len(recent))
        self.state = StoredTraining(
            "x", new_head=False, before=self.score(0.0), last=self.score(last), best=self.score(best)
        )

    def score(self, weight: float) -> Score:
        return errors(round(100 * abs(weight - self.goal)))

    def choose(self, **tables: dict[str, Any]) -> Choice:
        start = {"weight": torch.zeros(1, 1)}
        choice = choose(
            self.network,
            start,
            self.state,
            self.kept,
            recipe(**tables),
            lambda: self.score(self.network.weight.item()),
        )
        assert choice is not None
        assert choice.score == self.score(self.network.weight.item())
        return choice


def test_a_little_of_the_start_is_mixed_in_where_that_helps(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 0.8, last=1.0, best=1.0, recent=())
    assert "20% of the original weights" in scene.choose().name
    assert scene.network.weight.item() == pytest.approx(0.8)


def test_nothing_is_mixed_in_that_is_no_better_than_the_start(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 0.0, last=0.0, best=0.0, recent=())
    assert scene.choose(checkpoints={"start_share": 0.9}).name == "the best weights"


def test_the_mean_of_the_last_is_taken_where_it_is_better(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 2.0, last=3.0, best=1.2, recent=(1.2, 1.8, 3.0))
    assert scene.choose().name == "the mean of the last 3 measured weights"
    assert scene.network.weight.item() == pytest.approx(2.0)


def test_the_best_stays_where_nothing_else_is_better(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 1.2, last=3.0, best=1.2, recent=(1.2, 1.8, 3.0))
    assert scene.choose().name == "the best weights"
    assert scene.network.weight.item() == pytest.approx(1.2)


@pytest.mark.parametrize(("what", "weight"), [("last", 3.0), ("average", 2.0)])
def test_a_recipe_may_ask_for_others(tmp_path: Path, what: str, weight: float) -> None:
    scene = Scene(tmp_path, 1.2, last=3.0, best=1.2, recent=(1.2, 1.8, 3.0))
    scene.choose(checkpoints={"choose": what, "start_share": 0.0})
    assert scene.network.weight.item() == pytest.approx(weight)


def test_the_last_weights_get_the_starts_share_whatever_is_measured(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 1.0, last=1.0, best=1.0, recent=())
    choice = scene.choose(checkpoints={"choose": "last", "start_share": 0.25})
    assert choice.name == "the last weights mixed with 25% of the original weights"
    assert scene.network.weight.item() == pytest.approx(0.75)


def test_a_cancelled_measurement_chooses_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 2.0, last=3.0, best=1.2, recent=(1.2, 1.8, 3.0))
    start = {"weight": torch.zeros(1, 1)}
    assert choose(scene.network, start, scene.state, scene.kept, recipe(), lambda: None) is None


def test_better_is_by_letters_or_by_words() -> None:
    few_words, few_letters = errors(10, 30), errors(20, 5)
    assert is_better(few_letters, few_words, recipe(evaluation={"measure": "cer"}))
    assert is_better(few_words, few_letters, recipe(evaluation={"measure": "wer"}))
    assert not is_better(few_words, few_letters, recipe(evaluation={"measure": "cer"}))
    assert is_better(few_words, None, recipe())
