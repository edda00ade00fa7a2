"""The segmenter's settings: how many words are wrong as each of them changes, on clean and on noisy speech.

    python -m benchmarks.voice_activity [--packs librispeech-dev accented-dev] [--every 2] [--snr-db 15]
                                        [--settings threshold=0.4 hangover_ms=400 …]

One of `--every` utterances of each pack follow each other with pauses of 0.4 to 2 s, over the noise of a room
55 dB below them; in the second column over household noise of the noise pack at `--snr-db` as well. Each line
is one pass over everything with one setting changed from the defaults: words wrong of clean and noisy speech,
the number of utterances that the segmenter made, and the seconds of sound that reached the network.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import jiwer
import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.segmenter import Segmenter, SegmenterOptions
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.pack_emissions import SCRATCH, SHARED
from benchmarks.peers import spoken_form
from benchmarks.soft_speech import NOISE_DBFS, SAMPLE_RATE, heard_in_file
from trainer.augmentation import add_noise

PAUSES_SECONDS = (0.4, 2.0)
CHANGES = {
    "threshold": (0.3, 0.4, 0.6, 0.7),
    "release_threshold": (0.2, 0.5),
    "onset_ms": (32, 128),
    "pre_roll_ms": (250, 700),
    "hangover_ms": (400, 900),
    "tail_ms": (150, 450),
    "min_speech_ms": (60, 240),
    "max_utterance_seconds": (12, 20),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packs", nargs="+", default=["librispeech-dev", "accented-dev"])
    parser.add_argument("--every", type=int, default=2, help="one of so many utterances (2)")
    parser.add_argument("--snr-db", type=float, default=15.0)
    parser.add_argument(
        "--settings",
        nargs="+",
        default=[f"{name}={value}" for name, values in CHANGES.items() for value in values],
        help="name=value, each tried alone",
    )
    options = parser.parse_args()
    folders = find_packs([*options.packs, "noise"], [SHARED / "speech"], SCRATCH / "packs")
    generator = np.random.default_rng(0)
    clean, text = talk(folders[:-1], options.every, generator)
    noises = [read_all(path) for path in sorted(folders[-1].glob("*.flac"))]
    noisy = clean
    for noise in noises:
        noisy = add_noise(noisy, noise, options.snr_db + 10 * np.log10(len(noises)), generator)
    print(f"{len(clean) / SAMPLE_RATE / 60:.1f} minutes, {len(text.split())} words")
    print(f"{'setting':28} clean   noisy  utterances    seconds heard")
    transcriber = Transcriber("starter-en", providers=["cpu"], threads=1)
    for change in ["", *options.settings]:
        chosen = changed(change)
        transcriber.segmenter_options = chosen
        rates = [100 * jiwer.wer(text, heard(transcriber, sound)) for sound in (clean, noisy)]
        counts = [spans(sound, chosen) for sound in (clean, noisy)]
        print(
            f"{change or 'defaults':28}{rates[0]:6.2f}  {rates[1]:6.2f}  {counts[0][0]:4} {counts[1][0]:4}"
            f"  {counts[0][1]:7.0f} {counts[1][1]:7.0f}",
            flush=True,
        )


def talk(
    folders: Sequence[Path], every: int, generator: np.random.Generator
) -> tuple[NDArray[np.float32], str]:
    """(utterances with pauses and a room's noise, what they say in its spoken form)."""
    said = [utterance for folder in folders for utterance in read_manifest(folder)[::every]]
    pieces: list[NDArray[np.float32]] = []
    for utterance in said:
        pause = round(SAMPLE_RATE * generator.uniform(*PAUSES_SECONDS))
        pieces += [np.zeros(pause, np.float32), read_all(utterance.path)]
    sound = np.concatenate([*pieces, np.zeros(SAMPLE_RATE, np.float32)])
    room = generator.standard_normal(len(sound)) * 10 ** (NOISE_DBFS / 20)
    return sound + room.astype(np.float32), spoken_form(" ".join(utterance.text for utterance in said))


def changed(change: str) -> SegmenterOptions:
    """The defaults with `name=value`; a threshold takes the release threshold down with it."""
    options = SegmenterOptions()
    if not change:
        return options
    name, _, value = change.partition("=")
    if name not in {field.name for field in fields(options)}:
        raise SystemExit(f"There is no setting {name}.")
    if name == "threshold":
        return replace(
            options, threshold=float(value), release_threshold=min(options.release_threshold, float(value))
        )
    return replace(options, **{name: float(value)})


def heard(transcriber: Transcriber, sound: NDArray[np.float32]) -> str:
    """What the whole way of a file makes of it, in its spoken form."""
    with tempfile.TemporaryDirectory() as folder:
        return spoken_form(heard_in_file(transcriber, Path(folder) / "talk.wav", sound))


def spans(sound: NDArray[np.float32], options: SegmenterOptions) -> tuple[int, float]:
    """(number of utterances, seconds of sound in them)."""
    segmenter = Segmenter(options)
    found = [*segmenter.accept(sound), *segmenter.flush()]
    return len(found), sum(len(utterance.samples) for utterance in found) / SAMPLE_RATE


if __name__ == "__main__":
    main()
