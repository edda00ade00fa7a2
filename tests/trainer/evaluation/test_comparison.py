from __future__ import annotations

from pathlib import Path

import pytest

from asr_desktop.teaching.dataset import DataError, TrainingUtterance
from trainer.evaluation.comparison import Comparison, comparison_lines, comparison_of, judge
from trainer.evaluation.recognise import BEAM, GREEDY, Recognised

SAID = "the boat came back in the evening wind"


def utterances(count: int) -> list[TrainingUtterance]:
    return [TrainingUtterance(Path(f"{n}.wav"), f"speaker{n % 2}", 2.0, SAID) for n in range(count)]


def heard(model: str, errors: list[int]) -> Recognised:
    """So many of the eight words of each utterance are wrong."""
    texts = tuple(" ".join(["x"] * count + SAID.split()[count:]) for count in errors)
    return Recognised(
        model=model,
        references=(SAID,) * len(errors),
        hypotheses={BEAM: texts, GREEDY: texts},
        seconds=2.0 * len(errors),
        wall_seconds=1.0,
        cpu_seconds=1.0,
    )


def comparison(old: list[int], new: list[int]) -> Comparison:
    return comparison_of(heard("old", old), heard("new", new), utterances(len(old)), "set")


BETTER = comparison([3, 4, 2, 3] * 10, [1, 2, 0, 1] * 10)
BARELY = comparison([3, 4, 2, 3] * 2, [4, 3, 2, 2] * 2)
SAME = comparison([1] * 20, [1] * 20)
FORGOT = comparison([1] * 20, [2] * 20)


def test_a_better_model_that_forgot_nothing_is_offered() -> None:
    verdict = judge(BETTER, SAME)
    assert (verdict.offered, verdict.better, verdict.kept) == (True, True, True)
    assert verdict.sentence == (
        "The new model is recommended: on 40 utterances of your own speech it makes 12.5 errors per 100 "
        "words, the current one 37.5 (67 % fewer, better in 100 of 100 samples), and on general speech "
        "12.5, the current one 12.5 (within the margin of 2.5)."
    )


def test_a_model_that_forgot_others_is_not_offered() -> None:
    verdict = judge(BETTER, FORGOT)
    assert (verdict.offered, verdict.better, verdict.kept) == (False, True, False)
    assert "25.0, the current one 12.5 (beyond the margin of 2.5)" in verdict.sentence
    assert judge(BETTER, FORGOT, margin=0.2).offered


def test_the_margin_grows_with_the_errors_that_are_made_anyway() -> None:
    """Ten errors and then eleven: too much with a margin of one word in a hundred, not with a fifth."""
    a_little = comparison([1] * 10 + [0] * 10, [1] * 11 + [0] * 9)
    verdict = judge(BETTER, a_little)
    assert verdict.offered
    assert "6.9, the current one 6.2 (within the margin of 1.25)" in verdict.sentence
    faultless = comparison([0] * 20, [0] * 18 + [1] * 2)
    assert "(beyond the margin of 1)" in judge(BETTER, faultless).sentence
    assert not judge(BETTER, a_little, margin=0.005).offered


def test_a_difference_that_chance_explains_is_not_enough() -> None:
    verdict = judge(BARELY, SAME)
    assert BARELY.changes[BEAM].value < 0
    assert BARELY.changes[BEAM].probability_better < 0.95
    assert (verdict.offered, verdict.better) == (False, False)


def test_a_worse_model_is_not_offered() -> None:
    verdict = judge(FORGOT, SAME)
    assert not verdict.offered
    assert "100 % more" in verdict.sentence


def test_without_general_speech_nothing_is_offered() -> None:
    verdict = judge(BETTER, None)
    assert (verdict.offered, verdict.better, verdict.kept) == (False, True, None)
    assert verdict.sentence.endswith("but it was not tested on general speech.")


def test_models_that_spell_differently_cannot_be_compared() -> None:
    other = Recognised("new", ("THE BOAT",), {BEAM: ("THE",), GREEDY: ("THE",)}, 1.0, 1.0, 1.0)
    with pytest.raises(DataError, match="different alphabets"):
        comparison_of(heard("old", [1]), other, utterances(1), "set")


def test_the_report_has_a_line_for_each_decoder() -> None:
    lines = comparison_lines(BETTER)
    assert lines[0] == "set: 40 utterances, 1.3 minutes"
    assert lines[1].startswith("  beam search   old 37.5% → new 12.5% WER, difference -25.0 (-25.0 to -25.0)")
    assert lines[2].startswith("  greedy")
