"""Recordings on many machines, through Ray Data.

    ray start --head                          # on one machine
    ray start --address=THAT_MACHINE:6379     # on the others

Each recording is a block of its own and each task one recording, on one core. So when a machine is lost, Ray
runs again exactly the tasks that ran on it. A worker process keeps its recogniser for the next recording.
Transcripts are returned as bytes; the calling program writes them, as it does those of local processes.

The machines need the program in the same version, and the recordings and models under the same paths (a
disk across the network). Ray is imported only here.
"""

from __future__ import annotations

import functools
import logging
import pickle
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from asr_desktop import __version__
from asr_desktop.archive.outcome import ArchiveError, ArchiveOptions, Outcome, Recording, transcribed
from asr_desktop.audio.input_files import stamp_of
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.worker.client import RecogniserProcess

LOCAL = "local"
"""An address: a temporary cluster on this machine only."""


def outcomes_on_cluster(
    recordings: Sequence[Recording], options: ArchiveOptions, address: str
) -> Iterator[Outcome]:
    """The outcome of each recording, in the order in which they finish.

    address: as for `ray.init`: HOST:PORT, "auto" for the cluster that this machine is part of, or LOCAL.
    Raises ArchiveError where there is no Ray or no cluster, or its machines cannot run the program.
    """
    ray = _connected(address)
    try:
        rows = [{"recording": pickle.dumps(recording)} for recording in recordings]
        asked = pickle.dumps((__version__, options))
        found = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            _transcribe_row, fn_kwargs={"asked": asked}, num_cpus=1
        )
        for row in found.iter_rows():
            outcome: Outcome = pickle.loads(row["outcome"])
            if outcome.missing_on and stamp_of(outcome.recording.path) is not None:
                raise _without_recordings(outcome)
            yield outcome
    except AsrDesktopError:
        raise
    except Exception as error:
        raise _explained(error) from error
    finally:
        ray.shutdown()


def _connected(address: str) -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ArchiveError(
            Sentence("--ray needs Ray: install the program with its extra “cluster” on each of the machines.")
        ) from error
    more: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **more)
    except Exception as error:
        raise ArchiveError(
            Sentence(
                "There is no Ray cluster at {address} ({reason}): start it with “ray start --head”, and "
                "check the address and that all machines have the same versions of Ray and Python.",
                address=address,
                reason=_first_line(error),
            )
        ) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    return ray


# On the machines


def _transcribe_row(row: dict[str, Any], asked: bytes) -> dict[str, Any]:
    """One Ray task: transcribes one recording."""
    version, options = _unpickled(asked)
    if version != __version__:
        raise ArchiveError(
            Sentence(
                "{machine} has version {theirs} of the program and this machine {ours}: install the same "
                "one on all machines.",
                machine=socket.gethostname(),
                theirs=__version__,
                ours=version,
            )
        )
    recording: Recording = pickle.loads(row["recording"])
    outcome = transcribed(recording, options, _recogniser(asked))
    if outcome.failure is not None and stamp_of(recording.path) is None:
        outcome = replace(outcome, missing_on=socket.gethostname())
    return {"outcome": pickle.dumps(outcome)}


@functools.lru_cache(maxsize=1)
def _unpickled(asked: bytes) -> tuple[str, ArchiveOptions]:
    said: tuple[str, ArchiveOptions] = pickle.loads(asked)
    return said


@functools.lru_cache(maxsize=1)
def _recogniser(asked: bytes) -> RecogniserProcess:
    """The recogniser of this Ray process, which runs one task after the other. Raises where this machine
    lacks the model."""
    _, options = _unpickled(asked)
    recogniser = RecogniserProcess(idle_seconds=None)
    try:
        recogniser.load(options.choice).wait()
    except AsrDesktopError as error:
        recogniser.close()
        raise ArchiveError(f"{socket.gethostname()}: {error}") from error
    return recogniser


def _without_recordings(outcome: Outcome) -> ArchiveError:
    """The error for a machine without access to the recordings: it fails so fast that it would soon have
    taken all of them."""
    return ArchiveError(
        Sentence(
            "{machine} does not have {path}, which this machine has: connect the disk under the same path on "
            "all machines, and run the command again, which goes on with what is left.",
            machine=outcome.missing_on,
            path=outcome.recording.path,
        )
    )


# What Ray says


def _explained(error: Exception) -> ArchiveError:
    cause: BaseException | None = error
    while cause is not None:
        ours = getattr(cause, "cause", None)
        if isinstance(ours, AsrDesktopError):
            return ArchiveError(str(ours))
        cause = cause.__cause__
    if "No module named 'asr_desktop'" in str(error):
        return ArchiveError(
            Sentence("A machine of the cluster has no ASR Desktop: install the program on all of them.")
        )
    return ArchiveError(
        Sentence(
            "The cluster failed ({reason}): run the command again, which goes on with what is left.",
            reason=_first_line(error),
        )
    )


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".:")
