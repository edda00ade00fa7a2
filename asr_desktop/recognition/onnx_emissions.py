"""Emissions by ONNX Runtime.

What a network wants (input names, mask, number type, smallest length) is read from its folder and from
itself, and checked once, when it is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.onnx_session import (
    CPU,
    RUNNING_ERRORS,
    first_line,
    loading_limit,
    open_network,
    run_options,
)
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.emissions import (
    checked_outputs,
    frame_count,
    log_probabilities,
    prepare_samples,
    probe_samples,
)
from asr_desktop.recognition.model_folder import ModelFolder

_FLOAT_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
}
_MASK_TYPES: dict[str, Any] = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(float)": np.float32,
}


class OnnxEmissions:
    """An acoustic model run by ONNX Runtime.

    providers, threads: see `onnx_session.open_network`; left out, they are chosen for this machine.

    Raises ModelFolderError where the network does not fit its folder (inputs, outputs, labels, frame length),
    and ProviderError where the device that was asked for does not work.
    """

    folder: ModelFolder
    provider: str  # the one that really runs it
    warnings: tuple[str, ...]

    def __init__(
        self, folder: ModelFolder, *, providers: Sequence[str] | None = None, threads: int | None = None
    ) -> None:
        try:
            self._load(folder, providers, threads)
        except ModelFolderError as error:
            if providers is not None or self.provider == CPU:
                raise
            accelerator = self.provider
            self._load(folder, [CPU], threads)
            self.warnings = (f"{accelerator} cannot be used ({error}); {CPU} is used instead.",)

    def _load(self, folder: ModelFolder, providers: Sequence[str] | None, threads: int | None) -> None:
        self.provider = CPU
        opened = open_network(
            folder.onnx_path,
            accelerator_path=folder.float_onnx_path,
            providers=providers,
            threads=threads,
            trial_inputs=None if _is_bundled(folder) else lambda session: _trial_inputs(session, folder),
        )
        self.provider = opened.provider
        self.warnings = opened.warnings
        self._session = opened.session
        self._run_options = run_options(opened.provider)
        self._network = opened.path
        self._signature = _read_signature(opened.session, opened.path)
        self.folder = folder
        self.folder = folder.with_outputs(self._probe())

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-probabilities of one utterance: [frames, labels] with frames = ⌊(n - view) / stride⌋ + 1.

        Sound shorter than one frame's view is padded with silence to that; no sound at all gives no frames.
        Raises MediaError for samples that are not numbers, ModelFolderError where the network gives such.
        """
        return self.batch([samples])[0]

    def batch(self, utterances: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Log-probabilities of several utterances, each as if it had been run alone (but for rounding).

        They go through the network together where that leaves the results as they are: equal lengths, or a
        network that takes a mask. Others are run one by one, because padding changes what a group-norm
        network says.
        """
        prepared = [prepare_samples(samples, self.folder) for samples in utterances]
        lengths = {len(samples) for samples in prepared}
        fit_together = 0 not in lengths and (len(lengths) == 1 or self._may_pad)
        if len(prepared) > 1 and fit_together and self._signature.any_batch:
            return self._run_together(prepared)
        return [self._run_together([samples])[0] for samples in prepared]

    @property
    def _may_pad(self) -> bool:
        # data2vec's five layers of positional convolutions see through its mask (in transformers as well).
        return (
            self._signature.mask_name is not None
            and self.folder.return_attention_mask
            and self.folder.config.get("model_type") != "data2vec-audio"
        )

    def _run_together(self, prepared: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        lengths = [len(samples) for samples in prepared]
        if max(lengths) == 0:
            return [np.zeros((0, len(self.folder.labels)), np.float32) for _ in prepared]
        view = self.folder.receptive_field_samples
        values = np.zeros((len(prepared), max(*lengths, view)), np.float32)
        mask = np.zeros(values.shape, np.bool_)
        for row, samples in enumerate(prepared):
            values[row, : len(samples)] = samples
            # A mask shorter than one frame's view would leave not a single frame.
            mask[row, : max(len(samples), view)] = True
        log_probs = log_probabilities(self._run(values, mask))
        if not np.isfinite(log_probs).all():
            raise ModelFolderError(
                Sentence(
                    "{network} gave values that are not numbers; it is damaged or badly converted.",
                    network=self._network,
                )
            )
        if min(lengths) == max(lengths):
            return list(log_probs)
        return [log_probs[row, : frame_count(length, self.folder)] for row, length in enumerate(lengths)]

    def _run(self, values: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The network's raw output, [batch, frames, outputs], for [batch, samples] at its own rate."""
        try:
            (output,) = self._session.run(
                [self._signature.output_name], self._signature.feeds(values, mask), self._run_options
            )
        except RUNNING_ERRORS as error:
            seconds = values.shape[1] / self.folder.sample_rate
            raise ModelFolderError(
                Sentence(
                    "{network} cannot be run on {seconds:.1f} s of audio: {reason}.",
                    network=self._network,
                    seconds=seconds,
                    reason=first_line(error),
                )
            ) from error
        return np.asarray(output, np.float32)

    def _probe(self) -> int:
        """The network's number of outputs, after running it once on half a second of noise.

        Word times and texts come out wrong, not missing, where the frames or the labels are not those that
        the folder describes; so this is found out before any sound is transcribed.
        """
        values = probe_samples(self.folder)
        with loading_limit(self._network, self.provider):
            output = self._run(values, np.ones(values.shape, np.bool_))
        return checked_outputs(output.shape, values.shape[1], self.folder, self._network)


@dataclass(frozen=True)
class _Signature:
    """A network's inputs and output, as far as they matter here."""

    values_name: str
    values_type: Any
    mask_name: str | None
    mask_type: Any
    output_name: str
    any_batch: bool

    def feeds(self, values: NDArray[np.float32], mask: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Samples and mask, both [batch, samples], as the network takes them."""
        feeds: dict[str, NDArray[Any]] = {self.values_name: values.astype(self.values_type, copy=False)}
        if self.mask_name is not None:
            feeds[self.mask_name] = mask.astype(self.mask_type)
        return feeds


def _is_bundled(folder: ModelFolder) -> bool:
    """Whether the network came with the program, so that nobody else made it."""
    return paths.bundled_models_folder().resolve() in folder.path.resolve().parents


def _trial_inputs(session: Any, folder: ModelFolder) -> dict[str, NDArray[Any]]:
    values = probe_samples(folder)
    signature = _read_signature(session, folder.onnx_path)
    return signature.feeds(values, np.ones(values.shape, np.bool_))


def _read_signature(session: Any, network: Path) -> _Signature:
    """Which input takes the samples, which the mask; ModelFolderError where they cannot be told or filled."""
    inputs = list(session.get_inputs())
    masks = [node for node in inputs if "mask" in node.name and node.type in _MASK_TYPES]
    values = [node for node in inputs if node not in masks and node.type in _FLOAT_TYPES]
    others = [node.name for node in inputs if node not in masks and node not in values]
    if len(values) != 1 or len(masks) > 1 or others:
        listed = ", ".join(f"{node.name}: {node.type}" for node in inputs)
        raise ModelFolderError(
            Sentence(
                "{network} needs the inputs ({listed}); the program can only provide samples and a mask.",
                network=network,
                listed=listed,
            )
        )
    shape = values[0].shape
    if len(shape) != 2:
        raise ModelFolderError(
            Sentence(
                "{network} needs an input of shape {shape}; it must be [batch, samples].",
                network=network,
                shape=shape,
            )
        )
    if isinstance(shape[1], int):
        raise ModelFolderError(
            Sentence(
                "{network} takes exactly {samples} samples; export it again with a free length (dynamic "
                "axes).",
                network=network,
                samples=shape[1],
            )
        )
    outputs = [node for node in session.get_outputs() if node.type in _FLOAT_TYPES]
    if not outputs:
        raise ModelFolderError(
            Sentence("{network} has no numeric output; it must be [batch, frames, labels].", network=network)
        )
    output = next((node for node in outputs if node.name == "logits"), outputs[0])
    return _Signature(
        values_name=values[0].name,
        values_type=_FLOAT_TYPES[values[0].type],
        mask_name=masks[0].name if masks else None,
        mask_type=_MASK_TYPES[masks[0].type] if masks else None,
        output_name=output.name,
        any_batch=not isinstance(shape[0], int),
    )
