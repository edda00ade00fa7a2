"""Builds language models from texts, mixes and measures them, and stores them in a model folder.

    texts → lines → counts → Kneser-Ney → pruning, mixing → ARPA and KenLM binary

The folder is `Wav2Vec2ProcessorWithLM`'s: `alphabet.json` and `language_model/` with `attrs.json`,
`unigrams.txt` and the n-grams.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.sentences import Sentence
from asr_desktop.language_model.arpa import read_arpa, write_arpa
from asr_desktop.language_model.backoff_model import BackoffModel, StoredModel
from asr_desktop.language_model.columns import DEFAULT_MEMORY
from asr_desktop.language_model.english import ENGLISH_VOCABULARY
from asr_desktop.language_model.kenlm_binary import build_binary, find_build_binary, read_binary
from asr_desktop.language_model.kneser_ney import estimate
from asr_desktop.language_model.ngram_counts import SPECIAL_WORDS, NGramCounts, count_ngrams
from asr_desktop.language_model.ngram_mixing import mix, tune_weights
from asr_desktop.language_model.ngram_pruning import prune_to_size
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModelWeights

LANGUAGE_MODEL_FOLDER = "language_model"
PYCTCDECODE_UNKNOWN = "⁇"
ENGLISH_LABELS = Labels(ENGLISH_VOCABULARY, blank_id=0, word_delimiter="|", special_ids=frozenset(range(4)))


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a model predicts a text: perplexity of known words, share of unknown words (0…1)."""

    perplexity: float
    unknown: float

    def __str__(self) -> str:
        return f"perplexity {self.perplexity:.1f}, {self.unknown:.1%} unknown words"


def choose_vocabulary(
    counts: Counter[str], *, dictionary: Container[str] = frozenset(), least: int = 1, least_outside: int = 1
) -> list[str]:
    """Words in the dictionary that occur at least `least` times, and other words that occur at least
    `least_outside` times: this includes names and new words but no misprints. Possessives count as their base
    word.
    """
    return sorted(
        word
        for word, count in counts.items()
        if count >= least_outside
        or (count >= least and (word in dictionary or word.removesuffix("'s") in dictionary))
    )


