"""Words as pieces that never break, and the best place to break a row of pieces into lines.

A piece is a whole word nearly always. Two kinds of word are cut further, because no line could hold them
otherwise: a word wider than a line, and Chinese or Japanese text, which has no spaces to break at.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from asr_desktop.transcripts.document import Word, pause_between
from asr_desktop.transcripts.phrases import (
    CLAUSE_COST,
    HANGING_COST,
    NAME_COST,
    SENTENCE_COST,
    break_cost,
    ends_clause,
    ends_sentence,
    is_written_without_spaces,
    needs_space,
    text_width,
)

# A line of Japanese or Chinese does not begin with these (closing marks, small kana, the long-vowel mark: the
# kinsoku rules of JIS X 4051) and does not end with those.
_NEVER_FIRST = frozenset(
    "、。，．・：；？！ゝゞ々ー’”）〕］｝〉》」』】〙〗〟ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%‰°…‥,.!?:;)]}"
)
_NEVER_LAST = frozenset("‘“（〔［｛〈《「『【〘〖〝([{")

_ZERO_WIDTH_JOINER = "\u200d"

# How much an uneven pair of lines counts against the break costs of phrases.py: a comma wins over balance
# until one line is about twice as long as the other.
_IMBALANCE_COST = 8.0


class LinePiece(NamedTuple):
    """Text that stays together, with its share of its word's time."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float
    word_index: int


class Row:
    """Pieces in a row, with the sums that make the width of any stretch of them one subtraction."""

    def __init__(self, words: Sequence[Word], max_line_width: int) -> None:
        self.pieces = pieces_of(words, max_line_width)
        self.max_line_width = max_line_width
        # Columns from the beginning of the row to each piece's first and past its last column.
        self.left: list[int] = []
        self.right: list[int] = []
        column = 0
        previous: LinePiece | None = None
        for piece in self.pieces:
            if previous is not None and needs_space(previous.text, piece.text):
                column += 1
            self.left.append(column)
            column += text_width(piece.text)
            self.right.append(column)
            previous = piece
        # break_costs[k]: what a break before piece k costs; 0 at both ends.
        inner = (_break_cost_between(words, left, right) for left, right in pairwise(self.pieces))
        self.break_costs = [0.0, *inner, 0.0] if self.pieces else [0.0]
        self.line_reach = self._reach_forwards()
        self.line_origin = self._reach_backwards()

    def width(self, first: int, stop: int) -> int:
        """Columns of the pieces first … stop-1 on one line."""
        return self.right[stop - 1] - self.left[first]

    def _reach_forwards(self) -> list[int]:
        """For each piece, how far a line that begins with it can go (the index after its last piece)."""
        reach, stop = [], 0
        for first in range(len(self.pieces)):
            stop = max(stop, first + 1)
            while stop < len(self.pieces) and self.width(first, stop + 1) <= self.max_line_width:
                stop += 1
            reach.append(stop)
        return reach

    def _reach_backwards(self) -> list[int]:
        """For each stop, the earliest piece from which one line holds everything up to it."""
        origin, first = [0], 0
        for stop in range(1, len(self.pieces) + 1):
            while first < stop - 1 and self.width(first, stop) > self.max_line_width:
                first += 1
            origin.append(first)
        return origin

    def fewest_lines(self, first: int, stop: int) -> int:
        """How many lines the pieces first … stop-1 need."""
        lines = 0
        while first < stop:
            first = self.line_reach[first]
            lines += 1
        return lines

    def lines(self, first: int, stop: int) -> tuple[tuple[Word, ...], ...]:
        """The pieces first … stop-1 in as few lines as possible, broken at the best places."""
        breaks = [first, *self._best_breaks(first, stop, self.fewest_lines(first, stop)), stop]
        return tuple(self._words(begin, end) for begin, end in pairwise(breaks))

    def _best_breaks(self, first: int, stop: int, line_count: int) -> list[int]:
        """Dynamic programming over lines: even widths against good break places."""
        even_width = max(1.0, self.width(first, stop) / line_count)
        # cheapest[k]: cost and breaks of the pieces first … k-1 in the lines laid so far.
        cheapest: dict[int, tuple[float, list[int]]] = {first: (0.0, [])}
        for line in range(1, line_count + 1):
            longer: dict[int, tuple[float, list[int]]] = {}
            for begin, (cost, breaks) in cheapest.items():
                ends = (
                    (stop,)
                    if line == line_count
                    else range(begin + 1, min(self.line_reach[begin], stop - 1) + 1)
                )
                for end in ends:
                    if self.line_reach[begin] < end:
                        continue
                    uneven = (self.width(begin, end) - even_width) / even_width
                    total = cost + _IMBALANCE_COST * uneven * uneven
                    if end < stop:
                        total += self.break_costs[end]
                    if end not in longer or total < longer[end][0]:
                        longer[end] = (total, [*breaks, end] if end < stop else breaks)
            cheapest = longer
        return cheapest[stop][1]

    def _words(self, first: int, stop: int) -> tuple[Word, ...]:
        """Pieces as words, those of one word put together again."""
        words = []
        for _, group in groupby(self.pieces[first:stop], key=lambda piece: piece.word_index):
            pieces = list(group)
            text = "".join(piece.text for piece in pieces)
            words.append(Word(text, pieces[0].start_seconds, pieces[-1].end_seconds, pieces[0].confidence))
        return tuple(words)


