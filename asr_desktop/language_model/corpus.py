"""Converts running text into the lines that a language model is trained on.

Written text is turned into spoken words: lower case, only letters that the acoustic model can spell,
numbers and abbreviations as they are spoken, no typography.

    "Mr. Reed -- aged 42 -- didn't come."   →   mister reed aged forty two didn't come
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, open_regular
from asr_desktop.base.text_file import encoding_of
from asr_desktop.language_model.english import spell_numbers, spell_roman_numerals

ENGLISH_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz'")

# Spoken forms of printed abbreviations (as in LibriSpeech's transcripts).
SPOKEN_FORMS = {
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
    "messrs": "messieurs",
    "rev": "reverend",
    "hon": "honorable",
    "prof": "professor",
    "capt": "captain",
    "lieut": "lieutenant",
    "col": "colonel",
    "gen": "general",
    "sergt": "sergeant",
    "st": "saint",
    "mt": "mount",
    "jr": "junior",
    "sr": "senior",
    "vs": "versus",
}
_ABBREVIATION = re.compile(r"\b(" + "|".join(SPOKEN_FORMS) + r")\.(?=\s|,|-|$)")
# British print omits the full stop after these; as whole words they are unambiguous.
_BARE_TITLE = re.compile(r"\b(mr|mrs|dr|messrs)\b")
_ET_CETERA = re.compile(r"&c\b\.?|\betc\b\.?", re.IGNORECASE)

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\ufeff": None, "\u00ad": None}
)
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "ð": "th"}
)
_EDITORS_MARKS = re.compile(r"\[[^\]]{0,200}\]|\{[^}]{0,200}\}|<[^>]{0,80}>")
_EDITORS_PARAGRAPH = re.compile(r"^\W*(illustration|footnote|transcriber)\b", re.IGNORECASE)
# Hyphens and dashes separate words too, as in LibriSpeech ("to-day" → "to day").
_WORD_BREAK = re.compile(r"[^\w']+|_+")
_SENTENCE_END = re.compile(r"([.!?…]+[\"')\]]*)\s+(?=[\"'(]?[A-Z])")
# A full stop after these, or after a single capital (an initial), ends no sentence.
_NO_SENTENCE_END = re.compile(
    r"(?:^|[\s\"'(])(?:[A-Z]|" + "|".join(SPOKEN_FORMS) + r"|no|vol|etc|viz|i\.e|e\.g)\.$", re.IGNORECASE
)

_UNPACKERS: dict[str, Callable[[BinaryIO], Any]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}

_START_BYTES = 65_536
LONGEST_LINE = 10_000_000
"""In characters; a book is two million. Bounds the memory for any compressed file."""

FOREIGN_SHARE = 0.3
"""A sentence with at least two words, and this share of its words, outside the vocabulary is left out: it is
in another language, in dialect spelling, or a table.
"""

SENTENCES_A_LINE = (1, 1, 2, 3, 4)
"""Sentences per line, drawn at random. The voice activity detector's utterances are not single sentences;
models of such lines predict utterances better than models of single sentences (librispeech-dev: perplexity
262 against 272) and single phrases nearly as well.
"""


def read_lines(path: str | Path) -> Iterator[str]:
    """Lines of a text file in UTF-8, UTF-16 or Windows-1252, plain or compressed (`.xz`, `.gz`, `.bz2`).

    Invalid bytes become U+FFFD, which separates words.

    :raises LanguageModelError: the file does not exist, is not compressed as its name says, or is not text.
    """
    try:
        with ExitStack() as opened:
            file = opened.enter_context(open_regular(path))
            if unpacker := _UNPACKERS.get(Path(path).suffix):
                file = opened.enter_context(unpacker(file))
            encoding = encoding_of(file.read(_START_BYTES))
            file.seek(0)
            text = opened.enter_context(io.TextIOWrapper(file, encoding, errors="replace"))
            while line := text.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:
                    raise SmallFileError(
                        Sentence("it has a line of more than {most} letters", most=LONGEST_LINE)
                    )
                yield line
    except (*READ_ERRORS, EOFError, lzma.LZMAError, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise LanguageModelError(
            f"The text {path} cannot be read ({reason}); check its name, or download it again."
        ) from None


def read_paragraphs(
    paths: Iterable[str | Path], letters: frozenset[str] = ENGLISH_LETTERS
) -> Iterator[list[str]]:
    """The normalised sentences of each line of the files, a line being a paragraph; empty ones left out."""
    for path in paths:
        for line in read_lines(path):
            sentences = [normalise_sentence(sentence, letters) for sentence in split_sentences(line)]
            sentences = [sentence for sentence in sentences if sentence]
            if sentences:
                yield sentences


def split_sentences(paragraph: str) -> list[str]:
    """Sentences of one paragraph of English print; titles and initials (`Mr.`, `J. S.`) do not end a
    sentence."""
    paragraph = paragraph.translate(_QUOTES)
    if _EDITORS_PARAGRAPH.match(paragraph):
        return []
    paragraph = _EDITORS_MARKS.sub(" ", paragraph)
    sentences = []
    start = 0
    for match in _SENTENCE_END.finditer(paragraph):
        before = paragraph[max(start, match.start() - 10) : match.start() + 1]
        if match.group(1)[0] == "." and _NO_SENTENCE_END.search(before):
            continue
        sentences.append(paragraph[start : match.end()].strip())
        start = match.end()
    sentences.append(paragraph[start:].strip())
    return [sentence for sentence in sentences if sentence]


def normalise_sentence(text: str, letters: frozenset[str] = ENGLISH_LETTERS) -> str:
    """`text` in spoken form: lower case, only `letters` and single spaces; "" if nothing remains.

    A word with a letter that is neither in `letters` nor can be reduced to one (é → e) is dropped as a whole:
    half of it would teach the model a word that does not exist.
    """
    text = _ET_CETERA.sub(" et cetera ", text.translate(_QUOTES))
    text = spell_numbers(spell_roman_numerals(text)).lower()
    text = _ABBREVIATION.sub(lambda match: SPOKEN_FORMS[match.group(1)], text)
    text = _BARE_TITLE.sub(lambda match: SPOKEN_FORMS[match.group(1)], text)
    text = text.replace("&", " and ")
    if not text.isascii():
        text = _reduce_letters(text, letters)
    text = _WORD_BREAK.sub(" ", text)
    words = text.split()
    if "'" in text:
        # At a word's edge it is most often a quotation mark; `english` drops it too.
        words = [stripped for word in words if (stripped := word.strip("'"))]
    if not letters.issuperset(text.replace(" ", "")):  # rare, so words are seldom checked one by one
        words = [word for word in words if letters.issuperset(word)]
    return " ".join(words)


def _reduce_letters(text: str, letters: frozenset[str]) -> str:
    """Replace accented letters and ligatures that are not in the alphabet."""
    reduced = []
    for character in text:
        if character.isascii() or character in letters:
            reduced.append(character)
            continue
        plain = character.translate(_LIGATURES)
        if plain == character:
            parts = unicodedata.normalize("NFKD", character)
            plain = "".join(part for part in parts if not unicodedata.combining(part))
        reduced.append(plain)
    return "".join(reduced)


def count_words(paragraphs: Iterable[Sequence[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for sentences in paragraphs:
        for sentence in sentences:
            counts.update(sentence.split())
    return counts


def is_foreign(sentence: str, vocabulary: Container[str]) -> bool:
    """Whether too many of the sentence's words are unknown (FOREIGN_SHARE)."""
    words = sentence.split()
    unknown = sum(word not in vocabulary for word in words)
    return unknown >= 2 and unknown >= FOREIGN_SHARE * len(words)


def utterance_lines(
    paragraphs: Iterable[Sequence[str]], vocabulary: Container[str] | None = None, seed: int = 0
) -> Iterator[str]:
    """Lines of one to four sentences of a paragraph each (SENTENCES_A_LINE); foreign sentences left out."""
    draw = random.Random(seed)
    for sentences in paragraphs:
        kept = [text for text in sentences if vocabulary is None or not is_foreign(text, vocabulary)]
        start = 0
        while start < len(kept):
            taken = draw.choice(SENTENCES_A_LINE)
            yield " ".join(kept[start : start + taken])
            start += taken
