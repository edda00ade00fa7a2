"""`asr-desktop live`: live transcription from a microphone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.commands import options
from asr_desktop.commands.options import DecoderName
from asr_desktop.commands.sessions import recordings_folder
from asr_desktop.commands.transcriber_settings import model_choice


def live(
    device: options.Device = None,
    model: options.Model = DEFAULT_MODEL,
    decoder: options.Decoder = DecoderName.BEAM,
    language_model: options.LanguageModel = None,
    hotwords: options.Hotwords = None,
    hotwords_file: options.HotwordsFile = None,
    spoken: options.Spoken = False,
    without: options.Without = None,
    replacements: options.Replace = None,
    speakers: options.Speakers = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line, including partial results.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="FOLDER",
            help="Folder for the recording. Default: with the other recordings.",
            file_okay=False,
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.0, help="Stop after this many seconds.")
    ] = None,
    alpha: options.Alpha = None,
    beta: options.Beta = None,
    beam_width: options.BeamWidth = None,
    voice_threshold: options.VoiceThreshold = None,
    onset_ms: options.OnsetMs = None,
    pre_roll_ms: options.PreRollMs = None,
    hangover_ms: options.HangoverMs = None,
    min_speech_ms: options.MinSpeechMs = None,
    max_utterance_seconds: options.MaxUtteranceSeconds = None,
    threads: options.Threads = None,
    providers: options.Providers = None,
) -> None:
    """Transcribe speech from a microphone live.

    The recording is saved and added to the library. Press Ctrl-C to stop: speech up to then is still
    transcribed. Press Ctrl-C again to stop at once; `recover` transcribes the rest later.
    """
    # Imported here, so that other commands and `--help` do not wait for it.
    from asr_desktop.commands.live_captions import caption
    from asr_desktop.speakers.turns import SpeakerCount

    # Errors of the command line are reported before recording starts.
    choice = model_choice(
        model,
        decoder=decoder.value,
        language_model=language_model,
        hotwords=hotwords,
        hotwords_file=hotwords_file,
        writing={"spoken": spoken, "without": without, "replacements": replacements},
        providers=providers,
        threads=threads,
        decoder_options={"alpha": alpha, "beta": beta, "beam_width": beam_width},
        speech={
            "threshold": voice_threshold,
            "onset_ms": onset_ms,
            "pre_roll_ms": pre_roll_ms,
            "hangover_ms": hangover_ms,
            "min_speech_ms": min_speech_ms,
            "max_utterance_seconds": max_utterance_seconds,
        },
    )
    caption(
        choice,
        device=device,
        folder=save or recordings_folder(),
        seconds=seconds,
        speakers=None if speakers is None else SpeakerCount.parse(speakers),
        as_json=as_json,
    )
