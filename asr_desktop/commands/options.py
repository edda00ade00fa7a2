"""The command-line options that several commands share, with their help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asr_desktop.base import messages
from asr_desktop.commands.transcriber_settings import given
from asr_desktop.transcripts.export import FORMATS, SubtitleRules
from asr_desktop.writing.options import PARTS

MOST_THREADS = 1024
"""Upper limit; more threads have no benefit."""

_RECOGNITION = "Recognition"
_WRITING = "Writing"
_SPEECH = "Finding speech"
_SUBTITLES = "Subtitles (srt, vtt)"
OUTPUT = "Output"
ADDRESS = "Address and access"
LIMITS = "Limits"


class DecoderName(StrEnum):
    """The method of decoding the acoustic model's output."""

    GREEDY = "greedy"
    BEAM = "beam"


Format = StrEnum("Format", {name.upper(): name for name in FORMATS})  # type: ignore[misc]

WritingPart = StrEnum("WritingPart", {name.upper(): name for name in PARTS})  # type: ignore[misc]

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


def _chosen_model(context: typer.Context, value: str) -> str:
    """The value of --model; by default the model chosen with `models use`."""
    source = context.get_parameter_source("model")
    if source is not None and source.name != "DEFAULT":
        return value
    from asr_desktop.model_store.selection import chosen_model

    name, sentence = chosen_model()
    if sentence:
        messages.note(sentence)
    return name


Model = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="NAME_OR_FOLDER",
        help="Installed model (see `models list`) or model folder. "
        "Default: the model chosen with `models use`.",
        show_default=False,
        callback=_chosen_model,
        rich_help_panel=_RECOGNITION,
    ),
]
Decoder = Annotated[
    DecoderName,
    typer.Option(
        "--decoder",
        help="beam: most accurate, uses the language model and hotwords; greedy: fastest.",
        rich_help_panel=_RECOGNITION,
    ),
]
LanguageModel = Annotated[
    str | None,
    typer.Option(
        "--language-model",
        metavar="FOLDER|none",
        help="Folder with a KenLM language model, or none. Default: the one learnt from your texts, or the "
        "model's own.",
        rich_help_panel=_RECOGNITION,
    ),
]
Hotwords = Annotated[
    list[str] | None,
    typer.Option(
        "--hotword",
        metavar="WORDS",
        help="Word or phrase to recognise more readily, with an optional weight: “word:12”. Repeatable.",
        rich_help_panel=_RECOGNITION,
    ),
]
HotwordsFile = Annotated[
    Path | None,
    typer.Option(
        "--hotwords-file",
        metavar="FILE",
        help="Text file with one hotword per line.",
        rich_help_panel=_RECOGNITION,
    ),
]
Spoken = Annotated[
    bool,
    typer.Option(
        "--spoken",
        help="Leave the words as they are recognised: no punctuation, capitals or figures.",
        rich_help_panel=_WRITING,
    ),
]
Without = Annotated[
    list[WritingPart] | None,
    typer.Option(
        "--without",
        help="Leave out a part of the written form. Repeatable.",
        rich_help_panel=_WRITING,
    ),
]
Replace = Annotated[
    list[str] | None,
    typer.Option(
        "--replace",
        metavar="SPOKEN=WRITTEN",
        help="Write words in a form of your own: “open source=open-source”. Repeatable.",
        rich_help_panel=_WRITING,
    ),
]
Alpha = Annotated[
    float | None,
    typer.Option(
        "--alpha",
        help="Weight of the language model. Default: the model's own.",
        rich_help_panel=_RECOGNITION,
    ),
]
Beta = Annotated[
    float | None,
    typer.Option(
        "--beta",
        help="Bonus per word; raise it if words are missing. Default: the model's own.",
        rich_help_panel=_RECOGNITION,
    ),
]
BeamWidth = Annotated[
    int | None,
    typer.Option(
        "--beam-width",
        help="Number of hypotheses in beam search. Default: 100.",
        rich_help_panel=_RECOGNITION,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        max=MOST_THREADS,
        help="Processor threads. Default: one per core.",
        rich_help_panel=_RECOGNITION,
    ),
]
Providers = Annotated[
    list[str] | None,
    typer.Option(
        "--provider",
        metavar="NAME",
        help="Run the model on cpu, cuda, coreml, directml (ONNX Runtime), or torch, torch:cuda, "
        "torch:mps, torch:cpu (PyTorch). Repeatable, best first. Default: the fastest available.",
        rich_help_panel=_RECOGNITION,
    ),
]

