"""How long teaching will take, roughly, from how much speech there is and how large the network is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError
from trainer.data import read
from trainer.personalise.learning import first_version
from trainer.personalise.material import LEAST_SECONDS, own_folders

# Measured with starter-en on one processor (docs/personalise.md): 13 minutes of its time for 10 of speech,
# 20 for 20. Networks of base size, 27 times as large, take three (cached layers) to eleven times as long.
FIXED_MINUTES = 6.0
MINUTES_A_MINUTE = 0.7
MEASURED_BYTES = 14_000_000
GROWTH = 0.6


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a training would have to learn from. minutes: how long it takes, at best and at worst; None where
    nobody can tell."""

    speech_seconds: float
    minutes: tuple[float, float] | None

    @property
    def is_enough(self) -> bool:
        return self.speech_seconds >= LEAST_SECONDS


def readiness(model: str, places: Sequence[Path] | None = None) -> Readiness:
    """Of the program's own collections, for this model; nothing is written."""
    seconds = 0.0
    for place in own_folders() if places is None else places:
        seconds += sum(utterance.seconds for utterance in read(place).utterances)
    return Readiness(seconds, minutes_to_teach(seconds, _weights_bytes(model)))


def minutes_to_teach(
    speech_seconds: float, weights_bytes: int, processors: int | None = None
) -> tuple[float, float] | None:
    """At best all processors are free and used in full, at worst it has one."""
    if weights_bytes <= 0:
        return None
    size = max(1.0, weights_bytes / MEASURED_BYTES) ** GROWTH
    alone = (FIXED_MINUTES + MINUTES_A_MINUTE * speech_seconds / 60) * size
    return alone / (processors or os.cpu_count() or 1), alone


def _weights_bytes(model: str) -> int:
    """Of the network that a training would begin with; 0 where it has none that can be taught."""
    try:
        folder = first_version(model)
        return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    except (AsrDesktopError, OSError):
        return 0
