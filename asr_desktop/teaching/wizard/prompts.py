"""Sentences to read aloud: those that come with the program, and sentences of the user's own texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from asr_desktop.base.paths import resources_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.language_model.english import has_digits
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.teaching.data.reading import read_lines
from asr_desktop.teaching.dataset import DataError

LEAST_WORDS, MOST_WORDS = 4, 20
"""Of a sentence of the user's: 2 to 10 seconds, which one reads without running out of breath."""

_SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)]))\s+")
_CLAUSE_END = re.compile(r"(?<=[,;:—–])\s+")
# Abbreviations end with a full stop, and no sentence with them.
_ABBREVIATION = re.compile(r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|[a-z])\.)$", re.IGNORECASE)


_SHORT_CODES = {"eng": "en", "deu": "de", "ger": "de"}
"""Models say their language in two letters or in three, with or without a country."""


class NoPromptsError(DataError):
    """The program brings no sentences of this language; the user's own text has to do."""

    def __init__(self, language: str, known: Iterable[str]) -> None:
        super().__init__(
            Sentence(
                "There are no sentences to read in “{language}” (available: {names}); choose a text of "
                "your own.",
                language=language,
                names=", ".join(known),
            )
        )
        self.language = language


def own_prompts(language: str = "en", spelling: Spelling | None = None) -> list[str]:
    """The sentences of resources/prompts for a language, such as "de", "deu" or "de-AT"; those that
    `spelling` cannot write are left out.

    :raises NoPromptsError: there are none.
    """
    code = re.split(r"[-_]", language.lower())[0]
    folder = resources_folder() / "prompts"
    path = folder / f"{_SHORT_CODES.get(code, code)}.txt"
    if not path.is_file():
        raise NoPromptsError(language, sorted(entry.stem for entry in folder.glob("*.txt")))
    sentences = [line.strip() for line in read_lines(path) if line.strip() and not line.startswith("#")]
    kept = [s for s in sentences if spelling is None or not spelling.unspellable_characters(s)]
    if not kept:
        raise NoPromptsError(language, sorted(entry.stem for entry in folder.glob("*.txt")))
    return kept


def prompts_of_text(text: str, spelling: Spelling | None = None) -> list[str]:
    """The sentences of a text that can be read aloud as they stand, each once, in order.

    Long ones are divided at commas. Those with digits or with signs that `spelling` cannot write are passed
    over: nobody could tell afterwards how they were read.
    """
    sentences: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in _sentences(" ".join(paragraph.split())):
            sentences += _short_enough(sentence)
    return list(dict.fromkeys(s for s in sentences if _is_readable(s, spelling)))


def _sentences(paragraph: str) -> Iterable[str]:
    waiting = ""
    for part in _SENTENCE_END.split(paragraph):
        # “Who?” she asked: what goes on in small letters is the same sentence.
        if waiting and not _ABBREVIATION.search(waiting) and not part[:1].islower():
            yield waiting
            waiting = ""
        waiting = f"{waiting} {part}".strip()
    if waiting:
        yield waiting


def _short_enough(sentence: str) -> list[str]:
    if len(sentence.split()) <= MOST_WORDS:
        return [sentence]
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(sentence):
        joined = f"{pieces[-1]} {clause}" if pieces else clause
        if pieces and len(joined.split()) <= MOST_WORDS:
            pieces[-1] = joined
        else:
            pieces.append(clause)
    return pieces


def _is_readable(sentence: str, spelling: Spelling | None) -> bool:
    if has_digits(sentence) or not LEAST_WORDS <= len(sentence.split()) <= MOST_WORDS:
        return False
    return spelling is None or not spelling.unspellable_characters(sentence)


def read_prompts(path: Path, spelling: Spelling | None = None) -> list[str]:
    """The sentences of a text file.

    :raises DataError: it cannot be read, or holds no sentence that can be read aloud.
    """
    prompts = prompts_of_text("\n".join(read_lines(path)), spelling)
    if not prompts:
        raise DataError(
            Sentence(
                "{path} contains no sentence of {least_words} to {most_words} words without digits; "
                "choose another text.",
                path=path,
                least_words=LEAST_WORDS,
                most_words=MOST_WORDS,
            )
        )
    return prompts
