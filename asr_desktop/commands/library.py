"""`asr-desktop library …`: search and organise transcripts and recordings."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop.base import messages
from asr_desktop.base.clock import clock
from asr_desktop.base.errors import ExportError, LibraryError
from asr_desktop.commands import options
from asr_desktop.commands.sessions import recordings_folder

if TYPE_CHECKING:
    from asr_desktop.transcripts.library import Entry, Hit, Library

# Entries and search hits of the library as lines of text or JSON

_MARK, _UNMARK = "\x1b[1m", "\x1b[0m"


def line_of_entry(entry: Entry) -> str:
    """Number, time, length, title and tags."""
    tags = "".join(f"  #{name}" for name in entry.tags)
    return f"{entry.id:5d}  {_when(entry)}  {clock(entry.duration_seconds):>8}  {entry.title}{tags}"


def json_of_entry(entry: Entry) -> str:
    """The entry as a JSON object."""
    return json.dumps(
        {
            "entry": entry.id,
            "kind": entry.kind,
            "title": entry.title,
            "source": str(entry.source),
            "created": entry.created_at.isoformat(),
            "seconds": round(entry.duration_seconds, 3),
            "model": entry.model,
            "words": entry.word_count,
            "first_words": entry.first_words,
            "tags": list(entry.tags),
            "edited": entry.edited_at.isoformat() if entry.edited_at else None,
            "deleted": entry.deleted_at.isoformat() if entry.deleted_at else None,
        },
        ensure_ascii=False,
    )


def about_entry(entry: Entry) -> str:
    """Such as "talk, 2026-11-21 09:30, 12:01, 1700 words, starter-en, #interview"."""
    parts = [entry.title, _when(entry), clock(entry.duration_seconds), f"{entry.word_count} words"]
    return ", ".join([*parts, entry.model or "model unknown", *(f"#{tag}" for tag in entry.tags)])


def line_of_hit(hit: Hit) -> str:
    """Number, time, title and the text there; in a terminal the match is bold."""
    speaker = f"{hit.speaker}: " if hit.speaker else ""
    return f"{hit.entry_id:5d}  {clock(hit.start_seconds):>8}  {hit.title}: {speaker}{_marked(hit)}"


def json_of_hit(hit: Hit) -> str:
    """One line of JSON; `marks` are the matches in `snippet` as (start, end) in characters."""
    return json.dumps(
        {
            "entry": hit.entry_id,
            "title": hit.title,
            "start": hit.start_seconds,
            **({"speaker": hit.speaker} if hit.speaker else {}),
            "snippet": hit.snippet,
            "marks": hit.marks,
        },
        ensure_ascii=False,
    )


def _when(entry: Entry) -> str:
    return f"{entry.created_at.astimezone():%Y-%m-%d %H:%M}"


def _marked(hit: Hit) -> str:
    if not sys.stdout.isatty():
        return hit.snippet
    text, end = "", 0
    for start, stop in hit.marks:
        text += hit.snippet[end:start] + _MARK + hit.snippet[start:stop] + _UNMARK
        end = stop
    return text + hit.snippet[end:]


app = typer.Typer(help="Search, read and organise your transcripts and recordings.")

_MOST_ENTRIES = 2**63 - 1  # largest integer of SQLite

Number = Annotated[
    int,
    typer.Argument(metavar="ENTRY", max=_MOST_ENTRIES, help="Entry number, see `library list`."),
]
Numbers = Annotated[
    list[int],
    typer.Argument(metavar="ENTRY", max=_MOST_ENTRIES, help="Entry numbers, see `library list`."),
]


@app.callback(invoke_without_command=True)
def library(context: typer.Context) -> None:
    """Search, read and organise your transcripts and recordings."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("list", epilog="Example: asr-desktop library list --tag interview")
