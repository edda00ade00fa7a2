"""The command line `asr-trainer`: its commands and their error handling."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from asr_desktop import __version__
from asr_desktop.base import messages, paths, private_files
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.json_messages import line_of
from asr_desktop.commands.terminal import EXIT_INTERRUPTED
from trainer.commands import data, language_models, measuring, serving, training, voice

PROGRAM = "asr-trainer"
EXIT_FAILURE = 1
RESUMING = ("train", "pretrain", "personalise", "record", "train-writing")
"""Commands that resume when they are run again."""


class TrainerCommand(TyperCommand):
    """A command that returns its exit code; a failure is one sentence on standard error, and code 1."""

    def parse_args(self, context: typer.Context, arguments: list[str]) -> list[str]:  # type: ignore[override]
        known = {name for parameter in self.params for name in parameter.opts}
        several = known.intersection(language_models.SEVERAL_VALUES)
        return super().parse_args(context, repeated(arguments, several))

    def invoke(self, context: typer.Context) -> Any:  # type: ignore[override]
        raise typer.Exit(self._status(context))

    def _status(self, context: typer.Context) -> int:
        if not private_files.is_private(_written_to(context.params)):
            _make_caches()
            private_files.end()
        try:
            status: int = super().invoke(context)
            sys.stdout.flush()
        except AsrDesktopError as error:
            _say(str(error))
            if context.params.get("as_json"):  # programs cannot rely on the translated sentence
                print(line_of(error), flush=True)
            return EXIT_FAILURE
        except KeyboardInterrupt:
            if context.info_name in RESUMING:
                _say("stopped. Run the same command again to resume.")
            else:
                _say("stopped.")
            return EXIT_INTERRUPTED
        except (BrokenPipeError, typer.Exit, typer.BadParameter):
            raise
        except Exception as error:
            _say(messages.explained(error))
            return EXIT_FAILURE
        return status


def repeated(arguments: Sequence[str], options: set[str]) -> list[str]:
    """Rewrite `--option a b` as `--option a --option b` for these options."""
    written: list[str] = []
    option = None
    for argument in arguments:
        if argument.startswith("-") and len(argument) > 1:
            option = argument if argument in options else None
            written += [] if option else [argument]
        else:
            written += [option, argument] if option else [argument]
    return written


def _make_caches() -> None:
    """Create PyTorch's cache folder now: later, new files get the usual, less private mode."""
    cache = Path(os.environ["TORCHINDUCTOR_CACHE_DIR"])  # set by the package
    if private_files.is_private(cache):
        with suppress(OSError):  # reported by the code that writes there
            private_files.make_folder(cache)


def _written_to(values: dict[str, Any]) -> Path:
    """The command's output folder: as given, otherwise below the data folder."""
    told = (values.get(name) for name in ("output", "model"))
    return next((place for place in told if isinstance(place, Path)), paths.data_folder())


def _say(sentence: str) -> None:
    print(f"{PROGRAM}: {sentence}", file=sys.stderr, flush=True)


# `TrainerCommand` handles errors, so Typer must not print tracebacks.
app = typer.Typer(
    epilog=f"Run `{PROGRAM} COMMAND --help` for the options of a command and an example.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Train and measure speech recognition models, and teach them your voice and words."""


language_model = typer.Typer(
    help="Build, mix and measure language models, or make one from your own texts.", no_args_is_help=False
)

Functions = tuple[tuple[str, Callable[..., int], str], ...]
YOUR_VOICE: Functions = (
    ("record", data.record, "record --output my-voice --minutes 10"),
    ("pairs", data.pairs, "pairs talk.json --output my-corrections"),
    ("check", data.check, "check recordings --output good.jsonl"),
    ("personalise", voice.personalise, "personalise my-recordings my-corrections --adopt"),
    ("rollback", voice.rollback, "rollback my-voice"),
)
MODELS: Functions = (
    ("train", training.train, "train recordings --from wav2vec2-base-960h --output my-model --minutes 60"),
    (
        "pretrain",
        training.pretrain,
        "pretrain recordings --from facebook-wav2vec2-base --output pretrained --minutes 240",
    ),
    ("export", training.export, "export checkpoint --output my-model --dev dev.jsonl"),
    ("synthesise", data.synthesise, "synthesise books.xz --output synthetic --sentences 20000 --workers 4"),
)
FIGURES: Functions = (
    ("evaluate", measuring.evaluate, "evaluate starter-en test.jsonl --language-model none"),
    (
        "compare",
        measuring.compare,
        "compare starter-en my-model held-out.jsonl --general others.jsonl --adopt my-voice",
    ),
    ("weigh", measuring.weigh, "weigh my-model held-out.jsonl --write"),
    ("card", measuring.card, "card my-model test.jsonl --before starter-en --licence cc-by-4.0"),
)
WRITING: Functions = (
    (
        "train-writing",
        training.train_writing,
        "train-writing texts --recipe trainer/recipes/writing-en.toml --output my-writing",
    ),
    (
        "measure-pauses",
        training.measure_pauses,
        "measure-pauses librispeech-train-a --model starter-en --writing models/writing-en",
    ),
)
SERVERS: Functions = (
    ("serve", serving.serve, "serve starter-en --port 8080"),
    ("endpoint", serving.endpoint, "endpoint starter-en --output model.tar.gz"),
)
LANGUAGE_MODELS: Functions = (
    (
        "build",
        language_models.build,
        "language-model build books.xz --output books-lm --order 4 --prune 0 0 1 --memory 2G",
    ),
    (
        "mix",
        language_models.mix,
        "language-model mix letters-lm --general books-lm --output mixed-lm --weight 0.3",
    ),
    ("evaluate", language_models.evaluate, "language-model evaluate books-lm held-out.txt"),
    ("personal", language_models.personal, "language-model personal letters.txt report.docx --use"),
)


def _add(commands: typer.Typer, functions: Functions, panel: str | None) -> None:
    for name, function, example in functions:
        commands.command(
            name, cls=TrainerCommand, epilog=f"Example: {PROGRAM} {example}", rich_help_panel=panel
        )(function)


_add(app, YOUR_VOICE, "Your voice")
_add(app, MODELS, "Models")
_add(app, FIGURES, "Figures")
_TEXT = "Language and writing"
app.add_typer(
    language_model,
    name="language-model",
    epilog=f"Example: {PROGRAM} {LANGUAGE_MODELS[0][2]}",
    rich_help_panel=_TEXT,
)
_add(language_model, LANGUAGE_MODELS, None)
_add(app, WRITING, _TEXT)
_add(app, SERVERS, "For other programs")
