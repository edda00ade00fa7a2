"""From nothing to the first transcript: a new process each time, beside the transformers pipeline.

    python -m benchmarks.cold_start [--model starter-en] [--repeats 3]

Measured is the time on the wall from starting `python -m asr_desktop transcribe` on a file of 5 s until it
has ended, and the processor time that it took; and the same for a script with transformers' pipeline on the
same model folder where that has PyTorch weights (its greedy decoding, no word times). The best of the
repeats; files may be in the system's cache. The goal is 1.5 s.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from asr_desktop.audio.read import read_all
from asr_desktop.base.paths import resources_folder
from asr_desktop.recognition.model_folder import find_model

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_RATE = 16_000
SECONDS = 5.0
GOAL_SECONDS = 1.5

PIPELINE = """
import sys, soundfile, transformers
from asr_desktop.recognition import whisper_ctc
whisper_ctc.register()
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
recognise = transformers.pipeline("automatic-speech-recognition", model=sys.argv[1], device="cpu")
samples, rate = soundfile.read(sys.argv[2], dtype="float32")
print(recognise({"raw": samples, "sampling_rate": rate})["text"])
"""


@dataclass(frozen=True, order=True)
class Run:
    """What one process took, and what it printed."""

    wall_seconds: float
    processor_seconds: float
    output: str


def best_of(repeats: int, command: list[str]) -> Run:
    """The quickest run of the command."""
    runs = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        wall = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        runs.append(Run(wall, processor, " ".join(output.split())))
    return min(runs)


def show(name: str, run: Run, remark: str = "") -> None:
    times = f"{run.wall_seconds:6.2f} s, processor {run.processor_seconds:5.2f} s"
    print(f"  {name:<22} {times}  {remark}“{run.output}”")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Time from the start of the program to its first transcript."
    )
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    folder = find_model(arguments.model)
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "five-seconds.wav"
        sample = read_all(resources_folder() / "samples" / "welcome.ogg")
        soundfile.write(path, np.resize(sample, round(SECONDS * SAMPLE_RATE)), SAMPLE_RATE)
        ours = [sys.executable, "-m", "asr_desktop", "transcribe", str(path), "--model", str(folder.path)]
        mine = best_of(arguments.repeats, ours)
        verdict = "reached" if mine.wall_seconds <= GOAL_SECONDS else "missed"
        print(f"{folder.name}, a file of {SECONDS:g} s, best of {arguments.repeats}")
        show("asr-desktop transcribe", mine, f"(goal: {GOAL_SECONDS} s, {verdict})  ")
        if not (folder.path / "model.safetensors").is_file():
            print("  transformers pipeline: not possible, the folder has no PyTorch weights")
            return
        peer = best_of(arguments.repeats, [sys.executable, "-c", PIPELINE, str(folder.path), str(path)])
        show("transformers pipeline", peer)
        print(f"  {peer.wall_seconds / mine.wall_seconds:.1f} × sooner")


if __name__ == "__main__":
    main()
