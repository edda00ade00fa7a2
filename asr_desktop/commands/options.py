"""The command-line options that several commands share, with their help."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from asr_desktop.commands.recognition_options import given
from asr_desktop.transcripts.export import FORMATS, SubtitleRules

_SUBTITLES = "Subtitles (srt, vtt)"
OUTPUT = "Output"
ADDRESS = "Address and access"
LIMITS = "Limits"

Format = StrEnum("Format", {name.upper(): name for name in FORMATS})  # type: ignore[misc]


Formats = Annotated[
    list[Format] | None,
    typer.Option(
        "--format",
        help="Output format. Repeatable. Default: txt.",
        show_choices=True,
        rich_help_panel=OUTPUT,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def names_of(formats: list[Format] | None) -> tuple[str, ...]:
    """The requested formats without duplicates; text by default."""
    return tuple(dict.fromkeys(name.value for name in formats or [Format("txt")]))


Track = Annotated[
    int | None,
    typer.Option(
        "--track",
        min=1,
        help="Number of the audio track, from 1. Default: the file's default track.",
    ),
]
Speakers = Annotated[
    str | None,
    typer.Option(
        "--speakers",
        metavar="auto|N|MIN-MAX",
        help="Tell the speakers apart: as many as are heard, N, or from MIN to MAX. Default: do not.",
    ),
]
WordTimes = Annotated[
    bool,
    typer.Option(
        "--word-times",
        help="vtt: time before each word; csv: one row per word.",
        rich_help_panel=OUTPUT,
    ),
]
Timestamps = Annotated[
    bool | None,
    typer.Option(
        "--timestamps/--no-timestamps",
        help="txt, docx: time before each paragraph. Default: only in docx.",
        rich_help_panel=OUTPUT,
    ),
]
Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="INPUT",
        help="Number or name of the input, see `asr-desktop devices`. Default: the system default.",
    ),
]

Host = Annotated[
    str,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        help="Address to listen on. Default: this computer only.",
        show_default=False,
        rich_help_panel=ADDRESS,
    ),
]
Port = Annotated[
    int,
    typer.Option(
        "--port", min=0, max=65_535, help="Port to listen on; 0 for any free port.", rich_help_panel=ADDRESS
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        help="File with the API key that clients must send; ASR_DESKTOP_TOKEN does the same. "
        "Required unless --host is this computer.",
        rich_help_panel=ADDRESS,
    ),
]

# Groups of options: a dataclass whose fields are options stands for all of them in a command's signature


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command with groups among its parameters, as Typer has to see it: with each group's options in its
    place."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}
    shown = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name in groups:
            options = get_type_hints(groups[parameter.name], include_extras=True)
            shown += [
                parameter.replace(name=option.name, default=option.default, annotation=options[option.name])
                for option in fields(groups[parameter.name])
            ]
        else:
            shown.append(parameter.replace(annotation=hints[parameter.name]))

    @wraps(command)
    def with_groups(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{option.name: values.pop(option.name) for option in fields(group)})
        command(**values)

    with_groups.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    with_groups.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return with_groups


@dataclass(frozen=True, kw_only=True)
class SubtitleOptions:
    """The limits of a subtitle; None keeps a default."""

    max_line_length: Annotated[
        int | None,
        typer.Option(
            "--max-line-length", help="Maximum characters per line. Default: 43.", rich_help_panel=_SUBTITLES
        ),
    ] = None
    max_lines: Annotated[
        int | None,
        typer.Option(
            "--max-lines", help="Maximum lines per subtitle. Default: 2.", rich_help_panel=_SUBTITLES
        ),
    ] = None
    max_reading_speed: Annotated[
        float | None,
        typer.Option(
            "--max-reading-speed",
            help="Maximum characters per second. Default: 25.",
            rich_help_panel=_SUBTITLES,
        ),
    ] = None
    ideal_reading_speed: Annotated[
        float | None,
        typer.Option(
            "--ideal-reading-speed",
            help="Preferred characters per second, if there is time. Default: 15.",
            rich_help_panel=_SUBTITLES,
        ),
    ] = None
    min_subtitle_seconds: Annotated[
        float | None,
        typer.Option(
            "--min-subtitle-seconds", help="Minimum time on screen. Default: 1.", rich_help_panel=_SUBTITLES
        ),
    ] = None
    max_subtitle_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-subtitle-seconds", help="Maximum time on screen. Default: 8.", rich_help_panel=_SUBTITLES
        ),
    ] = None
    subtitle_gap_seconds: Annotated[
        float | None,
        typer.Option(
            "--subtitle-gap-seconds",
            help="Minimum gap between subtitles. Default: 0.024.",
            rich_help_panel=_SUBTITLES,
        ),
    ] = None

    def rules(self) -> SubtitleRules:
        """The rules with these limits. Raises ExportError."""
        rules = {
            "max_line_width": self.max_line_length,
            "max_lines": self.max_lines,
            "max_characters_per_second": self.max_reading_speed,
            "ideal_characters_per_second": self.ideal_reading_speed,
            "min_seconds": self.min_subtitle_seconds,
            "max_seconds": self.max_subtitle_seconds,
            "min_gap_seconds": self.subtitle_gap_seconds,
        }
        return SubtitleRules(**given(rules))
