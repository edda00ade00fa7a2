"""`asr-desktop sessions` and `recover`: list live recordings and complete interrupted ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import messages, paths
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.commands import options
from asr_desktop.commands.recognition_options import (
    BeamOptions,
    Model,
    RecognitionOptions,
    RuntimeOptions,
    model_choice,
)

if TYPE_CHECKING:
    from asr_desktop.audio.session import Session
    from asr_desktop.recognition.worker.handles import LiveJob
    from asr_desktop.recognition.worker.protocol import Event

# The recordings folder of the commands, and adding recordings to the library


def recordings_folder() -> Path:
    """The folder chosen in the window, or the default."""
    from asr_desktop.base import settings

    stored, sentence = settings.load()
    if sentence is not None:
        messages.note(sentence)
    return Path(stored.sessions_folder) if stored.sessions_folder else paths.sessions_folder()


def keep_recording(session: Session, model: str) -> str | None:
    """Add a recording, or its new part, to the library; returns an error sentence if that fails.

    model: name or folder of the model that was used.
    """
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.transcripts.library import Library, add_session

    try:
        add_session(Library(), session, find_model(model).name)
    except AsrDesktopError as error:
        return f"{error} The recording and its text are saved in {session.path}."
    return None


Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="FOLDER",
        help="Folder with the recordings. Default: the program's own.",
        exists=True,
        file_okay=False,
    ),
]


def sessions(
    folder: Folder = None,
    as_json: options.AsJson = False,
) -> None:
    """List recordings, newest first. Use `recover` to complete interrupted ones."""
    from asr_desktop.audio.session import Session, SessionState, list_sessions
    from asr_desktop.recognition.live_session import is_recognised

    summaries = list_sessions(folder or recordings_folder())
    for summary in summaries:
        is_whole = is_recognised(Session(summary.path))
        if as_json:
            fields = {
                "name": summary.path.name,
                "path": str(summary.path),
                "started": summary.started_at.isoformat() if summary.started_at else None,
                "seconds": round(summary.duration_seconds, 3),
                "state": summary.state.value,
                "recognised": is_whole,
                "utterances": summary.utterances,
                "device": summary.device,
            }
            typer.echo(json.dumps(fields, ensure_ascii=False))
            continue
        lacks = {
            SessionState.BROKEN: "  interrupted: run recover",
            SessionState.RECORDING: "  recording now",
            SessionState.FINISHED: "" if is_whole else "  not fully transcribed: run recover",
        }[summary.state]
        minutes, seconds = divmod(round(summary.duration_seconds), 60)
        typer.echo(f"{summary.path.name}  {minutes:3d}:{seconds:02d}  {summary.utterances} utterances{lacks}")
    if not summaries and not as_json:
        messages.note("No recordings yet.")


@options.grouped
def recover(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SESSION", help="Names or folders of recordings. Default: all incomplete ones."
        ),
    ] = None,
    folder: Folder = None,
    model: Model = DEFAULT_MODEL,
    recognition: RecognitionOptions = RecognitionOptions(),
    beam: BeamOptions = BeamOptions(),
    runtime: RuntimeOptions = RuntimeOptions(),
) -> None:
    """Complete interrupted recordings: repair the sound file and transcribe the rest.

    Prints the text of each recording and adds it to the library. Existing text is kept.
    """
    from asr_desktop.recognition.worker.client import RecogniserProcess

    choice = model_choice(model, recognition, runtime, beam)
    wanted = _wanted(names, folder or recordings_folder())
    if not wanted:
        messages.note("All recordings are complete.")
        return
    has_failed = False
    told: set[str] = set()
    with RecogniserProcess() as recogniser:
        for session in wanted:
            try:
                _mend(session)
                _finish(recogniser.listen(session.path, choice), told)
            except Exception as error:
                # A session that cannot be saved must not prevent saving the others.
                messages.problem(messages.explained(error))
                has_failed = True
                continue
            typer.echo(f"==> {session.name} <==")
            for utterance in session.utterances():
                typer.echo(str(utterance["text"]))
            not_kept = keep_recording(session, model)
            if not_kept is not None:
                messages.note(not_kept)
    if has_failed:
        raise typer.Exit(1)


def _wanted(names: list[str] | None, folder: Path) -> list[Session]:
    from asr_desktop.audio.session import Session, SessionState, list_sessions, open_session
    from asr_desktop.recognition.live_session import is_recognised

    if names:
        return [open_session(name, folder) for name in names]
    return [
        Session(summary.path)
        for summary in list_sessions(folder)
        if summary.state is SessionState.BROKEN
        or (summary.state is SessionState.FINISHED and not is_recognised(Session(summary.path)))
    ]


def _mend(session: Session) -> None:
    """Repair a session's sound file. Complete sessions are unchanged; one that is being recorded is
    refused."""
    from asr_desktop.audio.session import SessionState

    if session.state() is not SessionState.FINISHED:
        session.repair()


def _finish(job: LiveJob, told: set[str]) -> None:
    """Wait until all is recognised; prints each notice only once."""
    for event in job.events():
        for sentence in _sentences(event):
            if sentence not in told:
                told.add(sentence)
                messages.note(sentence)
    job.wait()


def _sentences(event: Event) -> Sequence[str]:
    from asr_desktop.recognition.live_events import LiveNotice
    from asr_desktop.recognition.worker import protocol

    match event:
        case protocol.ModelReady(warnings=warnings):
            return warnings
        case protocol.UtteranceSkipped(message=sentence) | protocol.LiveSaid(event=LiveNotice(sentence)):
            return [sentence]
    return []