def learn(
    lines: Iterable[str],
    vocabulary: Iterable[str],
    *,
    other_words: Iterable[str] = (),
    order: int = 4,
    prune: Sequence[int] = (0,),
    ngrams: int | None = None,
    memory: int = DEFAULT_MEMORY,
    temporary: Path | None = None,
) -> BackoffModel:
    """A model of normalised lines, in memory: see `learning`, and `Learnt.of_size` for ngrams."""
    with learning(
        lines,
        vocabulary,
        other_words=other_words,
        order=order,
        prune=prune,
        memory=memory,
        temporary=temporary,
    ) as learnt:
        return learnt.of_size(ngrams) if ngrams else learnt.model.load()


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model in files and the counts it was estimated from, valid within the `learning` block."""

    model: StoredModel
    counts: NGramCounts

    def of_size(self, ngrams: int) -> BackoffModel:
        """The model, pruned by entropy to at most this many n-grams of two or more words.

        This needs all n-grams that `prune` left in memory at once, about 150 bytes each, regardless of
        `memory`.
        """
        return prune_to_size(self.model.load(), ngrams, self.counts)


@contextmanager
def learning(
    lines: Iterable[str],
    vocabulary: Iterable[str],
    *,
    other_words: Iterable[str] = (),
    order: int = 4,
    prune: Sequence[int] = (0,),
    memory: int = DEFAULT_MEMORY,
    temporary: Path | None = None,
) -> Iterator[Learnt]:
    """Count normalised lines and estimate a model, both in files that are deleted when the block ends.

    other_words: words that are counted but not in the model (see `kneser_ney.estimate`); words in neither
    list become one unknown word. prune: see `kneser_ney.estimate`. memory: limit in bytes for any amount of
    text, excluding the vocabulary (some hundred bytes per distinct word) and Python with NumPy. temporary:
    folder for the files; None for the system's. They take about 60 bytes per word of text (order 4). Raises
    LanguageModelError for a text without words, and where the disk is full.
    """
    place = Path(temporary or tempfile.gettempdir())
    with temporary_folder(place) as folder:
        with writing_temporary_files(place):
            known = frozenset(vocabulary)
            counts = count_ngrams(lines, known.union(other_words), order, folder, memory)
            if not counts.tables[0].count[len(SPECIAL_WORDS) :].any():
                raise LanguageModelError("The text contains no words to build a language model from.")
            model = estimate(counts, prune, known)
        yield Learnt(model, counts)


@contextmanager
def temporary_folder(place: Path) -> Iterator[Path]:
    """A folder in `place` that is always deleted when the block ends."""
    with writing_temporary_files(place):
        place.mkdir(parents=True, exist_ok=True)
    with folder_aside(place, "asr-language-model-") as folder:
        yield folder


@contextmanager
def writing_temporary_files(place: Path) -> Iterator[None]:
    """Turn a full disk or an unwritable folder into an error sentence."""
    try:
        yield
    except OSError as error:
        raise LanguageModelError(
            Sentence(
                "The temporary files of a language model cannot be written to {folder} ({reason}); free "
                "up disk space there, or choose another folder for them (--temporary).",
                folder=place,
                reason=error.strerror or error,
            )
        ) from error


def read_language_model(place: Path) -> BackoffModel:
    """Read a model from an ARPA file, a KenLM binary, a language_model/ folder or a model folder.

    Raises LanguageModelError where it is missing or cannot be read.
    """
    path = _find(place)
    return read_binary(path) if path.suffix in (".bin", ".binary") else read_arpa(path)


def mix_with_general(
    personal: BackoffModel, general: BackoffModel, held_out: Sequence[str], weight: float | None = None
) -> tuple[BackoffModel, float]:
    """(the mixture, the personal model's weight): the weight as given, or the best one for the held-out
    lines."""
    if weight is None:
        if not held_out:
            raise LanguageModelError("Give a weight between 0 and 1, or held-out text to find the best one.")
        weight = tune_weights([personal, general], held_out)[0]
    if not 0 < weight < 1:
        raise LanguageModelError(f"The weight {weight:g} is not between 0 and 1.")
    return mix([personal, general], [weight, 1 - weight]), weight


def fit(model: BackoffModel, lines: Sequence[str]) -> Fit:
    if not any(line.strip() for line in lines):
        raise LanguageModelError("The text to measure the language model on is empty.")
    return Fit(*model.perplexity(lines))


def write_language_model(
    model: BackoffModel | StoredModel,
    folder: Path,
    *,
    labels: Labels = ENGLISH_LABELS,
    attributes: Mapping[str, float | bool] | None = None,
    quantisation_bits: int = 8,
    memory: int = DEFAULT_MEMORY,
) -> Path:
    """Write the model to `folder`; returns the path of the n-grams' file.

    That is a KenLM binary if build_binary is available, otherwise an ARPA file, which loads more slowly.
    labels: the acoustic model's. attributes: the values of `LanguageModelWeights` in attrs.json, None for the
    defaults; values missing there come from the acoustic model's own language model. memory: bytes for
    build_binary's sort.
    """
    place = folder / LANGUAGE_MODEL_FOLDER
    place.mkdir(parents=True, exist_ok=True)
    for old in (*place.glob("*.bin"), *place.glob("*.arpa")):
        old.unlink()
    arpa = place / f"{model.order}gram.arpa"
    write_arpa(model, arpa)
    words = [word for word in model.words if word not in SPECIAL_WORDS]
    (place / "unigrams.txt").write_text("\n".join(words), encoding="utf-8")
    stated = asdict(LanguageModelWeights()) if attributes is None else dict(attributes)
    (place / "attrs.json").write_text(json.dumps(stated, indent=1) + "\n", encoding="utf-8")
    (folder / "alphabet.json").write_text(alphabet_json(labels), encoding="utf-8")
    tool = find_build_binary()
    if tool is None:
        return arpa
    binary = arpa.with_suffix(".bin")
    bits = quantisation_bits
    build_binary(arpa, binary, tool=tool, probability_bits=bits, backoff_bits=bits, memory=memory)
    arpa.unlink()
    return binary


def alphabet_json(labels: Labels) -> str:
    """The labels in pyctcdecode's format, which `Wav2Vec2ProcessorWithLM` compares: the blank is empty, the
    word delimiter a space.
    """
    stored = {
        labels.tokens[labels.blank_id]: "",
        labels.word_delimiter: " ",
        "<unk>": PYCTCDECODE_UNKNOWN,
        "[UNK]": PYCTCDECODE_UNKNOWN,
    }
    return json.dumps({"labels": [stored.get(token, token) for token in labels.tokens], "is_bpe": False})


def _find(place: Path) -> Path:
    if place.is_file():
        return place
    for folder in (place / LANGUAGE_MODEL_FOLDER, place):
        for pattern in ("*.bin", "*.binary", "*.arpa", "*.arpa.gz"):
            if found := sorted(folder.glob(pattern)):
                return found[0]
    raise LanguageModelError(
        f"There is no language model at {place}; choose an ARPA file, a KenLM binary or a folder."
    )
