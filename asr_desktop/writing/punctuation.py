"""Punctuation and capitals for recognised words, from a small network that reads the words and the pauses.

A model folder for it holds `config.json`, `vocab.txt` (frequent words, one per line), `spellings.tsv` (words
with capitals inside: "mcdonald", tab, "McDonald") and `model.int8.onnx`: pieces int64 [1, places,
PIECES_A_WORD] and gap kinds int64 [1, places] → logits of the mark after each word [1, places, MARKS] and of
its case [1, places, CASES]. The first and the last place stand for the context outside the words.
`asr-trainer train-writing` makes such folders.

The input of a frequent word is a piece of its own; all others are the sum of their prefixes and suffixes. An
unseen name ("bulstrode") shares prefix, suffix and length with other names; these are hashed into a table of
fixed size, as fastText does with n-grams (Bojanowski et al. 2017), so there are no unknown words.

The method is that of Tilk and Alumäe (2016): a bidirectional recurrent network over words and pauses.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_json_object, read_value
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.typed_data import Within

PIECES_A_WORD = 8
"""Columns of the network's input; unused ones are 0, whose row in the table is zero."""
PADDING = 0
_BEGINNINGS = (2, 3, 4)
_ENDS = (2, 3, 4)
_LONGEST_LENGTH = 15


class WordPieces:
    """The vocabulary of a punctuation network.

    words: frequent words in lower case; the piece of word i is i + 1. buckets: rows of the table for hashed
    prefixes and suffixes, after those of the words.
    """

    def __init__(self, words: Sequence[str], buckets: int) -> None:
        self.words = tuple(words)
        self.buckets = buckets
        self._ids = {word: number for number, word in enumerate(words, start=1)}

    def __len__(self) -> int:
        """Number of rows of the network's table: padding, words, buckets."""
        return 1 + len(self.words) + self.buckets

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def pieces(self, word: str) -> tuple[int, ...]:
        """The `PIECES_A_WORD` pieces of a word in lower case: its own row, or its hashed parts."""
        known = self._ids.get(word)
        if known is not None:
            return (known, *(PADDING,) * (PIECES_A_WORD - 1))
        return self.hashed_pieces(word)

    def hashed_pieces(self, word: str) -> tuple[int, ...]:
        """Its hashed parts, even of a word with its own row (training uses both)."""
        parts = [
            f"={word}",
            f"#{min(len(word), _LONGEST_LENGTH)}",
            *(f"{word[:length]}+" for length in _BEGINNINGS),
            *(f"+{word[-length:]}" for length in _ENDS),
        ]
        return tuple(self._bucket(part) for part in parts)

    def _bucket(self, part: str) -> int:
        return 1 + len(self.words) + zlib.crc32(part.encode("utf-8")) % self.buckets


MODEL_TYPE = "word-marks"
MARKS = ("", ",", ".", "?", "!", ":", ";", "—")
"""The network's classes. A dash is written as a comma, because dictated text rarely has dashes."""
CASES = ("lower", "capitalised", "upper", "mixed")
ENDS = frozenset(".?!")
GAP_LIMITS_SECONDS = (0.06, 0.12, 0.2, 0.3, 0.42, 0.56, 0.75, 1.0, 1.4, 2.2)
"""Gap kind k lies between limits k - 1 and k."""
GAP_UNKNOWN = len(GAP_LIMITS_SECONDS) + 1
GAP_CLOSED = GAP_UNKNOWN + 1
"""Gap kind at the end of the text."""
GAP_EDGE = GAP_CLOSED + 1
"""Gap kind of the places before the first and after the last word."""
GAP_KINDS = GAP_EDGE + 1

CONTEXT_WORDS = 48
_WINDOW_WORDS = 112
_MARGIN_WORDS = 24
_Buckets = Annotated[int, Within(1, 10_000_000)]
_NONE, _COMMA, _STOP, _QUESTION, _EXCLAMATION, _COLON, _SEMICOLON, _DASH = range(len(MARKS))
# The kind of mark is chosen first, then the mark, so that "," and ";" together can win against "".
_GROUPS = ((_NONE,), (_COMMA, _COLON, _SEMICOLON), (_STOP, _EXCLAMATION), (_QUESTION,))
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


