"""Emissions by PyTorch: for graphics cards, where ONNX Runtime's packages often do not fit the driver.

Only loaded where a provider called "torch…" is asked for, since importing PyTorch and transformers takes
seconds. The model folder has to hold its PyTorch weights. A card that cannot be used is never replaced by the
processor without a word: the reason is among the warnings of what is used instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.installation import trainer_command
from asr_desktop.base.onnx_session import ProviderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.emissions import (
    EmissionsModel,
    checked_outputs,
    frame_count,
    log_probabilities,
    prepare_samples,
    probe_samples,
)
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_emissions import OnnxEmissions
from asr_desktop.recognition.torch_weights import load_ctc_network

# PyTorch's devices: what they are called, which one can be used here, and how exactly it computes.
#
# A card that cannot be used is never replaced by the processor without a word: TorchUnusableError says why.
# Nothing here imports PyTorch before `open_device` is called, since that takes seconds.

Precision = Literal["bf16", "fp16", "fp32"]

DEVICES = ("torch", "torch:cuda", "torch:mps", "torch:cpu")


class TorchUnusableError(ProviderError):
    """PyTorch cannot run this model on this device. reason: why, as part of a sentence."""

    def __init__(self, device: str, reason: str) -> None:
        super().__init__(f"PyTorch cannot be used on {device} ({reason}).")
        self.device = device
        self.reason = reason


def is_torch_device(name: str) -> bool:
    """Whether a provider's name is one of PyTorch's devices."""
    return name.lower().split(":")[0] == "torch"


def check_name(name: str) -> None:
    """Raises ProviderError for a name that is none of DEVICES, with or without a card's number."""
    if ":".join(name.lower().split(":")[:2]) not in DEVICES:
        raise ProviderError(
            Sentence(
                "PyTorch has no device “{name}”; choose one of {names}.", name=name, names=", ".join(DEVICES)
            )
        )


def open_device(name: str) -> tuple[Any, Any]:
    """PyTorch itself, and its device of that name: "torch" takes the card that there is.

    Raises TorchUnusableError where there is none, ProviderError for a name that is none of DEVICES.
    """
    check_name(name)
    asked = name.lower().removeprefix("torch").removeprefix(":")
    torch = _import_torch(asked)
    return torch, _usable_device(torch, asked)


def best_precision(torch: Any, device: Any) -> Precision:
    """Of the matrix products, where nobody asks for another."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    return "fp16" if device.type == "mps" else "fp32"


def _import_torch(asked: str) -> Any:
    try:
        import torch
        import transformers  # noqa: F401  (both, or neither is of use)
    except (ImportError, OSError) as error:
        raise TorchUnusableError(
            asked or "a graphics card",
            f"{first_line(error)}; to install what it needs: {trainer_command()}",
        ) from error
    return torch


def _usable_device(torch: Any, asked: str) -> Any:
    kind = asked.split(":")[0]
    if kind == "cpu":
        return torch.device("cpu")
    reasons = []
    if kind in ("", "cuda"):
        if torch.cuda.is_available():
            number = asked.partition(":")[2] or "0"
            if not number.isdecimal() or int(number) >= torch.cuda.device_count():
                raise TorchUnusableError(asked, f"the cards here are 0 to {torch.cuda.device_count() - 1}")
            return torch.device("cuda", int(number))
        reasons.append(
            "this PyTorch is built without CUDA"
            if torch.version.cuda is None and torch.version.hip is None
            else "no NVIDIA card with a driver that fits is found"
        )
    if kind in ("", "mps"):
        if torch.backends.mps.is_available():
            return torch.device("mps")
        if kind:
            reasons.append("Apple's Metal is not available here")
    raise TorchUnusableError(asked or "a graphics card", "; ".join(reasons))


def first_line(error: BaseException) -> str:
    """What an error of PyTorch says, without the pages that may follow."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:300]


BATCH_SECONDS = 240.0
"""Sound in one batch at most, padding included; large networks need some 2 GB for it."""
MOST_PADDING = 0.1
"""Share of the longest utterance that the others of its batch may lack; the rest is work for nothing."""

_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")


