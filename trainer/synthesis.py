"""Synthetic speech: Debian's speech synthesisers read books aloud into a data set in the layout of recorded
ones.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from asr_desktop.language_model.corpus import read_lines
from asr_desktop.language_model.english import has_digits, normalise_text
from asr_desktop.teaching.dataset import SAMPLE_RATE, DataError
from trainer.augmentation import change_speed

_SENTENCE = re.compile(r"[^.!?]+[.!?]")


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthesiser's voice. ``name`` is the speaker's name in the manifest."""

    engine: str  # "flite" or "espeak-ng"
    voice: str

    @property
    def name(self) -> str:
        return f"{self.engine}-{self.voice}"


SILENT_BELOW = 0.01
"""The loudest sample, of 1, of what was not spoken: flite's silence has 0.0025, its speech 0.6."""

# flite's voices are made from real recordings and come first; espeak-ng's formant voices add rates and
# timbres.
VOICES: tuple[Voice, ...] = (
    *(Voice("flite", voice) for voice in ("slt", "rms", "awb", "kal16", "slt", "rms", "awb")),
    *(
        Voice("espeak-ng", voice)
        for voice in ("en-us+m3", "en-gb+f2", "en-us+f4", "en-gb-x-rp+m7", "en-us+m1")
    ),
)


def sentences(archives: list[Path], least_words: int = 4, most_words: int = 26) -> Iterator[str]:
    """Sentences of books (one paragraph per line, xz-compressed or plain) without digits and brackets, whose
    pronunciation is ambiguous. Raises LanguageModelError.
    """
    for archive in archives:
        for line in read_lines(archive):
            for sentence in _SENTENCE.findall(line):
                words = sentence.split()
                plain = not has_digits(sentence) and not set(sentence) & set("_*[]{}<>|=+")
                if plain and least_words <= len(words) <= most_words and not sentence.isupper():
                    yield sentence.strip()


def synthesise(texts: list[str], folder: Path, seed: int = 1, workers: int = 1) -> int:
    """Synthesise ``texts`` into ``folder`` (FLAC, 16 kHz, mono, and ``manifest.tsv``); returns the number of
    files.

    Every sentence gets a random voice and speed (0.82–1.2, which also shifts pitch and formants), for more
    variety of speakers.

    :raises DataError: neither flite nor espeak-ng is installed.
    """
    voices = [voice for voice in VOICES if shutil.which(voice.engine)]
    if not voices:
        raise DataError(
            "Neither flite nor espeak-ng is installed; install one (Debian: apt-get install flite espeak-ng)."
        )
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(seed)
    jobs = [
        (number, text, voices[int(generator.integers(len(voices)))], float(generator.uniform(0.82, 1.2)))
        for number, text in enumerate(texts)
    ]
    with (
        ThreadPoolExecutor(workers) as pool,
        (folder / "manifest.tsv").open("w", encoding="utf-8", newline="") as manifest,
    ):
        rows = csv.writer(manifest, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, escapechar=None)
        rows.writerow(["file", "speaker", "seconds", "transcript"])
        written = 0
        for row in pool.map(lambda job: _read_aloud(*job, folder=folder), jobs):
            if row is not None:
                rows.writerow(row)
                written += 1
    return written


def _read_aloud(number: int, text: str, voice: Voice, speed: float, *, folder: Path) -> list[str] | None:
    """One sentence to one file; None if the synthesiser produced no sound (this happens with odd
    punctuation).
    """
    wav = folder / f"{number:06d}.wav"
    if voice.engine == "flite":
        command = ["flite", "-voice", voice.voice, "-t", text, "-o", str(wav)]
    else:
        command = ["espeak-ng", "-v", voice.voice, "-s", "165", "-w", str(wav), "--", text]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or not wav.is_file() or wav.stat().st_size < 4000:
        wav.unlink(missing_ok=True)
        return None
    samples, rate = soundfile.read(wav, dtype="float32")
    wav.unlink()
    if np.abs(samples).max() < SILENT_BELOW:
        return None  # a file of silence
    samples = change_speed(np.asarray(samples, dtype=np.float32), speed * rate / SAMPLE_RATE)
    path = folder / f"{number:06d}.flac"
    soundfile.write(path, np.clip(samples, -1, 1), SAMPLE_RATE, subtype="PCM_16")
    return [path.name, voice.name, f"{samples.size / SAMPLE_RATE:.3f}", normalise_text(text)]
