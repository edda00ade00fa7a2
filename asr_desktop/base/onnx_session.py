"""Opening a network in ONNX Runtime: on which device, with how many threads, and what to tell the user.

ONNX Runtime falls back to the processor on its own when a graphics card's libraries do not load, with no more
than a line in a log. Users have waited hours for a "GPU" that was never used; here every fallback is a
warning that the program shows.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from asr_desktop.base.errors import AsrDesktopError, ModelFolderError
from asr_desktop.base.onnx_limits import (
    TOO_MUCH_MEMORY,
    bounds_memory,
    check_sparse_values,
    memory_limit,
    run_bounded,
    spare_for,
)
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import SmallFileError

CPU = "CPUExecutionProvider"
# Best first. TensorRT is left out on purpose: it compiles the network anew for every length of input.
_ACCELERATORS = (
    "CUDAExecutionProvider",
    "MIGraphXExecutionProvider",
    "ROCMExecutionProvider",
    "CoreMLExecutionProvider",
    "DmlExecutionProvider",
)
_SHORT_NAMES = {
    "cpu": CPU,
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
}
_PROVIDER_OPTIONS: dict[str, dict[str, str]] = {
    # cuDNN's exhaustive search is repeated for every new length of input, and takes longer than the network.
    "CUDAExecutionProvider": {"cudnn_conv_algo_search": "HEURISTIC"},
}
# Everything ONNX Runtime raises; it has no common base class.
ORT_ERRORS: tuple[type[Exception], ...] = tuple(
    error for error in vars(ort_errors).values() if isinstance(error, type) and issubclass(error, Exception)
)
RUNNING_ERRORS: tuple[type[Exception], ...] = (*ORT_ERRORS, MemoryError)
# ONNX Runtime's Python layer adds these where a provider's libraries fail.
_OPENING_ERRORS: tuple[type[Exception], ...] = (*ORT_ERRORS, RuntimeError, ValueError, MemoryError)
_TRIAL_ERRORS: tuple[type[Exception], ...] = (*_OPENING_ERRORS, OSError, SmallFileError)
_NO_MEMORY = re.compile(
    r"bad.?alloc|allocate memory|out of memory|available memory of \d+ is smaller than", re.IGNORECASE
)


class ProviderError(AsrDesktopError):
    """The device that was asked for cannot be used."""


@dataclass(frozen=True)
class OpenedNetwork:
    """A network ready to run, the provider that really runs it, and what the user should know of it."""

    session: Any
    path: Path
    provider: str
    warnings: tuple[str, ...]


def available_providers() -> list[str]:
    """Providers of this installation that can run a speech network, best first, the processor last."""
    installed = onnxruntime.get_available_providers()
    return [name for name in _ACCELERATORS if name in installed] + [CPU]


def open_network(
    path: Path,
    *,
    accelerator_path: Path | None = None,
    providers: Sequence[str] | None = None,
    threads: int | None = None,
    trial_inputs: Callable[[Any], dict[str, Any]] | None = None,
) -> OpenedNetwork:
    """Open the network at `path`.

    accelerator_path: the network to prefer on anything but the processor (one without int8, which graphics
        cards run slower than floating point).
    providers: execution providers in order of preference, by ONNX Runtime's names or "cpu", "cuda", "coreml",
        "directml"; None takes the best that works.
    threads: for the processor; None takes one for each physical core.
    trial_inputs: for a network that somebody else made: a small set of its inputs, given its session. Where
        the memory of this process cannot be bounded, it is run with them once before it is opened (see
        `onnx_limits`).

    Raises ProviderError where none of the providers asked for works, ModelFolderError where the file is no
    network.
    """
    wanted = available_providers() if providers is None else [_full_name(name) for name in providers]
    if not wanted:
        raise ProviderError(
            Sentence(
                "The list of providers is empty; choose from {names}.", names=", ".join(available_providers())
            )
        )
    failures: list[str] = []
    for provider in wanted:
        network = path if provider == CPU or accelerator_path is None else accelerator_path
        try:
            check_sparse_values(network)
            if trial_inputs is not None and not (provider == CPU and bounds_memory()):
                run_bounded(network, trial_inputs)
        except _TRIAL_ERRORS as error:
            raise ModelFolderError(_not_loaded(network, error)) from error
        try:
            with loading_limit(network, provider):
                session = _session(network, provider, threads)
        except _OPENING_ERRORS as error:
            if provider == CPU:
                raise ModelFolderError(_not_loaded(network, error)) from error
            reason = first_line(error)
        else:
            if session.get_providers()[0] == provider:
                warnings = tuple(
                    Sentence(
                        "{failure} cannot be used; {provider} is used instead.",
                        failure=failure,
                        provider=provider,
                    )
                    for failure in failures
                )
                return OpenedNetwork(session, network, provider, warnings)
            reason = Sentence("its libraries could not be loaded")
        failures.append(Sentence("{provider} ({reason})", provider=provider, reason=reason))
    raise ProviderError(
        Sentence("None of the requested devices can be used: {names}.", names="; ".join(failures))
    )


def loading_limit(network: Path, provider: str) -> AbstractContextManager[None]:
    """A bound on the memory of a network that is loaded or tried on the processor; graphics cards' drivers
    reserve far more than they use."""
    return memory_limit(spare_for(network)) if provider == CPU else nullcontext()


def physical_cores() -> int:
    """Processor cores that this process may use, without counting hyper-threads twice.

    Two threads on one core run a matrix product no faster than one, and spin against each other.
    """
    if sys.platform != "linux":
        return 0  # ONNX Runtime's own count of physical cores, which is right where no container narrows it.
    cores: set[str] = set()
    usable = os.sched_getaffinity(0)
    for cpu in usable:
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        cores.add(siblings.read_text().strip() if siblings.is_file() else str(cpu))
    return max(1, min(len(cores), _container_quota() or len(cores)))


def first_line(error: Exception) -> str:
    """What an ONNX Runtime error says, without its code before and the places in C++ after it."""
    lines = str(error).strip().splitlines()
    if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
        return TOO_MUCH_MEMORY
    if isinstance(error, SmallFileError):
        return error.args[0]
    if not lines:
        return type(error).__name__
    return re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", lines[0]).rstrip(".")


def _not_loaded(path: Path, error: Exception) -> str:
    try:
        with path.open("rb") as file:
            begins_with = file.read(20)
    except OSError as unreadable:
        return Sentence(
            "{path} cannot be read ({reason}); check its permissions, or download it again.",
            path=path,
            reason=unreadable.strerror or unreadable,
        )
    if begins_with == b"version https://git-":
        return Sentence(
            "{path} is only a Git LFS pointer; download the network with: git lfs pull", path=path
        )
    return Sentence(
        "{path} cannot be loaded ({reason}); download or export it again.",
        path=path,
        reason=first_line(error),
    )


def _session(path: Path, provider: str, threads: int | None) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only: fallbacks are reported by open_network
    options.intra_op_num_threads = physical_cores() if threads is None else threads
    # The graph is one chain; threads between operators would only take cores from those inside them.
    options.inter_op_num_threads = 1
    # Every utterance has a length of its own, so remembered memory layouts would pile up and never be used
    # again.
    options.enable_mem_pattern = False
    with_options = [(provider, _PROVIDER_OPTIONS.get(provider, {}))]
    if provider != CPU:
        with_options.append((CPU, {}))
    # Without enable_fallback=0 a failure is printed on standard output, in the middle of a transcript.
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=with_options, enable_fallback=0
    )


def run_options(provider: str) -> Any:
    """What a run took beyond the usual is given back after it: otherwise the process keeps what its longest
    utterance needed (60 MB more for 20 s of it with starter-en) for as long as it lives."""
    options = onnxruntime.RunOptions()
    if provider == CPU:
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _full_name(name: str) -> str:
    full = _SHORT_NAMES.get(name.lower(), name)
    if full not in onnxruntime.get_available_providers():
        raise ProviderError(
            Sentence(
                "ONNX Runtime has no provider “{name}” here, only {names}; choose one of these, or none.",
                name=name,
                names=", ".join(available_providers()),
            )
        )
    return full


def _container_quota() -> int | None:
    """Whole cores that a container's cgroup (version 2) grants, or None without a limit."""
    limit = Path("/sys/fs/cgroup/cpu.max")
    if not limit.is_file():
        return None
    quota, _, period = limit.read_text().strip().partition(" ")
    return None if quota == "max" else max(1, round(int(quota) / int(period or 100_000)))
