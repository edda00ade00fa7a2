"""A made-up language for the tests of language models: a few words with habits of following each other."""

from __future__ import annotations

import random
from pathlib import Path

from asr_desktop.language_model.backoff_model import BackoffModel
from asr_desktop.language_model.kneser_ney import estimate
from asr_desktop.language_model.ngram_counts import NGramCounts, count_ngrams

WORDS = [f"w{number}" for number in range(30)]


def sentences(count: int, seed: int, words: list[str] = WORDS) -> list[str]:
    """Each word is followed by one of the next few with high probability."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        place = draw.randrange(len(words))
        line = []
        for _ in range(draw.randint(3, 12)):
            line.append(words[place])
            step = draw.choice((1, 1, 1, 2, 3)) if draw.random() < 0.8 else draw.randrange(len(words))
            place = (place + step) % len(words)
        lines.append(" ".join(line))
    return lines


def counts_of(lines: list[str], folder: Path, order: int = 3, words: list[str] | None = None) -> NGramCounts:
    vocabulary = words or sorted({word for line in lines for word in line.split()})
    folder.mkdir(exist_ok=True)
    return count_ngrams(lines, vocabulary, order, folder)


def model_of(
    lines: list[str],
    folder: Path,
    order: int = 3,
    prune: tuple[int, ...] = (0,),
    words: list[str] | None = None,
) -> BackoffModel:
    return estimate(counts_of(lines, folder, order, words), prune).load()


def ngrams_of(model: BackoffModel | NGramCounts, length: int) -> list[tuple[str, ...]]:
    """All n-grams of a length, as words."""
    columns = [(table.prefix[:].tolist(), table.word[:].tolist()) for table in model.tables[:length]]
    found: list[tuple[str, ...]] = []
    for row in range(len(model.tables[length - 1])):
        ngram: list[str] = []
        for prefix, word in reversed(columns):
            ngram.insert(0, model.words[word[row]])
            row = prefix[row]
        found.append(tuple(ngram))
    return found
