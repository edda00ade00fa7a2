"""The commands of `asr-desktop`.

Each is a module of this package. It imports its dependencies only when it runs, so that `asr-desktop --help`
is fast.
"""

from __future__ import annotations

from typing import Annotated

import typer

from asr_desktop import __version__
from asr_desktop.commands import (
    archive,
    devices,
    dictation,
    doctor,
    library,
    licences,
    live,
    menu_entry,
    models,
    serve,
    sessions,
    transcribe,
    watch,
    welcome,
)

# `cli.main` handles errors, so Typer must not print tracebacks.
app = typer.Typer(
    cls=welcome.FilesOrCommands,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command, example in (
    (transcribe.transcribe, "transcribe interview.mp3 --format docx --format srt --output-dir texts"),
    (archive.archive, "archive broadcasts --output-dir texts --format txt --format json"),
    (watch.watch, "watch inbox --format txt --output-dir texts"),
    (live.live, 'live --device 2 --hotword "Ada Lovelace"'),
    (dictation.toggle, "toggle"),
    (dictation.start, "start"),
    (dictation.stop, "stop"),
    (dictation.cancel, "cancel"),
    (dictation.correct, "correct"),
    (dictation.tray, "tray"),
    (serve.serve, "serve --port 8765"),
    (devices.devices, "devices --watch"),
    (sessions.sessions, "sessions"),
    (sessions.recover, "recover 2026-11-21_09-30-12"),
    (doctor.doctor, "doctor"),
    (licences.licences, "licences"),
    (menu_entry.menu_entry, "menu-entry"),
):
    app.command(epilog=f"Example: asr-desktop {example}")(command)
app.command(name=welcome.OPEN, epilog="Example: asr-desktop open talk.mp3")(welcome.open_files)
app.add_typer(library.app, name="library")
app.add_typer(models.app, name="models")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"asr-desktop {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Transcribe speech on your own computer. Without a command, open the window."""
    if context.invoked_subcommand is None:
        welcome.welcome()
