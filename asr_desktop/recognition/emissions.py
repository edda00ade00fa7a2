"""Emissions: from sound to CTC log-probabilities. The seam of the recogniser.

Everything before this step handles only sound, everything after it only labels and text. An acoustic model is
anything that implements `EmissionsModel`; it runs in ONNX Runtime (onnx_emissions) or, on request, in PyTorch
(torch_emissions).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import soxr
from numpy.typing import NDArray

from asr_desktop.base.errors import MediaError, ModelFolderError
from asr_desktop.base.sentences import Sentence
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
    """Seconds of speech to batch for best speed; 0 where single utterances are as fast."""

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


# Steps before and after an acoustic network, whichever runtime executes it.
#
# Before: resample to the model's rate and normalise as its folder says. After: convert the output to
# natural-log probabilities, and check that frames and labels match the folder's description.

_VARIANCE_FLOOR = 1e-7  # transformers' Wav2Vec2FeatureExtractor, to the digit
_PROBE_SECONDS = 0.5


def prepare_samples(samples: NDArray[np.float32], folder: ModelFolder) -> NDArray[np.float32]:
    """An utterance as the model wants it: at its sampling rate, and normalised as transformers does it."""
    values = np.asarray(samples, np.float32)
    if values.ndim != 1:
        raise ValueError(f"an utterance is one row of mono samples, not an array of shape {values.shape}")
    if not np.isfinite(values).all():
        raise MediaError(
            Sentence(
                "The audio contains samples that are not numbers; save it again from the program it was "
                "made with."
            )
        )
    if folder.sample_rate != SAMPLE_RATE:
        values = soxr.resample(values, SAMPLE_RATE, folder.sample_rate)
    if folder.do_normalize and len(values) > 0:
        values = (values - values.mean()) / np.sqrt(values.var() + _VARIANCE_FLOOR)
    return values


def log_probabilities(output: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural-log probabilities over the last axis, from logits, log-probabilities or probabilities.

    Normalising is right for logits and changes nothing about log-probabilities; only probabilities have to be
    told apart, and no logits are all positive with every frame's sum at 1.
    """
    if output.size and output.min() >= 0.0 and np.allclose(output.sum(axis=-1), 1.0, atol=1e-3):
        output = np.log(np.maximum(output, np.finfo(np.float32).tiny))
    shifted = output - output.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def frame_count(length: int, folder: ModelFolder) -> int:
    """Frames of an utterance of `length` samples at the model's rate; short ones are padded to one frame."""
    return max(0, length - folder.receptive_field_samples) // folder.frame_stride_samples + 1


def probe_samples(folder: ModelFolder) -> NDArray[np.float32]:
    """Half a second of something like noise for a trial run of a network, [1, samples]."""
    least = folder.receptive_field_samples + 3 * folder.frame_stride_samples
    length = max(round(_PROBE_SECONDS * folder.sample_rate), least)
    # Not numpy.random, which takes longer to import than the trial run of a small network.
    return np.sin(np.arange(length, dtype=np.float64)[np.newaxis] ** 2).astype(np.float32)


def checked_outputs(shape: Sequence[int], length: int, folder: ModelFolder, network: Path) -> int:
    """The number of outputs, from the shape [batch, frames, outputs] that the network gave for `length`
    samples; raises ModelFolderError where it does not fit."""
    if len(shape) != 3 or shape[0] != 1:
        raise ModelFolderError(
            Sentence(
                "{network} has an output of shape {shape}; it must be [batch, frames, labels].",
                network=network,
                shape=list(shape),
            )
        )
    expected = frame_count(length, folder)
    # Two frames of grace: a foreign network may pad its input.
    if abs(shape[1] - expected) > 2:
        raise ModelFolderError(
            Sentence(
                "{network} outputs {frames} frames for {length} samples, but conv_kernel and "
                "conv_stride in config.json give {expected}; they do not match.",
                network=network,
                frames=shape[1],
                length=length,
                expected=expected,
            )
        )
    return int(shape[2])
