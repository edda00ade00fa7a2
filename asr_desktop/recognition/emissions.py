"""Emissions: from sound to CTC log-probabilities. The seam of the recogniser.

Everything before this step knows no text, everything after it knows no sound. An acoustic model is anything
that fits `EmissionsModel`; ONNX Runtime runs it (onnx_emissions), or PyTorch where that is asked for
(torch_emissions).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.model_folder import ModelFolder

SAMPLE_RATE = 16_000  # of what comes in; a model with another rate gets its sound resampled


class EmissionsModel(Protocol):
    """An acoustic model that is loaded."""

    @property
    def folder(self) -> ModelFolder:
        """What it was loaded from; `folder.labels` has one entry for each column of the emissions."""

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences for the user about how it runs, such as a graphics card that could not be used."""

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mono samples at 16 kHz, shape [n] → natural-log probabilities, shape [frames, labels]."""


@runtime_checkable
class BatchEmissionsModel(EmissionsModel, Protocol):
    """An acoustic model that works faster on many utterances at a time, as graphics cards do."""

    ahead_seconds: float
    """How much speech it likes to be given at once; 0 where one utterance after the other is as good."""

    def batch(self, utterances: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """What each would give alone, but for rounding; utterances [n] and emissions as in a single call."""


def load_emissions(
    folder: ModelFolder, *, providers: Sequence[str] | None = None, threads: int | None = None
) -> EmissionsModel:
    """The acoustic model in `folder`, ready to run; arguments and errors as in `OnnxEmissions`.

    Among the providers there may be PyTorch's devices, "torch", "torch:cuda", "torch:mps" and "torch:cpu".
    Where those cannot be used ONNX Runtime is, and `warnings` says so.
    """
    if any(name.lower().split(":")[0] == "torch" for name in providers or ()):
        from asr_desktop.recognition.torch_emissions import load_preferred  # PyTorch takes seconds to import

        return load_preferred(folder, providers or (), threads)
    from asr_desktop.recognition.onnx_emissions import OnnxEmissions

    return OnnxEmissions(folder, providers=providers, threads=threads)
