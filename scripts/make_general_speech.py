#!/usr/bin/env python3
"""Make resources/general-speech: sentences by voices that are nobody's, to notice what a model forgets.

    .venv/bin/python scripts/make_general_speech.py

Whoever teaches a model one voice wants to know whether it still understands others, and most people have
no transcribed speech of others at hand. The voices of flite and espeak-ng are poor speakers, but they do not
change: what matters here is the difference between a model before and after.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "general-speech"
SAMPLE_RATE = 16_000
FLITE_VOICES = ("awb", "kal16", "rms", "slt")
ESPEAK_VOICES = ("en-gb", "en-us", "en-gb-scotland")

SENTENCES = (
    "the children were waiting for the bus in the rain",
    "she opened the window and looked down at the quiet street",
    "nobody had told him that the meeting was moved to friday",
    "we bought bread and cheese and a bottle of milk",
    "the old clock in the hall has not been right for years",
    "please send me the letter before the end of the month",
    "a small dog ran across the field after the ball",
    "he could not remember where he had left his keys",
    "the train from the north was twenty minutes late",
    "most of the people in the village work at the mill",
    "my sister plays the piano and my brother sings",
    "there was nothing in the box but an empty glass",
    "they walked along the river until the sun went down",
    "the doctor asked me to come back in the morning",
    "it was the first warm day after a long winter",
    "you can take the second road on the left behind the church",
    "the teacher wrote a long word on the board",
    "our neighbours are painting their house bright yellow",
    "i would rather stay at home and read a good book",
    "the captain gave the order to turn the ship around",
    "after dinner we sat by the fire and told stories",
    "the price of coffee has gone up again this year",
    "her father built the bridge that we crossed yesterday",
    "a heavy storm broke the tallest tree in the garden",
    "the boy put the stone in his pocket and smiled",
    "does anyone know who wrote this beautiful song",
    "the farmer counted his sheep twice and one was missing",
    "at midnight the lights in the city went out",
    "he spoke so softly that only the first row could hear him",
    "we have enough time to drink another cup of tea",
    "the queen never answered the question of the young man",
    "snow fell all night and covered the roofs of the town",
    "she keeps the photographs of her journey in a drawer",
    "the engine made a strange noise and then stopped",
    "every summer they spend two weeks beside the sea",
    "the answer was simpler than any of them had thought",
)


def main() -> int:
    TARGET.mkdir(parents=True, exist_ok=True)
    rows = ["file\tspeaker\tsession\tseconds\ttranscript"]
    voices = [("flite", voice) for voice in FLITE_VOICES] + [("espeak-ng", voice) for voice in ESPEAK_VOICES]
    for number, sentence in enumerate(SENTENCES, 1):
        program, voice = voices[number % len(voices)]
        samples = spoken(program, voice, sentence)
        name = f"{number:02d}.ogg"
        soundfile.write(TARGET / name, samples, SAMPLE_RATE, format="OGG", subtype="OPUS")
        rows.append(f"{name}\t{program} {voice}\t{voice}\t{len(samples) / SAMPLE_RATE:.3f}\t{sentence}")
    (TARGET / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(SENTENCES)} sentences in {TARGET}")
    return 0


def spoken(program: str, voice: str, sentence: str) -> np.ndarray:
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / "speech.wav"
        if program == "flite":
            command = ["flite", "-voice", voice, "-t", sentence, "-o", str(path)]
        else:
            command = ["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), sentence]
        subprocess.run(command, check=True, capture_output=True)
        samples, rate = soundfile.read(path, dtype="float32")
    pause = np.zeros(SAMPLE_RATE // 4, np.float32)
    samples = soxr.resample(samples, rate, SAMPLE_RATE) if rate != SAMPLE_RATE else samples
    return np.concatenate([pause, 0.7 * samples / max(1e-6, float(np.abs(samples).max())), pause])


if __name__ == "__main__":
    sys.exit(main())
