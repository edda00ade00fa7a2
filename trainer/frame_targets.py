"""Supervision by frame: where in an utterance each phone and each letter is, so that a network need not find
out.

CTC from nothing spends its first hours on discovering alignments. With an alignment from elsewhere a plain
cross-entropy over frames teaches the same network in a fraction of the time, and CTC refines it (Sak et al.,
"Learning acoustic frame labeling for speech recognition with recurrent neural networks", ICASSP 2015).
Alignments are JSON lines, made by :mod:`trainer.phone_alignment`:

    {"file": "pack/name.opus", "words": [["word", start, duration, [["PH", start, duration], …]], …]}

in frames of 10 ms; silences and noises are words of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.small_file import read_json_lines
from trainer.pronunciation import PHONES
from trainer.text import ENGLISH_VOCABULARY

IGNORED = -100  # torch's cross-entropy passes over it
BLANK = SILENCE = 0
# An alignment's 10 ms frame k is centred on sample 160 k + 200, the front end's frame k on 160 k + 320.
FRONT_END_DELAY_FRAMES = 0.75

_PHONE_INDEX = {phone: number for number, phone in enumerate(PHONES)}
_LETTER_INDEX = {letter: number for number, letter in enumerate(ENGLISH_VOCABULARY)}


@dataclass(frozen=True)
class Alignment:
    """One utterance: phones and letters with the 10 ms frame of their centre, in order.

    ``phones`` are ``(first frame, end frame, label)``; ``letters`` are ``(frame, label)`` with a word
    delimiter between words.
    """

    phones: tuple[tuple[int, int, int], ...]
    letters: tuple[tuple[float, int], ...]

    def phone_frames(self, frames: int, stride: int, kernel: int, speed: float) -> NDArray[np.int64]:
        """The phone at each of ``frames`` label frames, ``[frames]``; ``speed`` is how much quicker this
        variant is.
        """
        targets = np.full(frames, SILENCE, dtype=np.int64)
        centres = (np.arange(frames) * stride + (kernel - 1) / 2 + FRONT_END_DELAY_FRAMES) * speed
        for first, end, label in self.phones:
            targets[(centres >= first) & (centres < end)] = label
        return targets

    def letter_frames(self, frames: int, stride: int, kernel: int, speed: float) -> NDArray[np.int64] | None:
        """The letter at each label frame, blanks between them, ``[frames]``; None where they do not all find
        a place.
        """
        targets = np.full(frames, BLANK, dtype=np.int64)
        previous, before = -1, BLANK
        for centre, label in self.letters:
            wanted = round((centre / speed - FRONT_END_DELAY_FRAMES - (kernel - 1) / 2) / stride)
            frame = max(wanted, previous + (2 if label == before else 1))
            if frame >= frames:
                return None
            targets[frame] = label
            previous, before = frame, label
        return targets


def read_alignments(path: Path) -> dict[str, Alignment]:
    """Alignments by ``pack/file`` name; lines that were cut off by a kill are passed over."""
    alignments = {}
    for entry in read_json_lines(path):
        alignments[entry["file"]] = _alignment(entry["words"])
    return alignments


def _alignment(words: Sequence[Any]) -> Alignment:
    phones = tuple(
        (start, start + duration, _PHONE_INDEX.get(name, SILENCE))
        for _, _, _, parts in words
        for name, start, duration in parts
    )
    spoken = [
        (_spelling(name), start, start + duration) for name, start, duration, _ in words if _spelling(name)
    ]
    letters: list[tuple[float, int]] = []
    for number, (word, start, end) in enumerate(spoken):
        step = (end - start) / len(word)
        letters += [
            (start + (position + 0.5) * step, _LETTER_INDEX[letter]) for position, letter in enumerate(word)
        ]
        if number + 1 < len(spoken):
            letters.append(((end + spoken[number + 1][1]) / 2, _LETTER_INDEX["|"]))
    ordered = itertools.accumulate((centre for centre, _ in letters), max)
    return Alignment(phones, tuple(zip(ordered, (label for _, label in letters), strict=True)))


def _spelling(name: str) -> str:
    """A word without its variant number; nothing for silences and noises such as ``<sil>`` and
    ``[NOISE]``.
    """
    if name[0] in "<[+":
        return ""
    return name.split("(", 1)[0]
