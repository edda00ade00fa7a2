"""Whether telling speakers apart delays live text: two `asr-desktop live` hear one virtual microphone.

    python -m benchmarks.live_speakers FOLDER [--seconds 60]

One has `--speakers auto`, the other has not; both have one thread and share the machine, so that whatever
else it does weighs on both. FOLDER holds the made interview (benchmarks/conversations.py: two speakers, seed
101), or gets it. Printed: how late each final comes behind the end of its utterance, and how long after it
the names.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

import soundfile

from benchmarks.conversations import RATE, converse, pack_voices
from tests.live_program import LiveProgram
from tests.virtual_microphone import running_microphone

SEED = 101
MINUTES = 10
MICROPHONE_STARTS_SECONDS = 2.5
UNTIL_THE_LAST_FINAL_SECONDS = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    sound = arguments.folder / f"interview-{MINUTES}.wav"
    if not sound.is_file():
        samples, _ = converse(sound.stem, SEED, 2, MINUTES * 60, pack_voices("test"))
        soundfile.write(sound, samples, RATE, subtype="PCM_16")
    played = soundfile.read(sound, dtype="float32", frames=round(arguments.seconds * RATE))[0]
    with (
        running_microphone() as microphone,
        tempfile.TemporaryDirectory() as without,
        tempfile.TemporaryDirectory() as told,
    ):
        os.environ.update(microphone.environment)
        with (
            LiveProgram(Path(without), "--threads", 1) as first,
            LiveProgram(Path(told), "--threads", 1, "--speakers", "auto") as second,
        ):
            programs = {"without": first, "--speakers auto": second}
            began = {name: listens_since(program) for name, program in programs.items()}
            time.sleep(MICROPHONE_STARTS_SECONDS)
            microphone.play(played, RATE)
            time.sleep(UNTIL_THE_LAST_FINAL_SECONDS)
            for program in programs.values():
                os.killpg(program.process.pid, signal.SIGINT)
            for name, program in programs.items():
                program.process.wait(120)
                report(name, program, began[name])


def listens_since(program: LiveProgram) -> float:
    while True:
        for came, line in program.timed_lines:
            if line["type"] == "listening":
                return came
        time.sleep(0.02)


def report(name: str, program: LiveProgram, began: float) -> None:
    time.sleep(0.5)  # until its last line is read
    finals = {
        line["utterance"]: (came, came - began - line["end"])
        for came, line in program.timed_lines
        if line["type"] == "final" and line["words"]
    }
    late = [seconds for _, seconds in finals.values()]
    print(f"{name}: {len(late)} finals, median {statistics.median(late):.2f} s, worst {max(late):.2f} s")
    names: dict[int, float] = {}
    for came, line in program.timed_lines:
        if line["type"] == "speakers" and line["utterance"] in finals:
            names.setdefault(line["utterance"], came - finals[line["utterance"]][0])
    if names:
        print("names after their finals, s:", ", ".join(f"{seconds:.1f}" for seconds in names.values()))


if __name__ == "__main__":
    main()
