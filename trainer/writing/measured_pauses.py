"""Pauses of real speech behind each kind of mark, for recipes; its transcripts need no marks.

The transcripts are aligned to the sound, which gives the pauses as the recogniser's own word times have them.
Where the marks are, a punctuation network guesses from the words alone; pauses and guesses together give how
each kind of mark pauses by expectation and maximisation (Dempster et al. 1977).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.emissions import EmissionsModel
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.teaching.dataset import TrainingUtterance
from asr_desktop.writing.punctuation import MARKS, Punctuator
from trainer.writing.pauses import GROUP_OF_MARK, GROUPS, LEAST_PAUSE_SECONDS

_ROUNDS = 60
_NUMBERED = re.compile(r"(.*?)(\d+)$")


@dataclass(frozen=True)
class TimedText:
    """Words read in one go, and the silence behind each; the last one's is not known and left out."""

    words: list[str]
    gaps_seconds: list[float]


def timed_texts(
    utterances: Iterable[TrainingUtterance], model: EmissionsModel, report: Callable[[str], None]
) -> Iterator[TimedText]:
    """Utterances with the pauses in them. Files that are numbered on ("1088-134315-0003", "…-0004") are one
    text: corpora of read books are cut in pauses, half of which each file has.
    """
    spelling = Spelling(model.folder.labels)
    words: list[str] = []
    gaps: list[float] = []
    before, behind, count = "", 0.0, 0
    for utterance in utterances:
        samples = read_all(utterance.path)
        words_heard = align(model(samples), utterance.text, model.folder.labels, spelling)
        times = word_times(words_heard, model.folder.frame_timing, len(samples) / SAMPLE_RATE)
        if not times:
            continue
        if words and _follows(utterance.path.stem, before):
            gaps.append(behind + times[0][0])
        elif words:
            yield TimedText(words, gaps)
            words, gaps = [], []
        words.extend(utterance.text.split())
        gaps.extend(max(0.0, following - end) for (_, end), (following, _) in pairwise(times))
        before, behind = utterance.path.stem, len(samples) / SAMPLE_RATE - times[-1][1]
        count += 1
        if count % 50 == 0:
            report(f"{count} utterances aligned")
    if words:
        yield TimedText(words, gaps)


def measure(texts: Iterable[TimedText], punctuator: Punctuator) -> dict[str, tuple[float, ...]]:
    """`share`, `log_mean` and `log_deviation` as `trainer.writing.pauses.Pauses` has them, and `words`, how
    many words of each group they are from.
    """
    likely, gaps = [], []
    for text in texts:
        likely.append(_by_group(punctuator.probabilities(text.words)[:-1]))
        gaps.append(text.gaps_seconds)
    share, mean, deviation, words = _fitted(np.concatenate(likely), np.concatenate(gaps))
    return {
        "share": tuple(share.round(3).tolist()),
        "log_mean": tuple(mean.round(3).tolist()),
        "log_deviation": tuple(deviation.round(3).tolist()),
        "words": tuple(words.round().tolist()),
    }


def _fitted(prior: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Expectation and maximisation: the share of words with a pause, mean and deviation of its logarithm, and
    the number of words, for each group. prior: how likely each word is of each group, its pause not known.
    """
    paused = (gaps >= LEAST_PAUSE_SECONDS)[:, None]
    logs = np.log(np.maximum(gaps, LEAST_PAUSE_SECONDS))[:, None]
    belief = prior
    for _ in range(_ROUNDS):
        words = belief.sum(axis=0)
        pauses = (belief * paused).sum(axis=0)
        share = pauses / words
        mean = (belief * paused * logs).sum(axis=0) / pauses
        deviation = np.sqrt((belief * paused * (logs - mean) ** 2).sum(axis=0) / pauses)
        density = np.exp(-(((logs - mean) / deviation) ** 2) / 2) / deviation
        belief = prior * np.where(paused, share * density, 1 - share)
        belief /= belief.sum(axis=1, keepdims=True)
    return share, mean, deviation, words


def _by_group(likely: np.ndarray) -> np.ndarray:
    weights = np.zeros((len(likely), len(GROUPS)))
    for mark in range(len(MARKS)):
        weights[:, GROUP_OF_MARK[mark]] += likely[:, mark]
    return weights


def _follows(name: str, before: str) -> bool:
    this, last = _NUMBERED.match(name), _NUMBERED.match(before)
    return bool(this and last and this[1] == last[1] and int(this[2]) == int(last[2]) + 1)
