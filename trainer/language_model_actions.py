"""What `asr-trainer language-model build | mix | evaluate | personal` do.

Their options are in `commands`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from asr_desktop.base import settings
from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model.backoff_model import BackoffModel, StoredModel
from asr_desktop.language_model.columns import DEFAULT_MEMORY
from asr_desktop.language_model.corpus import ENGLISH_LETTERS, read_paragraphs, utterance_lines
from asr_desktop.language_model.ngram_pruning import prune_to_size
from asr_desktop.language_model.pipeline import (
    ENGLISH_LABELS,
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
from asr_desktop.model_store.default import default_model
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModelWeights, stated_weights
from asr_desktop.recognition.model_folder import find_model

HELD_OUT_EVERY = 10  # of the paragraphs, to find the weight of a mixture
NOTHING_GAINED = 3
"""Exit code where a person's texts are not worth a language model of their own."""


def build(options: argparse.Namespace) -> None:
    target = _Target(options)
    place = options.temporary or Path(tempfile.gettempdir())
    with _stopped_like_ctrl_c(), temporary_folder(place) as folder:
        with writing_temporary_files(place):
            paragraphs = _Paragraphs(read_paragraphs(options.texts, target.letters), folder / "texts")
        _build_of(paragraphs, options, target)


def _build_of(paragraphs: _Paragraphs, options: argparse.Namespace, target: _Target) -> None:
    def learned(part: Iterable[Sequence[str]], words: Counter[str]) -> AbstractContextManager[Learnt]:
        vocabulary = choose_vocabulary(words, least=options.least, least_outside=options.least)
        return learning(
            utterance_lines(part),
            vocabulary,
            order=options.order,
            prune=options.prune,
            memory=options.memory or DEFAULT_MEMORY,
            temporary=options.temporary,
        )

    print(f"{paragraphs.words.total()} words, {len(paragraphs.words)} different ones", flush=True)
    with learned(paragraphs, paragraphs.words) as learnt:
        if target.general is None:
            target.write(learnt.of_size(options.ngrams) if options.ngrams else learnt.model)
            return
        model = learnt.model.load()
    weight, held_out = options.weight, _lines(options.held_out, target.letters)
    if weight is None and not held_out:
        held_out = [*utterance_lines(paragraphs.held_out())]
        if paragraphs.count < 2:
            raise LanguageModelError("The text is too short to find a weight; set one with --weight.")
        # It may not even know the held-out words: a small vocabulary that happens to hold them makes the
        # personal model look far better than it is.
        words = Counter(word for part in paragraphs.but_held_out() for line in part for word in line.split())
        with learned(paragraphs.but_held_out(), words) as learnt:
            part = learnt.model.load()
        mixture, weight = mix_with_general(part, target.general, held_out)
        print(f"held-out text: {fit(target.general, held_out)}; mixed: {fit(mixture, held_out)}")
        held_out = []  # the whole model has read it: nothing is to be measured with it any more
    target.write_mixture(model, weight, held_out)


def mix(options: argparse.Namespace) -> None:
    target = _Target(options)
    target.write_mixture(
        read_language_model(options.personal), options.weight, _lines(options.held_out, target.letters)
    )


def evaluate(options: argparse.Namespace) -> None:
    model = read_language_model(options.language_model)
    for path in options.texts:
        print(f"{path}: {fit(model, _lines([path], ENGLISH_LETTERS))}")


def personal(options: argparse.Namespace) -> int:
    """Exit code 0 where the texts gained something, 3 where they did not."""
    from asr_desktop.language_model.own_texts import add_text, list_texts
    from asr_desktop.language_model.personal import learn_texts, personal_folder

    def tell(stage: str, done: float) -> None:
        entry = {"type": "progress", "stage": stage, "done": done}
        print(json.dumps(entry) if options.json else f"{stage} … {done:.0%}", file=_out(options), flush=True)

    if options.take_back:
        settings.save(settings.load()[0].changed(language_model=""))
        print("The model's own language model is now in use again.", file=_out(options))
        return 0
    for path in options.texts:
        add_text(path)
    texts = [text.path for text in list_texts()]
    if not texts:
        raise LanguageModelError("There are no texts yet; choose some files that you wrote.")
    gain = learn_texts(texts, options.model or default_model(), tell=tell)
    if options.use and gain.is_better:
        settings.save(settings.load()[0].changed(language_model=str(personal_folder())))
    if options.json:
        result = {
            "type": "result",
            "sentence": gain.sentence,
            "finished": True,
            "offered": gain.is_better,
            "folder": str(personal_folder()) if gain.is_better else None,
            **asdict(gain),
        }
        print(json.dumps(result, ensure_ascii=False), flush=True)
    else:
        print(gain.sentence)
        if gain.is_better:
            print(
                f"{personal_folder()} is what --language-model takes"
                + (", and in use now." if options.use else ".")
            )
    return 0 if gain.is_better else NOTHING_GAINED


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """Whoever asks the process to end, a system that shuts down too, leaves no temporary files behind."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only there signals are heard
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


def _out(options: argparse.Namespace) -> TextIO:
    return sys.stdout if options.json else sys.stderr


def _lines(paths: Sequence[Path], letters: frozenset[str]) -> list[str]:
    return [*utterance_lines(read_paragraphs(paths, letters))]


class _Paragraphs:
    """Normalised paragraphs on disk, for many passes in little memory; words: how often each comes."""

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


class _Target:
    """What the language model is for: letters, decoding settings and general model come from there."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._output: Path = options.output
        self._ngrams: int | None = options.ngrams
        self._memory: int = getattr(options, "memory", None) or DEFAULT_MEMORY
        self._labels: Labels = ENGLISH_LABELS
        self._weights = LanguageModelWeights()
        self.letters = ENGLISH_LETTERS
        self.general: BackoffModel | None = None
        general: Path | None = options.general
        if options.model:
            folder = find_model(options.model)
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
        if self._ngrams:
            mixture = prune_to_size(mixture, self._ngrams)
        print(f"weight of the personal model: {weight:.2f}")
        if held_out:
            print(f"held-out text: {fit(self.general, held_out)}; mixed: {fit(mixture, held_out)}")
        self.write(mixture)


def _letters(labels: Labels) -> frozenset[str]:
    """What the labels spell, in lower case; the app asks a language model in its own case."""
    special = {labels.tokens[label] for label in labels.special_ids} | {labels.word_delimiter}
    return frozenset(token.lower() for token in labels.tokens if len(token) == 1 and token not in special)
