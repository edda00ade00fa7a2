"""The command line ``asr-trainer``, and what becomes of its errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from asr_desktop.base import paths
from asr_desktop.commands.terminal import EXIT_INTERRUPTED

EXIT_FAILURE = 1
GOING_ON = ("train", "pretrain", "personalise", "record", "train-writing")
"""Commands that begin where they were stopped when they are run again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code; what fails is one sentence on standard error and code 1."""
    try:
        return _run(arguments)
    except BrokenPipeError:
        # Nobody reads on. Python would complain once more when it empties the stream at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILURE
    except KeyboardInterrupt:
        _say("stopped.")
        return EXIT_INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    # Imported here, so that Ctrl-C while they load shows no traceback either.
    from asr_desktop.base import private_files
    from asr_desktop.base.errors import AsrDesktopError
    from asr_desktop.base.json_messages import line_of
    from asr_desktop.commands import terminal
    from trainer.commands import parser

    private_files.begin()
    terminal.prepare()
    options = parser().parse_args(arguments)
    if not private_files.is_private(_written_to(options)):
        _make_caches()
        private_files.end()
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except AsrDesktopError as error:
        _say(str(error))
        if getattr(options, "json", False):  # whoever reads the lines may speak another language
            print(line_of(error), flush=True)
        return EXIT_FAILURE
    except KeyboardInterrupt:
        if options.command not in GOING_ON:
            raise
        _say("stopped. Run the same command again to resume.")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        from asr_desktop.base import messages

        _say(messages.explained(error))
        return EXIT_FAILURE
    return status


def _make_caches() -> None:
    """Make the folder that PyTorch would make later, when new files of the program have the usual mode."""
    from asr_desktop.base import private_files

    cache = Path(os.environ["TORCHINDUCTOR_CACHE_DIR"])  # set by the package
    if private_files.is_private(cache):
        with suppress(OSError):  # told of by whoever writes there
            private_files.make_folder(cache)


def _written_to(options: argparse.Namespace) -> Path:
    """Where the command writes: what it was told, else below the data folder."""
    told = (getattr(options, name, None) for name in ("output", "folder", "model", "source"))
    return next((place for place in told if isinstance(place, Path)), paths.data_folder())


def _say(sentence: str) -> None:
    print(f"asr-trainer: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
