"""What a text's next letters and words change in its score: language model and hotwords, worked out once.

Beam search meets the same words after the same words again and again. Whatever texts have in common that
decides about their future is one `Context` (the state of the language model and the place among the
hotword phrases), and whatever they have of the word being written is one `PartialWord`. Both keep the
factors by which a text's probability changes, so that a step of the search looks a number up in place of
asking the language model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asr_desktop.recognition.language_model import LanguageModel

# What hotwords add to the score of a text while beam search is still writing it.
#
# Phrases are kept in a tree of words. A text's place in it is the longest phrase beginning that its last
# words make (the state of an Aho-Corasick automaton), and every step is rewarded at once, letter by
# letter, because a hypothesis that had to wait for the end of a phrase would be pruned before. The reward
# is a loan: when the text turns out not to go on as the phrase does, it is taken back, all but that of the
# longest whole hotword within. Loans have no limit: if they had, a hotword that was said unclearly would be
# pruned before its end, whatever its weight. So that they drive nothing else out of the beam, `prefix_beam`
# compares other texts with the best one without its loan (`end` says how much that is). Matches never
# overlap, the leftmost and longest counts; so of "New York" and "York", "new york" is rewarded once.

LETTERS_PER_WEIGHT = 6
"""A hotword of this many letters is boosted by just its weight."""

HEAVIEST = 20.0
"""A larger weight counts as this one: beyond, letters that nobody said make hotwords. A hundred hotwords on a
quarter of the development packs (spoken ones: words wrong in 100, how many of the 137 are heard, how many too
often; others: words wrong in 100, how many are heard; without hotwords 14.66 words are wrong):

    weight   spoken               not spoken
    8        11.90   112     4    14.99     3
    15       11.31   123    14    14.83     7
    20       12.34   123    31    15.31    24
    50       16.50   126   138    21.16   140
"""


@dataclass(slots=True, eq=False)
class Place:
    """A beginning of some phrases: where a text stands in the tree.

    words: the beginning. kept: the reward of its first `kept_words` words, which are a hotword
    themselves, so that it remains if the text does not go on as any phrase does. lent: what the text has
    been rewarded with so far, `kept` included. following: the places one word further.
    """

    words: tuple[str, ...] = ()
    kept: float = 0.0
    kept_words: int = 0
    lent: float = 0.0
    following: dict[str, Place] = field(default_factory=dict)
    # Of the words so far, and of the letters of a following word: the most that phrases give for them.
    earned: float = 0.0
    earned_with: dict[str, float] = field(default_factory=dict)
    # Of the letters of a following word: what that changes in the score.
    beginnings: dict[str, float] = field(default_factory=dict)


class HotwordBoost:
    """The boosts of `phrases`: (words, weight) each, the words spelled as the decoder writes them."""

    def __init__(self, phrases: Iterable[tuple[Sequence[str], float]] = ()) -> None:
        self.start = Place()
        self.words: set[str] = set()
        self.beginnings: set[str] = set()
        self.heaviest_letter = 0.0
        for words, weight in phrases:
            self._add(words, weight)
        self._settle(self.start)

    def __bool__(self) -> bool:
        return bool(self.words)

    def advance(self, place: Place, word: str) -> tuple[Place, float]:
        """(new place, change of the score) when the text goes on with `word`, whole."""
        following = place.following.get(word)
        if following is not None:
            # At the end of the longest phrase nothing is owed, and everything may begin again.
            after = following if following.following else self.start
            return after, following.lent - place.lent
        if place is self.start:
            return place, 0.0
        place, change = self._leave(place)
        place, further_change = self.advance(place, word)
        return place, change + further_change

    def beginning(self, place: Place, part: str) -> float:
        """Change of the score for `part`, the letters of the next word so far."""
        if not part:
            return 0.0
        reward = place.beginnings.get(part)
        if reward is not None:
            return reward
        if place is self.start:
            return 0.0
        place, change = self._leave(place)
        return change + self.beginning(place, part)

    def end(self, place: Place) -> float:
        """Change of the score when the text ends at `place`: an unfinished phrase's reward is taken back."""
        if place is self.start:
            return 0.0
        left, change = self._leave(place)
        return change + self.end(left)

    def _leave(self, place: Place) -> tuple[Place, float]:
        """Give up the phrase begun, for the next one that may begin within its words."""
        change = place.kept - place.lent
        remaining = place.words[max(place.kept_words, 1) :]
        place = self.start
        for word in remaining:
            place, further_change = self.advance(place, word)
            change += further_change
        return place, change

    def _add(self, words: Sequence[str], weight: float) -> None:
        place, earned = self.start, 0.0
        weight = min(weight, HEAVIEST)
        self.heaviest_letter = max(self.heaviest_letter, weight / LETTERS_PER_WEIGHT)
        for count, word in enumerate(words, start=1):
            self.words.add(word)
            for end in range(1, len(word) + 1):
                part = word[:end]
                self.beginnings.add(part)
                earned_with = earned + weight * end / LETTERS_PER_WEIGHT
                place.earned_with[part] = max(earned_with, place.earned_with.get(part, 0.0))
            earned = earned_with
            place = place.following.setdefault(word, Place(words=tuple(words[:count])))
            place.earned = max(place.earned, earned)
        place.kept, place.kept_words = max(place.kept, earned), len(words)

    def _settle(self, place: Place) -> None:
        """Once all phrases are in the tree: what is kept and lent at each place."""
        place.lent = max(place.earned, place.kept)
        for part, earned in place.earned_with.items():
            place.beginnings[part] = max(earned, place.kept) - place.lent
        for following in place.following.values():
            if not following.kept_words:
                following.kept, following.kept_words = place.kept, place.kept_words
            self._settle(following)


