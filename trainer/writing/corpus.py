"""Texts for the punctuation network as compact arrays with random access.

A folder holds, for all texts concatenated, `words.npy` (indices into types.tsv), `marks.npy`, `cases.npy`
(see `trainer.writing.marked_text`), `paragraphs.npy` (where each begins), and `types.tsv` (word, how often it
occurs), `spellings.tsv` (words with capitals inside), and the held-out paragraphs, `held-out.txt`.
"""

from __future__ import annotations

import csv
import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from asr_desktop.language_model.corpus import read_lines
from trainer.writing.marked_text import MIXED, marked_words

_LEAST_SPELLINGS = 3
_DONE = "corpus.json"


@dataclass(frozen=True)
class Corpus:
    """Marked texts, see the module; arrays with an entry per word are memory-mapped."""

    folder: Path
    words: np.ndarray
    marks: np.ndarray
    cases: np.ndarray
    paragraphs: np.ndarray
    types: list[str]
    counts: np.ndarray

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Words with capitals inside, by their lower case ("mcdonald": "McDonald")."""
        lines = (self.folder / "spellings.tsv").read_text(encoding="utf-8").splitlines()
        return dict(line.split("\t") for line in lines)


def open_corpus(folder: Path) -> Corpus:
    """Open a corpus made by `build_corpus`."""
    rows = [line.split("\t") for line in (folder / "types.tsv").read_text(encoding="utf-8").splitlines()]
    words, marks, cases, paragraphs = (
        np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        for name in ("words", "marks", "cases", "paragraphs")
    )
    types = [word for word, _ in rows]
    return Corpus(folder, words, marks, cases, paragraphs, types, np.array([int(count) for _, count in rows]))


def build_corpus(
    texts: Sequence[Path],
    held_out: Sequence[str],
    folder: Path,
    report: Callable[[str], None],
    workers: int = 1,
) -> Corpus:
    """Read `texts` (one paragraph per line) into `folder`; an existing corpus of the same texts is reused.

    held_out: titles of `books.tsv` (beside the texts: title, words, part) whose paragraphs go to held-out.txt
    instead.
    """
    made_from = {"texts": [[path.name, path.stat().st_size] for path in texts], "held_out": sorted(held_out)}
    done = folder / _DONE
    if done.is_file() and json.loads(done.read_text(encoding="utf-8")) == made_from:
        return open_corpus(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for part in pool.map(partial(_read_text, held_out=frozenset(held_out)), texts):
            parts.append(part)
            report(f"{texts[len(parts) - 1].name}: {len(part.words)} words")
    _write(parts, folder)
    done.write_text(json.dumps(made_from), encoding="utf-8")
    return open_corpus(folder)


def read_held_out(texts: Sequence[Path], titles: Sequence[str]) -> dict[str, list[str]]:
    """The paragraphs of the books that `build_corpus` would hold out, by title."""
    books: dict[str, list[str]] = {}
    for path in texts:
        for line, title in _lines(path):
            if title in titles:
                books.setdefault(title, []).append(line)
    return books


@dataclass
class _Part:
    types: list[str]
    words: array[int]
    marks: bytearray
    cases: bytearray
    paragraphs: list[int]
    printed: Counter[str]
    held_out: list[str]


def _read_text(path: Path, held_out: frozenset[str]) -> _Part:
    ids: dict[str, int] = {}
    part = _Part([], array("i"), bytearray(), bytearray(), [], Counter(), [])
    for line, title in _lines(path):
        if title in held_out:
            part.held_out.append(line)
            continue
        found = marked_words(line)
        if not found:
            continue
        part.paragraphs.append(len(part.words))
        for printed, mark, case in found:
            word = printed.lower()
            part.words.append(ids.setdefault(word, len(ids)))
            part.marks.append(mark)
            part.cases.append(case)
            if case == MIXED:
                part.printed[printed] += 1
    part.types = list(ids)
    return part


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a text, each with the title of its book, or ""; books follow each other as in
    books.tsv."""
    kind, _, number = path.name.partition(".")[0].rpartition("-")
    listed = path.parent / f"{kind}.tsv"
    books: list[tuple[str, int]] = []
    if kind == "books" and listed.is_file():
        with listed.open(encoding="utf-8", newline="") as rows:
            books = [
                (row["title"].strip(), int(row["words"]))
                for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["part"] == number
            ]
    following = iter(books)
    title, left = next(following, ("", 0))
    for line in read_lines(path):
        if books and left <= 0:
            title, left = next(following, ("", 0))
        left -= len(line.split())
        yield line, title


def _write(parts: Sequence[_Part], folder: Path) -> None:
    counts: Counter[str] = Counter()
    for part in parts:
        for word, count in zip(
            part.types, np.bincount(part.words, minlength=len(part.types)).tolist(), strict=True
        ):
            counts[word] += count
    types = [word for word, _ in counts.most_common()]
    ids = {word: number for number, word in enumerate(types)}
    words = np.concatenate(
        [np.array([ids[word] for word in part.types], np.int32)[np.array(part.words)] for part in parts]
    )
    offsets = np.cumsum([0, *(len(part.words) for part in parts)])
    np.save(folder / "words.npy", words)
    np.save(folder / "marks.npy", np.concatenate([np.frombuffer(part.marks, np.uint8) for part in parts]))
    np.save(folder / "cases.npy", np.concatenate([np.frombuffer(part.cases, np.uint8) for part in parts]))
    np.save(
        folder / "paragraphs.npy",
        np.concatenate(
            [np.array(part.paragraphs) + offset for part, offset in zip(parts, offsets, strict=False)]
        ),
    )
    (folder / "types.tsv").write_text(
        "".join(f"{word}\t{counts[word]}\n" for word in types), encoding="utf-8"
    )
    printed = sum((part.printed for part in parts), Counter[str]())
    spellings = _spellings(printed)
    (folder / "spellings.tsv").write_text(
        "".join(f"{word}\t{spelling}\n" for word, spelling in sorted(spellings.items())), encoding="utf-8"
    )
    (folder / "held-out.txt").write_text(
        "".join(line for part in parts for line in part.held_out), encoding="utf-8"
    )


def _spellings(printed: Counter[str]) -> dict[str, str]:
    """The most common spelling with inner capitals, for each word that has one at least a few times."""
    spellings: dict[str, str] = {}
    for spelling, count in printed.most_common():
        if count >= _LEAST_SPELLINGS:
            spellings.setdefault(spelling.lower(), spelling)
    return spellings
