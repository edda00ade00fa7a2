"""LibriSpeech and what is laid out like it: `speaker/chapter/speaker-chapter.trans.txt` beside the sound.

    1088-134315-0000 AS YOU KNOW AND AS I HAVE GIVEN YOU PROOF …

Panayotov et al., "Librispeech: an ASR corpus based on public domain audio books", ICASSP 2015.
"""

from __future__ import annotations

from pathlib import Path

from asr_desktop.teaching.data.reading import Reading, find_sound, read_lines
from asr_desktop.teaching.dataset import DataError

NAME = "librispeech"
DESCRIPTION = "a LibriSpeech tree (speaker/chapter/*.trans.txt next to the audio)"

_PATTERN = "*.trans.txt"


def recognises(place: Path) -> bool:
    """Any `*.trans.txt` in the folder or below it."""
    return place.is_dir() and next(place.rglob(_PATTERN), None) is not None


def read(place: Path) -> Reading:
    """:raises DataError: no `*.trans.txt` anywhere, or one that cannot be read."""
    reading = Reading(place, NAME)
    tables = sorted(place.rglob(_PATTERN))
    if not tables:
        raise DataError(f"{place} contains no {_PATTERN}; choose the folder above the speakers.")
    for table in tables:
        for line in read_lines(table):
            name, _, text = line.strip().partition(" ")
            if not name:
                continue
            parts = name.split("-")
            reading.add(
                find_sound(table.parent / name) or table.parent / f"{name}.flac",
                text,
                speaker=parts[0] if len(parts) == 3 else None,
                session="-".join(parts[:2]) if len(parts) == 3 else table.name.removesuffix(".trans.txt"),
                item=name,
            )
    return reading
