"""A folder of recordings, each with its words in a text file of the same name: `x.wav` and `x.txt`.

Sub-folders count too: the first one below the data set's folder is taken for the speaker where there are
several, the last for the session.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from asr_desktop.teaching.data.reading import SOUND_SUFFIXES, Reading, read_lines
from asr_desktop.teaching.dataset import DataError

NAME = "folder"
DESCRIPTION = "a folder of recordings with a text file next to each (x.wav and x.txt)"

_TEXT_SUFFIXES = (".txt", ".lab", ".trn")


def recognises(place: Path) -> bool:
    """At least one recording with a text of its name."""
    return place.is_dir() and any(_text_of(sound) for sound in _sounds(place))


def read(place: Path) -> Reading:
    """:raises DataError: no recordings."""
    reading = Reading(place, NAME)
    sounds = list(_sounds(place))
    if not sounds:
        raise DataError(f"{place} contains no recordings; choose the folder that does.")
    tops = {sound.relative_to(place).parts[0] for sound in sounds if sound.parent != place}
    for sound in sounds:
        item = str(sound.relative_to(place))
        text = _text_of(sound)
        if text is None:
            reading.leave_out(item, f"it has no text next to it: write its words to {sound.stem}.txt")
            continue
        parts = sound.relative_to(place).parts
        reading.add(
            sound,
            " ".join(" ".join(read_lines(text)).split()),
            speaker=parts[0] if len(parts) > 1 and len(tops) > 1 else None,
            session="/".join(parts[:-1]) or None,
            item=item,
        )
    return reading


def _sounds(place: Path) -> Iterator[Path]:
    for path in sorted(place.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
        if path.suffix.lower() in SOUND_SUFFIXES and path.is_file() and not hidden:
            yield path


def _text_of(sound: Path) -> Path | None:
    candidates = (sound.with_suffix(suffix) for suffix in _TEXT_SUFFIXES)
    return next((path for path in candidates if path.is_file()), None)