def list_entries(
    query: Annotated[
        str | None, typer.Argument(help="Show only entries with these words in the text or title.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="TAG", help="Show only entries with this tag.")
    ] = None,
    in_bin: Annotated[bool, typer.Option("--bin", help="Show the bin.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """List the entries, newest first."""
    from asr_desktop.transcripts.library import add_new_sessions

    library = _library()
    add_new_sessions(library, folder=recordings_folder())
    entries = library.entries(query, tag, deleted=in_bin)
    for entry in entries:
        typer.echo(json_of_entry(entry) if as_json else line_of_entry(entry))
    _tell_notices(library)
    if not entries and not as_json:
        messages.note("No matches." if query or tag else "The library is empty.")


@app.command(epilog='Example: asr-desktop library search harbour "came back" "light*"')
def search(
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT",
            help='Words, "phrases in quotes", prefixes (harb*) and speaker:NAME.',
        ),
    ],
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Maximum number of matches. Default: 300.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Search all transcripts. The exit code is 1 if there are no matches.

    The last word also matches as a prefix. Put it in quotes to match the whole word: '"light"'.
    """
    from asr_desktop.transcripts.library import add_new_sessions
    from asr_desktop.transcripts.library.search import MOST_HITS

    library = _library()
    add_new_sessions(library, folder=recordings_folder())
    # The shell removes the quotes of a phrase that is given as one argument.
    query = " ".join(f'"{part}"' if " " in part and '"' not in part else part for part in text)
    hits = library.search(query, limit=limit or MOST_HITS, as_typed=True)
    for hit in hits:
        typer.echo(json_of_hit(hit) if as_json else line_of_hit(hit))
    _tell_notices(library)
    if limit is None and len(hits) == MOST_HITS:
        messages.note(f"Showing the newest {MOST_HITS} matches; use --limit to show more.")
    if not hits:
        messages.note("No matches.")
        raise typer.Exit(1)


@app.command(epilog="Example: asr-desktop library show 17 --times")
def show(
    entry: Number,
    times: Annotated[bool, typer.Option("--times", help="Print the time before each segment.")] = False,
) -> None:
    """Print the text of an entry."""
    library = _library()
    known = library.entry(entry)
    transcript = library.transcript(entry)
    messages.note(f"{about_entry(known)}; {library.audio_path(entry) or 'sound file missing'}")
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
        typer.Option("--output-dir", metavar="FOLDER", help="Output folder. Default: print the text."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace existing files.")] = False,
    timestamps: options.Timestamps = None,
    word_times: options.WordTimes = False,
) -> None:
    """Export entries as text, subtitles, documents or tables."""
    from asr_desktop.jobs.outputs import ExistingOutput, file_name, write_all
    from asr_desktop.transcripts.export import ExportOptions, render

    library = _library()
    wanted = options.names_of(formats)
    if output_dir is None and (len(wanted) > 1 or len(entries) > 1):
        raise typer.BadParameter("required for several files.", param_hint="--output-dir")

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
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Transcripts in JSON format.")],
) -> None:
    """Import transcripts that were exported as JSON. Sound files stay where they are."""
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
    """Rename an entry. File names do not change."""
    _library().rename(entry, title)


@app.command(epilog="Example: asr-desktop library tag 17 interview harbour --remove draft")
def tag(
    entry: Number,
    tags: Annotated[list[str] | None, typer.Argument(metavar="TAG", help="Tags to add.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="TAG", help="Remove this tag. Repeatable.")
    ] = None,
) -> None:
    """Add or remove tags of an entry, and print its tags."""
    library = _library()
    if tags or remove:
        gone = {name.casefold() for name in remove or []}
        kept = [name for name in library.entry(entry).tags if name.casefold() not in gone]
        library.set_tags(entry, [*kept, *(tags or [])])
    for name in library.entry(entry).tags:
        typer.echo(name)


@app.command(epilog="Example: asr-desktop library delete 17 18")
def delete(entries: Numbers) -> None:
    """Move entries to the bin. Undo with `library restore`."""
    _do_each(entries, _library().delete)


@app.command(epilog="Example: asr-desktop library restore 17")
def restore(entries: Numbers) -> None:
    """Restore entries from the bin."""
    _do_each(entries, _library().restore)


@app.command("empty-bin", epilog="Example: asr-desktop library empty-bin")
def empty_bin(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Permanently delete everything in the bin, including recordings. Your own files are kept."""
    library = _library()
    binned = library.entries(deleted=True)
    if not binned:
        messages.note("The bin is empty.")
        return
    if not yes:
        typer.confirm(f"Permanently delete {_entries(len(binned))}?", abort=True)
    messages.note(f"Deleted {_entries(library.empty_bin())}.")


@app.command(epilog="Example: asr-desktop library repair")
def repair() -> None:
    """Rebuild the library index."""
    library = _library()
    report = library.repair()
    for sentence in report.problems:
        messages.problem(sentence)
    messages.note(f"Rebuilt the index from {report.entries} transcripts.")
    if report.set_aside is not None:
        messages.note(f"The damaged index was moved to {report.set_aside}.")
    if report.problems:
        raise typer.Exit(1)


def _do_each(entries: Iterable[int], action: Callable[[int], None]) -> None:
    """Apply `action` to each entry; an error is reported, and the remaining entries are still processed."""
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
