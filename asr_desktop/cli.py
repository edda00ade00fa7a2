"""The command line `asr-desktop`, and what becomes of its errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from asr_desktop.commands.terminal import EXIT_INTERRUPTED

EXIT_FAILURE = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments, or the process's own; always raises SystemExit.

    Exit codes: 0 all went well, 1 something failed (each failure is one line on standard error), 2 the
    command line is not understood, 130 stopped with Ctrl-C.
    """
    try:
        # Imported here, so that Ctrl-C while they load shows no traceback either.
        from asr_desktop.base import log_file, messages, private_files
        from asr_desktop.commands import terminal
        from asr_desktop.commands.app import app

        private_files.begin()
        log_file.configure()
        terminal.prepare()
        try:
            app(args=arguments)
        except Exception as error:
            messages.problem(messages.explained(error))
            sys.exit(EXIT_FAILURE)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
