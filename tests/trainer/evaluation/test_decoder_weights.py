from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from asr_desktop.recognition.language_model import LanguageModelWeights, stated_weights
from asr_desktop.recognition.model_folder import LanguageModelFiles, find_model
from asr_desktop.teaching.dataset import TrainingUtterance
from asr_desktop.teaching.scoring import Score
from trainer.evaluation.decoder_weights import WeightSearch, searched, thinned, write_weights

STATED = LanguageModelWeights(0.5, 1.5, -10.0)


@dataclass
class Bowl(WeightSearch):
    """Errors that grow with the distance from the best weights, in thousandths of a word."""

    best: LanguageModelWeights = STATED

    def errors(self, weights: LanguageModelWeights) -> Score:
        if weights not in self._known:
            distance = sum((a - searched(self.best)[name]) ** 2 for name, a in searched(weights).items())
            self._known[weights] = Score(1000, round(100 + 100 * distance), 0, 0, 1, 0)
        return self._known[weights]


def bowl(best: LanguageModelWeights, **settings: object) -> Bowl:
    return Bowl(find_model("starter-en"), [], best=best, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("best", [(0.9, 0.3, -10.0), (0.3, 2.7, -4.0), (0.5, 1.5, -10.0)])
def test_the_search_comes_near_the_best_weights(best: tuple[float, float, float]) -> None:
    found = bowl(LanguageModelWeights(*best)).run(STATED)
    assert found.alpha == pytest.approx(best[0], abs=0.11)
    assert found.beta == pytest.approx(best[1], abs=0.16)
    assert found.unk_score_offset == pytest.approx(best[2], abs=0.76)


def test_a_weight_without_a_step_stays() -> None:
    found = bowl(LanguageModelWeights(0.9, 0.3, -4.0), steps={"alpha": 0.2, "beta": 0.6}).run(STATED)
    assert found.unk_score_offset == STATED.unk_score_offset
    assert found.alpha == pytest.approx(0.9)


def test_a_move_has_to_gain_enough() -> None:
    best = LanguageModelWeights(0.9, 1.5, -10.0)
    assert bowl(best, least_gain=0.05).run(STATED) == STATED
    assert bowl(best, least_gain=0.001).run(STATED) != STATED


def test_alpha_stays_above_nothing_and_the_offset_is_no_reward() -> None:
    found = bowl(LanguageModelWeights(-1.0, 1.5, 5.0)).run(STATED)
    assert found.alpha > 0
    assert found.unk_score_offset <= 0


def test_cancelled_it_gives_the_best_so_far() -> None:
    search = bowl(LanguageModelWeights(2.0, 1.5, -10.0))
    search.cancelled = lambda: len(search._known) > 3
    found = search.run(STATED)
    assert STATED.alpha < found.alpha < 1.0


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "4gram.bin").touch()
    (tmp_path / "attrs.json").write_text('{"score_boundary": false, "alpha": 1}')
    write_weights(tmp_path, STATED)
    files = LanguageModelFiles.load(tmp_path)
    assert stated_weights(files) == replace(STATED, score_boundary=False)
    assert files.score_boundary is False


def test_a_language_model_that_states_nothing_has_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "4gram.bin").touch()
    assert stated_weights(LanguageModelFiles.load(tmp_path)) == STATED
    write_weights(tmp_path, LanguageModelWeights(0.7, 1.0, -10.0))
    assert json.loads((tmp_path / "attrs.json").read_text())["score_boundary"] is True


def test_many_hours_are_thinned_out_evenly() -> None:
    many = [TrainingUtterance(Path(str(number)), "her", 10.0, "a") for number in range(100)]
    taken = thinned(many, 200.0)
    assert len(taken) == 20
    assert taken[::10] == many[::50]
    assert thinned(many[:5], 200.0) == many[:5]
