"""`asr-trainer language-model build | mix | evaluate | personal`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.argument_types import positive_count, positive_number, share

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

LEAST_MEMORY = 32_000_000
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}


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
    build.add_argument(
        "--ngrams", type=positive_count,
        help="keep at most so many n-grams of two words and more; for that, as for mixing, what --prune"
        " leaves has to fit into memory",
    )  # fmt: skip
    build.add_argument(
        "--memory", type=_memory, metavar="BYTES",
        help="to count and weigh n-grams in, like 500M or 2G; more text takes more time and disk, not more"
        " memory (1G)",
    )  # fmt: skip
    build.add_argument(
        "--temporary", type=Path, metavar="FOLDER",
        help="where temporary files go, about 60 bytes a word of text (the system's own folder)",
    )  # fmt: skip
    build.add_argument("--least", type=positive_count, default=1, help="how often a word has to occur (1)")
    _add_mixing(build)
    build.set_defaults(run=_guarded("build"))

    mix = actions.add_parser("mix", help="make one language model of a personal and a general one")
    mix.add_argument("personal", type=Path, help="an ARPA file, a KenLM trie, or a folder with one")
    mix.add_argument("--output", type=Path, required=True, help="the folder to write")
    mix.add_argument(
        "--ngrams", type=positive_count, help="keep at most so many n-grams of two words and more"
    )
    _add_mixing(mix)
    mix.set_defaults(run=_guarded("mix"))

    evaluate = actions.add_parser(
        "evaluate", help="perplexity and unknown words of a language model on texts"
    )
    evaluate.add_argument("language_model", type=Path)
    evaluate.add_argument("texts", type=Path, nargs="+")
    evaluate.set_defaults(run=_guarded("evaluate"))

    personal = actions.add_parser(
        "personal",
        help="learn what you wrote, so that it expects your words: mixed with what the model knows",
    )
    personal.add_argument(
        "texts", type=Path, nargs="*",
        help="texts to add to those that were given before (plain text, Markdown, Word)",
    )  # fmt: skip
    personal.add_argument(
        "--model", help="the model folder (name or path) to learn for (the one that the program uses)"
    )
    personal.add_argument(
        "--use", action="store_true", help="the window uses it from now on if it gains something"
    )
    personal.add_argument(
        "--take-back", action="store_true", help="the window uses the model's own again; the texts stay"
    )
    personal.add_argument("--json", action="store_true", help="progress and result as JSON lines")
    personal.set_defaults(run=_guarded("personal"))


def _add_mixing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        help="the model folder (name or path) that the language model is for: its letters, settings",
    )
    parser.add_argument("--general", type=Path, help="language model to mix with (the model folder's own)")
    parser.add_argument("--weight", type=share, help="of the personal one, between 0 and 1 (found by itself)")
    parser.add_argument("--held-out", type=Path, nargs="+", default=[], help="texts to find that weight with")


def _memory(text: str) -> int:
    number, unit = text[:-1], text[-1:].upper()
    if unit not in _UNITS:
        number, unit = text, ""
    memory = int(positive_number(number) * _UNITS[unit])
    if memory < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"{text} is too little; 32M is the least")
    return memory


def _guarded(name: str) -> Callable[[argparse.Namespace], int]:
    """The action of that name; files that cannot be read become sentences, which the command line shows."""

    def run(options: argparse.Namespace) -> int:
        # Imported when it runs: --help answers at once, and training works without the app's packages.
        from trainer.language_model import actions
        from trainer.language_model.errors import LanguageModelError

        try:
            status: int | None = getattr(actions, name)(options)
        except OSError as error:
            place = error.filename or getattr(options, "output", None) or "The language model"
            raise LanguageModelError(
                f"{place} cannot be written or read ({error.strerror or error}); check its name and its "
                "disk's space."
            ) from None
        return status or 0

    return run
