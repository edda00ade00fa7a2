"""What a job has taken is given back to the system after it."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Every fiftieth block stays, so the heap cannot shrink from its end; in a process of its own, because the
# memory of the tests' process changes by itself.
PROGRAM = """
from pathlib import Path
from asr_desktop.recognition.worker.server import _give_memory_back

def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

blocks = [bytes(1500) for _ in range(60_000)]
full = resident_bytes()
kept = blocks[::50]
del blocks
_give_memory_back()
print(full - resident_bytes())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_free_memory_between_what_is_kept_goes_back() -> None:
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    ).stdout
    assert int(output) > 50_000_000
