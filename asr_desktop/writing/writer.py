"""Converts the utterances of one source to written form in order; keeps the end of the last one as context.

    writer = Writer(options, language="en", marks=load_marks("en"), hotwords=("Kubernetes",))
    written = writer.write(words)          # written.words; written.revised: the utterance before, where its
    end changed revised = writer.finish()              # the last one, if the end of everything changes its
    end

Used for files, live input, dictation and the server. Takes well under a millisecond per word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.transcripts.document import Word
from asr_desktop.writing import other_numbers
from asr_desktop.writing.english import written_english
from asr_desktop.writing.english_clock import MONTHS
from asr_desktop.writing.options import (
    CAPITALS,
    MARKS,
    NUMBERS,
    REPLACEMENTS,
    OwnForms,
    WritingOptions,
    language_code,
    spoken_key,
)
from asr_desktop.writing.pieces import Piece, listed, spoken_pieces

ENGLISH = "en"
LONGEST_GAP_INSIDE_A_NUMBER_SECONDS = 1.0
_ENDS = frozenset(".?!")
_MARKS = frozenset(".,?!:;")
# Capitals that are set even without a network.
_ALWAYS_CAPITALS = {
    "i": "I",
    **{f"i'{ending}": f"I'{ending}" for ending in ("m", "ll", "ve", "d")},
    **{day: day.capitalize() for day in listed("monday tuesday wednesday thursday friday saturday sunday")},
    **{month: name for month, name in MONTHS.items() if month not in ("may", "march", "august")},
}


class MarksOfWord(Protocol):
    """The network's output for one word; see `punctuation.WordMarks`."""

    @property
    def written(self) -> str:
        """The word with its capitals."""

    @property
    def inner(self) -> str:
        """The word with its capitals inside a sentence."""

    @property
    def mark_after(self) -> str:
        """ "", or one of , . ? ! : ;"""

    @property
    def sentence_start(self) -> bool:
        """Whether a sentence begins with the word."""


class SetsMarks(Protocol):
    """Interface of a punctuation network; see `punctuation.Punctuator`."""

    @property
    def context_words(self) -> int:
        """Number of preceding words that are useful as context."""

    def marks(
        self,
        words: Sequence[str],
        gaps_seconds: Sequence[float | None] | None = None,
        *,
        closed: bool,
        first: int = 0,
    ) -> Sequence[MarksOfWord]:
        """The marks of words[first:]. closed: whether the text ends after the last word."""


def load_marks(options: WritingOptions, language: str | None) -> SetsMarks | None:
    """The network for models of a language, cached for the next source; None where there is none or it is
    off.

    Not thread-safe. Raises ModelFolderError where its folder is damaged.
    """
    code = language_code(language)
    is_wanted = options.has(MARKS, code) or options.has(CAPITALS, code)
    return _network(code) if is_wanted and code.isalpha() else None


@lru_cache(maxsize=2)
def _network(code: str) -> SetsMarks | None:
    folder = bundled_models_folder() / f"writing-{code}"
    if not folder.is_dir():
        return None
    from asr_desktop.writing.punctuation import Punctuator  # only here: it loads ONNX Runtime

    return Punctuator(folder)


@dataclass(frozen=True, slots=True)
class Written:
    """An utterance in written form. revised: the previous utterance, if this one changed the mark at its end;
    otherwise None."""

    words: tuple[Word, ...]
    revised: tuple[Word, ...] | None = None


@dataclass(slots=True)
class _Utterance:
    """A written utterance: its spoken words, the network's output for those that are written, and the
    result."""

    words: tuple[Word, ...]
    marks: list[MarksOfWord] | None
    written: tuple[Word, ...]


