"""The model that is used where none is named. Imports next to nothing: every command asks for it."""

from __future__ import annotations

from pathlib import Path

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import paths, settings
from asr_desktop.base.sentences import Sentence


def default_model() -> str:
    """The chosen model, or the one that ships where that is gone."""
    return chosen_model()[0]


def chosen_model() -> tuple[str, str | None]:
    """The same, and a sentence for the user where it is another than was chosen, or the settings are
    damaged."""
    stored, sentence = settings.load()
    chosen = stored.model or DEFAULT_MODEL
    homes = (paths.models_folder(), paths.bundled_models_folder(), Path())
    if chosen == DEFAULT_MODEL or any((home / chosen).is_dir() for home in homes):
        return chosen, sentence
    return DEFAULT_MODEL, (
        Sentence(
            "The selected model {chosen} no longer exists, so {default_model} is used; choose another "
            "with: asr-desktop models use",
            chosen=chosen,
            default_model=DEFAULT_MODEL,
        )
    )


def chosen_language_model(model: str) -> tuple[str | None, str | None]:
    """The language model that was chosen apart ("Your texts" in the window, `asr-trainer language-model
    personal --use`), or None for the model's own; and a sentence where that one is gone or of no use.

    It was chosen for the chosen model, so it is not put under another one.
    """
    stored = settings.load()[0]
    chosen = stored.language_model
    if not chosen or model != (stored.model or DEFAULT_MODEL):
        return None, None
    if chosen == "none":
        return chosen, None
    if not Path(chosen).is_dir():
        return None, Sentence(
            "The selected language model {chosen} no longer exists, so the model's own is used.",
            chosen=chosen,
        )
    from asr_desktop.recognition.language_model import are_spelled_alike

    if not are_spelled_alike(chosen, model):
        return None, Sentence(
            "The selected language model {chosen} uses a different alphabet, so the model's own is used.",
            chosen=chosen,
        )
    return chosen, None


def set_default_model(name: str) -> None:
    """Store the choice in the settings; raises SettingsError where they cannot be written."""
    settings.save(settings.load()[0].changed(model=name))