MOST_KEPT_WORDS = 50_000
"""Words after contexts to keep the scores of: some 20 MB, what half an hour of speech leaves behind."""

# A change of more than this (natural logarithm) counts as this much: it decides anyway, and the product of
# two of them and of what beam search may have at hand still is a number.
_LARGEST_CHANGE = 250.0

_NO_LABELS: frozenset[int] = frozenset()


class PartialWord:
    """The letters of an unfinished word after a text that stands at some place among the hotword phrases.

    edges: label id → (the word with the label's letters, factor of the score). unlent: the factor that
    takes back what an unfinished hotword is rewarded with in advance (1 where nothing is lent). wanted: the
    labels that bring a hotword forward.
    """

    __slots__ = ("edges", "score", "text", "unlent", "wanted")

    def __init__(self, text: str, score: float, unlent: float, wanted: frozenset[int]) -> None:
        self.text = text
        self.score = score
        self.unlent = unlent
        self.wanted = wanted
        self.edges: dict[int, tuple[PartialWord, float]] = {}


class Context:
    """All that whole words have to say about what follows them.

    root: the empty beginning of the next word. beginnings: those met so far, by their letters. following:
    word → (factor of the score, context after it).
    """

    __slots__ = ("beginnings", "following", "place", "root", "state")

    def __init__(self, state: Any, place: Place, beginnings: dict[str, PartialWord]) -> None:
        self.state = state
        self.place = place
        self.beginnings = beginnings
        self.root = beginnings[""]
        self.following: dict[PartialWord, tuple[float, Context]] = {}


class TextScores:
    """The scores of texts in the letters of `letters` (what each label adds to a word, by label id).

    Safe to be used by several threads at once: all they can do is to work out the same thing twice.
    """

    def __init__(
        self, language_model: LanguageModel | None, hotwords: HotwordBoost, letters: tuple[str, ...]
    ) -> None:
        self._language_model = language_model
        self._hotwords = hotwords
        self.letters = letters
        self._contexts: dict[tuple[Any, int], Context] = {}
        self._beginnings: dict[int, dict[str, PartialWord]] = {}
        self._kept = 0
        self.label_gain = factor(hotwords.heaviest_letter * max(map(len, letters), default=0))
        """The most that a label multiplies a score by for bringing a hotword forward."""
        self.word_gain = factor(
            1.0 + (0.0 if language_model is None else max(language_model.weights.beta, 0.0))
        )
        """The most that the end of a word multiplies a score by, but for rare cases."""

    def start(self) -> Context:
        """The context of a text without words."""
        if self._kept > MOST_KEPT_WORDS:
            self._contexts, self._beginnings, self._kept = {}, {}, 0
        state = None if self._language_model is None else self._language_model.start()
        return self._context(state, self._hotwords.start)

    def lengthened(self, context: Context, part: PartialWord, label: int) -> tuple[PartialWord, float]:
        """(`part` with the letters of `label`, factor of the score), in part.edges from now on."""
        text = part.text + self.letters[label]
        longer = context.beginnings.get(text)
        if longer is None:
            longer = context.beginnings[text] = self._partial_word(context.place, text)
        edge = part.edges[label] = (longer, factor(longer.score - part.score))
        return edge

    def finished(self, context: Context, word: PartialWord) -> tuple[float, Context]:
        """(factor of the score when `word` is whole, context after it), which context.following keeps."""
        place, score = self._hotwords.advance(context.place, word.text)
        state = context.state
        if self._language_model is not None:
            is_hotword = word.text in self._hotwords.words
            word_score, state = self._language_model.score(state, word.text, is_hotword=is_hotword)
            score += word_score
        self._kept += 1
        result = context.following[word] = (factor(score - word.score), self._context(state, place))
        return result

    def ended(self, context: Context) -> float:
        """Factor of the score when the text ends after `context`."""
        score = self._hotwords.end(context.place)
        if self._language_model is not None:
            score += self._language_model.end(context.state)
        return factor(score)

    def _context(self, state: Any, place: Place) -> Context:
        key = (state, id(place))
        context = self._contexts.get(key)
        if context is None:
            beginnings = self._beginnings.get(id(place))
            if beginnings is None:
                beginnings = self._beginnings[id(place)] = {"": self._partial_word(place, "")}
            context = self._contexts[key] = Context(state, place, beginnings)
        return context

    def _partial_word(self, place: Place, text: str) -> PartialWord:
        hotwords = self._hotwords
        if not hotwords:
            return PartialWord(text, self._beginning(text), 1.0, _NO_LABELS)
        boost = hotwords.beginning(place, text)
        unlent = factor(hotwords.end(place) - boost)
        if text and text not in hotwords.beginnings:
            return PartialWord(text, boost + self._beginning(text), unlent, _NO_LABELS)
        wanted = frozenset(
            label
            for label, letters in enumerate(self.letters)
            if letters and hotwords.beginning(place, text + letters) > boost
        )
        return PartialWord(text, boost, unlent, wanted)

    def _beginning(self, text: str) -> float:
        return 0.0 if self._language_model is None or not text else self._language_model.beginning(text)


def factor(score: float) -> float:
    """The factor of a probability for a change of its logarithm."""
    return math.exp(min(max(score, -_LARGEST_CHANGE), _LARGEST_CHANGE))
