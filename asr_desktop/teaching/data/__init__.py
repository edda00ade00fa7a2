"""Transcribed speech in any of the usual layouts → utterances to train on.

    from asr_desktop.teaching.data import read_dataset

    utterances = read_dataset(Path("LJSpeech-1.1"), report=print)

Each layout is a module here with four names: NAME, DESCRIPTION, `recognises(place)` and `read(place)`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from asr_desktop.base.sentences import Sentence
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
from asr_desktop.teaching.data.reading import LeftOut, Reading, unpacked
from asr_desktop.teaching.dataset import DataError, TrainingUtterance

__all__ = ["FORMATS", "LeftOut", "Reading", "read", "read_dataset"]


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


def read_dataset(
    path: str | Path, *, format: str | None = None, report: Callable[[str], None] | None = None
) -> list[TrainingUtterance]:
    """The utterances of a data set: a folder, a table, a transcript, a recorded session, or a .tar of one.

    format: one of FORMATS, by name; None finds it out. report: called with a sentence on what was read, and
    one for each reason for which something was left out.

    :raises DataError: nothing there, no known layout, or not a single usable utterance.
    """
    reading = read(path, format=format)
    if report is not None:
        for sentence in reading.sentences():
            report(sentence)
    if not reading.utterances:
        why = f", first: {reading.left_out[0]}" if reading.left_out else ""
        raise DataError(
            Sentence(
                "{path} contains no usable utterance ({count} left out{why}); fix it or choose another.",
                path=path,
                count=len(reading.left_out),
                why=why,
            )
        )
    return reading.utterances


def read(path: str | Path, *, format: str | None = None) -> Reading:
    """As `read_dataset`, with everything that was left out; may come out empty.

    :raises DataError: nothing there, or no known layout.
    """
    place = unpacked(Path(path))
    if format is None:
        return detect(place).read(place)
    if format not in FORMATS:
        raise DataError(
            Sentence(
                "There is no layout “{format}”; choose one of {names}.",
                format=format,
                names=", ".join(FORMATS),
            )
        )
    return FORMATS[format].read(place)
