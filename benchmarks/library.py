"""How long the library takes with 200 hours of transcripts, and with 10,000 entries.

    python -m benchmarks.library              200 transcripts of an hour and 10,000 words each
    python -m benchmarks.library --hours 20   less of it

Words come from the vocabulary of the model that ships, as often as words of natural text do (Zipf's law), so
that searches have to cope with very frequent ones. Times are medians of several runs with a warm disk cache,
on the clock and, in brackets, of the processor, which other programs do not lengthen; each run opens the
library anew, as a program that was just started does.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.transcripts.document import Transcript, Word, segments_for_reading
from asr_desktop.transcripts.library import Library

WORDS_AN_HOUR = 10_000
SECONDS_A_WORD = 0.36
UTTERANCE_WORDS = 18
RUNS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=200)
    parser.add_argument("--entries", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        long_transcripts(Path(folder) / "library.sqlite3", arguments.hours)
        many_entries(Path(folder) / "many.sqlite3", arguments.entries)


def long_transcripts(path: Path, hours: int) -> None:
    vocabulary = (
        (bundled_models_folder() / "starter-en" / "language_model" / "unigrams.txt").read_text().split()
    )
    random = np.random.default_rng(0)
    library = Library(path)
    began, began_processor = time.perf_counter(), time.process_time()
    last = 0
    for hour in range(hours):
        last = library.add(transcript(vocabulary, random), Path(f"/talks/hour-{hour}.mp3"))
    took, processor = time.perf_counter() - began, time.process_time() - began_processor
    size = path.stat().st_size + sum(part.stat().st_size for part in path.parent.glob(path.name + "-*"))
    print(f"{hours} transcripts of {WORDS_AN_HOUR} words: {hours * WORDS_AN_HOUR / 1e6:.1f} million words")
    each = f"{took / hours * 1000:.0f} ms ({processor / hours * 1000:.0f}) each"
    print(f"  kept in {took:.1f} s, {each}; the index takes {size / 1e6:.0f} MB")
    opened = library.transcript(last)
    report("list all", path, lambda library: library.entries())
    report("open an hour", path, lambda library: library.transcript(last))
    report("save an hour, nothing changed", path, lambda library: library.save_transcript(last, opened))
    changed = iter([transcript(vocabulary, random) for _ in range(RUNS)])
    report("save an hour, all changed", path, lambda library: library.save_transcript(last, next(changed)))
    common, usual, rare = vocabulary[0], vocabulary[300], vocabulary[9000]
    phrase = f'"{opened.words[500].text} {opened.words[501].text}"'
    for name, query in (
        ("a word that is everywhere", common),
        ("a usual word", usual),
        ("a rare word", rare),
        ("two words", f"{common} {usual}"),
        ("a phrase", phrase),
        ("one letter, being typed", common[0]),
        ("a word and a beginning, being typed", f"{common} {usual[:2]}"),
    ):
        search = partial(Library.search, text=query, limit=300, as_typed="typed" in name)
        report(f"search {name} ({len(search(Library(path)))} hits)", path, search)
    began = time.perf_counter()
    Library(path).repair()
    print(f"  make the index again from the folders: {time.perf_counter() - began:.1f} s")


def many_entries(path: Path, count: int) -> None:
    library = Library(path)
    words = [Word("hello", 0.0, 0.5, 0.9), Word("there", 0.5, 1.0, 0.9)]
    short = Transcript("a.wav", 1.0, "starter-en", segments_for_reading([words]))
    began = time.perf_counter()
    for number in range(count):
        library.add(short, Path(f"/talks/{number}.mp3"), tags=["many"] if number % 3 else [])
    took = time.perf_counter() - began
    print(f"{count} entries: kept in {took:.1f} s, {took / count * 1000:.1f} ms each")
    report("list all", path, lambda library: library.entries())
    report("list those whose text or name has a word", path, lambda library: library.entries("hello"))
    report("search", path, lambda library: library.search("hello there", limit=300))


def transcript(vocabulary: list[str], random: np.random.Generator) -> Transcript:
    """An hour of words."""
    ranks = np.minimum(random.zipf(1.15, WORDS_AN_HOUR), len(vocabulary)) - 1
    utterances: list[list[Word]] = []
    for index, rank in enumerate(ranks):
        if index % UTTERANCE_WORDS == 0:
            utterances.append([])
        start = index * SECONDS_A_WORD
        utterances[-1].append(Word(vocabulary[rank], start, start + 0.3, 0.9))
    seconds = WORDS_AN_HOUR * SECONDS_A_WORD
    return Transcript("talk.mp3", seconds, "starter-en", segments_for_reading(utterances))


def report(name: str, path: Path, act: Callable[[Library], Any]) -> None:
    times, processor_times = [], []
    for _ in range(RUNS):
        library = Library(path)
        began, began_processor = time.perf_counter(), time.process_time()
        act(library)
        times.append(time.perf_counter() - began)
        processor_times.append(time.process_time() - began_processor)
        library.close()
    clock, processor = statistics.median(times) * 1000, statistics.median(processor_times) * 1000
    print(f"  {name}: {clock:.0f} ms ({processor:.0f}), slowest {max(times) * 1000:.0f}", flush=True)


if __name__ == "__main__":
    main()
