"""Measures the speed of a model on this machine, and rates what it is sufficient for; results are stored."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from asr_desktop.base.kept_facts import read_facts, write_facts
from asr_desktop.recognition.emissions import SAMPLE_RATE, load_emissions
from asr_desktop.recognition.model_folder import ModelFolder

FILE_NAME = "speeds.json"
SOUND_SECONDS = 6.0  # a sentence
LIVE_FACTOR = 0.15
"""Up to here a sentence is written about a second after its end, with a preview several times a second."""
DELAYED_FACTOR = 0.5
"""Up to here live text follows, later and later in the sentence; above it falls behind what is said."""
RELATIVE_WORK = {"base": 4.6, "large": 11.6}
"""How much longer the family's two sizes take than starter-en, in 8 bits on two cores: base measured (0.057
against 0.0125), large computed from it, as its encoder has 3.6 times the work and its front end the same."""


class SpeedVerdict(StrEnum):
    """Rating of what a model is fast enough for."""

    LIVE = "live"
    DELAYED = "delayed"
    FILES = "files"


@dataclass(frozen=True)
class Speed:
    """real_time_factor: seconds of work for a second of sound. provider: the device that did it."""

    real_time_factor: float
    provider: str

    @property
    def verdict(self) -> SpeedVerdict:
        """What that is good for."""
        if self.real_time_factor <= LIVE_FACTOR:
            return SpeedVerdict.LIVE
        return SpeedVerdict.DELAYED if self.real_time_factor <= DELAYED_FACTOR else SpeedVerdict.FILES


def expected_verdict(network: str, starter: Speed | None) -> SpeedVerdict | None:
    """What a network of that size (see RELATIVE_WORK) is probably good for, from how fast starter-en is
    here."""
    if starter is None or network not in RELATIVE_WORK:
        return None
    factor = starter.real_time_factor * RELATIVE_WORK[network]
    return Speed(factor, starter.provider).verdict


def measure_speed(
    folder: ModelFolder | Path,
    *,
    providers: Sequence[str] | None = None,
    threads: int | None = None,
    seconds: float = 3.0,
) -> Speed:
    """Run the network on noise of a sentence's length for about `seconds`; the fastest run counts.

    Other programs can only make it slower. The decoder's time, some thousandths, is not included.
    Raises ModelFolderError or ProviderError.
    """
    model = folder if isinstance(folder, ModelFolder) else ModelFolder.load(folder)
    emissions = load_emissions(model, providers=providers, threads=threads)
    noise = np.random.default_rng(0).normal(size=round(SOUND_SECONDS * SAMPLE_RATE)).astype(np.float32) * 0.1
    emissions(noise[: len(noise) // 4])  # the first run allocates
    factors: list[float] = []
    ends_at = time.perf_counter() + seconds
    while not factors or time.perf_counter() < ends_at:
        began = time.perf_counter()
        emissions(noise)
        factors.append((time.perf_counter() - began) / SOUND_SECONDS)
    return Speed(min(factors), str(getattr(emissions, "provider", "")))


def remembered_speed(model: ModelFolder) -> Speed | None:
    """What was measured for this very network on this machine, or None."""
    measured = _read().get(_machine(), {}).get(str(model.path.absolute()))
    if measured is None or measured.network != _network(model):
        return None
    return Speed(measured.real_time_factor, measured.provider)


def remember_speed(model: ModelFolder, speed: Speed) -> None:
    """Keep it for `remembered_speed`. A data folder that several machines share has a place for each."""
    speeds = _read()
    measured = _Measured(_network(model), speed.real_time_factor, speed.provider)
    here = {**speeds.get(_machine(), {}), str(model.path.absolute()): measured}
    write_facts(FILE_NAME, {**speeds, _machine(): here})


@dataclass(frozen=True, slots=True)
class _Measured:
    """A model's line in the file."""

    network: str
    real_time_factor: float
    provider: str


def _read() -> dict[str, dict[str, _Measured]]:
    """For each machine, by the model's folder."""
    return read_facts(FILE_NAME, dict[str, dict[str, _Measured]], {})


def _machine() -> str:
    return f"{platform.node()} {platform.machine()} {os.cpu_count()}"


def _network(model: ModelFolder) -> str:
    """Tells a network from another that took its place."""
    status = model.onnx_path.stat()
    return f"{model.onnx_path.name} {status.st_size} {status.st_mtime_ns}"
