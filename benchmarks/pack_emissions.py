"""Emissions of real speech: what a model hears in the packs of ../shared/speech, for benchmarks of what
comes after.

The emissions are kept in a folder, because computing them takes longer than any benchmark of the decoder.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.teaching.dataset import find_packs, read_manifest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ASR_SHARED", REPOSITORY.parent / "shared"))
SCRATCH = Path(tempfile.gettempdir()) / "asr-desktop-benchmarks"
DEV_PACKS = ("librispeech-dev", "accented-dev", "commonvoice-dev")


@dataclass(frozen=True, slots=True)
class PackUtterance:
    """One utterance of a pack; `text` is its transcript as our trainer normalises it (lower case, no
    punctuation).
    """

    pack: str
    name: str
    speaker: str
    text: str
    log_probs: NDArray[np.float32]


def pack_emissions(
    folder: ModelFolder, packs: Iterable[str] = DEV_PACKS, limit: int | None = None
) -> list[PackUtterance]:
    """The utterances of `packs` (the first `limit` of each) with the log-probabilities that the model
    gives them.
    """
    network = folder.onnx_path
    kept = SCRATCH / f"{folder.name}-{network.stat().st_size}-{int(network.stat().st_mtime)}"
    model = None
    found = []
    for pack_folder in find_packs(packs, [SHARED / "speech"], SCRATCH / "packs"):
        for utterance in read_manifest(pack_folder)[:limit]:
            file = kept / pack_folder.name / f"{utterance.path.stem}.npy"
            if not file.is_file():
                model = model or load_emissions(folder)
                file.parent.mkdir(parents=True, exist_ok=True)
                np.save(file, model(read_all(utterance.path)))
            log_probs = np.load(file, allow_pickle=False)
            found.append(
                PackUtterance(
                    pack_folder.name, utterance.path.stem, utterance.speaker, utterance.text, log_probs
                )
            )
    return found