VoiceThreshold = Annotated[
    float | None,
    typer.Option(
        "--voice-threshold",
        help="Voice probability above which sound is speech; raise it in noise. Default: 0.5.",
        rich_help_panel=_SPEECH,
    ),
]
OnsetMs = Annotated[
    float | None,
    typer.Option(
        "--onset-ms", help="Voice needed to start an utterance. Default: 64.", rich_help_panel=_SPEECH
    ),
]
PreRollMs = Annotated[
    float | None,
    typer.Option(
        "--pre-roll-ms",
        help="Sound to include before the start of speech. Default: 450.",
        rich_help_panel=_SPEECH,
    ),
]
HangoverMs = Annotated[
    float | None,
    typer.Option(
        "--hangover-ms", help="Silence needed to end an utterance. Default: 600.", rich_help_panel=_SPEECH
    ),
]
MinSpeechMs = Annotated[
    float | None,
    typer.Option(
        "--min-speech-ms", help="Ignore speech shorter than this. Default: 120.", rich_help_panel=_SPEECH
    ),
]
MaxUtteranceSeconds = Annotated[
    float | None,
    typer.Option(
        "--max-utterance-seconds",
        help="Split longer speech at its best pause. Default: 16.",
        rich_help_panel=_SPEECH,
    ),
]

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
LineLength = Annotated[
    int | None,
    typer.Option(
        "--max-line-length", help="Maximum characters per line. Default: 43.", rich_help_panel=_SUBTITLES
    ),
]
Lines = Annotated[
    int | None,
    typer.Option("--max-lines", help="Maximum lines per subtitle. Default: 2.", rich_help_panel=_SUBTITLES),
]
ReadingSpeed = Annotated[
    float | None,
    typer.Option(
        "--max-reading-speed", help="Maximum characters per second. Default: 25.", rich_help_panel=_SUBTITLES
    ),
]
IdealReadingSpeed = Annotated[
    float | None,
    typer.Option(
        "--ideal-reading-speed",
        help="Preferred characters per second, if there is time. Default: 15.",
        rich_help_panel=_SUBTITLES,
    ),
]
ShortestSubtitle = Annotated[
    float | None,
    typer.Option(
        "--min-subtitle-seconds", help="Minimum time on screen. Default: 1.", rich_help_panel=_SUBTITLES
    ),
]
LongestSubtitle = Annotated[
    float | None,
    typer.Option(
        "--max-subtitle-seconds", help="Maximum time on screen. Default: 8.", rich_help_panel=_SUBTITLES
    ),
]
SubtitleGap = Annotated[
    float | None,
    typer.Option(
        "--subtitle-gap-seconds",
        help="Minimum gap between subtitles. Default: 0.024.",
        rich_help_panel=_SUBTITLES,
    ),
]


def subtitle_rules(
    *,
    max_line_length: int | None,
    max_lines: int | None,
    max_reading_speed: float | None,
    ideal_reading_speed: float | None,
    min_subtitle_seconds: float | None,
    max_subtitle_seconds: float | None,
    subtitle_gap_seconds: float | None,
) -> SubtitleRules:
    """The rules that the options above give; None keeps a default. Raises ExportError."""
    rules = {
        "max_line_width": max_line_length,
        "max_lines": max_lines,
        "max_characters_per_second": max_reading_speed,
        "ideal_characters_per_second": ideal_reading_speed,
        "min_seconds": min_subtitle_seconds,
        "max_seconds": max_subtitle_seconds,
        "min_gap_seconds": subtitle_gap_seconds,
    }
    return SubtitleRules(**given(rules))


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
