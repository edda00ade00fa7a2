"""Make the sample that comes with the program: resources/samples/welcome.ogg, spoken by flite.

    .venv/bin/python scripts/make_sample.py

The words lie in resources/samples/welcome.txt. Needs `flite` (Debian package of that name).
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import soundfile

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
VOICE = "slt"


def main() -> None:
    text = (SAMPLES / "welcome.txt").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run(["flite", "-voice", VOICE, "-t", text, "-o", str(spoken)], check=True)
        samples, sample_rate = soundfile.read(spoken, dtype="float32")
    # Opus keeps seven seconds of speech in about 40 kB.
    soundfile.write(SAMPLES / "welcome.ogg", samples, sample_rate, format="OGG", subtype="OPUS")
    print(f"{SAMPLES / 'welcome.ogg'}: {len(samples) / sample_rate:.1f} s")


if __name__ == "__main__":
    main()
