"""LocalAgreement-2: a word of a live caption is committed when two successive hypotheses agree on it.

While somebody speaks, the open utterance is recognised repeatedly. Its end changes, its beginning rarely
does. A word is committed once two consecutive hypotheses have it in the same place with no difference
before it, and then stays until the utterance is final. The method is Liu, Spanakis and Niehues,
"Low-latency sequence-to-sequence speech recognition and translation by partial hypothesis selection"
(Interspeech 2020), as used for streaming by Macháček, Dabre and Bojar (2023).

Hypotheses have word times and come from a sliding window that covers the open part and some sound before it.
Words that a hypothesis repeats from the committed part are identified by time and text, and dropped. This
module works on words only, not on sound or models.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from asr_desktop.transcripts.document import Word

if TYPE_CHECKING:
    from asr_desktop.recognition.beam_search import Hypothesis  # imports numpy; live events go without


@dataclass(frozen=True, slots=True)
class AgreementOptions:
    """Tolerances for matching the words of two hypotheses, in seconds."""

    time_tolerance_seconds: float = 0.2
    """How far apart two hypotheses may place the start of one word. CTC places a word within a frame or two
    (20 ms each); at a window's edge within a few more."""
    unsettled_seconds: float = 0.8
    """A word that ends this close to the end of what was heard is not committed, however often it was seen:
    it may still be being spoken ("work", "workshop"), and what follows tells the network and the language
    model more about it. On noisy training speech (150 s, 3 to 12 dB above a kitchen) the final differed in
    16.3 % of the words committed after 0.12 s, 14.8 % after 0.4 s, 10.7 % after 0.8 s and 11.0 % after 1.2 s.
    Nobody waits for this, since open words are shown too."""
    sure_from: float = 0.7
    """Least confidence of a word that is committed after `unsettled_seconds`; 0 makes no difference between
    words. Most of what the final changes are words that the network was not sure of either."""
    doubtful_seconds: float = 3.0
    """As `unsettled_seconds`, for words of less confidence. On four minutes of the development packs the
    final changed 7.5 % of the committed words; 6.2 % when captions were recognised with 4 s of context before
    the open words in place of 1.5 s; and 2.9 % (three of these minutes) when words of less confidence than
    0.7 waited for 3 s too. Half of the words are committed after 1.0 s still, one in twenty later than 2.9 s
    in place of 1.2 s. With 6 s in place of 3 s fewer change (4.2 % in place of 5.7 % of seven minutes), but
    one word in six more is not committed before its final."""

    def __post_init__(self) -> None:
        for name in ("time_tolerance_seconds", "unsettled_seconds", "sure_from", "doubtful_seconds"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"{name} has to be 0 or more, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """The caption after one hypothesis: `committed` never changes again, `open` may."""

    committed: tuple[Word, ...]
    open: tuple[Word, ...]
    fresh: tuple[Word, ...]
    """The words at the end of `committed` that this hypothesis added."""

    @property
    def words(self) -> tuple[Word, ...]:
        """The whole caption."""
        return self.committed + self.open


class LocalAgreement:
    """The committed words of one open utterance. Give it every hypothesis in order; reset it for the next
    utterance."""

    def __init__(self, options: AgreementOptions | None = None) -> None:
        self._options = options or AgreementOptions()
        self._committed: list[Word] = []
        self._previous: Sequence[Word] = ()

    @property
    def committed(self) -> tuple[Word, ...]:
        return tuple(self._committed)

    @property
    def committed_until_seconds(self) -> float | None:
        """Where the open part begins, None while all is open.

        The next window has to begin before it: early enough that the last committed word is recognised again,
        which is what tells a repeated word from a new one, and that the first open word has its left context.
        """
        return self._committed[-1].end_seconds if self._committed else None

    def update(self, hypothesis: Sequence[Word], *, heard_until_seconds: float | None = None) -> Agreement:
        """Take the next hypothesis and commit what it agrees on with the one before.

        `hypothesis` are the words of the newest window, in order of time and with times on the utterance's
        own clock. `heard_until_seconds` is where that window ends; without it no word is held back for being
        unfinished.
        """
        candidates = self._not_yet_committed(hypothesis)
        agreed = self._agreed_count(candidates, heard_until_seconds)
        fresh = []
        for word in candidates[:agreed]:
            fresh.append(self._commit(word))
        self._previous = candidates[agreed:]
        return Agreement(self.committed, tuple(self._previous), tuple(fresh))

    def reset(self) -> None:
        """Start over for the next utterance."""
        self._committed = []
        self._previous = ()

    def _not_yet_committed(self, hypothesis: Sequence[Word]) -> Sequence[Word]:
        """The hypothesis without the words that lie in the committed part.

        By time first: a word belongs there if most of it lies before the end of the committed part, or if it
        begins in the first half of the last committed word (that word, read differently). By text where the
        time is not clear: the last committed word itself, placed a little later than before.
        """
        if not self._committed:
            return hypothesis
        last = self._committed[-1]
        repeated = 0
        last_was_seen = False
        for word in hypothesis:
            if word.start_seconds >= _middle(last) and _middle(word) > last.end_seconds:
                break
            last_was_seen = last_was_seen or self._is_same(word, last)
            repeated += 1
        if not last_was_seen and repeated < len(hypothesis) and self._is_same(hypothesis[repeated], last):
            repeated += 1
        return hypothesis[repeated:]

    def _agreed_count(self, candidates: Sequence[Word], heard_until_seconds: float | None) -> int:
        """Number of words at the beginning that both hypotheses share and that have ended in both."""
        count = 0
        options = self._options
        for word, before in zip(candidates, self._previous, strict=False):
            is_doubtful = word.confidence < options.sure_from
            unsettled_seconds = options.doubtful_seconds if is_doubtful else options.unsettled_seconds
            is_unsettled = (
                heard_until_seconds is not None and word.end_seconds > heard_until_seconds - unsettled_seconds
            )
            if is_unsettled or not self._is_same(word, before):
                break
            count += 1
        return count

    def _commit(self, word: Word) -> Word:
        """Commit one word with the times of the newer hypothesis, which has more context, but not before
        the last word's."""
        if self._committed:
            start = max(word.start_seconds, self._committed[-1].end_seconds)
            word = replace(word, start_seconds=start, end_seconds=max(start, word.end_seconds))
        self._committed.append(word)
        return word

    def _is_same(self, one: Word, other: Word) -> bool:
        return (
            one.text == other.text
            and abs(one.start_seconds - other.start_seconds) <= self._options.time_tolerance_seconds
        )


def _middle(word: Word) -> float:
    return (word.start_seconds + word.end_seconds) / 2


# Whether a final keeps the words that its caption had committed.
#
# The committed words have already been read, so the final changes them only if it is clearly better: among
# the texts about as probable as the best one, the one that keeps most of the committed words is used.

CLEARLY_BETTER = math.log(50)
"""The final is clearly better if it is fifty times as probable. On seven minutes of the development packs
(1047 words, 789 of them committed; captions as they are now), the final changed 5.7 % of the committed words
with 1 in place of 50, 5.6 % with 1.5, 3.9 % with 10, 3.0 % with 50 and 2.3 % with 1000; 0, 0.2, 1.6, 2.5 and
3.3 % of the words then differ from the file's transcript, and 14.4, 14.2, 14.1, 14.4 and 15.0 % are wrong
(14.4 % in the file's)."""


def most_kept(
    alternatives: Sequence[Hypothesis], committed: Sequence[str], clearly_better: float = CLEARLY_BETTER
) -> int:
    """Which of the alternatives, best first, is the final."""
    if not committed:
        return 0
    near = [
        number
        for number, alternative in enumerate(alternatives)
        if alternative.score >= alternatives[0].score - clearly_better
    ]
    return max(near, key=lambda number: (_kept(alternatives[number].text.split(), committed), -number))


def _kept(words: Sequence[str], committed: Sequence[str]) -> int:
    matcher = SequenceMatcher(None, committed, words, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())
