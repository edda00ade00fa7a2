"""The user's own speech: its folders, the part that is held out from training, estimates of the training
time, and what each training has gained.

    <data folder>/training/recordings/      sentences that were read aloud (teaching/wizard)
    <data folder>/training/corrections/     pairs cut out of corrected transcripts (teaching/corrections)
    <data folder>/training/held-out.jsonl   what every training is measured with
    <data folder>/training/learnt.jsonl     what the last one was trained on
    <data folder>/training/new-model/       its result, until it is taken into use
    <data folder>/training/history.jsonl    what each training has gained

Held-out speech is never trained on later. Otherwise a second training would be measured on sentences that
the first one had learnt, and its figures would be too good.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from asr_desktop.base.paths import data_folder, resources_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_bytes, read_json_lines
from asr_desktop.base.text_file import MOST_TABLE_BYTES
from asr_desktop.base.typed_data import TypedData, TypedDataError
from asr_desktop.teaching.data import manifest, read
from asr_desktop.teaching.data.splits import split, write_list
from asr_desktop.teaching.dataset import DataError, TrainingUtterance

HELD_OUT_FILE = "held-out.jsonl"
LEARNT_FILE = "learnt.jsonl"
MODEL_FOLDER = "new-model"
"""What a training makes, and what one that was stopped goes on with."""
HELD_OUT_SHARE = 0.15
MOST_HELD_OUT_SECONDS = 600.0
LEAST_SECONDS = 60.0
"""Less than a minute of speech is not enough to train on and to measure."""

# Measured with starter-en on one processor (docs/personalise.md): 13 minutes of its time for 10 of speech,
# 20 for 20. Networks of base size, 27 times as large, take three (cached layers) to eleven times as long.
FIXED_MINUTES = 6.0
MINUTES_A_MINUTE = 0.7
MEASURED_BYTES = 14_000_000
GROWTH = 0.6

Report = Callable[[str], None]


def training_folder() -> Path:
    return data_folder() / "training"


def recordings_folder() -> Path:
    return training_folder() / "recordings"


def corrections_folder() -> Path:
    return training_folder() / "corrections"


def general_speech() -> Path:
    """Other voices, to notice what a model forgets; made by scripts/make_general_speech.py."""
    return resources_folder() / "general-speech"


@dataclass(frozen=True)
class Material:
    """The parts for training and for measuring."""

    train: list[TrainingUtterance]
    held_out: list[TrainingUtterance]

    @property
    def train_seconds(self) -> float:
        return sum(utterance.seconds for utterance in self.train)

    @property
    def held_out_seconds(self) -> float:
        return sum(utterance.seconds for utterance in self.held_out)


def own_folders() -> list[Path]:
    """The program's own collections, as far as there is anything in them."""
    return [folder for folder in (recordings_folder(), corrections_folder()) if _has_data(folder)]


def gather(places: Sequence[Path], home: Path, report: Report | None = None) -> Material:
    """Read all `places` and divide them; `home` keeps the list of what is held out.

    Speech that is new since the last time is divided by sittings or in the order of recording, so that the
    held-out part grows with it.

    :raises DataError: too little speech, or a place without any.
    """
    utterances = _unique(_usable(places, report))
    seconds = sum(utterance.seconds for utterance in utterances)
    if seconds < LEAST_SECONDS:
        raise DataError(
            Sentence(
                "There are only {seconds:.0f} seconds of your speech; record or correct at least one "
                "minute, ideally ten.",
                seconds=seconds,
            )
        )
    list_path = home / HELD_OUT_FILE
    known = {_name(u) for u in manifest.read(list_path).utterances} if list_path.is_file() else set()
    seen = _seen(home)
    held_out = [utterance for utterance in utterances if _name(utterance) in known]
    fresh = [u for u in utterances if _name(u) not in known and _name(u) not in seen]
    old = [u for u in utterances if _name(u) not in known and _name(u) in seen]
    wanted = min(HELD_OUT_SHARE * seconds, MOST_HELD_OUT_SECONDS) - sum(u.seconds for u in held_out)
    train = old
    if len(fresh) > 1 and wanted > 0:
        share = min(0.5, wanted / max(1.0, sum(u.seconds for u in fresh)))
        parts = split(fresh, validation_share=share, most_validation_seconds=wanted)
        held_out = held_out + parts.validation
        train = train + parts.train
    else:
        train = train + fresh
    if not held_out or not train:
        raise DataError(Sentence("There is not enough speech to learn from and to test on; record more."))
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_list(list_path, held_out)
        write_list(home / LEARNT_FILE, train)
    except OSError as error:
        raise DataError(
            Sentence(
                "The list of the speech that was set aside cannot be saved in {home} ({reason}); free "
                "up disk space.",
                home=home,
                reason=error.strerror or error,
            )
        ) from error
    return Material(train, held_out)


def _seen(home: Path) -> set[str]:
    """Utterances of earlier trainings, which must never be used for measuring."""
    path = home / LEARNT_FILE
    return {_name(u) for u in manifest.read(path).utterances} if path.is_file() else set()


def _usable(places: Sequence[Path], report: Report | None) -> list[TrainingUtterance]:
    utterances: list[TrainingUtterance] = []
    for place in places:
        reading = read(place)
        utterances += reading.utterances
        if report is not None:
            for sentence in reading.sentences():
                report(sentence)
    return utterances


def _has_data(folder: Path) -> bool:
    """Whether the list has entries; opening the wizard creates one with only its header."""
    return any(
        len(read_bytes(folder / name, MOST_TABLE_BYTES).splitlines()) > (not name.endswith(".jsonl"))
        for name in manifest.NAMES
        if (folder / name).is_file()
    )


def _name(utterance: TrainingUtterance) -> str:
    return f"{utterance.path.absolute()}@{utterance.start_seconds:.3f}"


def _unique(utterances: Iterable[TrainingUtterance]) -> list[TrainingUtterance]:
    return list({_name(utterance): utterance for utterance in utterances}.values())


@dataclass(frozen=True, slots=True)
class Readiness:
    """The material for a training. minutes: estimated duration, at best and at worst; None if unknown."""

    speech_seconds: float
    minutes: tuple[float, float] | None

    @property
    def is_enough(self) -> bool:
        return self.speech_seconds >= LEAST_SECONDS


def readiness(start: Path | None, places: Sequence[Path] | None = None) -> Readiness:
    """Of the program's own collections; nothing is written.

    start: the model folder that a training would begin with, None where there is none.
    """
    seconds = 0.0
    for place in own_folders() if places is None else places:
        seconds += sum(utterance.seconds for utterance in read(place).utterances)
    return Readiness(seconds, minutes_to_teach(seconds, 0 if start is None else _weights_bytes(start)))


def minutes_to_teach(
    speech_seconds: float, weights_bytes: int, processors: int | None = None
) -> tuple[float, float] | None:
    """At best all processors are free and used in full, at worst it has one."""
    if weights_bytes <= 0:
        return None
    size = max(1.0, weights_bytes / MEASURED_BYTES) ** GROWTH
    alone = (FIXED_MINUTES + MINUTES_A_MINUTE * speech_seconds / 60) * size
    return alone / (processors or os.cpu_count() or 1), alone


def _weights_bytes(start: Path) -> int:
    """Of the network in a model folder; 0 where it has none that can be taught."""
    try:
        return sum(file.stat().st_size for file in start.glob("*.safetensors"))
    except OSError:
        return 0


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
