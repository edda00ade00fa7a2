"""Whether a two-hour file takes the memory of a ten-minute one, and twelve times its time.

    python -m benchmarks.long_files [--model starter-en] [--short 10] [--long 120] [--decoder beam]
    python -m benchmarks.long_files --worker [--long 60] [--live 3]

Each file is transcribed in a process of its own. Printed are its peak memory, and the processor time that the
transcription took (which a busy machine lengthens less than the time on the wall). The goal is a peak within
15 %, and linear time. With --worker, the recogniser's process, as the window has it, transcribes the long
file and hears some minutes live, and its memory is read after each (goal: 250 MB). The sound is a chapter of
../shared/speech repeated, or synthetic speech without it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from benchmarks.live_latency import hear_through_process
from tests.fixtures.make_fixtures import spoken

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_RATE = 16_000
MEMORY_GOAL = 0.15

TRANSCRIBE = """
import resource, sys, time
from pathlib import Path
from asr_desktop import Transcriber
transcriber = Transcriber(sys.argv[1], decoder=sys.argv[2])
wall, processor = time.perf_counter(), time.process_time()
transcript = transcriber.transcribe(sys.argv[3])
wall, processor = time.perf_counter() - wall, time.process_time() - processor
status = Path("/proc/self/status")
if status.is_file():
    # Linux counts in ru_maxrss what the process was before exec: a copy of the one that started it.
    peak = next(int(line.split()[1]) for line in status.open() if line.startswith("VmHWM")) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak, wall, processor, transcript.duration_seconds, len(transcript.words))
"""


@dataclass(frozen=True)
class Run:
    """What transcribing one file took."""

    peak_bytes: int
    wall_seconds: float
    processor_seconds: float
    sound_seconds: float
    words: int


def chapter(folder: Path) -> tuple[NDArray[np.float32], str]:
    """Some minutes of speech, [samples] at 16 kHz, and what they are."""
    pack = Path(os.environ.get("ASR_SHARED", ROOT.parent / "shared")) / "speech" / "longform.tar"
    if not pack.is_file():
        text = "the old man sat down by the fire and began to tell his story. nobody had asked him to."
        pause = np.zeros(SAMPLE_RATE, np.float32)
        return np.concatenate([read_all(spoken(text)), pause]), "synthetic speech (../shared is absent)"
    with tarfile.open(pack) as archive:
        member = next(entry for entry in archive.getmembers() if entry.name.endswith(".opus"))
        content = archive.extractfile(member)
        assert content is not None
        sound = folder / Path(member.name).name
        sound.write_bytes(content.read())
    return read_all(sound), sound.name


def write_long(path: Path, samples: NDArray[np.float32], minutes: float) -> None:
    """The samples over and over, up to so many minutes, as FLAC."""
    missing = round(minutes * 60 * SAMPLE_RATE)
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1) as file:
        while missing > 0:
            file.write(samples[:missing])
            missing -= len(samples)


def transcribe(model: str, decoder: str, path: Path) -> Run:
    """Transcribe the file in a new process."""
    command = [sys.executable, "-c", TRANSCRIBE, model, decoder, str(path)]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    peak, wall, processor, sound, words = output.split()
    return Run(int(peak), float(wall), float(processor), float(sound), int(words))


def worker_memory(choice: ModelChoice, path: Path, live: NDArray[np.float32]) -> None:
    """Print the memory of a recogniser's process after a file and after a live session."""
    with RecogniserProcess() as process:
        process.load(choice).wait()
        print(f"  with its model: {memory_of(process)}", flush=True)
        process.transcribe(path, choice).result()
        print(f"  after the file: {memory_of(process)}", flush=True)
        hear_through_process(choice, live, process)
        print(f"  after {len(live) / SAMPLE_RATE / 60:g} minutes live: {memory_of(process)}", flush=True)


def memory_of(process: RecogniserProcess) -> str:
    """Linux only."""
    folder = Path(f"/proc/{process.process_id}")
    text = (folder / "smaps_rollup").read_text() + (folder / "status").read_text()
    lines = [line.split() for line in text.splitlines() if line.endswith("kB")]
    megabytes = {name.rstrip(":"): int(number) * 1024 / 1e6 for name, number, _ in lines}
    return f"PSS {megabytes['Pss']:.0f} MB, RSS {megabytes['Rss']:.0f}, at most {megabytes['VmHWM']:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory and time of long files.")
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--decoder", default="beam", choices=["beam", "greedy"])
    parser.add_argument("--short", type=float, default=10.0, help="minutes of the short file")
    parser.add_argument("--long", type=float, default=120.0, help="minutes of the long file")
    parser.add_argument("--worker", action="store_true", help="the recogniser's process and the long file")
    parser.add_argument("--live", type=float, default=3.0, help="minutes of the live session of --worker")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        samples, what = chapter(Path(home))
        if arguments.worker:
            path = Path(home) / "long.flac"
            write_long(path, samples, arguments.long)
            print(f"{arguments.model}, {arguments.decoder}, {arguments.long:g} minutes of {what} repeated")
            live = samples[: round(arguments.live * 60 * SAMPLE_RATE)]
            worker_memory(ModelChoice(arguments.model, decoder=arguments.decoder), path, live)
            return
        runs = []
        print(f"{arguments.model}, {arguments.decoder}, {what} repeated")
        for minutes in (arguments.short, arguments.long):
            path = Path(home) / f"{minutes:g}-minutes.flac"
            write_long(path, samples, minutes)
            run = transcribe(arguments.model, arguments.decoder, path)
            runs.append(run)
            print(
                f"  {minutes:6g} min   peak {run.peak_bytes / 2**20:6.0f} MiB   "
                f"processor {run.processor_seconds:7.1f} s (real-time factor "
                f"{run.processor_seconds / run.sound_seconds:.4f})   wall {run.wall_seconds:7.1f} s   "
                f"{run.words} words",
                flush=True,
            )
    short, long = runs
    growth = long.peak_bytes / short.peak_bytes - 1
    pace = (long.processor_seconds / long.sound_seconds) / (short.processor_seconds / short.sound_seconds)
    verdict = "reached" if growth <= MEMORY_GOAL else "missed"
    print(f"  memory grows by {growth:+.1%} (goal: at most {MEMORY_GOAL:.0%}, {verdict})")
    print(f"  processor time for a second of sound: {pace:.2f} × that of the short file (linear: 1.00)")


if __name__ == "__main__":
    main()
