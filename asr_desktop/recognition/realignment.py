"""Times for words that a person has written: the edited text is aligned to the sound anew.

Only words that were touched get new times. Those around them stay where they are and fence the new ones in,
so one correction never moves the rest of a sentence.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import WorkerError
from asr_desktop.base.process_pool import kill_pool
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.alternatives import Alternative, word_alternatives
from asr_desktop.recognition.model_folder import ModelFolder, Stamp, model_stamp
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.transcripts.document import Word

if TYPE_CHECKING:
    import numpy as np

    from asr_desktop.recognition.recogniser import Recogniser
    from asr_desktop.recognition.worker.protocol import ModelChoice

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
#     second_look = SecondLook(ModelChoice())
#     words = second_look.realign("talk.mp3", segment.words, touched={3}, earliest=12.0, latest=17.5)
#     guesses = second_look.alternatives("talk.mp3", segment.words, 3, earliest=12.0, latest=17.5)
#
# It works in a process of its own, as all recognition does: a crash there costs one answer and not the
# window. The process starts when it is first asked and keeps its model until `close`.

_MOST_READINGS = 8
AROUND_SECONDS = 0.4
"""Sound before and after a segment that is listened to as well: a network hears words by what is around."""

_T = TypeVar("_T")


class SecondLook:
    """Asks the recogniser again. Methods wait for their answer and may be called from any thread."""

    def __init__(self, choice: ModelChoice) -> None:
        self._choice = choice
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
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

        earliest, latest: no word is put outside. Raises MediaError, ModelFolderError or WorkerError.
        """
        stretch = _stretch(words, earliest, latest)
        return self._ask(_realigned, self._choice, Path(source), tuple(words), frozenset(touched), stretch)

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
        if len(words[index].spoken_words) != 1:
            return []  # a number, say: no single word stands for it
        texts = tuple(said.text for word in words for said in word.spoken_words)
        index = sum(len(word.spoken_words) for word in words[:index])
        stretch = _stretch(words, earliest, latest)
        return self._ask(_alternatives, self._choice, Path(source), texts, index, stretch)

    def readings(self, source: str | os.PathLike[str], start_seconds: float, end_seconds: float) -> list[str]:
        """What a stretch of the sound may say, in spoken form, the most probable first."""
        stretch = max(0.0, start_seconds), max(start_seconds, end_seconds)
        return self._ask(_readings, self._choice, Path(source), stretch)

    def prepare(self) -> None:
        """Have the process and its model ready before there is a question."""
        self._ask(_prepared, self._choice)

    def close(self) -> None:
        """Ends the process, whatever it does."""
        with self._lock:
            self._is_closed = True
            executor, self._executor = self._executor, None
        if executor is not None:
            kill_pool(executor)

    def _ask(self, function: Callable[..., _T], *arguments: Any) -> _T:
        with self._lock:
            if self._is_closed:
                raise WorkerError(Sentence("The Editor was closed."))
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
                )
            executor = self._executor
        try:
            return executor.submit(function, *arguments).result()
        except (BrokenProcessPool, CancelledError) as error:
            with self._lock:
                if self._executor is executor:
                    self._executor = None
            raise WorkerError(
                Sentence("The recogniser stopped unexpectedly; it will restart automatically.")
            ) from error


def _stretch(words: Sequence[Word], earliest: float, latest: float) -> tuple[float, float]:
    start = max(0.0, earliest, words[0].start_seconds - AROUND_SECONDS)
    end = min(latest, max(word.end_seconds for word in words) + AROUND_SECONDS)
    return start, max(start, end)


# What follows happens in the other process.


def _begin() -> None:
    """Ctrl-C is the window's business; and when the window is gone, so are we."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait_for_end() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=wait_for_end, daemon=True).start()


def _recogniser(choice: ModelChoice) -> Recogniser:
    return _loaded(choice, model_stamp(choice))


@lru_cache(maxsize=1)
def _loaded(choice: ModelChoice, _stamp: Stamp) -> Recogniser:
    from asr_desktop.recognition.worker.server import load

    return load(choice).recogniser


def _prepared(choice: ModelChoice) -> None:
    _recogniser(choice)


def _emissions(choice: ModelChoice, source: Path, stretch: tuple[float, float]) -> NDArray[np.float32]:
    return _computed(choice, model_stamp(choice), source, stretch)


@lru_cache(maxsize=4)
def _computed(
    choice: ModelChoice, stamp: Stamp, source: Path, stretch: tuple[float, float]
) -> NDArray[np.float32]:
    import numpy as np

    from asr_desktop.audio.read import read_blocks
    from asr_desktop.audio.soft_sound import SoftSoundRaiser

    start, end = stretch
    blocks = read_blocks(source, start_seconds=start, end_seconds=end)
    samples = np.concatenate([np.zeros(0, np.float32), *SoftSoundRaiser().raise_soft(blocks)])
    return _loaded(choice, stamp).emissions(samples)


def _realigned(
    choice: ModelChoice,
    source: Path,
    words: tuple[Word, ...],
    touched: frozenset[int],
    stretch: tuple[float, float],
) -> tuple[Word, ...]:
    log_probs = _emissions(choice, source, stretch)
    start, end = stretch
    folder = _recogniser(choice).folder
    return realign(words, touched, log_probs, folder, start_seconds=start, end_seconds=end)


def _alternatives(
    choice: ModelChoice, source: Path, texts: tuple[str, ...], index: int, stretch: tuple[float, float]
) -> list[Alternative]:
    log_probs = _emissions(choice, source, stretch)
    return word_alternatives(_recogniser(choice).decoder, log_probs, texts, index)


def _readings(choice: ModelChoice, source: Path, stretch: tuple[float, float]) -> list[str]:
    hypotheses = _recogniser(choice).decoder.decode_alternatives(
        _emissions(choice, source, stretch), _MOST_READINGS
    )
    return list(dict.fromkeys(hypothesis.text for hypothesis in hypotheses if hypothesis.text))
