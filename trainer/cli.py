"""The command line ``asr-trainer``, and its exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from asr_desktop.commands.terminal import EXIT_INTERRUPTED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0: success. 1: failure, with one sentence on standard error. 2: invalid command line. 130: stopped with
    Ctrl-C. Further codes are named in the commands' help.
    """
    try:
        # Imported here, so that Ctrl-C during loading shows no traceback either.
        from asr_desktop.base import log_file, private_files
        from asr_desktop.commands import terminal
        from trainer.commands.app import PROGRAM, app

        private_files.begin()
        log_file.configure()
        terminal.prepare()
        app(args=arguments, prog_name=PROGRAM)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        print("asr-trainer: stopped.", file=sys.stderr, flush=True)
        return EXIT_INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
