"""Builds language models from texts in bounded memory, mixes them with a general one, and writes them."""

from __future__ import annotations

import itertools
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model.backoff_model import BackoffModel, StoredModel
from asr_desktop.language_model.columns import DEFAULT_MEMORY
from asr_desktop.language_model.corpus import ENGLISH_LETTERS, read_paragraphs, utterance_lines
from asr_desktop.language_model.ngram_pruning import prune_to_size
from asr_desktop.language_model.pipeline import (
    ENGLISH_LABELS,
    Fit,
    Learnt,
    choose_vocabulary,
    fit,
    learning,
    mix_with_general,
    read_language_model,
    temporary_folder,
    write_language_model,
    writing_temporary_files,
)
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModelWeights, stated_weights
from asr_desktop.recognition.model_folder import find_model

HELD_OUT_EVERY = 10  # paragraphs; used to find the weight of a mixture


@dataclass(frozen=True)
class Counting:
    """How n-grams are counted. prune: for each order, drop n-grams that occur this often or less.

    least: drop words that occur less often.

    memory: bytes. temporary: folder for files that are removed again.
    """

    order: int = 4
    prune: Sequence[int] = (0,)
    least: int = 1
    memory: int | None = None
    temporary: Path | None = None


def build_language_model(
    texts: Sequence[Path],
    target: WantedModel,
    counting: Counting,
    *,
    weight: float | None = None,
    held_out: Sequence[Path] = (),
) -> None:
    """Count, prune and smooth the n-grams of texts, mix the model with the target's general one, and write
    it.

    weight: of the texts in the mixture; None for the best one on held_out, or on a tenth of the texts.

    Raises LanguageModelError, OSError.
    """
    place = counting.temporary or Path(tempfile.gettempdir())
    with _stopped_like_ctrl_c(), temporary_folder(place) as folder:
        with writing_temporary_files(place):
            paragraphs = _Paragraphs(read_paragraphs(texts, target.letters), folder / "texts")
        _build_of(paragraphs, target, counting, weight, held_out)


def _build_of(
    paragraphs: _Paragraphs,
    target: WantedModel,
    counting: Counting,
    weight: float | None,
    held_out_texts: Sequence[Path],
) -> None:
    def learned(part: Iterable[Sequence[str]], words: Counter[str]) -> AbstractContextManager[Learnt]:
        vocabulary = choose_vocabulary(words, least=counting.least, least_outside=counting.least)
        return learning(
            utterance_lines(part),
            vocabulary,
            order=counting.order,
            prune=counting.prune,
            memory=counting.memory or DEFAULT_MEMORY,
            temporary=counting.temporary,
        )

    print(f"{paragraphs.words.total()} words, {len(paragraphs.words)} different ones", flush=True)
    with learned(paragraphs, paragraphs.words) as learnt:
        if target.general is None:
            target.write(learnt.of_size(target.ngrams) if target.ngrams else learnt.model)
            return
        model = learnt.model.load()
    held_out = _lines(held_out_texts, target.letters)
    if weight is None and not held_out:
        held_out = [*utterance_lines(paragraphs.held_out())]
        if paragraphs.count < 2:
            raise LanguageModelError("The text is too short to find a weight; set one with --weight.")
        # The vocabulary must not include the held-out words: a small vocabulary that contains them makes the
        # personal model look far better than it is.
        words = Counter(word for part in paragraphs.but_held_out() for line in part for word in line.split())
        with learned(paragraphs.but_held_out(), words) as learnt:
            part = learnt.model.load()
        mixture, weight = mix_with_general(part, target.general, held_out)
        print(f"held-out text: {fit(target.general, held_out)}; mixed: {fit(mixture, held_out)}")
        held_out = []  # the model was trained on it, so it cannot be used for measuring
    target.write_mixture(model, weight, held_out)


def mix_language_models(
    personal: Path, target: WantedModel, *, weight: float | None = None, held_out: Sequence[Path] = ()
) -> None:
    """Mix a language model with the target's general one; weight as for `build_language_model`.

    Raises LanguageModelError, OSError.
    """
    target.write_mixture(read_language_model(personal), weight, _lines(held_out, target.letters))


