"""From nothing to the first transcript: PyInstaller's folder beside the same program in Python's environment.

    python -m benchmarks.package_start dist/asr-desktop ENVIRONMENT/bin/asr-desktop [--repeats 5]

Taken in turn, so that a busy machine is equally busy for both: `transcribe` on the bundled sample (10 s),
with the files of both out of the system's cache before each run ("cold"; the kernel is asked for those files
alone), and once more at once ("warm"). The environment must be a copy of its own (`pip install` of the
wheel), or files that are in use elsewhere stay in the cache. Told are the best time on the wall, the least
processor time, and the size.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import time
from collections import defaultdict
from pathlib import Path

from asr_desktop.base.paths import resources_folder


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="PyInstaller's, with the program asr-desktop in it")
    parser.add_argument("program", type=Path, help="asr-desktop in an environment")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    programs = {
        "folder": (options.folder / "asr-desktop", options.folder),
        "environment": (options.program, options.program.parent.parent),
    }
    figures: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for _ in range(options.repeats):
        for name, (program, place) in programs.items():
            forget(place)
            for state in ("cold", "warm"):
                figures[name, state].append(run(program))
                wall, processor = figures[name, state][-1]
                print(f"  {name} {state}: {wall:.2f} s, {processor:.2f} s", flush=True)
    for (name, state), runs in figures.items():
        wall, processor = (min(column) for column in zip(*runs, strict=True))
        print(f"{name:12} {state}: {wall:6.2f} s on the wall, {processor:5.2f} s of processor time")
    for name, (_, place) in programs.items():
        print(f"{name:12} {size_bytes(place) / 1e6:.0f} MB")


def run(program: Path) -> tuple[float, float]:
    """(seconds on the wall, seconds of processor time) of one transcript."""
    sample = resources_folder() / "samples" / "welcome.ogg"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    subprocess.run([program, "transcribe", sample], env=environment, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def forget(folder: Path) -> None:
    """Ask the kernel to drop a folder's files from its cache."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as opened:
                os.fdatasync(opened.fileno())
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def size_bytes(folder: Path) -> int:
    """Of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


if __name__ == "__main__":
    main()
