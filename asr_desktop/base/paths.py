"""Where things lie: what the program stores, and what it brings along.

Everything that is stored lies under one folder, `data_folder()`, which the environment variable
`ASR_DESKTOP_HOME` moves as a whole. These functions only name places; whoever writes into one makes it.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "ASR_DESKTOP_HOME"

_PACKAGE_FOLDER = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """The one folder that holds all that the program stores."""
    moved = os.environ.get(HOME_VARIABLE)
    if moved:
        return Path(moved).expanduser().absolute()
    return Path(platformdirs.user_data_dir("asr-desktop", appauthor=False))


def models_folder() -> Path:
    """Models the user trained, converted or downloaded: one model folder each."""
    return data_folder() / "models"


def sessions_folder() -> Path:
    """Recordings: one folder for each session."""
    return data_folder() / "sessions"


def settings_file() -> Path:
    """The user's settings."""
    return data_folder() / "settings.toml"


def library_file() -> Path:
    """The library of transcripts (SQLite)."""
    return data_folder() / "library.sqlite3"


def voices_file() -> Path:
    """Voices that the user had remembered, so that the program knows them again."""
    return data_folder() / "voices.json"


def keyboard_permission_file() -> Path:
    """The desktop's token for the permission to type into other programs (Wayland)."""
    return data_folder() / "keyboard-permission"


def logs_folder() -> Path:
    """Details of unexpected errors, for a defect report."""
    return data_folder() / "logs"


def bundled_models_folder() -> Path:
    """The models that come with the program."""
    return _bundled("models")


def resources_folder() -> Path:
    """Samples, icons and the like that come with the program."""
    return _bundled("resources")


def _bundled(name: str) -> Path:
    # An installed wheel carries these folders inside the package; in a checkout they lie beside it.
    installed = _PACKAGE_FOLDER / "bundled"
    return (installed if installed.is_dir() else _PACKAGE_FOLDER.parent) / name
