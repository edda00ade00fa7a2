"""`asr-trainer language-model build | mix | evaluate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.model_folder import LanguageModelFiles, find_model
from trainer.arpa import LanguageModelError
from trainer.backoff_model import BackoffModel
from trainer.corpus import ENGLISH_LETTERS, count_words, read_paragraphs, utterance_lines
from trainer.language_model import (
    ENGLISH_LABELS,
    DecodingWeights,
    choose_vocabulary,
    fit,
    learn,
    mix_with_general,
    read_language_model,
    write_language_model,
)
from trainer.ngram_pruning import prune_to_size

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

HELD_OUT_EVERY = 10  # of the paragraphs, to find the weight of a mixture


def add_commands(commands: Commands) -> None:
    """Hang `language-model` and what it can do into the trainer's command line."""
    parser = commands.add_parser(
        "language-model", help="make a language model of texts, mix it with another, measure it"
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    build = actions.add_parser(
        "build", help="make a language model of texts (a paragraph a line; .xz, .gz too)"
    )
    build.add_argument("texts", type=Path, nargs="+")
    build.add_argument("--output", type=Path, required=True, help="the folder to write")
    build.add_argument(
        "--order", type=int, choices=range(2, 7), default=4, help="longest n-grams, in words (4)"
    )
    build.add_argument(
        "--prune", type=int, nargs="+", default=[0], metavar="COUNT",
        help="leave n-grams out that occur so often or less: a number an order from one word on (0)",
    )  # fmt: skip
    build.add_argument("--ngrams", type=int, help="keep at most so many n-grams of two words and more")
    build.add_argument("--least", type=int, default=1, help="how often a word has to occur (1)")
    _add_mixing(build)
    build.set_defaults(run=_guarded(_build))

    mix = actions.add_parser("mix", help="make one language model of a personal and a general one")
    mix.add_argument("personal", type=Path, help="an ARPA file, a KenLM trie, or a folder with one")
    mix.add_argument("--output", type=Path, required=True, help="the folder to write")
    mix.add_argument("--ngrams", type=int, help="keep at most so many n-grams of two words and more")
    _add_mixing(mix)
    mix.set_defaults(run=_guarded(_mix))

    evaluate = actions.add_parser(
        "evaluate", help="perplexity and unknown words of a language model on texts"
    )
    evaluate.add_argument("language_model", type=Path)
    evaluate.add_argument("texts", type=Path, nargs="+")
    evaluate.set_defaults(run=_guarded(_evaluate))


def _add_mixing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        help="the model folder (name or path) that the language model is for: its letters, settings",
    )
    parser.add_argument("--general", type=Path, help="language model to mix with (the model folder's own)")
    parser.add_argument("--weight", type=float, help="of the personal one, between 0 and 1 (found by itself)")
    parser.add_argument("--held-out", type=Path, nargs="+", default=[], help="texts to find that weight with")


def _guarded(command: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """Files that cannot be read become sentences; the trainer's command line shows those."""

    def run(options: argparse.Namespace) -> int:
        try:
            command(options)
        except OSError as error:
            raise LanguageModelError(f"{error.filename}: {error.strerror}.") from None
        return 0

    return run


def _build(options: argparse.Namespace) -> None:
    target = _Target(options)
    paragraphs = list(read_paragraphs(options.texts, target.letters))
    vocabulary = choose_vocabulary(count_words(paragraphs), least=options.least, least_outside=options.least)

    def learned(part: Sequence[Sequence[str]]) -> BackoffModel:
        lines = utterance_lines(part)
        ngrams = None if target.general else options.ngrams  # a mixture is pruned in the end
        return learn(lines, vocabulary, order=options.order, prune=options.prune, ngrams=ngrams)

    model = learned(paragraphs)
    if target.general is None:
        target.write(model)
        return
    weight, held_out = options.weight, _lines(options.held_out, target.letters)
    if weight is None and not held_out:
        kept = [each for number, each in enumerate(paragraphs) if number % HELD_OUT_EVERY]
        held_out = [*utterance_lines(paragraphs[::HELD_OUT_EVERY])]
        if not kept:
            raise LanguageModelError("The text is too short to find a weight with; give one with --weight.")
        _, weight = mix_with_general(learned(kept), target.general, held_out)
    target.write_mixture(model, weight, held_out)


def _mix(options: argparse.Namespace) -> None:
    target = _Target(options)
    target.write_mixture(
        read_language_model(options.personal), options.weight, _lines(options.held_out, target.letters)
    )


def _evaluate(options: argparse.Namespace) -> None:
    model = read_language_model(options.language_model)
    for path in options.texts:
        print(f"{path}: {fit(model, _lines([path], ENGLISH_LETTERS))}")


def _lines(paths: Sequence[Path], letters: frozenset[str]) -> list[str]:
    return [*utterance_lines(read_paragraphs(paths, letters))]


class _Target:
    """What the language model is for: letters, decoding settings and general model come from there."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._output: Path = options.output
        self._ngrams: int | None = options.ngrams
        self._labels: Labels = ENGLISH_LABELS
        self._weights = DecodingWeights()
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
                self._weights = _weights(folder.language_model)
        if general is not None:
            self.general = read_language_model(general)

    def write(self, model: BackoffModel) -> None:
        path = write_language_model(model, self._output, labels=self._labels, weights=self._weights)
        if path.suffix == ".arpa":
            print(
                "KenLM's build_binary is not here, so the model stays an ARPA file, which loads more slowly;"
                " make the tool with scripts/build_kenlm_tools.sh.",
                file=sys.stderr,
            )
        print(f"{path}: {' + '.join(map(str, model.sizes))} n-grams")

    def write_mixture(self, personal: BackoffModel, weight: float | None, held_out: Sequence[str]) -> None:
        if self.general is None:
            raise LanguageModelError(
                "Name the general language model with --general, or its model with --model."
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


def _weights(files: LanguageModelFiles) -> DecodingWeights:
    stated = {
        name: getattr(files, name)
        for name in DecodingWeights.__dataclass_fields__
        if getattr(files, name) is not None
    }
    return DecodingWeights(**stated)