def pieces_of(words: Sequence[Word], max_line_width: int) -> list[LinePiece]:
    """Cut words into pieces that fit a line; a word's time is shared out by width."""
    pieces: list[LinePiece] = []
    for index, word in enumerate(words):
        width = text_width(word.text)
        # A short Chinese or Japanese word is better not broken; a long one is a sentence, not a word.
        breakable = width > max_line_width // 3 and is_written_without_spaces(word.text)
        if width <= max_line_width and not breakable:
            pieces.append(LinePiece(word.text, word.start_seconds, word.end_seconds, word.confidence, index))
            continue
        texts = _break_at_characters(word.text) if breakable else [word.text]
        pieces.extend(
            _timed(word, index, [part for text in texts for part in _shorten(text, max_line_width)])
        )
    return pieces


def _timed(word: Word, index: int, texts: Sequence[str]) -> Iterator[LinePiece]:
    seconds_per_column = (word.end_seconds - word.start_seconds) / max(1, text_width(word.text))
    begin, column = word.start_seconds, 0
    for number, text in enumerate(texts):
        column += text_width(text)
        is_last = number == len(texts) - 1
        end = (
            word.end_seconds
            if is_last
            else min(word.end_seconds, word.start_seconds + column * seconds_per_column)
        )
        yield LinePiece(text, begin, end, word.confidence, index)
        begin = end


def _graphemes(text: str) -> list[str]:
    """Characters with the marks that belong to them (the part of UAX #29 that speech transcripts meet)."""
    clusters: list[str] = []
    for character in text:
        joins = unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf")
        if clusters and (joins or clusters[-1][-1] == _ZERO_WIDTH_JOINER):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _break_at_characters(text: str) -> list[str]:
    """Break between any two characters of which one is Chinese or Japanese, where the writing rules allow
    it."""
    parts: list[str] = []
    for cluster in _graphemes(text):
        stays = parts and (
            cluster[0] in _NEVER_FIRST
            or parts[-1][-1] in _NEVER_LAST
            or not (is_written_without_spaces(cluster) or is_written_without_spaces(parts[-1][-1]))
        )
        if stays:
            parts[-1] += cluster
        else:
            parts.append(cluster)
    return parts


def _shorten(text: str, max_width: int) -> list[str]:
    """Text wider than a line in as few, and as even, parts as possible."""
    width = text_width(text)
    if width <= max_width:
        return [text]
    even_width = math.ceil(width / math.ceil(width / max_width))
    parts = [""]
    for cluster in _graphemes(text):
        if parts[-1] and text_width(parts[-1]) + text_width(cluster) > even_width:
            parts.append("")
        parts[-1] += cluster
    return parts


def _break_cost_between(words: Sequence[Word], left: LinePiece, right: LinePiece) -> float:
    if left.word_index != right.word_index:
        earlier, later = words[left.word_index], words[right.word_index]
        return break_cost(earlier.text, later.text, pause_between(earlier, later))
    if ends_sentence(left.text, right.text):
        return SENTENCE_COST
    if ends_clause(left.text):
        return CLAUSE_COST
    return HANGING_COST if is_written_without_spaces(left.text + right.text) else NAME_COST
