"""Emissions as a CTC network might give them for a known text, with the frames of its words known too.

Peaks of one or two frames with blanks between them, as trained networks have; a part of the letters is
heard unclearly, as one of the letters that sound like them or as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.labels import Labels

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
SOUND_ALIKE = ("BPDTGK", "MN", "IEY", "AOU", "SZCX", "FVPH", "KGCQ", "LR", "WUV", "EA", "TD", "JG")


def english_labels(letters: str = LETTERS) -> Labels:
    """The vocabulary of wav2vec2-base-960h: blank, three special tokens, the delimiter, letters."""
    tokens = ("<pad>", "<s>", "</s>", "<unk>", "|", *letters)
    return Labels(tokens=tokens, blank_id=0, word_delimiter="|", special_ids=frozenset({0, 1, 2, 3}))


@dataclass(frozen=True)
class Synthetic:
    """log_probs: [frames, labels]. word_frames: [start, end) of each word, first letter's peak to last
    letter's end."""

    log_probs: NDArray[np.float32]
    word_frames: tuple[tuple[int, int], ...]


def emissions_from_text(
    text: str, labels: Labels, *, seed: int = 0, unclear: float = 0.0, frames_per_letter: int = 4
) -> Synthetic:
    """Emissions of `text` (words of single-letter labels); `unclear` is the share of letters heard
    badly, 0…1."""
    random = np.random.default_rng(seed)
    label_of = {token: i for i, token in enumerate(labels.tokens)}
    blank = labels.blank_id
    heard: list[tuple[int, float, int, float]] = []  # per frame: label, its height, second label, its height

    def silence(frames: int) -> None:
        heard.extend([(blank, 9.0, blank, 0.0)] * frames)

    def peak(label: int, frames: int, rival: int, height: float, rival_height: float) -> None:
        heard.extend([(label, height, rival, rival_height)] * frames)

    word_frames = []
    silence(int(random.integers(3, 8)))
    words = text.split()
    for number, word in enumerate(words):
        if number and labels.word_delimiter is not None:
            peak(label_of[labels.word_delimiter], int(random.integers(1, 3)), blank, 9.0, 0.0)
        start = len(heard)
        end = start
        for letter in word:
            label, rival, height, rival_height = label_of[letter], blank, 9.0, 3.0
            if random.random() < unclear:
                groups = [g for g in SOUND_ALIKE if letter in g] or [LETTERS]
                alike = "".join(groups).replace(letter, "") or LETTERS
                rival = label_of.get(str(random.choice(list(alike))), blank)
                height, rival_height = (6.0, 6.0 + float(random.normal(0.5, 1.5)))
            silence(1)
            if letter == word[0] and end == start:
                start = len(heard)
            peak(label, int(random.integers(1, 3)), rival, height, rival_height)
            end = len(heard)
            silence(max(0, frames_per_letter - 2 + int(random.integers(-1, 2))))
        word_frames.append((start, end))
    silence(int(random.integers(3, 8)))

    logits = random.normal(0.0, 1.0, (len(heard), len(labels)))
    logits[:, sorted(labels.special_ids - {blank})] -= 4.0
    for frame, (label, height, rival, rival_height) in enumerate(heard):
        logits[frame, rival] += rival_height
        logits[frame, label] += height
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return Synthetic(log_probs.astype(np.float32), tuple(word_frames))