def fits(language_model: Path, texts: Sequence[Path]) -> Iterator[tuple[Path, Fit]]:
    """How well a language model predicts each text."""
    model = read_language_model(language_model)
    for path in texts:
        yield path, fit(model, _lines([path], ENGLISH_LETTERS))


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, so that temporary files are removed, also at shutdown."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only the main thread receives signals
        yield
        return
    before = {
        number: signal.signal(number, stop)
        for number in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP"))
        if number is not None
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _lines(paths: Sequence[Path], letters: frozenset[str]) -> list[str]:
    return [*utterance_lines(read_paragraphs(paths, letters))]


class _Paragraphs:
    """Normalised paragraphs on disk, for many passes in little memory. words: count of each word."""

    def __init__(self, paragraphs: Iterable[Sequence[str]], file: Path) -> None:
        self._file = file
        self.words: Counter[str] = Counter()
        self.count = 0
        with file.open("w", encoding="utf-8") as lines:
            for sentences in paragraphs:
                for sentence in sentences:
                    self.words.update(sentence.split())
                lines.write("\t".join(sentences) + "\n")
                self.count += 1

    def __iter__(self) -> Iterator[list[str]]:
        with self._file.open(encoding="utf-8") as lines:
            for line in lines:
                yield line.rstrip("\n").split("\t")

    def held_out(self) -> Iterator[list[str]]:
        return itertools.islice(self, 0, None, HELD_OUT_EVERY)

    def but_held_out(self) -> Iterator[list[str]]:
        return (each for number, each in enumerate(self) if number % HELD_OUT_EVERY)


class WantedModel:
    """The target of a language model.

    model: provides letters, decoding settings and general model. general: a different model to mix with.
    ngrams: maximum number of n-grams of two or more words. memory: bytes for writing it.
    """

    def __init__(
        self,
        output: Path,
        *,
        model: str | None = None,
        general: Path | None = None,
        ngrams: int | None = None,
        memory: int | None = None,
    ) -> None:
        self.ngrams = ngrams
        self._output = output
        self._memory = memory or DEFAULT_MEMORY
        self._labels: Labels = ENGLISH_LABELS
        self._weights = LanguageModelWeights()
        self.letters = ENGLISH_LETTERS
        self.general: BackoffModel | None = None
        if model:
            folder = find_model(model)
            self._labels = folder.labels
            self.letters = _letters(folder.labels)
            if general is None and folder.language_model is not None:
                general = folder.language_model.model_path
            if folder.language_model is not None:
                self._weights = stated_weights(folder.language_model)
        if general is not None:
            self.general = read_language_model(general)

    def write(self, model: BackoffModel | StoredModel) -> None:
        path = write_language_model(
            model, self._output, labels=self._labels, attributes=asdict(self._weights), memory=self._memory
        )
        if path.suffix == ".arpa":
            print(
                "KenLM's build_binary was not found, so the model stays an ARPA file, which loads more "
                "slowly; build the tool with scripts/build_kenlm_tools.sh.",
                file=sys.stderr,
            )
        print(f"{path}: {' + '.join(map(str, model.sizes))} n-grams")

    def write_mixture(self, personal: BackoffModel, weight: float | None, held_out: Sequence[str]) -> None:
        if self.general is None:
            raise LanguageModelError(
                "Choose the general language model with --general, or its model with --model."
            )
        mixture, weight = mix_with_general(personal, self.general, held_out, weight)
        if self.ngrams:
            mixture = prune_to_size(mixture, self.ngrams)
        print(f"weight of the personal model: {weight:.2f}")
        if held_out:
            print(f"held-out text: {fit(self.general, held_out)}; mixed: {fit(mixture, held_out)}")
        self.write(mixture)


def _letters(labels: Labels) -> frozenset[str]:
    """The letters of the labels in lower case; the app converts case when it queries a language model."""
    special = {labels.tokens[label] for label in labels.special_ids} | {labels.word_delimiter}
    return frozenset(token.lower() for token in labels.tokens if len(token) == 1 and token not in special)
