"""How exact word times are: synthetic speech whose words' times are known, and the edges of real speech.

    python -m benchmarks.word_times [--model starter-en]

flite prints when each of its sounds ends (-psdur), so its words' starts and ends are known to a few
milliseconds; three of its voices read sentences of the book texts. In real speech only the edges of an
utterance can be measured, by its loudness: where librispeech-dev begins and ends to be loud. A median
error that is not zero is a shift that the model's config.json may calibrate away (`emission_delay_seconds`);
the spread around it is what is left. To calibrate, name other voices and sentences: --calibrate.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import EmissionsModel, load_emissions
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import find_packs
from benchmarks.pack_emissions import SCRATCH, SHARED, pack_emissions

VOICES = ("slt", "awb", "rms")
SENTENCES = (
    "strange people gathered near seven mountains before winter",
    "captain morgan noticed another soldier behind that window",
    "children seldom listen when doctors speak about medicine",
    "several thousand dollars disappeared during last december",
    "nobody believed those stories until marvin found silver",
    "we should perhaps remember how simple living used to be",
)
CALIBRATION_VOICES = ("kal", "kal16", "slt", "rms")
CALIBRATION = (
    "yesterday several farmers carried fresh apples to market",
    "his brother never listened to music after dinner",
    "people living beside rivers often build wooden bridges",
    "the teacher picked twenty students for the summer program",
    "good weather makes travelling over mountains rather pleasant",
    "many visitors bought silver rings and leather bags",
)
WINDOW_SAMPLES = 160

Times = list[tuple[float, float]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--calibrate", action="store_true", help="voices and sentences that are not reported")
    options = parser.parse_args()
    model = load_emissions(find_model(options.model))
    if shutil.which("flite") is None:
        sys.exit("flite is not installed: apt-get install flite")
    starts, ends = [], []
    voices, sentences = (CALIBRATION_VOICES, CALIBRATION) if options.calibrate else (VOICES, SENTENCES)
    for samples, text, known in spoken_by_flite(voices, sentences):
        for (start, end), (known_start, known_end) in zip(times(model, samples, text), known, strict=True):
            starts.append(start - known_start)
            ends.append(end - known_end)
    report(f"flite, {len(starts)} words", starts, ends)
    if options.calibrate:
        return
    if not (SHARED / "speech").is_dir():
        sys.exit("Without ../shared/speech there is no real speech to measure.")
    starts, ends = [], []
    decoder, _ = make_decoder(model.folder)
    (pack,) = find_packs(["librispeech-dev"], [SHARED / "speech"], SCRATCH / "packs")
    for utterance in pack_emissions(model.folder, ["librispeech-dev"]):
        samples = read_all(pack / f"{utterance.name}.opus")
        words = times(model, samples, utterance.text)
        recognised = decoder.decode(utterance.log_probs).lower().split()
        said = utterance.text.split()
        onset, offset = loud(samples)
        # A first or last word that the model did not hear has no time to speak of.
        if recognised[:1] == said[:1]:
            starts.append(words[0][0] - onset)
        if recognised[-1:] == said[-1:]:
            ends.append(words[-1][1] - offset)
    report(f"edges of {len(starts)} and {len(ends)} utterances of librispeech-dev", starts, ends)


def report(name: str, starts: Sequence[float], ends: Sequence[float]) -> None:
    print(name)
    for edge, errors in (("starts", np.array(starts)), ("ends", np.array(ends))):
        median = float(np.median(errors))
        around = np.abs(errors - median)
        print(
            f"  {edge:7} {median * 1000:+5.0f} ms at the median;"
            f" around it half within {np.median(around) * 1000:3.0f} ms,"
            f" 90 % within {np.quantile(around, 0.9) * 1000:3.0f} ms"
        )


def times(model: EmissionsModel, samples: NDArray[np.float32], text: str) -> Times:
    aligned = align(model(samples), text, model.folder.labels)
    return word_times(aligned, model.folder.frame_timing, len(samples) / SAMPLE_RATE)


def spoken_by_flite(
    voices: Sequence[str], sentences: Sequence[str]
) -> Iterator[tuple[NDArray[np.float32], str, Times]]:
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "speech.wav"
        for voice in voices:
            for text in sentences:
                sounds = flite_sounds(voice, text, wave)
                samples = read_all(wave)
                spoken = [sound for sound in sounds if sound[0] != "pau"]
                known = []
                for word in text.split():
                    # These sentences sound word by word as they do in one go, so their sounds can be
                    # counted off.
                    count = sum(name != "pau" for name, _, _ in flite_sounds(voice, word, Path("/dev/null")))
                    own, spoken = spoken[:count], spoken[count:]
                    known.append((own[0][1], own[-1][2]))
                assert not spoken
                yield samples, text, known


def flite_sounds(voice: str, text: str, wave: Path) -> list[tuple[str, float, float]]:
    """(name, start, end) of the sounds of `text`, in seconds; the speech itself goes to `wave`."""
    command = ["flite", "-voice", voice, "-t", text, "-psdur", "-o", str(wave)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sounds, start = [], 0.0
    for entry in printed.split():
        name, end = entry.split(":")
        sounds.append((name, start, float(end)))
        start = float(end)
    return sounds


def loud(samples: NDArray[np.float32]) -> tuple[float, float]:
    """When the utterance begins and ends to be loud, in seconds: within 30 dB of its loud parts, for 10
    ms windows.
    """
    windows = samples[: len(samples) // WINDOW_SAMPLES * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
    loudness = np.sqrt((windows**2).mean(axis=1))
    above = np.flatnonzero(loudness > np.quantile(loudness, 0.95) * 10 ** (-30 / 20))
    return above[0] * WINDOW_SAMPLES / SAMPLE_RATE, (above[-1] + 1) * WINDOW_SAMPLES / SAMPLE_RATE


if __name__ == "__main__":
    main()
