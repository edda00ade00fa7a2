"""The command line `asr-desktop`: its commands, each with an example.

Commands are modules of this package. A command imports its dependencies only when it runs, so that
`asr-desktop --help` is fast.
"""

from __future__ import annotations

from typing import Annotated

import typer

from asr_desktop import __version__
from asr_desktop.commands import (
    archive,
    devices,
    doctor,
    library,
    live,
    menu_entry,
    models,
    serve,
    sessions,
    transcribe,
    watch,
    window,
)


def licences(
    with_texts: Annotated[bool, typer.Option("--texts", help="Show the license texts as well.")] = False,
) -> None:
    """List everything that the program includes, and its licenses."""
    from asr_desktop.base.licences import AS_A_WHOLE, components, notice

    if with_texts:
        print(notice())
        return
    parts = components()
    width = max(len(f"{part.name} {part.version}") for part in parts)
    for part in parts:
        print(f"{part.name} {part.version}".ljust(width), part.licence, sep="  ")
    print(f"\n{AS_A_WHOLE}")


# `cli.main` handles errors, so Typer must not print tracebacks.
app = typer.Typer(
    cls=window.FilesOrCommands,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command, example in (
    (transcribe.transcribe, "transcribe interview.mp3 --format docx --format srt --output-dir texts"),
    (archive.archive, "archive broadcasts --output-dir texts --format txt --format json"),
    (watch.watch, "watch inbox --format txt --output-dir texts"),
    (live.live, 'live --device 2 --hotword "Ada Lovelace"'),
    (window.toggle, "toggle"),
    (window.start, "start"),
    (window.stop, "stop"),
    (window.cancel, "cancel"),
    (window.correct, "correct"),
    (window.tray, "tray"),
    (serve.serve, "serve --port 8765"),
    (devices.devices, "devices --watch"),
    (sessions.sessions, "sessions"),
    (sessions.recover, "recover 2026-11-21_09-30-12"),
    (doctor.doctor, "doctor"),
    (licences, "licences"),
    (menu_entry.menu_entry, "menu-entry"),
):
    app.command(epilog=f"Example: asr-desktop {example}")(command)
app.command(name=window.OPEN, epilog="Example: asr-desktop open talk.mp3")(window.open_files)
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
        window.welcome()
