"""Results of trainings, as JSON lines beside the recordings."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from asr_desktop.base.small_file import READ_ERRORS, read_json_lines
from asr_desktop.base.typed_data import TypedData, TypedDataError
from asr_desktop.teaching.material import MODEL_FOLDER

_DATA = TypedData(passes_over_unknown=True)

HISTORY_FILE = "history.jsonl"


@dataclass(frozen=True)
class Gain:
    """One training. Rates are word error rates (shares, with the language model where there is one): `before`
    of the model in use, `after` of the new one; own: on the person's held-out speech; general: on others'.
    """

    when: str  # ISO 8601, UTC
    model: str  # what was in use
    minutes: float  # of speech that was learnt from
    held_out_minutes: float
    own_before: float
    own_after: float
    general_before: float | None
    general_after: float | None
    offered: bool
    sentence: str


def append_gain(home: Path, gain: Gain) -> None:
    """Raises OSError."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / HISTORY_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(gain), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def figures_so_far(home: Path) -> list[dict[str, float]]:
    """How the training that was stopped went until then: a row a moment, with step and loss, or cer and wer;
    empty where none was stopped."""
    training = home / MODEL_FOLDER / "training"
    return read_figures(training / "figures.jsonl") if (training / "state.pt").is_file() else []


def read_gains(home: Path) -> list[Gain]:
    """Oldest first; a line that a crash cut short, or that is something else, is left out."""
    gains = []
    with suppress(*READ_ERRORS):
        for entry in read_json_lines(home / HISTORY_FILE):
            with suppress(TypedDataError):
                gains.append(_DATA.read(entry, Gain))
    return gains


def read_figures(path: Path) -> list[dict[str, float]]:
    """The figures that a training wrote; a line that a kill cut short is left out."""
    try:
        return list(read_json_lines(path))
    except READ_ERRORS:
        return []
