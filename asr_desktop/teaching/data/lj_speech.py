"""LJ Speech and the many voices published in its layout: `metadata.csv` beside `wavs/`.

    LJ001-0001|Printing, in the only sense … (as printed)|Printing, in the only sense … (as spoken)

The last column is taken: there numbers and abbreviations are written out. https://keithito.com/LJ-Speech-Dataset
"""

from __future__ import annotations

from pathlib import Path

from asr_desktop.base.text_file import first_line
from asr_desktop.teaching.data.reading import Reading, find_sound, read_lines
from asr_desktop.teaching.dataset import DataError

NAME = "lj-speech"
DESCRIPTION = "LJ Speech's metadata.csv (name|text|text as spoken) next to wavs/"

TABLE = "metadata.csv"


def recognises(place: Path) -> bool:
    """A `metadata.csv` whose columns are parted by upright bars."""
    return 1 <= first_line(_table(place)).count("|") <= 3


def read(place: Path) -> Reading:
    """:raises DataError: no metadata.csv, or one that is no table of names and texts."""
    table = _table(place)
    if not table.is_file():
        raise DataError(f"{place} contains no {TABLE}; choose the folder that has it next to wavs.")
    reading = Reading(place, NAME)
    for number, line in enumerate(read_lines(table), start=1):
        name, *texts = line.split("|")
        if not line.strip():
            continue
        if not texts:
            raise DataError(f"{table}, line {number} has no “|” between the name and the text; fix it.")
        text = texts[-1].strip() or texts[0]
        # Without a sound file the name is passed on as it is, and left out by that name.
        sound = next(filter(None, (find_sound(stem) for stem in _stems(table.parent, name.strip()))), None)
        reading.add(
            sound or table.parent / "wavs" / name.strip(),
            text,
            speaker=place.resolve().name if place.is_dir() else table.resolve().parent.name,
            session=_chapter(name.strip()),
            item=name.strip(),
        )
    return reading


def _table(place: Path) -> Path:
    return place / TABLE if place.is_dir() else place


def _stems(folder: Path, name: str) -> list[Path]:
    return [folder / "wavs" / name, folder / "wav" / name, folder / name]


def _chapter(name: str) -> str | None:
    """`LJ001-0001` is of the chapter LJ001, read in one sitting."""
    chapter, dash, number = Path(name).stem.rpartition("-")
    return chapter if dash and number.isdigit() else None
