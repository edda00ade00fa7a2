"""The recogniser as somebody who corrects needs it: times for new words, other guesses for doubtful ones.

    second_look = SecondLook(ModelChoice())
    words = second_look.realign("talk.mp3", segment.words, touched={3}, earliest=12.0, latest=17.5)
    guesses = second_look.alternatives("talk.mp3", segment.words, 3, earliest=12.0, latest=17.5)

It works in a process of its own, as all recognition does: a crash there costs one answer and not the window.
The process starts when it is first asked and keeps its model until `close`.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from asr_desktop.base.errors import WorkerError
from asr_desktop.base.process_pool import kill_pool
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.alternatives import Alternative, word_alternatives
from asr_desktop.recognition.model_stamp import Stamp, model_stamp
from asr_desktop.recognition.realignment import realign
from asr_desktop.transcripts.document import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from asr_desktop.recognition.recogniser import Recogniser
    from asr_desktop.recognition.worker.protocol import ModelChoice

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
        texts = tuple(word.text for word in words)
        stretch = _stretch(words, earliest, latest)
        return self._ask(_alternatives, self._choice, Path(source), texts, index, stretch)

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
