"""Statistics of pauses after words, given the printed mark: measured in speech, and sampled for training.

A pause is sampled in two steps: whether there is one, and its length (lognormal). Speakers differ, so each
window draws its speaker's frequency and length of pauses, and some speakers hesitate, with pauses where there
is no mark.
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
from asr_desktop.writing.punctuation import GAP_LIMITS_SECONDS, GAP_UNKNOWN, MARKS, Punctuator

GROUPS = ("none", "comma", "stop", "question")
GROUP_OF_MARK = np.array([0, 1, 2, 3, 2, 1, 1, 1])
"""Index in GROUPS for each mark of MARKS."""
LEAST_PAUSE_SECONDS = 0.06


@dataclass
class Pauses:
    """Statistics of pauses after words without a mark, with a comma, at a sentence end, and after a question,
    in this order.

    share: of words with a pause of at least LEAST_PAUSE_SECONDS. log_mean, log_deviation: of the natural
    logarithm of the pause in seconds. spread_share (in logits), spread_log: deviation between speakers.
    hesitating: share of speakers who hesitate, after up to a share `hesitation` of their words. hurrying:
    share of speakers who pause less at marks, by up to `hurry` (in logits). unknown: share of windows without
    known pauses. scattered: share of windows with up to half of the pauses unknown, as in cut recordings.
    """

    share: tuple[float, ...] = (0.08, 0.62, 0.93, 0.93)
    log_mean: tuple[float, ...] = (-1.8, -1.2, -0.6, -0.6)
    log_deviation: tuple[float, ...] = (0.6, 0.6, 0.5, 0.5)
    spread_share: tuple[float, ...] = (0.8, 0.8, 0.8, 0.8)
    spread_log: float = 0.35
    hurrying: float = 0.25
    hurry: float = 4.0
    hesitating: float = 0.3
    hesitation: float = 0.25
    unknown: float = 0.15
    scattered: float = 0.4

    def draw(self, marks: np.ndarray, windows: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        """The gap kind after each word, int64 [words].

        marks: [words]; windows: number of each word's window [words], from 0.
        """
        count = int(windows[-1]) + 1 if len(windows) else 0
        group = GROUP_OF_MARK[marks]
        share = np.asarray(self.share)
        spread = np.asarray(self.spread_share)
        logits = np.log(share / (1 - share))[group] + draw.normal(0, 1, count)[windows] * spread[group]
        logits -= ((draw.random(count) < self.hurrying) * draw.random(count) * self.hurry)[windows]
        likely = 1 / (1 + np.exp(-logits))
        hesitates = (draw.random(count) < self.hesitating) * draw.random(count) * self.hesitation
        halting = draw.random(len(marks)) < hesitates[windows]
        pauses = (draw.random(len(marks)) < likely) | halting
        # Hesitation pauses are as long as pauses between sentences.
        length = np.where(halting & (group == 0), 1, group)
        logs = draw.normal(np.asarray(self.log_mean)[length], np.asarray(self.log_deviation)[length])
        seconds = np.exp(logs + draw.normal(0, self.spread_log, count)[windows]) * pauses
        kinds = np.searchsorted(GAP_LIMITS_SECONDS, seconds, side="right")
        unknown = draw.random(count) < self.unknown
        lacking = np.maximum(unknown, (draw.random(count) < self.scattered) * draw.random(count) / 2)
        return np.where(draw.random(len(marks)) < lacking[windows], GAP_UNKNOWN, kinds).astype(np.int64)


# Pauses measured in speech


_ROUNDS = 60
_NUMBERED = re.compile(r"(.*?)(\d+)$")


@dataclass(frozen=True)
class TimedText:
    """Continuously read words, and the silence after each but the last, where it is unknown."""

    words: list[str]
    gaps_seconds: list[float]


def timed_texts(
    utterances: Iterable[TrainingUtterance], model: EmissionsModel, report: Callable[[str], None]
) -> Iterator[TimedText]:
    """Utterances with their pauses. Consecutively numbered files ("1088-134315-0003", "…-0004") are joined:
    corpora of read books are cut within pauses, and each file has half of the pause.
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
    """`share`, `log_mean` and `log_deviation` as `trainer.writing.pauses.Pauses` has them, and `words`, the
    number of words in each group.
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
    """Expectation maximisation: for each group the share of words with a pause, mean and deviation of its
    logarithm, and the number of words. prior: probability of each group for each word, without its pause.
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
