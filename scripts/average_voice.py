#!/usr/bin/env python3
"""Makes models/speakers/average_voice.json: what the voiceprints of many people have in common.

    .venv/bin/python scripts/average_voice.py

Every voiceprint of CAM++ leans the same way, so that two strangers' have a product of 0.55; without that part
it is about 0, and one threshold tells people apart (`asr_desktop/speakers/networks.py` takes it off). The
average is of one utterance of up to eight seconds of each speaker of the training packs, 60 of a pack at
most, as recorded and once more with a room and noise; each pack counts alike.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from asr_desktop.audio.read import read_all
from asr_desktop.speakers.networks import (
    AVERAGE_VOICE_FILE,
    FIRST_FRAME_CENTRE_SAMPLE,
    FRAME_STEP_SAMPLES,
    FRAMES,
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    SpeakerNetworks,
)
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.conversations import rooms_and_noises, speech
from benchmarks.pack_emissions import SCRATCH, SHARED

PACKS = ("librispeech-train-a", "accented-train", "commonvoice-train")
OF_A_PACK = 60
MOST_SECONDS = 8
MODELS = Path(__file__).resolve().parents[1] / "models" / "speakers"


def main() -> None:
    networks = SpeakerNetworks(threads=1, average_voice=np.zeros(192, np.float32))
    rooms, noises = rooms_and_noises()
    chance = np.random.default_rng(1)
    averages = []
    for pack in find_packs(PACKS, [SHARED / "speech"], SCRATCH / "packs"):
        utterances: dict[str, list[Path]] = {}
        for utterance in read_manifest(pack):
            if utterance.seconds >= 2:
                utterances.setdefault(utterance.speaker, []).append(utterance.path)
        prints = []
        for speaker in chance.permutation(sorted(utterances))[:OF_A_PACK]:
            samples = read_all(str(chance.choice([str(path) for path in utterances[speaker]])))
            spoken = speech(samples)
            if not spoken:
                continue
            samples = samples[spoken[0][0] : spoken[-1][1]][: MOST_SECONDS * SAMPLE_RATE]
            heard = fftconvolve(samples, rooms[chance.integers(len(rooms))])[: len(samples)]
            noise = np.resize(noises[str(chance.choice(sorted(noises)))], len(heard))
            snr_db = chance.uniform(10, 30)
            noise *= np.sqrt(np.mean(heard**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
            prints += [_voiceprint(networks, samples), _voiceprint(networks, heard + noise)]
        averages.append(np.mean(prints, axis=0))
        print(
            pack.name, len(prints) // 2, "speakers", round(float(np.linalg.norm(averages[-1])), 3), flush=True
        )
    average = np.mean(averages, axis=0)
    numbers = [round(float(value), 5) for value in average]
    (MODELS / AVERAGE_VOICE_FILE).write_text(json.dumps(numbers) + "\n", encoding="utf-8")


def _voiceprint(networks: SpeakerNetworks, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    window = np.zeros(WINDOW_SAMPLES, np.float32)
    window[: len(samples)] = samples
    is_talking = np.zeros(FRAMES, bool)
    is_talking[: max(1, (len(samples) - FIRST_FRAME_CENTRE_SAMPLE) // FRAME_STEP_SAMPLES)] = True
    return networks.voiceprint(window, is_talking)


if __name__ == "__main__":
    main()
