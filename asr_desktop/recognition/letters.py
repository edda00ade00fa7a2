"""Which letters a model writes, and whether a language model was made for the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.model_folder import find_model

ALPHABET_FILE = "alphabet.json"


def letters_of(labels: Labels) -> frozenset[str]:
    """The letters among the labels, in lower case; apostrophes, delimiters and special labels are none."""
    special = {labels.tokens[label] for label in labels.special_ids}
    return _letters(token for token in labels.tokens if token not in special)


def are_spelled_alike(language_model: str | Path, model: str | Path) -> bool:
    """Whether a language model's folder says that it is for the letters of this model. What does not say so,
    and what cannot be read, counts as alike: loading it says what is wrong."""
    try:
        stored = read_json(Path(language_model) / ALPHABET_FILE)
        made_for = _letters(stored["labels"])
        written = letters_of(find_model(model).labels)
    except (*READ_ERRORS, KeyError, TypeError, AsrDesktopError):
        return True
    return made_for == written


def _letters(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(token.lower() for token in tokens if len(token) == 1 and token.isalpha())
