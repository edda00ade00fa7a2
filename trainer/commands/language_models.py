"""`asr-trainer language-model build | mix | evaluate | personal`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from trainer.commands.options import (
    EXIT_NOT_BETTER,
    Folder,
    LinesJson,
    positive_count,
    positive_number,
    share,
)

LEAST_MEMORY = 32_000_000
SEVERAL_VALUES = ("--prune", "--held-out")
"""Options that take several values in a row."""

_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_SIZE = "Size"
_RESOURCES = "Resources"
_MIXING = "Mixing"


def memory_bytes(text: str) -> int:
    """Parse a number of bytes such as 500M or 2G, with a lower limit."""
    number, unit = text[:-1], text[-1:].upper()
    if unit not in _UNITS:
        number, unit = text, ""
    memory = int(positive_number(number) * _UNITS[unit])
    if memory < LEAST_MEMORY:
        raise typer.BadParameter(f"{text} is not enough; use at least 32M.")
    return memory


NgramCount = Annotated[
    int | None,
    typer.Option(
        "--ngrams",
        parser=positive_count,
        metavar="COUNT",
        help="Keep at most this many n-grams of two or more words; what --prune leaves must then fit into "
        "memory.",
        rich_help_panel=_SIZE,
    ),
]
ForModel = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="Installed model or model folder that will use the result; sets its letters and weights.",
        rich_help_panel=_MIXING,
    ),
]
General = Annotated[
    Path | None,
    typer.Option(
        "--general",
        metavar="LANGUAGE_MODEL",
        help="Language model to mix with. Default: the one of --model.",
        rich_help_panel=_MIXING,
    ),
]
Weight = Annotated[
    float | None,
    typer.Option(
        "--weight",
        parser=share,
        metavar="WEIGHT",
        help="Weight of the personal model, 0 to 1. Default: the best on --held-out.",
        rich_help_panel=_MIXING,
    ),
]
HeldOut = Annotated[
    list[Path] | None,
    typer.Option(
        "--held-out",
        metavar="TEXT…",
        help="Texts for finding the best weight.",
        rich_help_panel=_MIXING,
    ),
]


@contextmanager
def _files_in_sentences(output: Path | None = None) -> Iterator[None]:
    """Turn errors of reading and writing files into sentences for the command line."""
    from asr_desktop.base.errors import LanguageModelError

    try:
        yield
    except OSError as error:
        place = error.filename or output or "The language model"
        raise LanguageModelError(
            f"Cannot read or write {place} ({error.strerror or error}); check the name and the free "
            "disk space."
        ) from None


def build(
    texts: Annotated[
        list[Path], typer.Argument(metavar="TEXT", help="Texts, one paragraph per line; also .xz and .gz.")
    ],
    *,
    output: Folder,
    order: Annotated[
        int,
        typer.Option("--order", min=2, max=6, help="Longest n-grams, in words.", rich_help_panel=_SIZE),
    ] = 4,
    prune: Annotated[
        list[int] | None,
        typer.Option(
            "--prune",
            metavar="COUNT…",
            help="Drop n-grams that occur this often or less: one number per order, from single words up. "
            "Default: 0.",
            rich_help_panel=_SIZE,
        ),
    ] = None,
    ngrams: NgramCount = None,
    least: Annotated[
        int,
        typer.Option(
            "--least",
            parser=positive_count,
            metavar="COUNT",
            help="Drop words that occur less often.",
            rich_help_panel=_SIZE,
        ),
    ] = 1,
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory",
            parser=memory_bytes,
            metavar="BYTES",
            help="Memory for counting n-grams, such as 500M or 2G; larger texts use more time and disk "
            "instead. Default: 1G.",
            rich_help_panel=_RESOURCES,
        ),
    ] = None,
    temporary: Annotated[
        Path | None,
        typer.Option(
            "--temporary",
            metavar="FOLDER",
            help="Folder for temporary files, about 60 bytes per word of text. Default: the system's.",
            rich_help_panel=_RESOURCES,
        ),
    ] = None,
    model: ForModel = None,
    general: General = None,
    weight: Weight = None,
    held_out: HeldOut = None,
) -> int:
    """Build a language model from texts."""
    from trainer.language_models import Counting, WantedModel, build_language_model

    with _files_in_sentences(output):
        build_language_model(
            texts,
            WantedModel(output, model=model, general=general, ngrams=ngrams, memory=memory),
            Counting(order=order, prune=prune or [0], least=least, memory=memory, temporary=temporary),
            weight=weight,
            held_out=held_out or [],
        )
    return 0


def mix(
    personal_model: Annotated[
        Path,
        typer.Argument(metavar="PERSONAL", help="ARPA file, KenLM trie, or folder with one."),
    ],
    *,
    output: Folder,
    ngrams: NgramCount = None,
    model: ForModel = None,
    general: General = None,
    weight: Weight = None,
    held_out: HeldOut = None,
) -> int:
    """Mix a personal language model with a general one."""
    from trainer.language_models import WantedModel, mix_language_models

    with _files_in_sentences(output):
        target = WantedModel(output, model=model, general=general, ngrams=ngrams)
        mix_language_models(personal_model, target, weight=weight, held_out=held_out or [])
    return 0


def evaluate(
    language_model: Annotated[
        Path,
        typer.Argument(metavar="LANGUAGE_MODEL", help="ARPA file, KenLM trie, or folder with one."),
    ],
    texts: Annotated[list[Path], typer.Argument(metavar="TEXT", help="Texts to measure on.")],
) -> int:
    """Measure perplexity and unknown words of a language model on texts."""
    from trainer.language_models import fits

    with _files_in_sentences():
        for path, figures in fits(language_model, texts):
            print(f"{path}: {figures}")
    return 0


def personal(
    texts: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="TEXT",
            help="Texts to add to the ones given before (plain text, Markdown, Word).",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="Installed model or model folder to learn for. Default: the selected model.",
        ),
    ] = None,
    use: Annotated[bool, typer.Option("--use", help="Use the result from now on if it is better.")] = False,
    take_back: Annotated[
        bool,
        typer.Option(
            "--take-back",
            help="Undo: use the model's own language model again; your texts are kept.",
        ),
    ] = False,
    as_json: LinesJson = False,
) -> int:
    """Learn your words from your own texts.

    The result is mixed with the language model of the recognition model. Exit code 3: it is not better.
    """
    with _files_in_sentences():
        return _personal(texts or [], model, use=use, take_back=take_back, as_json=as_json)


def _personal(texts: list[Path], model: str | None, *, use: bool, take_back: bool, as_json: bool) -> int:
    from asr_desktop.base import settings
    from asr_desktop.base.errors import LanguageModelError
    from asr_desktop.language_model.own_texts import add_text, list_texts
    from asr_desktop.language_model.personal import learn_texts, personal_folder
    from asr_desktop.model_store.selection import default_model

    said_on = sys.stdout if as_json else sys.stderr

    def tell(stage: str, done: float) -> None:
        entry = {"type": "progress", "stage": stage, "done": done}
        print(json.dumps(entry) if as_json else f"{stage} … {done:.0%}", file=said_on, flush=True)

    if take_back:
        settings.save(settings.load()[0].changed(language_model=""))
        print("The model's own language model is now in use again.", file=said_on)
        return 0
    for path in texts:
        add_text(path)
    kept = [text.path for text in list_texts()]
    if not kept:
        raise LanguageModelError("There are no texts yet; choose some files that you wrote.")
    gain = learn_texts(kept, model or default_model(), tell=tell)
    if use and gain.is_better:
        settings.save(settings.load()[0].changed(language_model=str(personal_folder())))
    if as_json:
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
            in_use = ", and in use now." if use else "."
            print(f"{personal_folder()} is what --language-model takes{in_use}")
    return 0 if gain.is_better else EXIT_NOT_BETTER
