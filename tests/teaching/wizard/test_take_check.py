from __future__ import annotations

import numpy as np
import pytest

from asr_desktop.teaching.listening import Listener
from asr_desktop.teaching.wizard.take_check import TakeCheck, check_take
from tests.teaching.chord_model import chord_listener
from tests.teaching.singing import RATE, sung

PROMPT = "Abba, cab bead dace."


@pytest.fixture(scope="module")
def listener() -> Listener:
    return chord_listener()


def names(check: TakeCheck) -> list[str]:
    return [problem.name for problem in check.problems]


def test_a_good_take_has_no_problems(listener: Listener) -> None:
    check = check_take(sung(PROMPT), PROMPT, listener)
    assert names(check) == []
    assert check.is_good
    assert check.heard is not None
    assert check.heard.letter_errors == 0.0


def test_each_problem_is_told_and_those_that_would_teach_mistakes_spoil_the_take(listener: Listener) -> None:
    sound = sung(PROMPT)
    noise = np.random.default_rng(0).standard_normal(sound.size).astype(np.float32)
    cases = {
        "clipped": (np.clip(20 * sound, -1, 1), False),
        "quiet": (0.02 * sound, True),
        "noisy": (sound + 0.04 * noise, True),
        "cut-start": (sound[round(0.36 * RATE) :], False),
        "cut-end": (sound[: -round(0.36 * RATE)], False),
        "silent": (np.zeros(3 * RATE, np.float32), False),
        "too-short": (sound[: RATE // 4], False),
        "other-words": (sung("face egg hag fed"), False),
    }
    for name, (samples, is_good) in cases.items():
        check = check_take(samples.astype(np.float32), PROMPT, listener)
        assert name in names(check)
        assert check.is_good == is_good, name
        assert all(problem.sentence.endswith(".") for problem in check.problems)


def test_a_word_that_was_not_said_is_named(listener: Listener) -> None:
    spoken = "abba cab {} dace fed egg deaf hag cage face egg fed"
    check = check_take(sung(spoken.format("hegf")), spoken.format("bead"), listener)
    (problem,) = check.problems
    assert "“bead”" in problem.sentence
    assert check.is_good  # it is for the person to judge: the model may be the one who is wrong


def test_without_a_model_words_are_not_checked() -> None:
    check = check_take(sung("face egg hag fed"), PROMPT, None)
    assert check.is_good
    assert check.heard is None