class Writer:
    """Writes the utterances of one source, in order. language: the model's, as stated in its folder.

    marks: the network of that language, or None; then capitals and marks are unchanged, except the English
    "I" and names of days and months. own_marks: the model itself writes capitals or marks, so only the user's
    replacements are made.
    """

    def __init__(
        self,
        options: WritingOptions | None = None,
        *,
        language: str | None = ENGLISH,
        marks: SetsMarks | None = None,
        hotwords: Iterable[str] = (),
        own_marks: bool = False,
    ) -> None:
        self._options = options or WritingOptions()
        self._language = language_code(language)
        self._has_marks, self._has_capitals, self._has_numbers = (
            not own_marks and self._options.has(part, self._language) for part in (MARKS, CAPITALS, NUMBERS)
        )
        self._network = marks if self._has_marks or self._has_capitals else None
        self._context: list[Word] = []
        self._last: _Utterance | None = None
        self.set_hotwords(hotwords)

    def set_hotwords(self, hotwords: Iterable[str]) -> None:
        """Set the hotwords from the next utterance on; those with capitals are written with them."""
        has_own = self._options.has(REPLACEMENTS, self._language)
        self._own = OwnForms(
            self._options.replacements if has_own else (), hotwords if self._has_capitals else ()
        )

    def write(self, words: Sequence[Word], *, closed: bool = False) -> Written:
        """The written form of the next utterance. closed: whether it is the last one."""
        words = tuple(words)
        kept = self._kept(words)
        revised = None
        marks: list[MarksOfWord] | None = None
        if kept and self._network is not None:
            context = self._context[-self._network.context_words :] if self._network.context_words else []
            found = self._judge([*context, *(words[index] for index in kept)], len(context), closed=closed)
            if context:
                revised = self._revised(found[0])
                found = found[1:]
            marks = found
        written = self._composed(words, kept, marks)
        if kept:
            self._last = _Utterance(words, marks, written)
            self._remember(words[index] for index in kept)
        return Written(written, revised)

    def finish(self) -> tuple[Word, ...] | None:
        """End the source: returns the last utterance if its end changes."""
        if self._network is None or not self._context:
            return None
        return self._revised(self._judge(self._context, len(self._context), closed=True)[0])

    def go_on_after(self, written: Sequence[Word]) -> None:
        """Continue after text from another writer, which is context for the next utterance but is not
        revised."""
        self._last = None
        self._remember(said for word in written for said in word.spoken_words)

    def _kept(self, words: Sequence[Word]) -> list[int]:
        """The indices of the words that appear in the written form."""
        if not self._own:
            return list(range(len(words)))
        keys = _keys(words)
        kept: list[int] = []
        index = 0
        while index < len(words):
            found = self._own.at(keys, index)
            stop = index + 1 if found is None else found[1]
            if found is None or found[0]:
                kept.extend(range(index, stop))
            index = stop
        return kept

    def _judge(self, words: Sequence[Word], context: int, *, closed: bool) -> list[MarksOfWord]:
        """The network's output for the last context word, if any, and for all words after it."""
        assert self._network is not None
        gaps = [max(0.0, later.start_seconds - earlier.end_seconds) for earlier, later in pairwise(words)]
        texts = [word.text.lower() for word in words]
        return list(self._network.marks(texts, [*gaps, None], closed=closed, first=max(0, context - 1)))

    def _revised(self, at_its_end: MarksOfWord) -> tuple[Word, ...] | None:
        """The last utterance with its new end mark, or None if it is unchanged."""
        last = self._last
        if last is None or not last.marks or last.marks[-1].mark_after == at_its_end.mark_after:
            return None
        last.marks[-1] = at_its_end
        before, last.written = last.written, self._composed(last.words, self._kept(last.words), last.marks)
        return last.written if last.written != before else None

    def _remember(self, words: Iterable[Word]) -> None:
        most = max(1, self._network.context_words) if self._network is not None else 1
        self._context = [*self._context, *words][-most:]

    def _composed(
        self, words: tuple[Word, ...], kept: Sequence[int], marks: list[MarksOfWord] | None
    ) -> tuple[Word, ...]:
        if not kept:
            return ()
        said = [words[index] for index in kept]
        pieces = self._pieces(said, marks)
        texts = [self._text(piece, said, marks) for piece in pieces]
        # Words omitted between two written words belong to the first of them.
        places = [*kept, len(words)]
        borders = [0, *(places[piece.first] for piece in pieces[1:]), len(words)]
        result: list[Word] = []
        for text, piece, (first, stop) in zip(texts, pieces, pairwise(borders), strict=True):
            is_said = piece.first < piece.stop
            result.append(_written(text, words[first if is_said else stop : stop], result))
        return tuple(_with_marks_attached(result))

    def _pieces(self, said: Sequence[Word], marks: list[MarksOfWord] | None) -> list[Piece]:
        keys = _keys(said)
        pieces: list[Piece] = []
        index = begin = 0
        while index < len(said):
            found = self._own.at(keys, index)
            if found is None:
                index += 1
                continue
            pieces += self._numbers(said, marks, begin, index)
            pieces += found[0]
            index = begin = found[1]
        return pieces + self._numbers(said, marks, begin, len(said))

    def _numbers(
        self, said: Sequence[Word], marks: list[MarksOfWord] | None, first: int, stop: int
    ) -> list[Piece]:
        """The pieces of said[first:stop], which contains no forms of the user."""
        words = [word.text.lower() for word in said[first:stop]]
        if not self._has_numbers or not words:
            return spoken_pieces([word.text for word in said], first, stop)
        gaps = [
            max(0.0, said[index + 1].start_seconds - said[index].end_seconds)
            if index + 1 < len(said)
            else 0.0
            for index in range(first, stop)
        ]
        breaks = frozenset(
            index
            for index in range(stop - first)
            if gaps[index] > LONGEST_GAP_INSIDE_A_NUMBER_SECONDS
            or (marks is not None and marks[first + index].mark_after in _ENDS)
        )
        if self._language == ENGLISH:
            found = written_english(words, breaks, gaps, closed_per_cent=self._options.closed_per_cent)
        elif self._language in other_numbers.LANGUAGES:
            found = other_numbers.written_numbers(words, breaks, self._language)
        else:
            found = spoken_pieces(words, 0, len(words))
        return [replace(piece, first=piece.first + first, stop=piece.stop + first) for piece in found]

    def _text(self, piece: Piece, said: Sequence[Word], marks: list[MarksOfWord] | None) -> str:
        text = said[piece.first].text if piece.is_word and piece.stop == piece.first + 1 else piece.text
        if marks is None:
            return _ALWAYS_CAPITALS.get(text.lower(), text) if self._sets_plain_capitals(piece) else text
        if self._has_capitals and piece.first < len(marks):
            here = marks[piece.first]
            if piece.is_word and piece.stop == piece.first + 1 and piece.text.lower() == here.inner.lower():
                text = here.written if self._has_marks else here.inner
            elif here.sentence_start and self._has_marks and text == text.lower():
                text = text[:1].upper() + text[1:]
        if not self._has_marks or piece.is_joined or not piece.stop:
            return text
        mark = marks[piece.stop - 1].mark_after
        # The stop of "p.m." also ends the sentence; a piece with any other mark of its own gets no second
        # one.
        has_own = text[-1] in _MARKS and (text[-1] != "." or mark == ".")
        return text if has_own else f"{text}{mark}"

    def _sets_plain_capitals(self, piece: Piece) -> bool:
        return piece.is_word and self._has_capitals and self._network is None and self._language == ENGLISH


