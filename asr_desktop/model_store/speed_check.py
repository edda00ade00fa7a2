"""How fast a model is on this machine, and what that is good for; measured in seconds and remembered."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from asr_desktop.base import paths
from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.small_file import READ_ERRORS, read_json
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
    """What a model is fast enough for."""

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
    """Run a sentence's worth of noise through the network for about `seconds`; the quickest counts.

    What else runs on the machine can only make it slower. The decoder's part, some thousandths, is left out.
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
    entry = _read().get(_machine(), {}).get(str(model.path.absolute()))
    if not isinstance(entry, dict) or entry.get("network") != _network(model):
        return None
    try:
        return Speed(float(entry["real_time_factor"]), str(entry["provider"]))
    except (KeyError, TypeError, ValueError):
        return None


def remember_speed(model: ModelFolder, speed: Speed) -> None:
    """Keep it for `remembered_speed`. A data folder that several machines share has a place for each."""
    speeds = _read()
    here = speeds.setdefault(_machine(), {})
    here[str(model.path.absolute())] = {"network": _network(model), **asdict(speed)}
    file = _file()
    make_folder(file.parent)
    write_text(file, json.dumps(speeds, indent=1))


def _file() -> Path:
    return paths.data_folder() / FILE_NAME


def _read() -> dict[str, Any]:
    # It holds nothing that a few seconds would not bring back, so a damaged one counts as none.
    try:
        content = read_json(_file())
    except READ_ERRORS:
        return {}
    if not isinstance(content, dict):
        return {}
    return {machine: here for machine, here in content.items() if isinstance(here, dict)}


def _machine() -> str:
    return f"{platform.node()} {platform.machine()} {os.cpu_count()}"


def _network(model: ModelFolder) -> str:
    """Tells a network from another that took its place."""
    status = model.onnx_path.stat()
    return f"{model.onnx_path.name} {status.st_size} {status.st_mtime_ns}"
