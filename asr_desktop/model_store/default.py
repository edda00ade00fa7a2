"""The model that is used where none is named. Imports next to nothing: every command asks for it."""

from __future__ import annotations

from pathlib import Path

from asr_desktop import DEFAULT_MODEL, paths, settings


def default_model() -> str:
    """The chosen model, or the one that ships where that is gone."""
    return chosen_model()[0]


def chosen_model() -> tuple[str, str | None]:
    """The same, and a sentence for the user where it is another than was chosen, or the settings are "
    "damaged."""
    stored, sentence = settings.load()
    chosen = stored.model or DEFAULT_MODEL
    homes = (paths.models_folder(), paths.bundled_models_folder(), Path())
    if chosen == DEFAULT_MODEL or any((home / chosen).is_dir() for home in homes):
        return chosen, sentence
    return DEFAULT_MODEL, (
        f"The chosen model {chosen} is no longer there, so {DEFAULT_MODEL} is used; choose another with: "
        "asr-desktop models use"
    )


def set_default_model(name: str) -> None:
    """Store the choice in the settings; raises SettingsError where they cannot be written."""
    settings.save(settings.load()[0].changed(model=name))