@dataclass(frozen=True, slots=True)
class WordMarks:
    """How one word is written.

    spoken: the word as it was given, in lower case. written: with its capitals, without the mark. mark_after:
    one of "", ",", ".", "?", "!", ":", ";". case: one of CASES. sentence_start: whether a sentence begins
    with it. inner: its form inside a sentence ("the" for "The", "London"). mark_probability,
    case_probability: of mark_after, and of the case of `inner`. stop_probability: that a sentence ends after
    the word, with any mark.
    """

    spoken: str
    written: str
    mark_after: str
    case: str
    sentence_start: bool
    inner: str
    mark_probability: float
    case_probability: float
    stop_probability: float


def capitalised(word: str) -> str:
    """`word` with its first letter as a capital: "london" → "London", "'tis" → "'Tis"; "NASA" stays."""
    for place, character in enumerate(word):
        if character.isalpha():
            return word[:place] + character.upper() + word[place + 1 :]
    return word


class Punctuator:
    """The network of one model folder. Not thread-safe."""

    context_words = CONTEXT_WORDS
    """Number of preceding words that are useful as context."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Raises ModelFolderError where `folder` is not a model folder of this kind, or is damaged."""
        # Imported when a network is opened, so that importing this module does not load ONNX Runtime.
        from asr_desktop.base.onnx_session import open_network

        config_path = folder / "config.json"
        config = read_json_object(config_path)
        shape = (config.get("marks"), config.get("cases"), config.get("gap_limits_seconds"))
        if config.get("model_type") != MODEL_TYPE or shape != (
            list(MARKS),
            list(CASES),
            list(GAP_LIMITS_SECONDS),
        ):
            raise ModelFolderError(
                Sentence(
                    "{path} describes no model for marks and capitals that this version reads.",
                    path=config_path,
                )
            )
        self.folder = folder
        self.languages = tuple(str(language) for language in config.get("languages") or ())
        buckets = read_value(config.get("buckets"), _Buckets, "buckets", config_path)
        self._pieces = WordPieces(_lines(folder / "vocab.txt"), buckets)
        rows = (line.partition("\t") for line in _lines(folder / "spellings.tsv"))
        self._spellings = {word: spelling for word, _, spelling in rows if word and spelling}
        self._session = open_network(folder / "model.int8.onnx", providers=("cpu",), threads=threads).session

    def marks(
        self,
        words: Sequence[str],
        gaps_seconds: Sequence[float | None] | None = None,
        *,
        closed: bool,
        first: int = 0,
    ) -> list[WordMarks]:
        """Marks and capitals of words[first:]; the words before are their context.

        words: as recognised, one word each, in any case.
        gaps_seconds: silence after each word, None where it is not known, or None for all words. closed:
        whether the text ends here: then the last word gets a mark that ends a sentence. Otherwise its mark is
        a guess that should be recomputed with the words that follow.
        """
        if gaps_seconds is not None and len(gaps_seconds) != len(words):
            raise ValueError(f"{len(words)} words with {len(gaps_seconds)} gaps")
        spoken = [word.translate(_APOSTROPHES).lower() for word in words]
        if first >= len(spoken):
            return []
        kinds = (
            [_gap_kind(gap) for gap in gaps_seconds]
            if gaps_seconds is not None
            else [GAP_UNKNOWN] * len(spoken)
        )
        if closed:
            kinds[-1] = GAP_CLOSED
        # The word before the first one determines whether that begins a sentence.
        start = max(0, first - 1)
        marks, cases = self._probabilities(spoken, kinds, start)
        written: list[WordMarks] = []
        mark, begins = "", first == 0
        for number in range(start, len(spoken)):
            last = closed and number == len(spoken) - 1
            likely, case_likely = marks[number - start], cases[number - start]
            inner, case, case_probability = self._cased(spoken[number], case_likely)
            if number > 0:
                # A question or exclamation may continue in lower case: "What?" said he.
                begins = mark == "." or (mark in ENDS and case_likely[0] < 0.5)
            mark, mark_probability = _chosen_mark(likely, last)
            if number < first:
                continue
            text = capitalised(inner) if begins else inner
            written.append(
                WordMarks(
                    spoken=spoken[number],
                    written=text,
                    mark_after=mark,
                    case=CASES[1] if text != inner else case,
                    sentence_start=begins,
                    inner=inner,
                    mark_probability=mark_probability,
                    case_probability=case_probability,
                    stop_probability=float(likely[_STOP] + likely[_QUESTION] + likely[_EXCLAMATION]),
                )
            )
        return written

    def probabilities(self, words: Sequence[str]) -> np.ndarray:
        """The probability of each of MARKS after each word [words, MARKS], from the words alone."""
        if not words:
            return np.zeros((0, len(MARKS)))
        return self._probabilities([word.lower() for word in words], [GAP_UNKNOWN] * len(words), 0)[0]

    def _cased(self, word: str, likely: np.ndarray) -> tuple[str, str, float]:
        """The word's form inside a sentence, its case, and the probability of that case."""
        if word == "i" or word.startswith("i'"):
            return capitalised(word), CASES[1], 1.0
        for case in likely.argsort()[::-1]:
            probability = float(likely[case])
            if case == 0:
                return word, CASES[0], probability
            if case == 1:
                return capitalised(word), CASES[1], probability
            if case == 2:
                stem = word.removesuffix("'s")
                return stem.upper() + word[len(stem) :], CASES[2], probability
            if word in self._spellings:
                return self._spellings[word], CASES[3], probability
        return word, CASES[0], 0.0

    def _probabilities(
        self, words: Sequence[str], kinds: Sequence[int], start: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of marks [words, MARKS] and cases [words, CASES] of words[start:]."""
        marks, cases = [], []
        for begin, wanted, wanted_end, end in _windows(len(words), start):
            pieces = np.zeros((1, end - begin + 2, len(self._pieces.pieces("a"))), np.int64)
            pieces[0, 1:-1] = [self._pieces.pieces(word) for word in words[begin:end]]
            gaps = np.array([[GAP_EDGE, *kinds[begin:end], GAP_EDGE]], np.int64)
            outputs: list[Any] = self._session.run(("marks", "cases"), {"pieces": pieces, "gaps": gaps})
            inside = slice(wanted - begin + 1, wanted_end - begin + 1)
            marks.append(outputs[0][0, inside])
            cases.append(outputs[1][0, inside])
        mark, case = _softmax(np.concatenate(marks)), _softmax(np.concatenate(cases))
        mark[:, _COMMA] += mark[:, _DASH]
        mark[:, _DASH] = 0
        return mark, case


def _windows(count: int, start: int) -> Iterator[tuple[int, int, int, int]]:
    """Overlapping windows over words[start:count], as (start of input, start of output, end of output, end of
    input)."""
    wanted = start
    while wanted < count:
        begin = max(0, wanted - _MARGIN_WORDS) if wanted > start else max(0, start - CONTEXT_WORDS)
        end = min(count, begin + _WINDOW_WORDS)
        wanted_end = count if end == count else end - _MARGIN_WORDS
        yield begin, wanted, wanted_end, end
        wanted = wanted_end


def _gap_kind(seconds: float | None) -> int:
    return GAP_UNKNOWN if seconds is None else bisect_right(GAP_LIMITS_SECONDS, seconds)


def _chosen_mark(likely: np.ndarray, last: bool) -> tuple[str, float]:
    groups = _GROUPS[2:] if last else _GROUPS
    group = max(groups, key=lambda marks: float(likely[list(marks)].sum()))
    mark = max(group, key=lambda number: float(likely[number]))
    return MARKS[mark], float(likely[mark])


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    share: np.ndarray = raised / raised.sum(axis=-1, keepdims=True)
    return share


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ModelFolderError(
            Sentence(
                "{path} cannot be read ({reason}); download or create it again.", path=path, reason=error
            )
        ) from error
