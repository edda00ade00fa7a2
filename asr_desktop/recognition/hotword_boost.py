"""What hotwords add to the score of a text while beam search is still writing it.

Phrases are kept in a tree of words. A text's place in it is the longest phrase beginning that its last
words make (the state of an Aho-Corasick automaton), and every step is rewarded at once, letter by
letter, because a hypothesis that had to wait for the end of a phrase would be pruned before. The reward
is a loan: when the text turns out not to go on as the phrase does, it is taken back, all but that of the
longest whole hotword within. Loans have no limit: if they had, a hotword that was said unclearly would be
pruned before its end, whatever its weight. So that they drive nothing else out of the beam, `prefix_beam`
compares other texts with the best one without its loan (`end` says how much that is). Matches never
overlap, the leftmost and longest counts; so of "New York" and "York", "new york" is rewarded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LETTERS_PER_WEIGHT = 6
"""A hotword of this many letters is boosted by just its weight."""


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
