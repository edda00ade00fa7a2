"""ARPA files: the text format of n-gram language models that every toolkit reads."""

from __future__ import annotations

import gzip
import io
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.small_file import open_regular
from asr_desktop.language_model.backoff_model import (
    BackoffModel,
    BackoffTable,
    StoredModel,
    StoredTable,
    assemble,
)
from asr_desktop.language_model.columns import looked_up
from asr_desktop.language_model.ngram_counts import SPECIAL_WORDS, Rows

LOG10 = np.log(10.0)
ROWS_A_BLOCK = 200_000
_LONGEST_LINE = 1_000_000  # characters; an n-gram has some hundred


def write_arpa(model: BackoffModel | StoredModel, path: Path) -> None:
    """Write the model; a name that ends in `.gz` is compressed. Seven significant digits.

    For a stored model, at most ROWS_A_BLOCK n-grams are in memory at once.
    """
    words = np.array(model.words, dtype=object)
    with _opener(path)(path, "wt", encoding="utf-8", newline="\n") as file:
        file.write("\\data\\\n")
        for length, size in enumerate(model.sizes, start=1):
            file.write(f"ngram {length}={size}\n")
        tables: Sequence[BackoffTable | StoredTable] = model.tables
        for length, table in enumerate(tables, start=1):
            file.write(f"\n\\{length}-grams:\n")
            for start in range(0, len(table), ROWS_A_BLOCK):
                rows = slice(start, start + ROWS_A_BLOCK)
                ngrams = _ngrams(tables[:length], rows, words)
                log_prob = (table.log_prob[rows] / LOG10).tolist()
                if length == model.order:
                    lines = [f"{p:.7g}\t{ngram}\n" for p, ngram in zip(log_prob, ngrams, strict=True)]
                else:
                    log_backoff = (table.log_backoff[rows] / LOG10).tolist()
                    lines = [
                        f"{p:.7g}\t{ngram}\t{backoff:.7g}\n"
                        for p, ngram, backoff in zip(log_prob, ngrams, log_backoff, strict=True)
                    ]
                file.writelines(lines)
        file.write("\n\\end\\\n")


def _ngrams(
    tables: Sequence[BackoffTable | StoredTable], rows: slice, words: NDArray[np.object_]
) -> list[str]:
    """The n-grams in these rows of the last table, as text."""
    texts, row = words[tables[-1].word[rows]], tables[-1].prefix[rows]
    for shorter in reversed(tables[:-1]):
        texts = words[looked_up(shorter.word, row, ROWS_A_BLOCK)] + " " + texts
        row = looked_up(shorter.prefix, row, ROWS_A_BLOCK)
    ngrams: list[str] = texts.tolist()
    return ngrams


def read_arpa(path: Path) -> BackoffModel:
    """Read a model written by any toolkit.

    Raises LanguageModelError where the file is damaged or not an ARPA file.
    """
    try:
        with open_regular(path) as file, _unpacked(file, path) as lines:
            words, sections = _parse(lines)
        return assemble(
            words,
            [section.ngrams(length) for length, section in enumerate(sections, start=1)],
            [np.array(section.log10_probs) * LOG10 for section in sections],
            [np.array(section.log10_backoffs) * LOG10 for section in sections],
        )
    except (OSError, UnicodeDecodeError, ValueError, EOFError) as error:
        raise LanguageModelError(f"{path} cannot be read as an ARPA language model: {error}.") from None


def _opener(path: Path) -> Callable[..., IO[str]]:
    return gzip.open if path.suffix == ".gz" else open


def _unpacked(file: BinaryIO, path: Path) -> io.TextIOWrapper:
    return io.TextIOWrapper(gzip.open(file) if path.suffix == ".gz" else file, encoding="utf-8")


@dataclass
class _Section:
    """The n-grams of one length, converted to numbers immediately: millions of strings would fill the
    memory."""

    word_indices: array[int] = field(default_factory=lambda: array("i"))
    log10_probs: array[float] = field(default_factory=lambda: array("f"))
    log10_backoffs: array[float] = field(default_factory=lambda: array("f"))

    def ngrams(self, length: int) -> Rows:
        return np.array(self.word_indices, dtype=np.int32).reshape(-1, length)


def _parse(lines: IO[str]) -> tuple[list[str], list[_Section]]:
    """(words, sections by length); the special words come first, even if the file lacks them."""
    index = {word: number for number, word in enumerate(SPECIAL_WORDS)}
    sections: list[_Section] = []
    length = 0
    while line := lines.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise ValueError("one of its lines does not end")
        fields = line.split()
        if not fields:
            continue
        if len(fields) == 1 and fields[0].startswith("\\"):
            if fields[0] == "\\end\\":
                break
            if fields[0].endswith("-grams:"):
                length += 1
                sections.append(_Section())
        elif length:
            words = fields[1 : 1 + length]
            if length == 1:
                index.setdefault(words[0], len(index))
            section = sections[-1]
            try:
                section.word_indices.extend([index[word] for word in words])
            except KeyError as error:
                raise ValueError(f"{error} is in an n-gram but not among the 1-grams") from None
            section.log10_probs.append(float(fields[0]))
            section.log10_backoffs.append(float(fields[1 + length]) if len(fields) > 1 + length else 0.0)
    else:
        raise ValueError("its \\end\\ is missing" if length else "it has no \\1-grams: section")
    return list(index), sections
