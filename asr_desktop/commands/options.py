"""The command-line options that several commands share, with their help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asr_desktop.base import messages
from asr_desktop.base.settings import load
from asr_desktop.transcripts.export import FORMATS
from asr_desktop.writing.options import (
    PARTS,
    SPOKEN,
    WritingOptions,
    chosen_options,
    parse_replacements,
)

if TYPE_CHECKING:
    from asr_desktop.recognition.segmenter import SegmenterOptions
    from asr_desktop.recognition.worker.protocol import ModelChoice

MOST_THREADS = 1024
"""More only takes the time to make them."""

_RECOGNITION = "Recognition"
_WRITING = "Writing"
_SPEECH = "Finding speech"
_SUBTITLES = "Subtitles (srt, vtt)"


class DecoderName(StrEnum):
    """How text is read from the acoustic model's output."""

    GREEDY = "greedy"
    BEAM = "beam"


Format = StrEnum("Format", {name.upper(): name for name in FORMATS})  # type: ignore[misc]

WritingPart = StrEnum("WritingPart", {name.upper(): name for name in PARTS})  # type: ignore[misc]

Formats = Annotated[
    list[Format] | None,
    typer.Option("--format", help="Output format. Repeatable. Default: txt.", show_choices=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def names_of(formats: list[Format] | None) -> tuple[str, ...]:
    """The formats that were asked for, each once; text where none was."""
    return tuple(dict.fromkeys(name.value for name in formats or [Format("txt")]))


def _chosen_model(context: typer.Context, value: str) -> str:
    """What --model names; where it was not given, what `models use` chose."""
    source = context.get_parameter_source("model")
    if source is not None and source.name != "DEFAULT":
        return value
    from asr_desktop.model_store.default import chosen_model

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
    typer.Option("--word-times", help="vtt: time before each word; csv: one row per word."),
]
Timestamps = Annotated[
    bool | None,
    typer.Option(
        "--timestamps/--no-timestamps",
        help="txt, docx: time before each paragraph. Default: only in docx.",
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


# From the options of a command line to what a recogniser is given


def model_choice(model: str, **wishes: Any) -> ModelChoice:
    """A model and how to use it, for the recogniser's process; `wishes` as for `transcriber_settings`.

    Raises ModelFolderError, DecoderError and SegmenterOptionsError.
    """
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.recognition.worker.protocol import ModelChoice

    find_model(model)
    settings = transcriber_settings(model, **wishes)
    hotwords, providers = settings.pop("hotwords"), settings.pop("providers")
    return ModelChoice(
        model=model,
        hotwords=tuple(hotwords),
        providers=None if providers is None else tuple(providers),
        **settings,
    )


def transcriber_settings(
    model: str,
    *,
    decoder: str,
    language_model: str | None,
    hotwords: Sequence[str] | None,
    hotwords_file: Path | None,
    providers: Sequence[str] | None,
    threads: int | None,
    decoder_options: dict[str, Any] | None = None,
    speech: dict[str, Any] | None = None,
    writing: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The arguments of a `file_pipeline.Transcriber` besides the model; in `decoder_options` and `speech`,
    None is whatever the default is.

    Without `language_model` it is the one that was chosen for this model in the window or by the trainer, or
    the model's own. Every command that recognises gets its settings here, so that all hear with the same.

    Raises DecoderError, SegmenterOptionsError and WritingError.
    """
    from asr_desktop.recognition.beam_search_options import BeamSearchOptions
    from asr_desktop.recognition.hotwords import parse_hotwords, read_hotwords_file

    if language_model is None:
        from asr_desktop.model_store.default import chosen_language_model

        language_model, sentence = chosen_language_model(model)
        if sentence:
            messages.note(sentence)
    return {
        "decoder": decoder,
        "language_model": language_model,
        "hotwords": [
            *parse_hotwords(hotwords or []),
            *(read_hotwords_file(hotwords_file) if hotwords_file else []),
        ],
        "decoder_options": BeamSearchOptions(**given(decoder_options or {})),
        "segmenter_options": segmenter_options(**speech or {}),
        "writing": writing_options(**writing or {}),
        "providers": providers or None,
        "threads": threads,
    }


def writing_options(
    *, spoken: bool = False, without: Sequence[str] | None = None, replacements: Sequence[str] | None = None
) -> WritingOptions:
    """What the settings of the window say about the written form, and what was asked for beyond them.

    Raises WritingError.
    """
    if spoken:
        return SPOKEN
    chosen = chosen_options(load()[0])
    off = tuple(dict.fromkeys((*chosen.off, *map(str, without or ()))))
    own = (*chosen.replacements, *parse_replacements(replacements or ()))
    return replace(chosen, off=off, replacements=own)


def segmenter_options(**speech: float | None) -> SegmenterOptions:
    """The fields of SegmenterOptions that are given; two of them drag along what may not be more."""
    from asr_desktop.recognition.segmenter import SegmenterOptions

    made = given(speech)
    if "hangover_ms" in made:
        made.setdefault("tail_ms", min(made["hangover_ms"], SegmenterOptions.tail_ms))
    if "threshold" in made:
        release = min(made["threshold"], SegmenterOptions.release_threshold)
        made.setdefault("release_threshold", release)
    return SegmenterOptions(**made)


def given(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that were made; the others keep the defaults of what they are settings of."""
    return {name: value for name, value in settings.items() if value is not None}
