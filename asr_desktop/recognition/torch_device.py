"""PyTorch's devices: what they are called, which one can be used here, and how exactly it computes.

A card that cannot be used is never replaced by the processor without a word: TorchUnusableError says why.
Nothing here imports PyTorch before `open_device` is called, since that takes seconds.
"""

from __future__ import annotations

from typing import Any, Literal

from asr_desktop.base.requirements import of_extra, pip
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.onnx_session import ProviderError

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
            f"{first_line(error)}; to install what it needs: {pip('install', *of_extra('train'))}",
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
