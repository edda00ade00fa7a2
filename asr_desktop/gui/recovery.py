"""Recovers recordings of an earlier run that ended in a crash or whose text is incomplete.

Does the same as `asr-desktop recover`, and adds the result to the library.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from asr_desktop.gui.live_controller import live_speakers
from asr_desktop.recognition.live_events import LiveOptions

if TYPE_CHECKING:
    from asr_desktop.audio.session import Session
    from asr_desktop.gui.app_context import AppContext

SHORTEST_SECONDS = 0.5
"""Minimum length of a recording to ask about."""


def left_behind(folder: Path | None = None) -> list[Session]:
    """Recordings that need recovery, newest first, without those still running."""
    from asr_desktop.audio.session import Session, SessionState, list_sessions
    from asr_desktop.recognition.live_session import is_recognised

    return [
        Session(summary.path)
        for summary in list_sessions(folder)
        if summary.duration_seconds >= SHORTEST_SECONDS
        and (
            summary.state is SessionState.BROKEN
            or (summary.state is SessionState.FINISHED and not is_recognised(Session(summary.path)))
        )
    ]


def offer_recovery(context: AppContext) -> None:
    """Search for such recordings in the background, and offer to recover them."""
    folder = context.settings.sessions_folder
    operation = context.run(left_behind, Path(folder) if folder else None)
    operation.on_success(lambda sessions: _offer(context, sessions) if sessions else None)


def recover(
    context: AppContext, sessions: list[Session], progress: Callable[[int], None] | None = None
) -> list[int]:
    """Repair each recording, recognise its missing text, and add it to the library; returns the entries' ids.

    Call it outside of the window's thread. `progress` is called with the number of recordings done.
    """
    from asr_desktop.audio.session import SessionState
    from asr_desktop.transcripts.library import add_session

    choice = context.model_choice(with_hotwords=False)
    entries = []
    for number, session in enumerate(sessions, start=1):
        if session.state() is not SessionState.FINISHED:
            session.repair()
        options = LiveOptions(speakers=live_speakers(context))
        context.live_engine.listen(session.path, choice, options).wait()
        entries.append(add_session(context.library, session, choice.model))
        if progress is not None:
            progress(number)
    return entries


def _offer(context: AppContext, sessions: list[Session]) -> None:
    translate = QCoreApplication.translate
    seconds = sum(session.duration_seconds() for session in sessions)
    length = f"{int(seconds // 60)}:{int(seconds % 60):02d}"
    if len(sessions) == 1:
        sentence = translate(
            "Recovery", "A recording of {length} minutes was interrupted; its audio is safe."
        )
    else:
        sentence = translate(
            "Recovery",
            "{count} recordings, {length} minutes in total, were interrupted; their audio is safe.",
        )
    context.offer.emit(
        sentence.format(count=len(sessions), length=length),
        translate("Recovery", "Recover"),
        lambda: _recover(context, sessions),
    )


def _recover(context: AppContext, sessions: list[Session]) -> None:
    translate = QCoreApplication.translate
    sentence = translate(
        "Recovery", "Recovering: the recording is being transcribed. You can continue working."
    )
    context.show_message.emit(sentence, "info", "")

    def done(entries: list[int]) -> None:
        context.library_changed.emit()
        context.offer.emit(
            translate("Recovery", "Recovered; it is in the Library."),
            translate("Recovery", "Open"),
            lambda: context.open_transcript.emit(entries[0], 0.0),
        )

    context.run(recover, context, sessions).on_success(done)