def load_preferred(folder: ModelFolder, providers: Sequence[str], threads: int | None) -> EmissionsModel:
    """The first of the providers that can be used, ONNX Runtime's among them.

    Where only PyTorch's devices are named and none can be used, ONNX Runtime chooses for this machine. What
    could not be used, and why, is the first of the model's `warnings`. Raises ProviderError where nothing
    that was named works and it was not PyTorch alone, ModelFolderError for a folder that does not fit
    together.
    """
    for name in filter(is_torch_device, providers):
        check_name(name)  # a slip of the keyboard is no device that cannot be used today
    failures: list[str] = []
    for name in providers:
        try:
            if is_torch_device(name):
                return _with_warnings(TorchEmissions(folder, name, threads=threads), failures)
            return _with_warnings(OnnxEmissions(folder, providers=[name], threads=threads), failures)
        except TorchUnusableError as error:
            failures.append(f"PyTorch on {error.device} ({error.reason})")
        except ProviderError as error:
            failures.append(f"{name} ({str(error).rstrip('.')})")
    if all(is_torch_device(name) for name in providers):
        return _with_warnings(OnnxEmissions(folder, threads=threads), failures)
    raise ProviderError(
        Sentence("None of the requested devices can be used: {names}.", names="; ".join(failures))
    )


