"""An acoustic model whose network runs in the recogniser's process.

    emissions = ProcessEmissions(lambda: process, ModelChoice(model="starter-en"))
    Listener(emissions).hear(samples, "the text that was read")

It is an `EmissionsModel` like any other, for what wants emissions of a stretch of sound: takes that are
checked, recordings held against their transcripts, corrections that are aligned. A crash of native code costs
one answer there, and the window's process loads no ONNX Runtime.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.model_folder import ModelFolder, find_model

if TYPE_CHECKING:
    from asr_desktop.recognition.worker.client import RecogniserProcess
    from asr_desktop.recognition.worker.protocol import ModelChoice

_WIRE = np.dtype("<f4")


class ProcessEmissions:
    """Made at once; the model is loaded, and its process started, when it is first asked.

    Each call is a job of the process, and waits for those before it. All calls, and `folder`, raise what the
    job fails with: ModelFolderError, MediaError, WorkerError; the last also where there is no process.

    process: gives the recogniser's process when it is needed.
    """

    warnings: Sequence[str] = ()

    def __init__(self, process: Callable[[], RecogniserProcess], choice: ModelChoice) -> None:
        self._process = process
        self.choice = choice

    @cached_property
    def folder(self) -> ModelFolder:
        """With labels for as many outputs as the network has."""
        nothing = np.zeros(0, np.float32)
        return find_model(self.choice.model).with_outputs(self(nothing).shape[1])

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mono samples at 16 kHz, shape [n] → natural-log probabilities, shape [frames, labels]."""
        computed = self._process().compute_emissions(packed(samples), self.choice).result()
        return unpacked(computed.values).reshape(-1, computed.labels)


def packed(values: NDArray[np.float32]) -> str:
    """Numbers as text for a line of JSON: 32-bit floats, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(values, _WIRE).tobytes()).decode("ascii")


def unpacked(text: str) -> NDArray[np.float32]:
    """What `packed` was given, shape [n]. Raises ValueError."""
    return np.frombuffer(base64.b64decode(text, validate=True), _WIRE).astype(np.float32)
