"""What to train on and what to measure with: no voice, or no sitting, on both sides.

A recogniser that has heard a speaker, a room or a sentence in training does better on it, so a split at
random promises more than it keeps. By whole speakers the figures say how well a stranger is understood; by
whole sessions (for one's own voice) how well the same person is understood another day. Where nobody says
what is a session, the recordings are taken in the order of their names, a few neighbours at a time.

    asr-model/data/train.jsonl        both lists are manifests that `read_dataset` reads, so a result can
    asr-model/data/validation.jsonl   be repeated, and the same speech stays unheard in the next training
    asr-model/data/split.json         how they were made
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr_desktop.base.atomic_write import write_text
from asr_desktop.teaching.dataset import DataError, TrainingUtterance

FOLDER = "data"
TRAIN_FILE = "train.jsonl"
VALIDATION_FILE = "validation.jsonl"
SETTINGS_FILE = "split.json"

BY_SPEAKER, BY_SESSION, BY_ORDER = "speaker", "session", "order"
_NEIGHBOURS = 10
_LEAST_GROUPS = 3
"""With fewer speakers or sessions, one on the validation side would take too much away from training."""


@dataclass(frozen=True, slots=True)
class Split:
    """`by` is what the two sides do not share; `sentences` tell a person how it was done, and its limits."""

    train: list[TrainingUtterance]
    validation: list[TrainingUtterance]
    by: str
    seed: int
    sentences: tuple[str, ...] = ()


def split(
    utterances: Sequence[TrainingUtterance],
    *,
    validation_share: float = 0.1,
    most_validation_seconds: float = 1800.0,
    by: str | None = None,
    seed: int = 1,
) -> Split:
    """Divide a data set. The same utterances and seed give the same split, in whatever order they come.

    validation_share: of the seconds, for the validation side, `most_validation_seconds` at most; whole
    groups seldom fit exactly. by: "speaker", "session" or "order"; None takes the first of them for which
    there are at least three groups.

    :raises DataError: too little for two sides, or no such groups.
    """
    ordered = sorted(utterances, key=_key)
    by = by or _best_way(ordered)
    groups = _grouped(ordered, by)
    if len(groups) < 2:
        raise DataError(
            f"The data cannot be divided by {by}: all {len(ordered)} utterances have the same one. Add "
            "more data, or divide by order."
        )
    wanted = min(validation_share * sum(u.seconds for u in ordered), most_validation_seconds)
    chosen = _choose(groups, wanted, seed)
    validation = [u for number in sorted(chosen) for u in groups[number]]
    train = [u for number, group in enumerate(groups) if number not in chosen for u in group]
    return Split(train, validation, by, seed, tuple(_sentences(train, validation, by, len(chosen), groups)))


def evenly(utterances: Sequence[TrainingUtterance], count: int) -> list[TrainingUtterance]:
    """So many of them, evenly over the whole: its first part may be one speaker."""
    return [utterances[number * len(utterances) // count] for number in range(count)]


def write_split(split: Split, model_folder: Path) -> Path:
    """Write both lists into `model_folder`/data and return that folder.

    :raises DataError: it cannot be written.
    """
    folder = model_folder / FOLDER
    settings = {"by": split.by, "seed": split.seed, "notes": list(split.sentences)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_list(folder / TRAIN_FILE, split.train)
        write_list(folder / VALIDATION_FILE, split.validation)
        write_text(folder / SETTINGS_FILE, json.dumps(settings, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise DataError(
            f"The lists of the training data cannot be written to {folder} ({error.strerror or error}); "
            "free up disk space or choose another output folder."
        ) from error
    return folder


def write_list(path: Path, utterances: Iterable[TrainingUtterance]) -> None:
    """Utterances as a manifest in JSON lines, whole or not at all. Raises OSError."""
    lines = (json.dumps(_entry(utterance), ensure_ascii=False) + "\n" for utterance in utterances)
    write_text(path, "".join(lines))


def _entry(utterance: TrainingUtterance) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "file": str(utterance.path.absolute()),
        "speaker": utterance.speaker,
        "session": utterance.session,
        "seconds": round(utterance.seconds, 4),
        "transcript": utterance.transcript,
    }
    if utterance.start_seconds or utterance.end_seconds is not None:
        entry |= {"start": utterance.start_seconds, "end": utterance.end_seconds}
    return {key: value for key, value in entry.items() if value is not None}


def _key(utterance: TrainingUtterance) -> tuple[str, float]:
    # Without the folders above the last: a data set that was moved is divided as it was before.
    return f"{utterance.path.parent.name}/{utterance.path.name}", utterance.start_seconds


def _best_way(utterances: Sequence[TrainingUtterance]) -> str:
    for by in (BY_SPEAKER, BY_SESSION):
        groups = {_GROUP_OF[by](utterance) for utterance in utterances}
        if None not in groups and len(groups) >= _LEAST_GROUPS:
            return by
    return BY_ORDER


_GROUP_OF: dict[str, Callable[[TrainingUtterance], str | None]] = {
    BY_SPEAKER: lambda utterance: utterance.speaker,
    # Two speakers may name their sessions alike.
    BY_SESSION: lambda u: None if u.session is None else f"{u.speaker or ''}|{u.session}",
}


def _grouped(utterances: Sequence[TrainingUtterance], by: str) -> list[list[TrainingUtterance]]:
    if by == BY_ORDER:
        return _neighbours(utterances)
    if by not in _GROUP_OF:
        raise DataError(f"Data cannot be divided by {by}; choose {BY_SPEAKER}, {BY_SESSION} or {BY_ORDER}.")
    groups: dict[str, list[TrainingUtterance]] = {}
    for utterance in utterances:
        # What has no name is one group of its own: who knows whose it is.
        groups.setdefault(_GROUP_OF[by](utterance) or "", []).append(utterance)
    return list(groups.values())


def _neighbours(utterances: Sequence[TrainingUtterance]) -> list[list[TrainingUtterance]]:
    """Runs of neighbours; those that share a sentence or a file are joined, so that it is on one side."""
    size = max(1, min(_NEIGHBOURS, len(utterances) // 10))
    owner: dict[str, int] = {}
    parent: list[int] = []

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    for place, utterance in enumerate(utterances):
        if place % size == 0:
            parent.append(len(parent))
        own = root(len(parent) - 1)
        for mark in (f"said:{utterance.text or utterance.transcript}", f"in:{utterance.path}"):
            other = root(owner.setdefault(mark, own))
            parent[max(own, other)] = own = min(own, other)
    groups: dict[int, list[TrainingUtterance]] = {}
    for place, utterance in enumerate(utterances):
        groups.setdefault(root(place // size), []).append(utterance)
    return list(groups.values())


def _choose(groups: Sequence[Sequence[TrainingUtterance]], wanted_seconds: float, seed: int) -> set[int]:
    """Groups in random order, each taken if it brings the sum nearer to what is wanted; one at least, and
    never all.
    """
    seconds = [sum(utterance.seconds for utterance in group) for group in groups]
    order = list(range(len(groups)))
    random.Random(seed).shuffle(order)
    chosen: set[int] = set()
    total = 0.0
    for number in order:
        if abs(total + seconds[number] - wanted_seconds) < abs(total - wanted_seconds):
            chosen.add(number)
            total += seconds[number]
    return chosen or {min(order, key=lambda number: seconds[number])}


def _sentences(
    train: Sequence[TrainingUtterance],
    validation: Sequence[TrainingUtterance],
    by: str,
    chosen: int,
    groups: Sequence[object],
) -> Iterable[str]:
    def amount(side: Sequence[TrainingUtterance]) -> str:
        return f"{len(side)} utterances ({sum(u.seconds for u in side) / 60:.1f} min)"

    yield f"{amount(train)} to train on, {amount(validation)} to validate with"
    if by == BY_ORDER:
        yield (
            "the data does not say which recordings belong to one session, so neighbours were kept "
            "together: one session may be on both sides, which makes the figures slightly too good"
        )
    else:
        yield f"{chosen} of {len(groups)} {by}s are set aside for validation and not trained on"
    texts = {utterance.text for utterance in train}
    shared = sum(utterance.text in texts for utterance in validation)
    if shared:
        yield (
            f"{shared} of {len(validation)} validation sentences are read by others in training: the "
            "figures are slightly too good"
        )
