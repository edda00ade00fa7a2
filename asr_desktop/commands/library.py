"""`asr-desktop library …`: what was transcribed and recorded, found again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop.commands import library_lines as lines
from asr_desktop.commands import messages, options
from asr_desktop.commands.progress import clock
from asr_desktop.commands.recordings import recordings_folder
from asr_desktop.errors import ExportError, LibraryError

if TYPE_CHECKING:
    from asr_desktop.transcripts.library import Library

app = typer.Typer(help="What was transcribed and recorded: find it, read it, put it in order.")

_MOST_ENTRIES = 2**63 - 1  # what SQLite can count

Number = Annotated[
    int,
    typer.Argument(metavar="ENTRY", max=_MOST_ENTRIES, help="The number that `library list` shows."),
]
Numbers = Annotated[
    list[int],
    typer.Argument(metavar="ENTRY", max=_MOST_ENTRIES, help="Numbers that `library list` shows."),
]


@app.callback(invoke_without_command=True)
def library(context: typer.Context) -> None:
    """What was transcribed and recorded: find it, read it, put it in order."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("list", epilog="Example: asr-desktop library list --tag interview")
def list_entries(
    query: Annotated[
        str | None, typer.Argument(help="Only entries with these words in text or title.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="TAG", help="Only entries with this tag.")
    ] = None,
    in_bin: Annotated[bool, typer.Option("--bin", help="What lies in the bin instead.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """List what is in the library, the newest first."""
    from asr_desktop.transcripts.library import add_new_sessions

    library = _library()
    add_new_sessions(library, folder=recordings_folder())
    entries = library.entries(query, tag, deleted=in_bin)
    for entry in entries:
        typer.echo(lines.json_of_entry(entry) if as_json else lines.line_of_entry(entry))
    _tell_notices(library)
    if not entries and not as_json:
        messages.note("Nothing was found." if query or tag else "There is nothing there yet.")


@app.command(epilog='Example: asr-desktop library search harbour "came back" "light*"')
def search(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT", help='Words, "phrases in quotes" and beginnings (harb*).')
    ],
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many places. Default: 300.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Find where something was said; exit code 1 where it never was.

    The last word may be a beginning, as in the window; in quotes it is the whole word: '"light"'.
    """
    from asr_desktop.transcripts.library import add_new_sessions
    from asr_desktop.transcripts.library.search import MOST_HITS

    library = _library()
    add_new_sessions(library, folder=recordings_folder())
    # The shell took the quotes away from a phrase that was given as one argument.
    query = " ".join(f'"{part}"' if " " in part and '"' not in part else part for part in text)
    hits = library.search(query, limit=limit or MOST_HITS, as_typed=True)
    for hit in hits:
        typer.echo(lines.json_of_hit(hit) if as_json else lines.line_of_hit(hit))
    _tell_notices(library)
    if limit is None and len(hits) == MOST_HITS:
        messages.note(f"These are the newest {MOST_HITS} places; --limit shows more.")
    if not hits:
        messages.note("Nobody said that in anything that is in the library.")
        raise typer.Exit(1)


@app.command(epilog="Example: asr-desktop library show 17 --times")
def show(
    entry: Number,
    times: Annotated[bool, typer.Option("--times", help="The time before each segment.")] = False,
) -> None:
    """Print the text of an entry, and on standard error what is known of it."""
    library = _library()
    known = library.entry(entry)
    transcript = library.transcript(entry)
    messages.note(f"{lines.about_entry(known)}; {library.audio_path(entry) or 'the sound is gone'}")
    for segment in transcript.segments:
        prefix = f"{clock(segment.start_seconds)}  " if times else ""
        prefix += f"{segment.speaker}: " if segment.speaker else ""
        typer.echo(f"{prefix}{segment.text}")


@app.command(epilog="Example: asr-desktop library export 17 --format srt --output-dir subtitles")
def export(
    entries: Numbers,
    formats: options.Formats = None,
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", metavar="FOLDER", help="Where to write; without it, it is printed."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    timestamps: options.Timestamps = None,
    word_times: options.WordTimes = False,
) -> None:
    """Write entries as text, subtitles, documents or tables."""
    from asr_desktop.jobs.outputs import ExistingOutput, file_name, write_all
    from asr_desktop.transcripts.export import ExportOptions, render

    library = _library()
    wanted = options.names_of(formats)
    if output_dir is None and (len(wanted) > 1 or len(entries) > 1):
        raise typer.BadParameter("several files need a folder to be written to.", param_hint="--output-dir")

    def write(number: int) -> None:
        transcript, title = library.transcript(number), library.entry(number).title
        export_options = ExportOptions(timestamps=timestamps, word_times=word_times, title=title)
        if output_dir is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(render(transcript, wanted[0], export_options))
            sys.stdout.flush()
            return
        existing = ExistingOutput.REPLACE if overwrite else ExistingOutput.NUMBER
        base = output_dir / file_name(title)
        for path in write_all(transcript, base, wanted, existing, export_options):
            print(path, flush=True)

    _do_each(entries, write)


@app.command(epilog="Example: asr-desktop library add talk.json")
def add(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Transcripts in the program's JSON format.")
    ],
) -> None:
    """Put transcripts into the library that were exported as JSON; their sound is where they say it is."""
    from asr_desktop.transcripts.export import read_json

    library = _library()
    has_failed = False
    for file in files:
        try:
            transcript = read_json(file)
            source = Path(transcript.source)
            source = source if source.is_absolute() else file.absolute().parent / source
            number = library.add(transcript, source)
        except (ExportError, LibraryError) as error:
            messages.problem(str(error))
            has_failed = True
            continue
        typer.echo(f"{number:5d}  {file}")
    if has_failed:
        raise typer.Exit(1)


@app.command(epilog='Example: asr-desktop library rename 17 "The harbour master"')
def rename(entry: Number, title: Annotated[str, typer.Argument(help="The new title.")]) -> None:
    """Give an entry another title; files keep their names."""
    _library().rename(entry, title)


@app.command(epilog="Example: asr-desktop library tag 17 interview harbour --remove draft")
def tag(
    entry: Number,
    tags: Annotated[list[str] | None, typer.Argument(metavar="TAG", help="Tags to add.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="TAG", help="A tag to take away; repeatable.")
    ] = None,
) -> None:
    """Add tags to an entry, or take some away; prints those that it has then."""
    library = _library()
    if tags or remove:
        gone = {name.casefold() for name in remove or []}
        kept = [name for name in library.entry(entry).tags if name.casefold() not in gone]
        library.set_tags(entry, [*kept, *(tags or [])])
    for name in library.entry(entry).tags:
        typer.echo(name)


@app.command(epilog="Example: asr-desktop library delete 17 18")
def delete(entries: Numbers) -> None:
    """Put entries into the bin; `restore` takes them out again."""
    _do_each(entries, _library().delete)


@app.command(epilog="Example: asr-desktop library restore 17")
def restore(entries: Numbers) -> None:
    """Take entries out of the bin."""
    _do_each(entries, _library().restore)


@app.command("empty-bin", epilog="Example: asr-desktop library empty-bin")
def empty_bin(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove what lies in the bin for good, recordings with their sound; your own files stay."""
    library = _library()
    binned = library.entries(deleted=True)
    if not binned:
        messages.note("The bin is empty.")
        return
    if not yes:
        typer.confirm(f"Remove {_entries(len(binned))} from the library for good?", abort=True)
    messages.note(f"Gone for good: {_entries(library.empty_bin())}.")


@app.command(epilog="Example: asr-desktop library repair")
def repair() -> None:
    """Make the library's index again from the folders of its entries."""
    library = _library()
    report = library.repair()
    for sentence in report.problems:
        messages.problem(sentence)
    messages.note(f"The index was made again from {report.entries} transcripts.")
    if report.set_aside is not None:
        messages.note(f"The damaged one lies in {report.set_aside}.")
    if report.problems:
        raise typer.Exit(1)


def _do_each(entries: Iterable[int], action: Callable[[int], None]) -> None:
    """With one after the other; what goes wrong with one is told, and the rest is done all the same."""
    has_failed = False
    for entry in entries:
        try:
            action(entry)
        except (ExportError, LibraryError) as error:
            messages.problem(str(error))
            has_failed = True
    if has_failed:
        raise typer.Exit(1)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _library() -> Library:
    from asr_desktop.transcripts.library import Library

    return Library()


def _tell_notices(library: Library) -> None:
    for sentence in library.notices:
        messages.note(sentence)
