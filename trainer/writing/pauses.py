"""How long people pause behind a word, given the mark that print has there: measured, and drawn for training.

A pause is drawn in two steps, whether there is one at all, and how long it is (lognormal). People differ, and
one person from
day to day: each window draws how often and how long its speaker pauses, and some speakers hesitate, with
pauses where no mark is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asr_desktop.writing.punctuation import GAP_LIMITS_SECONDS, GAP_UNKNOWN

GROUPS = ("none", "comma", "stop", "question")
GROUP_OF_MARK = np.array([0, 1, 2, 3, 2, 1, 1, 1])
"""Which of GROUPS each mark of MARKS pauses like."""
LEAST_PAUSE_SECONDS = 0.06


@dataclass
class Pauses:
    """Pauses behind words with no mark, with a comma, at a sentence's end, behind a question, in this order.

    share: of words with a pause of at least LEAST_PAUSE_SECONDS. log_mean, log_deviation: of the natural
    logarithm of the pause in seconds. spread_share (in logits), spread_log: how speakers differ. hesitating:
    share of speakers who hesitate, up to hesitation of their words; hurrying: of those who run on over marks,
    by up to hurry (in logits). unknown: share of windows whose pauses are not known; scattered: of those with
    up to half of them unknown, as where recordings were cut.
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
        """The gap kind behind each word, int64 [words].

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
        # Whoever looks for a word pauses as long as others do between sentences.
        length = np.where(halting & (group == 0), 1, group)
        logs = draw.normal(np.asarray(self.log_mean)[length], np.asarray(self.log_deviation)[length])
        seconds = np.exp(logs + draw.normal(0, self.spread_log, count)[windows]) * pauses
        kinds = np.searchsorted(GAP_LIMITS_SECONDS, seconds, side="right")
        unknown = draw.random(count) < self.unknown
        lacking = np.maximum(unknown, (draw.random(count) < self.scattered) * draw.random(count) / 2)
        return np.where(draw.random(len(marks)) < lacking[windows], GAP_UNKNOWN, kinds).astype(np.int64)
