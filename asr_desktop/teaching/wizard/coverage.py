"""Which sounds were spoken how often, and how well the model heard them; so which sentence comes next.

Letters stand for sounds, and pairs of letters for the transitions between them, since a text's letters are
known in every language and its sounds only where there is a dictionary. A sentence is worth the sum over its
pairs: much for a pair that was never spoken, less each time it was, and more where the model is unsure of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from asr_desktop.teaching.listening import Heard

WORD_BORDER = "_"
_USUAL_SHORTFALL = 0.5
_BELIEF = 3.0
"""Before anything was heard of a letter it counts as usual; so many hearings weigh as much as that."""
_MOST_SHORTFALL = 4.0
_LENGTH_POWER = 0.8
"""Longer sentences hold more pairs, and take longer to read: 1 would count worth a letter, 0 in all."""


class Spells(Protocol):
    """What writes a text in the letters that are counted, such as a model's `Spelling`."""

    def spell(self, text: str) -> str: ...


@dataclass
class Coverage:
    """What was spoken so far: pairs of letters counted, the model's trouble with each letter summed up."""

    pairs: Counter[str] = field(default_factory=Counter)
    hearings: Counter[str] = field(default_factory=Counter)
    shortfalls: dict[str, float] = field(default_factory=dict)

    def add(self, spelled: str, letters: Iterable[tuple[str, float]] = ()) -> None:
        """A sentence that was read: in the model's letters, and how it heard them (see HeardWord.letters)."""
        self.pairs.update(pairs_of(spelled))
        for letter, shortfall in letters:
            self.hearings[letter] += 1
            self.shortfalls[letter] = self.shortfalls.get(letter, 0.0) + min(shortfall, _MOST_SHORTFALL)

    def difficulty(self, letter: str) -> float:
        """How unsure the model is of a letter, in nats; `_USUAL_SHORTFALL` before it was heard."""
        heard = self.hearings[letter]
        return (self.shortfalls.get(letter, 0.0) + _BELIEF * _USUAL_SHORTFALL) / (heard + _BELIEF)

    def worth(self, spelled: str) -> float:
        """What reading a sentence would bring."""
        total = 0.0
        for pair in set(pairs_of(spelled)):
            trouble = max(self.difficulty(letter) for letter in pair)
            total += (0.5 + trouble) / (1 + self.pairs[pair]) ** 1.5
        return total / max(1, len(spelled)) ** _LENGTH_POWER

    def best(self, sentences: Sequence[str], spelling: Spells) -> int:
        """The index of the sentence to read next; the first of equals.

        :raises ValueError: there are no sentences.
        """
        return max(range(len(sentences)), key=lambda index: self.worth(spelling.spell(sentences[index])))

    def hardest(self, count: int = 5) -> list[tuple[str, float]]:
        """The letters that the model hears worst, of those heard a few times: (letter, nats), worst first."""
        known = [letter for letter, heard in self.hearings.items() if heard >= _BELIEF and letter]
        return sorted(((letter, self.difficulty(letter)) for letter in known), key=lambda e: -e[1])[:count]

    def share_of(self, sentences: Iterable[str], spelling: Spells) -> float:
        """Of the pairs in these sentences, the share that was spoken."""
        wanted = {pair for sentence in sentences for pair in pairs_of(spelling.spell(sentence))}
        return sum(self.pairs[pair] > 0 for pair in wanted) / max(1, len(wanted))


def pairs_of(spelled: str) -> list[str]:
    """Neighbouring letters, word borders included: "to be" → _t to o_ _b be e_."""
    marked = (f"{WORD_BORDER}{word}{WORD_BORDER}" for word in spelled.split())
    return [word[i : i + 2] for word in marked for i in range(len(word) - 1)]


def letters_of(heard: Heard) -> list[tuple[str, float]]:
    """All letters of what was heard."""
    return [letter for word in heard.words for letter in word.letters]
