"""Word times for edited text, by aligning it to the sound again.

Only changed words get new times. The words around them keep theirs and limit the new ones, so a correction
never moves the rest of a sentence.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import CancelledError, WorkerError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.alternatives import Alternative, word_alternatives
from asr_desktop.recognition.emissions import EmissionsModel
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.transcripts.document import Word

if TYPE_CHECKING:
    from asr_desktop.recognition.recogniser import Recogniser
    from asr_desktop.recognition.worker.client import RecogniserProcess
    from asr_desktop.recognition.worker.handles import Job
    from asr_desktop.recognition.worker.protocol import Answer, ModelChoice, Question

AnyJob = TypeVar("AnyJob", bound="Job")

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
        said = [one for word in words[first:stop] for one in word.spoken_words]
        times = _heard_between(
            [one.text for one in said],
            log_probs,
            folder,
            spelling or Spelling(folder.labels),
            start_seconds,
            max(earliest, start_seconds),
            min(latest, end_seconds),
        )
        if times:
            result[first:stop] = _at_times(words[first:stop], times)
    return tuple(result)


def _at_times(words: Sequence[Word], times: Sequence[tuple[float, float]]) -> Iterator[Word]:
    """The words at the times of what they were spoken in, in order."""
    place = 0
    last_end = times[0][0]
    for word in words:
        own = times[place : place + len(word.spoken_words)]
        place += len(own)
        start, end = (own[0][0], own[-1][1]) if own else (last_end, last_end)
        last_end = end
        spoken = word.spoken and tuple(
            replace(said, start_seconds=begins, end_seconds=ends)
            for said, (begins, ends) in zip(word.spoken, own, strict=True)
        )
        yield replace(word, start_seconds=start, end_seconds=end, spoken=spoken)


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
    stop = min(len(log_probs), round((latest + folder.emission_delay_seconds - origin) / frame_seconds))
    if stop - first < _FEWEST_FRAMES:
        return []
    aligned = align(log_probs[first:stop], " ".join(texts), folder.labels, spelling)
    if len(aligned) != len(texts):
        return []  # a word with a space inside, which only other programs write
    begin = origin + first * frame_seconds
    times = word_times(aligned, folder.frame_timing, latest - begin)
    return [
        (min(max(begin + start, earliest), latest), min(max(begin + end, earliest), latest))
        for start, end in times
    ]


# The recogniser as somebody who corrects needs it: times for new words, other guesses for doubtful ones.
#
#     second_look = SecondLook(lambda: process, ModelChoice())
#     words = second_look.realign("talk.mp3", segment.words, touched={3}, earliest=12.0, latest=17.5)
#     guesses = second_look.alternatives("talk.mp3", segment.words, 3, earliest=12.0, latest=17.5)
#
# The questions are jobs of the recogniser's process.

_MOST_READINGS = 8
_MOST_KEPT = 4
AROUND_SECONDS = 0.4
"""Sound before and after a segment that is listened to as well: a network hears words by what is around."""


class SecondLook:
    """Asks the recogniser again. Methods wait for their answer and may be called from any thread.

    They raise MediaError, ModelFolderError or WorkerError.

    process: gives the recogniser's process when something is asked, and raises WorkerError where there is
    none to be had.
    """

    def __init__(self, process: Callable[[], RecogniserProcess], choice: ModelChoice) -> None:
        self._process = process
        self._choice = choice
        self._lock = threading.Lock()
        self._asked: set[Job] = set()
        self._is_closed = False

    def realign(
        self,
        source: str | os.PathLike[str],
        words: Sequence[Word],
        touched: Collection[int],
        *,
        earliest: float = 0.0,
        latest: float = float("inf"),
    ) -> tuple[Word, ...]:
        """The words of one segment with the touched ones where they are heard (see `realignment.realign`).

        earliest, latest: no word is put outside.
        """
        from asr_desktop.recognition.worker.protocol import Realign, Realigned

        question = Realign(tuple(words), tuple(sorted(touched)))
        answer = self._ask(source, _stretch(words, earliest, latest), question)
        assert isinstance(answer, Realigned)
        return answer.words

    def alternatives(
        self,
        source: str | os.PathLike[str],
        words: Sequence[Word],
        index: int,
        *,
        earliest: float = 0.0,
        latest: float = float("inf"),
    ) -> list[Alternative]:
        """Other texts for words[index] of one segment (see `alternatives.word_alternatives`)."""
        from asr_desktop.recognition.worker.protocol import AlternativesFound, FindAlternatives

        if len(words[index].spoken_words) != 1:
            return []  # a number, say: no single word stands for it
        texts = tuple(said.text for word in words for said in word.spoken_words)
        index = sum(len(word.spoken_words) for word in words[:index])
        question = FindAlternatives(texts, index)
        answer = self._ask(source, _stretch(words, earliest, latest), question)
        assert isinstance(answer, AlternativesFound)
        return [Alternative(*found) for found in zip(answer.texts, answer.probabilities, strict=True)]

    def readings(self, source: str | os.PathLike[str], start_seconds: float, end_seconds: float) -> list[str]:
        """What a stretch of the sound may say, in spoken form, the most probable first."""
        from asr_desktop.recognition.worker.protocol import FindReadings, ReadingsFound

        stretch = max(0.0, start_seconds), max(start_seconds, end_seconds)
        answer = self._ask(source, stretch, FindReadings())
        assert isinstance(answer, ReadingsFound)
        return list(answer.texts)

    def prepare(self) -> None:
        """Have the process and its model ready before there is a question."""
        self._wait_for(lambda: self._process().load(self._choice))

    def close(self) -> None:
        """Nothing is asked any more, and what was asked is given up; the process is its owner's to end."""
        with self._lock:
            self._is_closed = True
            asked = list(self._asked)
        for job in asked:
            job.cancel()

    def _ask(
        self, source: str | os.PathLike[str], stretch: tuple[float, float], question: Question
    ) -> Answer:
        return self._wait_for(
            lambda: self._process().look_again(source, stretch, question, self._choice)
        ).result()

    def _wait_for(self, ask: Callable[[], AnyJob]) -> AnyJob:
        with self._lock:
            if self._is_closed:
                raise WorkerError(Sentence("The Editor was closed."))
            job = ask()
            self._asked.add(job)
        try:
            job.wait()
        except CancelledError:
            raise WorkerError(Sentence("The Editor was closed.")) from None
        finally:
            with self._lock:
                self._asked.discard(job)
        return job


