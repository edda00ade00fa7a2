"""Throughput of `asr-desktop archive` for each core, beside `asr-desktop transcribe` on the same files.

    python -m benchmarks.archive [--minutes 60] [--format json] [--ray]

A long recording of ../shared/speech, cut into files of 1 to 9 minutes, is transcribed by both commands, one
after the other, each with its own defaults. Printed are seconds of sound for each second of processor time,
of all processes together and with the loading of models; on a machine that others use, this is what one core
gives. The wall clock's figures are printed too. The goal is 0.9 times `transcribe`. That both write the same
transcripts is checked.

With --ray, `archive` runs once more on a Ray cluster of this machine; Ray's processes cannot be waited for,
so there is only the wall clock's figure.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import soundfile

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from benchmarks.pack_emissions import SHARED

GOAL = 0.9
LENGTHS_MINUTES = (1, 3, 9, 2, 5, 1, 4, 7)


@dataclass(frozen=True)
class Run:
    """What a command took."""

    wall_seconds: float
    processor_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=60.0, help="of sound (60)")
    parser.add_argument("--format", default="json", help="of the transcripts (json)")
    parser.add_argument("--ray", action="store_true", help="also on a Ray cluster of this machine")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        seconds = make_files(folder / "in", options.minutes * 60)
        print(f"{seconds / 60:.1f} min of sound, {cores} cores, load {os.getloadavg()[0]:.1f}")
        wanted = ("--format", options.format)
        alone = run("transcribe", folder, "by-transcribe", *wanted, "--no-library")
        show("transcribe", alone, seconds, cores)
        archive = run("archive", folder, "by-archive", *wanted)
        show("archive", archive, seconds, cores)
        ratio = alone.processor_seconds / archive.processor_seconds
        print(f"for each core: {ratio:.2f} times transcribe (goal: {GOAL})")
        same = outputs(folder / "by-transcribe") == outputs(folder / "by-archive")
        print("the same transcripts" if same else "DIFFERENT transcripts")
        if options.ray:
            clustered = run("archive", folder, "by-ray", *wanted, "--ray", "local")
            print(f"archive --ray local: {seconds / clustered.wall_seconds:.1f} times as fast as it plays")
            same = same and outputs(folder / "by-archive") == outputs(folder / "by-ray")
            print("the same transcripts" if same else "DIFFERENT transcripts")
    sys.exit(0 if same and ratio >= GOAL else 1)


def make_files(folder: Path, seconds: float) -> float:
    """Files of different lengths, from a chapter that is repeated as often as it takes."""
    folder.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(SHARED / "speech" / "longform.tar") as pack:
            member = max(pack.getmembers(), key=lambda one: one.size)
            pack.extract(member, scratch, filter="data")
        chapter = read_all(Path(scratch) / member.name)
    made, at, number = 0.0, 0, 0
    while made < seconds:
        length = min(60.0 * LENGTHS_MINUTES[number % len(LENGTHS_MINUTES)], seconds - made)
        end = at + round(length * SAMPLE_RATE)
        if end > len(chapter):
            at, end = 0, round(length * SAMPLE_RATE)
        soundfile.write(folder / f"{number:03}.flac", chapter[at:end], SAMPLE_RATE)
        made, at, number = made + length, end, number + 1
    return made


def run(command: str, folder: Path, output: str, *more: str) -> Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-m", "asr_desktop", command, str(folder / "in")),
            *("--output-dir", str(folder / output)),
            *more,
        ],
        check=True,
        env={**os.environ, "ASR_DESKTOP_HOME": str(folder / "home")},
        stdout=subprocess.DEVNULL,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def show(name: str, took: Run, seconds: float, cores: int) -> None:
    print(
        f"{name}: {seconds / took.processor_seconds:.1f} s of sound for a second of processor time "
        f"({took.processor_seconds / seconds:.4f}); on the wall {seconds / took.wall_seconds:.1f} times as "
        f"fast as it plays, {seconds / took.wall_seconds / cores:.1f} for each core"
    )


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith("archive")}


if __name__ == "__main__":
    main()