class TorchEmissions:
    """An acoustic model run by PyTorch, behind the same protocol as `OnnxEmissions`.

    device: "torch" takes the graphics card that there is, "torch:cuda" (or "torch:cuda:1"), "torch:mps" and
        "torch:cpu" name one. "torch" never means the processor.
    precision: of the matrix products; None takes bf16 (fp16 on cards without it, and on Apple's) on a card
        and fp32 on the processor. Normalisation and the output are always in fp32.
    threads: for the processor.

    `ahead_seconds` is how much of a file's speech is run together: on a card as much as fits a batch; on the
    processor none, because one utterance alone keeps its cores busy.

    Raises TorchUnusableError, ProviderError for a name that is none of DEVICES, or ModelFolderError where the
    weights do not fit their folder.
    """

    folder: ModelFolder
    provider: str
    warnings: tuple[str, ...]
    ahead_seconds: float

    def __init__(
        self,
        folder: ModelFolder,
        device: str = "torch",
        *,
        precision: Precision | None = None,
        threads: int | None = None,
    ) -> None:
        self._torch, self._device = open_device(device)
        self.warnings = ()
        self.provider = f"torch:{self._device}"
        self.ahead_seconds = 0.0 if self._device.type == "cpu" else BATCH_SECONDS
        self._precision = precision or best_precision(self._torch, self._device)
        if threads is not None and self._device.type == "cpu":
            self._torch.set_num_threads(threads)
        self._weights = _weights(folder, self._device)
        try:
            self._network = _on_device(folder, self._device)
            self.folder = folder
            self.folder = folder.with_outputs(self._probe())
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            # A driver that does not fit, too little memory, an operation that the card lacks.
            raise TorchUnusableError(str(self._device), first_line(error)) from error

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `OnnxEmissions`; raises ProviderError where the device fails while it runs."""
        return self.batch([samples])[0]

    def batch(self, utterances: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Log-probabilities of several utterances, each as if it had been run alone (but for rounding).

        Utterances of nearly the same length go through the network together: with a mask where it takes one.
        Networks without a mask hear the padding (half a per cent of it changed more than 1 % of starter-en's
        labels), so there only equal lengths are put together.
        """
        prepared = [prepare_samples(samples, self.folder) for samples in utterances]
        results: list[NDArray[np.float32]] = [
            np.zeros((0, len(self.folder.labels)), np.float32) for _ in prepared
        ]
        groups = near_equal_groups(
            [len(samples) for samples in prepared],
            most_padding=MOST_PADDING if self._takes_mask else 0.0,
            most_samples=round(BATCH_SECONDS * self.folder.sample_rate),
        )
        for group in groups:
            log_probs = self._run_together([prepared[index] for index in group])
            for index, found in zip(group, log_probs, strict=True):
                results[index] = found
        return results

    @property
    def _takes_mask(self) -> bool:
        # data2vec's positional convolutions see through its mask.
        return self.folder.return_attention_mask and self.folder.config.get("model_type") != "data2vec-audio"

    def _run_together(self, prepared: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        view = self.folder.receptive_field_samples
        lengths = [max(len(samples), view) for samples in prepared]
        values = np.zeros((len(prepared), max(lengths)), np.float32)
        mask = np.zeros(values.shape, np.int64)
        for row, samples in enumerate(prepared):
            values[row, : len(samples)] = samples
            mask[row, : lengths[row]] = 1
        try:
            output = self._run(values, mask if min(lengths) < max(lengths) else None)
        except self._torch.OutOfMemoryError as error:
            if len(prepared) > 1:
                half = len(prepared) // 2
                return self._run_together(prepared[:half]) + self._run_together(prepared[half:])
            seconds = values.shape[1] / self.folder.sample_rate
            raise ProviderError(
                Sentence(
                    "{provider} does not have enough memory for {seconds:.0f} s of audio at a time; "
                    "close other programs that use it, or choose --provider cpu.",
                    provider=self.provider,
                    seconds=seconds,
                )
            ) from error
        except RuntimeError as error:
            raise ProviderError(
                Sentence(
                    "{provider} failed while running ({reason}); choose --provider cpu.",
                    provider=self.provider,
                    reason=first_line(error),
                )
            ) from error
        log_probs = log_probabilities(output)
        if not np.isfinite(log_probs).all():
            raise ModelFolderError(
                Sentence(
                    "{weights} gave values that are not numbers; it is damaged, or exceeds the range of "
                    "{precision}.",
                    weights=self._weights,
                    precision=self._precision,
                )
            )
        return [
            log_probs[row, : frame_count(length, self.folder)] if length < max(lengths) else log_probs[row]
            for row, length in enumerate(lengths)
        ]

    def _run(self, values: NDArray[np.float32], mask: NDArray[np.int64] | None) -> NDArray[np.float32]:
        torch = self._torch
        dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[self._precision]
        inputs = {"input_values": torch.from_numpy(values).to(self._device)}
        if mask is not None:
            inputs["attention_mask"] = torch.from_numpy(mask).to(self._device)
        with (
            torch.inference_mode(),
            torch.autocast(self._device.type, dtype=dtype, enabled=self._precision != "fp32"),
        ):
            logits = self._network(**inputs).logits
        return np.asarray(logits.float().cpu().numpy(), np.float32)

    def _probe(self) -> int:
        values = probe_samples(self.folder)
        output = self._run(values, None)
        return checked_outputs(output.shape, values.shape[1], self.folder, self._weights)


def near_equal_groups(lengths: Sequence[int], *, most_padding: float, most_samples: int) -> list[list[int]]:
    """Indices of utterances that are run together; utterances without a sample are in no group.

    most_padding: share of a group's longest length that its shortest may lack. most_samples: of a group with
    its padding, unless a single utterance is longer.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if lengths[index] == 0:
            continue
        if groups:
            longest = lengths[groups[-1][0]]
            is_near = lengths[index] >= longest * (1.0 - most_padding)
            if is_near and longest * (len(groups[-1]) + 1) <= most_samples:
                groups[-1].append(index)
                continue
        groups.append([index])
    return groups


def _with_warnings(emissions: TorchEmissions | OnnxEmissions, failures: Sequence[str]) -> EmissionsModel:
    found = tuple(f"{failure} cannot be used; {emissions.provider} is used instead." for failure in failures)
    emissions.warnings = (*found, *emissions.warnings)
    return emissions


def _weights(folder: ModelFolder, device: Any) -> Path:
    found = next((folder.path / name for name in _WEIGHTS if (folder.path / name).is_file()), None)
    if found is None:
        raise TorchUnusableError(str(device), f"{folder.path.name} holds no PyTorch weights, only ONNX")
    return found


def _on_device(folder: ModelFolder, device: Any) -> Any:
    try:
        return load_ctc_network(folder.path).to(device)
    except ModelFolderError as error:
        raise TorchUnusableError(str(device), str(error).rstrip(".")) from error
