"""Builds the language model of models/starter-en from ../shared: books, interviews, the training transcripts.

    .venv/bin/python scripts/build_starter_language_model.py OUTPUT [--size starter|large]

About eight minutes. OUTPUT gets alphabet.json and language_model/. Prints the perplexity on the transcripts
of the development packs, which it was not made from.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from asr_desktop.base.errors import AsrDesktopError  # noqa: E402
from asr_desktop.language_model.corpus import count_words, read_paragraphs, utterance_lines  # noqa: E402
from asr_desktop.language_model.pipeline import choose_vocabulary, fit, learn, write_language_model  # noqa: E402
from asr_desktop.teaching.dataset import find_packs, read_manifest  # noqa: E402

SHARED = Path(os.environ.get("ASR_SHARED", REPOSITORY.parent / "shared"))
# How often each training pack's transcripts count. Prompts of the accented and volunteers' packs are short
# everyday sentences and numbers, which books hardly have; LibriSpeech's are more books.
TRANSCRIPT_WEIGHTS = {
    "librispeech-train-a": 1,
    "librispeech-train-b": 1,
    "accented-train": 15,
    "commonvoice-train": 15,
}
# Books tell how people write, interviews how they talk; `interviews-dev` is kept out.
TEXTS = ("books", "interviews")
DEV_PACKS = ("librispeech-dev", "accented-dev", "commonvoice-dev")


@dataclass(frozen=True)
class Size:
    """least_…: see choose_vocabulary. prune: counts up to which n-grams are left out at once. ngrams: kept in
    the end, by entropy. quantisation_bits: 6 cost 0.3 % of perplexity against 8 and save a tenth of the file.
    """

    least_in_dictionary: int
    least_outside: int
    prune: tuple[int, ...]
    ngrams: int
    quantisation_bits: int


SIZES = {
    "starter": Size(3, 20, (0, 0, 1, 1), 3_000_000, 6),  # 15 MB: stays in the repository
    "large": Size(1, 8, (0, 0, 0, 1), 12_000_000, 8),  # 60 MB: a download
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path, help="a model folder, made where it is not there")
    parser.add_argument("--size", choices=SIZES, default="starter")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="asr-starter-lm-") as folder:
        try:
            build(options.output, SIZES[options.size], Path(folder))
        except AsrDesktopError as error:
            sys.exit(str(error))


def build(output: Path, size: Size, scratch: Path) -> None:
    texts = [path for kind in TEXTS for path in sorted((SHARED / "text").glob(f"{kind}-[0-9]*.txt.xz"))]
    if not texts:
        sys.exit(
            f"There are no texts in {SHARED / 'text'}; name the folder of the shared data in ASR_SHARED."
        )
    normalised = scratch / "texts.tsv"
    with normalised.open("w", encoding="utf-8") as file:
        file.writelines("\t".join(sentences) + "\n" for sentences in read_paragraphs(texts))
    report("texts normalised")

    transcripts = {name: pack_transcripts(name, scratch) for name in TRANSCRIPT_WEIGHTS}
    in_dictionary = set(dictionary_words(SHARED / "text" / "cmudict.dict"))
    counts = count_words(paragraphs(normalised))
    vocabulary = set(
        choose_vocabulary(
            counts,
            dictionary=in_dictionary,
            least=size.least_in_dictionary,
            least_outside=size.least_outside,
        )
    )
    vocabulary |= set(count_words(transcripts.values()))
    report(f"{len(vocabulary)} words in the vocabulary")

    lines = chain(
        utterance_lines(paragraphs(normalised), vocabulary),
        *(transcripts[name] * weight for name, weight in TRANSCRIPT_WEIGHTS.items()),
    )
    model = learn(lines, vocabulary, other_words=counts, prune=size.prune, ngrams=size.ngrams)
    report(f"{' + '.join(map(str, model.sizes))} n-grams")
    path = write_language_model(model, output, quantisation_bits=size.quantisation_bits)
    report(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
    for name in DEV_PACKS:
        print(f"{name}: {fit(model, pack_transcripts(name, scratch))}")


def paragraphs(normalised: Path) -> Iterator[list[str]]:
    with normalised.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def pack_transcripts(name: str, scratch: Path) -> list[str]:
    [folder] = find_packs([name], [SHARED / "speech"], scratch)
    return [utterance.text for utterance in read_manifest(folder)]


def dictionary_words(path: Path) -> Iterable[str]:
    """The words of a CMU pronouncing dictionary, `read` once for `read` and `read(2)`."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.split(maxsplit=1)[0].partition("(")[0]


_STARTED = time.monotonic()


def report(done: str) -> None:
    print(f"{time.monotonic() - _STARTED:6.0f} s  {done}", flush=True)


if __name__ == "__main__":
    main()