def _keys(words: Sequence[Word]) -> list[str]:
    """The comparison keys for `OwnForms`."""
    return ["".join(spoken_key(word.text)) for word in words]


def _written(text: str, spoken: tuple[Word, ...], before: Sequence[Word]) -> Word:
    if not spoken:
        end = max(word.end_seconds for word in before)
        return Word(text, end, end, before[-1].confidence, ())
    if len(spoken) == 1 and spoken[0].text == text:
        return spoken[0]
    return Word(
        text,
        spoken[0].start_seconds,
        max(word.end_seconds for word in spoken),
        # It is correct only if all of its spoken words are.
        min(word.confidence for word in spoken),
        spoken,
    )


def _with_marks_attached(words: list[Word]) -> list[Word]:
    """A form that is only a mark ("comma" written ",") is attached to the word before it and replaces its
    mark."""
    result: list[Word] = []
    for word in words:
        if result and word.spoken is not None and _MARKS.issuperset(word.text):
            before = result[-1]
            text = before.text.rstrip("".join(_MARKS)) + word.text
            spoken = (*before.spoken_words, *word.spoken_words)
            end = max(before.end_seconds, word.end_seconds)
            confidence = min(before.confidence, word.confidence)
            result[-1] = Word(text, before.start_seconds, end, confidence, spoken)
        else:
            result.append(word)
    return result