def _stretch(words: Sequence[Word], earliest: float, latest: float) -> tuple[float, float]:
    start = max(0.0, earliest, words[0].start_seconds - AROUND_SECONDS)
    end = min(latest, max(word.end_seconds for word in words) + AROUND_SECONDS)
    return start, max(start, end)


# What follows happens in the recogniser's process.


def answered(
    question: Question, recogniser: Recogniser, path: str, start_seconds: float, end_seconds: float
) -> Answer:
    """What the recogniser says to a question about a stretch of a file. Raises MediaError."""
    from asr_desktop.recognition.worker.protocol import (
        AlternativesFound,
        FindAlternatives,
        FindReadings,
        ReadingsFound,
        Realign,
        Realigned,
    )

    log_probs = _emissions(recogniser.emissions, path, start_seconds, end_seconds)
    match question:
        case Realign(words, touched):
            return Realigned(
                realign(
                    words,
                    touched,
                    log_probs,
                    recogniser.folder,
                    start_seconds=start_seconds,
                    end_seconds=end_seconds,
                )
            )
        case FindAlternatives(texts, index):
            found = word_alternatives(recogniser.decoder, log_probs, texts, index)
            return AlternativesFound(
                tuple(other.text for other in found), tuple(other.probability for other in found)
            )
        case FindReadings():
            hypotheses = recogniser.decoder.decode_alternatives(log_probs, _MOST_READINGS)
            readings = dict.fromkeys(hypothesis.text for hypothesis in hypotheses if hypothesis.text)
            return ReadingsFound(tuple(readings))


_kept: WeakKeyDictionary[Any, dict[tuple[str, float, float], NDArray[np.float32]]] = WeakKeyDictionary()
"""The last emissions of a model: the next question is often about the same words."""


def _emissions(
    model: EmissionsModel, path: str, start_seconds: float, end_seconds: float
) -> NDArray[np.float32]:
    from asr_desktop.audio.read import read_blocks
    from asr_desktop.audio.soft_sound import SoftSoundRaiser

    kept = _kept.setdefault(model, {})
    place = (path, start_seconds, end_seconds)
    if place not in kept:
        blocks = read_blocks(path, start_seconds=start_seconds, end_seconds=end_seconds)
        samples = np.concatenate([np.zeros(0, np.float32), *SoftSoundRaiser().raise_soft(blocks)])
        log_probs = model(samples)
        while len(kept) >= _MOST_KEPT:
            del kept[next(iter(kept))]
        kept[place] = log_probs
    return kept[place]
