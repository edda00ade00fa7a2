"""One take of a sentence: is it loud enough, whole, clean, and does it say what it should?

A problem is a sentence that says what to do. Those that would teach mistakes (`spoils`) make a take one to
read again; the others are for the person to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.teaching.check.findings import CheckLimits
from asr_desktop.teaching.check.sound_measures import SoundMeasures, measure
from asr_desktop.teaching.listening import Heard, Listener

TOO_SHORT, SILENT, CLIPPED, QUIET, NOISY = "too-short", "silent", "clipped", "quiet", "noisy"
CUT_START, CUT_END, OTHER_WORDS, MISSING_WORD = "cut-start", "cut-end", "other-words", "missing-word"

_SPOILING_CLIPPED_SHARE = 0.005
_OTHER_WORDS_SHORTFALL = 2.5
"""Nats a letter: half way, in the logarithm, between true transcripts and those of other sentences."""
_MISSING_WORD_SHORTFALL = 6.0
_MISSING_WORD_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """name: one of the constants above. sentence: what is wrong and what to do. spoils: not to be kept."""

    name: str
    sentence: str
    spoils: bool


@dataclass(frozen=True, slots=True)
class TakeCheck:
    """heard: None where no model listened. letter_errors of `heard` fall as the model learns the voice."""

    prompt: str
    measures: SoundMeasures
    heard: Heard | None
    problems: tuple[Problem, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be trained on."""
        return not any(problem.spoils for problem in self.problems)


def check_take(
    samples: NDArray[np.float32], prompt: str, listener: Listener | None, limits: CheckLimits | None = None
) -> TakeCheck:
    """Check a take: mono samples at 16 kHz, shape [n]. Without a listener the words are not checked."""
    limits = limits or CheckLimits()
    measures = measure(samples)
    problems = list(_sound_problems(measures, prompt, limits))
    heard = None
    if listener is not None and not any(problem.name in (TOO_SHORT, SILENT) for problem in problems):
        heard = listener.hear(samples, prompt)
        problems += _word_problems(heard)
    return TakeCheck(prompt, measures, heard, tuple(problems))


def _sound_problems(measures: SoundMeasures, prompt: str, limits: CheckLimits) -> Iterator[Problem]:
    letters = sum(character.isalpha() for character in prompt)
    if measures.seconds < max(limits.least_seconds, letters / limits.most_letters_per_second):
        yield Problem(TOO_SHORT, "The recording is too short for the sentence: read all of it.", True)
        return
    if measures.speech_dbfs < limits.silent_dbfs:
        yield Problem(SILENT, "Nothing was heard: check that the microphone is on and selected.", True)
        return
    if measures.clipped_share > 0:
        spoils = measures.clipped_share > _SPOILING_CLIPPED_SHARE
        yield Problem(CLIPPED, "It is too loud: turn the microphone down or move further away.", spoils)
    if measures.speech_dbfs < limits.quiet_dbfs:
        yield Problem(QUIET, "It is very quiet: move closer to the microphone or turn it up.", False)
    if measures.signal_to_noise_db < limits.least_signal_to_noise_db:
        yield Problem(
            NOISY, "There is a lot of noise: close the window, or move closer to the microphone.", False
        )
    if measures.is_cut_at_start:
        yield Problem(CUT_START, "The beginning is cut off: wait a moment before you read.", True)
    if measures.is_cut_at_end:
        yield Problem(CUT_END, "The end is cut off: wait a moment before you stop.", True)


def _word_problems(heard: Heard) -> Iterator[Problem]:
    if not heard.fits or heard.shortfall > _OTHER_WORDS_SHORTFALL:
        yield Problem(
            OTHER_WORDS, "That did not sound like the sentence: read it again, word for word.", True
        )
        return
    missing = [
        word.text.strip('.,;:!?“”"()')
        for word in heard.words
        if word.shortfall > _MISSING_WORD_SHORTFALL and len(word.letters) >= _MISSING_WORD_LETTERS
    ]
    if missing:
        named = " and ".join(f"“{word}”" for word in missing[:3])
        yield Problem(MISSING_WORD, f"Check that you said {named} as written.", False)
