"""Where commands keep recordings, and how the library gets them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asr_desktop.base import messages, paths
from asr_desktop.base.errors import AsrDesktopError

if TYPE_CHECKING:
    from asr_desktop.audio.session import Session


def recordings_folder() -> Path:
    """The folder that was chosen in the window, or the program's own."""
    from asr_desktop.base import settings

    stored, sentence = settings.load()
    if sentence is not None:
        messages.note(sentence)
    return Path(stored.sessions_folder) if stored.sessions_folder else paths.sessions_folder()


def keep_recording(session: Session, model: str) -> str | None:
    """Put a recording into the library, or what is new of it; a sentence where that cannot be done.

    model: what was recognised with, by name or folder.
    """
    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.transcripts.library import Library, add_session

    try:
        add_session(Library(), session, find_model(model).name)
    except AsrDesktopError as error:
        return f"{error} The recording and its text are saved in {session.path}."
    return None
