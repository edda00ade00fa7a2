"""Bounds on the memory that somebody else's network may take while it is opened and tried.

A graph of a few hundred bytes can compute a constant, or unpack a sparse one, that fills any memory, at the
cost of all other programs. Three bounds, because no single one holds everywhere:

- `memory_limit`: on Linux the system refuses the process more than it should need.
- `run_bounded`: elsewhere, and for graphics cards, ONNX Runtime first runs the network as it is written.
  Without optimisation it computes nothing before that run, and the memory for what it computes comes from an
  arena with a bound.
- `check_sparse_values`: sparse tensors are unpacked while the file is read, outside of any arena, so their
  sizes are read from the file.
"""

from __future__ import annotations

import math
import mmap
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import onnxruntime

from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import SmallFileError

_SPARE_BYTES = 4 << 30
# Packed weights, another copy while they are laid out, and what half a second of sound takes.
_TIMES_ITS_SIZE = 10

TOO_MUCH_MEMORY = Sentence(
    "it needs more memory than is available, or than a network of its size should need"
)

_lock = threading.Lock()
_blocks = 0
_former = 0


def spare_for(network: Path) -> int:
    """Bytes that a network may take beyond what is in use: far more than any of its size needs."""
    beside = network.parent.glob("*.*data")  # weights that an exporter put into files of their own
    stored = sum(file.stat().st_size for file in (network, *beside) if file.is_file())
    return min(_SPARE_BYTES, _physical() // 2) + _TIMES_ITS_SIZE * stored


def bounds_memory() -> bool:
    """Whether `memory_limit` has an effect on this system."""
    return sys.platform == "linux"


@contextmanager
def memory_limit(spare_bytes: int) -> Iterator[None]:
    """In the block, the process can allocate no more than so much beyond what it has. Blocks of several
    threads share the most generous of their bounds. Does nothing where the system has no such bound."""
    if sys.platform != "linux":
        yield
        return
    import resource

    global _blocks, _former
    with _lock:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if _blocks == 0:
            _former = soft
        wanted = _in_use() + spare_bytes
        if _blocks and soft != resource.RLIM_INFINITY:
            wanted = max(wanted, soft)
        _blocks += 1
        _set(wanted, _former, hard)
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1
            if _blocks == 0:
                _set(_former, _former, hard)


def _set(wanted: int, former: int, hard: int) -> None:
    import resource

    bounds = [bound for bound in (wanted, former, hard) if bound != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (min(bounds, default=resource.RLIM_INFINITY), hard))


def _in_use() -> int:
    """Private memory of this process, as RLIMIT_DATA counts it."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _physical() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return 2 * _SPARE_BYTES


# A first run within an arena of bounded size

_arena_lock = threading.Lock()


def run_bounded(network: Path, inputs: Callable[[Any], dict[str, Any]]) -> None:
    """Run a network once on the processor, without optimisation, with at most `spare_for(network)` bytes.

    inputs: what to run it on, given its session. Raises ONNX Runtime's errors, or what `inputs` raises.
    """
    with _arena_lock:  # the arena belongs to the process
        _set_arena(spare_for(network))
        try:
            session = _plain_session(network)
            session.run(None, inputs(session))
            del session
        finally:
            _set_arena(0)  # another one, still empty: what the run took is given back


def _set_arena(most_bytes: int) -> None:
    """Make the arena that sessions may share anew; 0 is without a bound."""
    ort = onnxruntime
    kind = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    same_as_requested = 1
    options = {"max_mem": most_bytes, "arena_extend_strategy": same_as_requested}
    ort.create_and_register_allocator(kind, ort.OrtArenaCfg(options))


def _plain_session(network: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what fails here is told by an error
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.use_env_allocators", "1")
    return onnxruntime.InferenceSession(
        str(network), sess_options=options, providers=[("CPUExecutionProvider", {})], enable_fallback=0
    )


# Sparse tensors, found in the file (protocol buffers; the numbers of the fields stand in onnx.proto)

_GRAPH, _FUNCTION = 7, 25  # of a model
_GRAPH_NODE, _FUNCTION_NODE, _SPARSE_INITIALIZER = 1, 7, 15
_ATTRIBUTE = 5  # of a node
_SUBGRAPHS, _SPARSE_VALUES = (6, 11), (22, 23)  # of an attribute
_DIMENSIONS = 3  # of a sparse tensor
_LARGEST_ELEMENT_BYTES = 16
_MOST_NESTED = 30  # graphs within graphs


def check_sparse_values(network: Path) -> None:
    """Raise SmallFileError for a network whose sparse tensors would take more than `spare_for(network)`.

    A file that is no network is left to ONNX Runtime to refuse. Raises OSError where it cannot be read.
    """
    if not network.is_file() or network.stat().st_size == 0:
        return
    with network.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            elements = sum(math.prod(shape) for shape in _sparse_shapes(data))
        except (IndexError, ValueError):
            return
    if elements * _LARGEST_ELEMENT_BYTES > spare_for(network):
        raise SmallFileError(TOO_MUCH_MEMORY)


def _sparse_shapes(data: mmap.mmap) -> Iterator[list[int]]:
    for field, start, end in _fields(data, 0, len(data)):
        if field == _GRAPH:
            yield from _shapes_in_graph(data, start, end, _GRAPH_NODE, 0)
        elif field == _FUNCTION:
            yield from _shapes_in_graph(data, start, end, _FUNCTION_NODE, 0)


def _shapes_in_graph(data: mmap.mmap, start: int, end: int, node: int, depth: int) -> Iterator[list[int]]:
    if depth > _MOST_NESTED:
        raise SmallFileError(Sentence("its graphs are nested too deeply"))
    for field, at, to in _fields(data, start, end):
        if field == _SPARSE_INITIALIZER and node == _GRAPH_NODE:
            yield _dimensions(data, at, to)
        elif field == node:
            for attribute, first, last in _fields(data, at, to):
                if attribute != _ATTRIBUTE:
                    continue
                for kind, begin, stop in _fields(data, first, last):
                    if kind in _SPARSE_VALUES:
                        yield _dimensions(data, begin, stop)
                    elif kind in _SUBGRAPHS:
                        yield from _shapes_in_graph(data, begin, stop, _GRAPH_NODE, depth + 1)


def _dimensions(data: mmap.mmap, start: int, end: int) -> list[int]:
    shape: list[int] = []
    for field, at, to in _fields(data, start, end):
        if field == _DIMENSIONS:
            while at < to:
                size, at = _varint(data, at)
                shape.append(size)
    return shape


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, start, end) of each field's content; ValueError for what is no message."""
    while at < end:
        key, at = _varint(data, at)
        start = at
        match key & 7:
            case 0:
                _, at = _varint(data, at)
            case 1:
                at += 8
            case 2:
                size, start = _varint(data, at)
                at = start + size
            case 5:
                at += 4
            case _:
                raise ValueError
        if at > end:
            raise ValueError
        yield key >> 3, start, at


def _varint(data: mmap.mmap, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError
