"""`asr-desktop live`: live transcription from a microphone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.commands import options
from asr_desktop.commands.recognition_options import (
    BeamOptions,
    Model,
    RecognitionOptions,
    RuntimeOptions,
    SpeechOptions,
    model_choice,
)
from asr_desktop.commands.sessions import recordings_folder


@options.grouped
def live(
    device: options.Device = None,
    model: Model = DEFAULT_MODEL,
    recognition: RecognitionOptions = RecognitionOptions(),
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
    beam: BeamOptions = BeamOptions(),
    speech: SpeechOptions = SpeechOptions(),
    runtime: RuntimeOptions = RuntimeOptions(),
) -> None:
    """Transcribe speech from a microphone live.

    The recording is saved and added to the library. Press Ctrl-C to stop: speech up to then is still
    transcribed. Press Ctrl-C again to stop at once; `recover` transcribes the rest later.
    """
    # Imported here, so that other commands and `--help` do not wait for it.
    from asr_desktop.commands.live_captions import caption
    from asr_desktop.speakers.turns import SpeakerCount

    # Errors of the command line are reported before recording starts.
    choice = model_choice(model, recognition, runtime, beam, speech)
    caption(
        choice,
        device=device,
        folder=save or recordings_folder(),
        seconds=seconds,
        speakers=None if speakers is None else SpeakerCount.parse(speakers),
        as_json=as_json,
    )
