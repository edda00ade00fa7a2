"""A bound on the memory that this process may take while somebody's network is opened and tried.

A graph of a few hundred bytes can compute a constant that fills any memory, at the cost of all other
programs. Under the bound ONNX Runtime fails to allocate it, and says so.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SPARE_BYTES = 4 << 30
_TIMES_ITS_SIZE = (
    10  # packed weights, another copy while they are laid out, and what half a second of sound takes
)

_lock = threading.Lock()
_blocks = 0
_former = 0


def spare_for(network: Path) -> int:
    """What a network may take beyond what is in use: far more than any of its size needs."""
    beside = network.parent.glob("*.*data")  # weights that an exporter put into files of their own
    stored = sum(file.stat().st_size for file in (network, *beside) if file.is_file())
    return min(_SPARE_BYTES, _physical() // 2) + _TIMES_ITS_SIZE * stored


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
