"""ARPA files: the text format of n-gram language models that every toolkit reads."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from asr_desktop.errors import AsrDesktopError
from trainer.backoff_model import BackoffModel, assemble
from trainer.ngram_counts import SPECIAL_WORDS

LOG10 = np.log(10.0)
ROWS_A_BLOCK = 200_000


class LanguageModelError(AsrDesktopError):
    """Texts or language models that cannot be read, built or mixed."""


def write_arpa(model: BackoffModel, path: Path) -> None:
    """Write the model; a name that ends in `.gz` is compressed. Six significant digits, as lmplz writes."""
    words = model.words
    contexts = ["" for _ in words]  # each prefix's words and a space behind
    with _opener(path)(path, "wt", encoding="utf-8", newline="\n") as file:
        file.write("\\data\\\n")
        for length, size in enumerate(model.sizes, start=1):
            file.write(f"ngram {length}={size}\n")
        for length, table in enumerate(model.tables, start=1):
            file.write(f"\n\\{length}-grams:\n")
            longer_contexts: list[str] = []
            for start in range(0, len(table), ROWS_A_BLOCK):
                rows = slice(start, start + ROWS_A_BLOCK)
                last = [words[word] for word in table.word[rows].tolist()]
                ngrams = [contexts[prefix] + word for prefix, word in
                          zip(table.prefix[rows].tolist(), last, strict=True)]  # fmt: skip
                log_prob = (table.log_prob[rows] / LOG10).tolist()
                log_backoff = (table.log_backoff[rows] / LOG10).tolist()
                if length == model.order:
                    lines = [f"{p:.7g}\t{ngram}\n" for p, ngram in zip(log_prob, ngrams, strict=True)]
                else:
                    lines = [
                        f"{p:.7g}\t{ngram}\t{backoff:.7g}\n"
                        for p, ngram, backoff in zip(log_prob, ngrams, log_backoff, strict=True)
                    ]
                    longer_contexts += [ngram + " " for ngram in ngrams]
                file.writelines(lines)
            contexts = longer_contexts
        file.write("\n\\end\\\n")


def read_arpa(path: Path) -> BackoffModel:
    """Read a model that any toolkit wrote.

    Raises LanguageModelError where the file is damaged or no ARPA file.
    """
    try:
        with _opener(path)(path, "rt", encoding="utf-8") as lines:
            sections = list(_sections(lines))
    except (OSError, UnicodeDecodeError, ValueError, EOFError) as error:
        raise LanguageModelError(f"{path} cannot be read as an ARPA language model ({error}).") from None
    if not sections:
        raise LanguageModelError(f"{path} is no ARPA language model: it has no \\1-grams: section.")
    try:
        return _assemble(sections)
    except ValueError as error:
        raise LanguageModelError(f"{path} is damaged: {error}.") from None


def _opener(path: Path) -> Callable[..., IO[str]]:
    return gzip.open if path.suffix == ".gz" else open


Section = tuple[list[list[str]], list[float], list[float]]  # words, log10 probabilities, log10 back-offs


def _sections(lines: IO[str]) -> Iterator[Section]:
    length = 0
    section: Section = ([], [], [])
    for line in lines:
        fields = line.split()
        if not fields:
            continue
        if fields[0].startswith("\\") and len(fields) == 1:
            if length:
                yield section
            if fields[0] == "\\end\\":
                return
            length = int(fields[0][1:].removesuffix("-grams:")) if fields[0].endswith("-grams:") else 0
            section = ([], [], [])
        elif length:
            ngrams, log_probs, log_backoffs = section
            ngrams.append(fields[1 : 1 + length])
            log_probs.append(float(fields[0]))
            log_backoffs.append(float(fields[1 + length]) if len(fields) > 1 + length else 0.0)
    raise ValueError("its \\end\\ is missing")


def _assemble(sections: list[Section]) -> BackoffModel:
    words = list(dict.fromkeys((*SPECIAL_WORDS, *(ngram[0] for ngram in sections[0][0]))))
    index = {word: number for number, word in enumerate(words)}
    try:
        ngrams = [
            np.array([[index[word] for word in ngram] for ngram in section[0]], dtype=np.int32)
            for section in sections
        ]
    except KeyError as error:
        raise ValueError(f"{error} is in an n-gram but not among the 1-grams") from None
    return assemble(
        words,
        [indices.reshape(-1, length) for length, indices in enumerate(ngrams, start=1)],
        [np.array(log_probs) * LOG10 for _, log_probs, _ in sections],
        [np.array(log_backoffs) * LOG10 for _, _, log_backoffs in sections],
    )
