"""The options of recognition that commands share, in groups, and the recogniser's settings from them.

choice = model_choice(model, recognition, runtime)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asr_desktop.base import messages
from asr_desktop.base.settings import load
from asr_desktop.writing.options import PARTS, SPOKEN, WritingOptions, chosen_options, parse_replacements

if TYPE_CHECKING:
    from asr_desktop.recognition.segmenter import SegmenterOptions
    from asr_desktop.recognition.worker.protocol import ModelChoice

MOST_THREADS = 1024
"""Upper limit; more threads have no benefit."""
_RECOGNITION = "Recognition"
_WRITING = "Writing"
_SPEECH = "Finding speech"


class DecoderName(StrEnum):
    """The method of decoding the acoustic model's output."""

    GREEDY = "greedy"
    BEAM = "beam"


WritingPart = StrEnum("WritingPart", {name.upper(): name for name in PARTS})  # type: ignore[misc]


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


@dataclass(frozen=True, kw_only=True)
class RecognitionOptions:
    """What is recognised, and how it is written."""

    decoder: Annotated[
        DecoderName,
        typer.Option(
            "--decoder",
            help="beam: most accurate, uses the language model and hotwords; greedy: fastest.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = DecoderName.BEAM
    language_model: Annotated[
        str | None,
        typer.Option(
            "--language-model",
            metavar="FOLDER|none",
            help="Folder with a KenLM language model, or none. Default: the one learnt from your texts, or "
            "the model's own.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = None
    hotwords: Annotated[
        list[str] | None,
        typer.Option(
            "--hotword",
            metavar="WORDS",
            help="Word or phrase to recognise more readily, with an optional weight: “word:12”. Repeatable.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = None
    hotwords_file: Annotated[
        Path | None,
        typer.Option(
            "--hotwords-file",
            metavar="FILE",
            help="Text file with one hotword per line.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = None
    spoken: Annotated[
        bool,
        typer.Option(
            "--spoken",
            help="Leave the words as they are recognised: no punctuation, capitals or figures.",
            rich_help_panel=_WRITING,
        ),
    ] = False
    without: Annotated[
        list[WritingPart] | None,
        typer.Option(
            "--without",
            help="Leave out a part of the written form. Repeatable.",
            rich_help_panel=_WRITING,
        ),
    ] = None
    replacements: Annotated[
        list[str] | None,
        typer.Option(
            "--replace",
            metavar="SPOKEN=WRITTEN",
            help="Write words in a form of your own: “open source=open-source”. Repeatable.",
            rich_help_panel=_WRITING,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class BeamOptions:
    """Weights and width of the beam search."""

    alpha: Annotated[
        float | None,
        typer.Option(
            "--alpha",
            help="Weight of the language model. Default: the model's own.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = None
    beta: Annotated[
        float | None,
        typer.Option(
            "--beta",
            help="Bonus per word; raise it if words are missing. Default: the model's own.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = None
    beam_width: Annotated[
        int | None,
        typer.Option(
            "--beam-width",
            help="Number of hypotheses in beam search. Default: 100.",
            rich_help_panel=_RECOGNITION,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class RuntimeOptions:
    """What the network runs on."""

    threads: Threads = None
    providers: Providers = None


@dataclass(frozen=True, kw_only=True)
class SpeechOptions:
    """How speech is found in the sound."""

    voice_threshold: Annotated[
        float | None,
        typer.Option(
            "--voice-threshold",
            help="Voice probability above which sound is speech; raise it in noise. Default: 0.5.",
            rich_help_panel=_SPEECH,
        ),
    ] = None
    onset_ms: Annotated[
        float | None,
        typer.Option(
            "--onset-ms", help="Voice needed to start an utterance. Default: 64.", rich_help_panel=_SPEECH
        ),
    ] = None
    pre_roll_ms: Annotated[
        float | None,
        typer.Option(
            "--pre-roll-ms",
            help="Sound to include before the start of speech. Default: 450.",
            rich_help_panel=_SPEECH,
        ),
    ] = None
    hangover_ms: Annotated[
        float | None,
        typer.Option(
            "--hangover-ms", help="Silence needed to end an utterance. Default: 600.", rich_help_panel=_SPEECH
        ),
    ] = None
    min_speech_ms: Annotated[
        float | None,
        typer.Option(
            "--min-speech-ms", help="Ignore speech shorter than this. Default: 120.", rich_help_panel=_SPEECH
        ),
    ] = None
    max_utterance_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-utterance-seconds",
            help="Split longer speech at its best pause. Default: 16.",
            rich_help_panel=_SPEECH,
        ),
    ] = None


# The settings of a recogniser


def model_choice(
    model: str,
    recognition: RecognitionOptions,
    runtime: RuntimeOptions,
    beam: BeamOptions | None = None,
    speech: SpeechOptions | None = None,
) -> ModelChoice:
    """A model and its settings for the recogniser process.

    Raises ModelFolderError, DecoderError, SegmenterOptionsError and WritingError.
    """
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.recognition.worker.protocol import ModelChoice

    find_model(model)
    settings = transcriber_settings(model, recognition, runtime, beam, speech)
    hotwords, providers = settings.pop("hotwords"), settings.pop("providers")
    return ModelChoice(
        model=model,
        hotwords=tuple(hotwords),
        providers=None if providers is None else tuple(providers),
        **settings,
    )


def transcriber_settings(
    model: str,
    recognition: RecognitionOptions,
    runtime: RuntimeOptions,
    beam: BeamOptions | None = None,
    speech: SpeechOptions | None = None,
) -> dict[str, Any]:
    """The arguments of a `file_pipeline.Transcriber` besides the model.

    Without a language model, the one chosen for this model in the window or by the trainer is used, or the
    model's own. All commands that recognise get their settings here, so that they give the same results.

    Raises DecoderError, SegmenterOptionsError and WritingError.
    """
    from asr_desktop.recognition.beam_search_options import BeamSearchOptions
    from asr_desktop.recognition.hotwords import parse_hotwords, read_hotwords_file

    language_model = recognition.language_model
    if language_model is None:
        from asr_desktop.model_store.selection import chosen_language_model

        language_model, sentence = chosen_language_model(model)
        if sentence:
            messages.note(sentence)
    file = recognition.hotwords_file
    return {
        "decoder": recognition.decoder.value,
        "language_model": language_model,
        "hotwords": [
            *parse_hotwords(recognition.hotwords or []),
            *(read_hotwords_file(file) if file else []),
        ],
        "decoder_options": BeamSearchOptions(**given(asdict(beam or BeamOptions()))),
        "segmenter_options": segmenter_options(speech or SpeechOptions()),
        "writing": writing_options(recognition),
        "providers": runtime.providers or None,
        "threads": runtime.threads,
    }


def writing_options(recognition: RecognitionOptions) -> WritingOptions:
    """Options of the written form: the window's settings, overridden by the command line.

    Raises WritingError.
    """
    if recognition.spoken:
        return SPOKEN
    chosen = chosen_options(load()[0])
    off = tuple(dict.fromkeys((*chosen.off, *map(str, recognition.without or ()))))
    own = (*chosen.replacements, *parse_replacements(recognition.replacements or ()))
    return replace(chosen, off=off, replacements=own)


def segmenter_options(speech: SpeechOptions) -> SegmenterOptions:
    """SegmenterOptions with the given fields; two of them also lower fields that must not exceed them."""
    from asr_desktop.recognition.segmenter import SegmenterOptions

    made = given(asdict(speech))
    if "voice_threshold" in made:
        made["threshold"] = made.pop("voice_threshold")
        made["release_threshold"] = min(made["threshold"], SegmenterOptions.release_threshold)
    if "hangover_ms" in made:
        made["tail_ms"] = min(made["hangover_ms"], SegmenterOptions.tail_ms)
    return SegmenterOptions(**made)


def given(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that are not None; the others keep their defaults."""
    return {name: value for name, value in settings.items() if value is not None}
