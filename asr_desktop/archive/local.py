"""Transcribes recordings on all cores of this machine, with one recogniser process for each core; each takes
the next recording as soon as it has finished one."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from asr_desktop.archive.outcome import ArchiveOptions, Outcome, Recording, transcribed
from asr_desktop.base.errors import CancelledError
from asr_desktop.base.onnx_session import CPU, available_providers, physical_cores
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice, ModelReady

TICK_SECONDS = 0.5


def default_processes(choice: ModelChoice) -> int:
    """One process per core; a single one on a graphics card."""
    providers = choice.providers or tuple(available_providers())
    return cores() if providers[0] in (CPU, "cpu", "torch:cpu") else 1


def cores() -> int:
    """The number of cores that this process may use."""
    return physical_cores() or os.cpu_count() or 1


def outcomes_here(
    recordings: Sequence[Recording],
    options: ArchiveOptions,
    processes: int,
    note: Callable[[str], None] = lambda sentence: None,
    *,
    open_recogniser: Callable[[], RecogniserProcess] = lambda: RecogniserProcess(idle_seconds=None),
) -> Iterator[Outcome | float]:
    """The outcome of each recording in the order in which they finish, and from time to time the seconds done
    of the recordings in progress.

    note: called with sentences about the model. Closing the iterator early stops the processes. Raises
    ModelFolderError and similar errors before the first recording where the model cannot be used.
    """
    recognisers = [open_recogniser() for _ in range(max(1, min(processes, len(recordings))))]
    row = _Row(recordings, options)
    threads = [
        threading.Thread(target=row.work, args=(recogniser,), name="archive", daemon=True)
        for recogniser in recognisers
    ]
    try:
        loads = [recogniser.load(options.choice) for recogniser in recognisers]
        for number, load in enumerate(loads):
            ready = load.wait()
            if number == 0 and isinstance(ready, ModelReady):
                for sentence in ready.warnings:
                    note(sentence)
        for thread in threads:
            thread.start()
        for _ in recordings:
            while (outcome := row.next(TICK_SECONDS)) is None:
                yield row.under_way_seconds
            yield outcome
    finally:
        row.stop()
        for recogniser in recognisers:
            recogniser.close()


class _Row:
    """The queue of remaining recordings, and the outcomes of the others."""

    def __init__(self, recordings: Sequence[Recording], options: ArchiveOptions) -> None:
        self._waiting = deque(recordings)
        self._options = options
        self._outcomes: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()
        self._done_seconds: dict[str, float] = {}

    @property
    def under_way_seconds(self) -> float:
        return float(sum(list(self._done_seconds.values())))

    def work(self, recogniser: RecogniserProcess) -> None:
        """Runs in one thread per recogniser."""
        try:
            while True:
                try:
                    recording = self._waiting.popleft()
                except IndexError:
                    return
                self._outcomes.put(self._outcome(recording, recogniser))
        except CancelledError:
            return
        except BaseException as error:
            self._outcomes.put(error)

    def _outcome(self, recording: Recording, recogniser: RecogniserProcess) -> Outcome:
        name = str(recording.path)

        def progress(done_seconds: float) -> None:
            self._done_seconds[name] = done_seconds

        try:
            return transcribed(recording, self._options, recogniser, progress)
        finally:
            self._done_seconds.pop(name, None)

    def next(self, timeout_seconds: float) -> Outcome | None:
        try:
            outcome = self._outcomes.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def stop(self) -> None:
        self._waiting.clear()
