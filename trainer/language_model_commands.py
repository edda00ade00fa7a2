"""`asr-trainer language-model build | mix | evaluate | personal`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.command_line import add_command, positive_count, positive_number, share

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

LEAST_MEMORY = 32_000_000
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def add_commands(commands: Commands) -> None:
    """Add `language-model` and its actions to argparse's `commands`."""
    parser = add_command(
        commands,
        "language-model",
        "build, mix and measure language models, or make one from your own texts",
        example="language-model build books.xz --output books-lm --order 4",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION", title="actions")
    _add_build(actions)
    _add_mix(actions)
    _add_evaluate(actions)
    _add_personal(actions)


def _add_build(actions: Commands) -> None:
    build = add_command(
        actions,
        "build",
        "build a language model from texts",
        example="language-model build books.xz --output books-lm --order 4 --prune 0 0 1 --memory 2G",
    )
    build.add_argument(
        "texts", type=Path, nargs="+", metavar="TEXT", help="text, one paragraph per line; also .xz and .gz"
    )
    _add_output(build)
    size = build.add_argument_group("size")
    size.add_argument(
        "--order",
        type=int,
        choices=range(2, 7),
        default=4,
        help="longest n-grams, in words (default: %(default)s)",
    )
    size.add_argument(
        "--prune",
        type=int,
        nargs="+",
        default=[0],
        metavar="COUNT",
        help="drop n-grams that occur this often or less: one number per order, from single words up "
        "(default: 0)",
    )
    size.add_argument(
        "--ngrams",
        type=positive_count,
        metavar="COUNT",
        help="keep at most this many n-grams of two or more words; what --prune leaves must then fit into "
        "memory",
    )
    size.add_argument(
        "--least",
        type=positive_count,
        default=1,
        metavar="COUNT",
        help="drop words that occur less often (default: %(default)s)",
    )
    resources = build.add_argument_group("resources")
    resources.add_argument(
        "--memory",
        type=_memory,
        metavar="BYTES",
        help="memory for counting n-grams, such as 500M or 2G; larger texts use more time and disk instead "
        "(default: 1G)",
    )
    resources.add_argument(
        "--temporary",
        type=Path,
        metavar="FOLDER",
        help="folder for temporary files, about 60 bytes per word of text (default: the system's)",
    )
    _add_mixing(build)
    build.set_defaults(run=_guarded("build"))


def _add_mix(actions: Commands) -> None:
    mix = add_command(
        actions,
        "mix",
        "mix a personal language model with a general one",
        example="language-model mix letters-lm --general books-lm --output mixed-lm --weight 0.3",
    )
    mix.add_argument(
        "personal", type=Path, metavar="PERSONAL", help="ARPA file, KenLM trie, or folder with one"
    )
    _add_output(mix)
    mix.add_argument_group("size").add_argument(
        "--ngrams",
        type=positive_count,
        metavar="COUNT",
        help="keep at most this many n-grams of two or more words",
    )
    _add_mixing(mix)
    mix.set_defaults(run=_guarded("mix"))


def _add_evaluate(actions: Commands) -> None:
    evaluate = add_command(
        actions,
        "evaluate",
        "measure perplexity and unknown words of a language model on texts",
        example="language-model evaluate books-lm held-out.txt",
    )
    evaluate.add_argument(
        "language_model",
        type=Path,
        metavar="LANGUAGE_MODEL",
        help="ARPA file, KenLM trie, or folder with one",
    )
    evaluate.add_argument("texts", type=Path, nargs="+", metavar="TEXT", help="texts to measure on")
    evaluate.set_defaults(run=_guarded("evaluate"))


def _add_personal(actions: Commands) -> None:
    personal = add_command(
        actions,
        "personal",
        "learn your words from your own texts",
        example="language-model personal letters.txt report.docx --use",
        details="The result is mixed with the language model of the recognition model.",
    )
    personal.add_argument(
        "texts",
        type=Path,
        nargs="*",
        metavar="TEXT",
        help="texts to add to the ones given before (plain text, Markdown, Word)",
    )
    personal.add_argument(
        "--model", help="model folder or installed model to learn for (default: the selected model)"
    )
    use = personal.add_argument_group("use")
    use.add_argument("--use", action="store_true", help="use the result from now on if it is better")
    use.add_argument(
        "--take-back",
        action="store_true",
        help="undo: use the model's own language model again; your texts are kept",
    )
    personal.add_argument_group("output").add_argument(
        "--json", action="store_true", help="print progress and result as JSON lines"
    )
    personal.set_defaults(run=_guarded("personal"))


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="folder to write")


def _add_mixing(parser: argparse.ArgumentParser) -> None:
    mixing = parser.add_argument_group("mixing")
    mixing.add_argument(
        "--model",
        help="model folder or installed model that will use the result; sets its letters and weights",
    )
    mixing.add_argument(
        "--general",
        type=Path,
        metavar="LANGUAGE_MODEL",
        help="language model to mix with (default: the one of --model)",
    )
    mixing.add_argument(
        "--weight", type=share, help="weight of the personal model, 0 to 1 (default: the best on --held-out)"
    )
    mixing.add_argument(
        "--held-out",
        type=Path,
        nargs="+",
        default=[],
        metavar="TEXT",
        help="texts for finding the best weight",
    )


def _memory(text: str) -> int:
    number, unit = text[:-1], text[-1:].upper()
    if unit not in _UNITS:
        number, unit = text, ""
    memory = int(positive_number(number) * _UNITS[unit])
    if memory < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"{text} is not enough; use at least 32M")
    return memory


def _guarded(name: str) -> Callable[[argparse.Namespace], int]:
    """The action of that name; files that cannot be read become sentences, which the command line shows."""

    def run(options: argparse.Namespace) -> int:
        # Imported when it runs: --help answers at once, and training works without the app's packages.
        from asr_desktop.base.errors import LanguageModelError
        from trainer import language_model_actions as actions

        try:
            status: int | None = getattr(actions, name)(options)
        except OSError as error:
            place = error.filename or getattr(options, "output", None) or "The language model"
            raise LanguageModelError(
                f"Cannot read or write {place} ({error.strerror or error}); check the name and the free "
                "disk space."
            ) from None
        return status or 0

    return run
