"""Which layouts are known, and which of them a folder or file has."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from asr_desktop.teaching.data import (
    common_voice,
    folder,
    huggingface,
    kaldi,
    librispeech,
    lj_speech,
    manifest,
    recordings,
)
from asr_desktop.teaching.data.reading import Reading
from asr_desktop.teaching.dataset import DataError


class Format(Protocol):
    """What each of the layouts' modules has."""

    NAME: str
    DESCRIPTION: str

    def recognises(self, place: Path) -> bool:
        """Whether it looks like this layout; reads no more than a few lines."""

    def read(self, place: Path) -> Reading:
        """All of it."""


# The more particular a layout's marks are, the earlier it is asked: any of them may hold x.wav beside x.txt.
_IN_ORDER: tuple[Format, ...] = (
    common_voice,
    manifest,
    recordings,
    huggingface,
    lj_speech,
    kaldi,
    librispeech,
    folder,
)

FORMATS: dict[str, Format] = {layout.NAME: layout for layout in _IN_ORDER}


def detect(place: Path) -> Format:
    """The layout of a folder or file.

    :raises DataError: none fits; the sentence names those that are known.
    """
    if not place.exists():
        raise DataError(f"{place} does not exist; check its name and folder.")
    for layout in _IN_ORDER:
        if layout.recognises(place):
            return layout
    known = "; ".join(layout.DESCRIPTION for layout in _IN_ORDER)
    raise DataError(f"{place} is not a data set in a known layout; supported layouts: {known}.")
