"""Times for words that a person has written: the edited text is aligned to the sound anew.

Only words that were touched get new times. Those around them stay where they are and fence the new ones in,
so one correction never moves the rest of a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.segmenter import SAMPLE_RATE
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.transcripts.document import Word

_FEWEST_FRAMES = 2
"""In less, nothing can be found."""


def realign(
    words: Sequence[Word],
    touched: Collection[int],
    log_probs: NDArray[np.float32],
    folder: ModelFolder,
    *,
    start_seconds: float,
    end_seconds: float,
    spelling: Spelling | None = None,
) -> tuple[Word, ...]:
    """`words` with the ones at the indices `touched` where they are heard.

    log_probs: emissions [frames, labels] of the sound from `start_seconds` to `end_seconds`, which holds all
    words; no word leaves it. Where there is no room between two words that stay, the words between keep their
    times.
    """
    result = list(words)
    for first, stop in _runs(touched, len(words)):
        earliest = words[first - 1].end_seconds if first > 0 else start_seconds
        latest = words[stop].start_seconds if stop < len(words) else end_seconds
        times = _heard_between(
            [word.text for word in words[first:stop]],
            log_probs,
            folder,
            spelling or Spelling(folder.labels),
            start_seconds,
            max(earliest, start_seconds),
            min(latest, end_seconds),
        )
        for index, (start, end) in zip(range(first, stop), times, strict=False):
            result[index] = replace(words[index], start_seconds=start, end_seconds=end)
    return tuple(result)


def _runs(touched: Collection[int], count: int) -> Iterator[tuple[int, int]]:
    """[first, stop) of each row of touched words."""
    index = 0
    while index < count:
        if index in touched:
            first = index
            while index < count and index in touched:
                index += 1
            yield first, index
        index += 1


def _heard_between(
    texts: Sequence[str],
    log_probs: NDArray[np.float32],
    folder: ModelFolder,
    spelling: Spelling,
    origin: float,
    earliest: float,
    latest: float,
) -> list[tuple[float, float]]:
    """(start, end) of each text within earliest … latest; none where that is too short."""
    frame_seconds = folder.frame_stride_samples / folder.sample_rate
    first = max(0, round((earliest - origin) / frame_seconds))
    stop = min(len(log_probs), round((latest - origin) / frame_seconds))
    if stop - first < _FEWEST_FRAMES:
        return []
    aligned = align(log_probs[first:stop], " ".join(texts), folder.labels, spelling)
    if len(aligned) != len(texts):
        return []  # a word with a space inside, which only other programs write
    begin = origin + first * frame_seconds
    times = word_times(
        aligned,
        frame_stride_samples=folder.frame_stride_samples,
        receptive_field_samples=folder.receptive_field_samples,
        sample_count=round((latest - begin) * SAMPLE_RATE) * folder.sample_rate // SAMPLE_RATE,
        sample_rate=folder.sample_rate,
    )
    return [
        (min(max(begin + start, earliest), latest), min(max(begin + end, earliest), latest))
        for start, end in times
    ]
