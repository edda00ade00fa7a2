"""Who does which recording on this machine, and what becomes of a run that is given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from asr_desktop.archive import local
from asr_desktop.archive.local import default_processes, outcomes_here
from asr_desktop.archive.outcome import Outcome, Recording
from asr_desktop.base.errors import CancelledError, MediaError, ModelFolderError
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import FileProgress, ModelChoice, ModelReady
from asr_desktop.transcripts.document import Transcript
from tests.archive.scripted_archive import OPTIONS


class Recogniser:
    """Begins files when the test lets it, in `allowed`; `heard` has what it was given."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.heard: list[str] = []
        self.began = threading.Semaphore(0)
        self.allowed = threading.Semaphore(0)
        self.is_closed = False
        self.failure = failure

    def load(self, choice: ModelChoice) -> Recogniser:
        return self

    def wait(self) -> ModelReady:
        if self.failure is not None:
            raise self.failure
        return ModelReady(1, "m", ("a warning",))

    def transcribe(self, path: Path, choice: ModelChoice, **options: Any) -> _Job:
        self.heard.append(path.name)
        return _Job(self, path)

    def close(self) -> None:
        self.is_closed = True
        self.allowed.release(100)


class _Job:
    def __init__(self, recogniser: Recogniser, path: Path) -> None:
        self._recogniser = recogniser
        self._path = path

    def events(self) -> Iterator[Any]:
        yield FileProgress(1, 7.0, None, 1.0, None)
        self._recogniser.began.release()
        self._recogniser.allowed.acquire()

    def result(self) -> Transcript:
        if self._recogniser.is_closed:
            raise CancelledError("The job was cancelled.")
        if self._path.stem == "bad":
            raise MediaError("bad is bad.")
        return Transcript(str(self._path), 1.0, "m", ())


def recordings(folder: Path, *names: str) -> list[Recording]:
    for name in names:
        (folder / name).write_bytes(b"sound")
    return [Recording(folder / name, name, 10.0) for name in names]


def begin(recognisers: list[Recogniser], waiting: list[Recording], **more: Any) -> Iterator[Outcome | float]:
    row = iter(recognisers)
    return outcomes_here(
        waiting,
        OPTIONS,
        len(recognisers),
        open_recogniser=lambda: cast(RecogniserProcess, next(row)),
        **more,
    )


def next_outcome(outcomes: Iterator[Outcome | float]) -> Outcome:
    return next(outcome for outcome in outcomes if isinstance(outcome, Outcome))


def test_whoever_is_done_takes_the_next(tmp_path: Path) -> None:
    one, two = Recogniser(), Recogniser()
    notes: list[str] = []
    outcomes = begin(
        [one, two], recordings(tmp_path, "long", "short", "shorter", "shortest"), note=notes.append
    )
    two.allowed.release(3)
    first = [next_outcome(outcomes).recording.output]
    assert one.began.acquire(timeout=60)
    busy_with = one.heard[0]
    first += [next_outcome(outcomes).recording.output for _ in range(2)]
    one.allowed.release()
    last = next_outcome(outcomes).recording.output

    assert last == busy_with
    assert sorted([*first, last]) == ["long", "short", "shorter", "shortest"]
    assert len(two.heard) == 3, "one recogniser was busy all the time, and the other did the rest"
    assert {one.heard[0], two.heard[0]} == {"long", "short"}, "the first of the row begin"
    assert notes == ["a warning"]
    assert next(outcomes, None) is None
    assert one.is_closed
    assert two.is_closed


def test_a_bad_file_costs_itself(tmp_path: Path) -> None:
    recogniser = Recogniser()
    recogniser.allowed.release(2)
    outcomes = [
        outcome
        for outcome in begin([recogniser], recordings(tmp_path, "bad", "good"))
        if isinstance(outcome, Outcome)
    ]
    assert [outcome.failure for outcome in outcomes] == ["bad is bad.", None]


def test_progress_counts_what_is_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TICK_SECONDS", 0.01)
    recogniser = Recogniser()
    outcomes = begin([recogniser], recordings(tmp_path, "one"))
    first = next(outcomes)
    assert isinstance(first, float), "also where nothing is under way yet"
    assert first == 7.0 or next(outcome for outcome in outcomes if outcome) == 7.0
    recogniser.allowed.release()
    assert next_outcome(outcomes).seconds == 1.0


def test_giving_up_ends_what_is_under_way(tmp_path: Path) -> None:
    one, two = Recogniser(), Recogniser()
    outcomes = begin([one, two], recordings(tmp_path, "a", "b", "c"))
    assert isinstance(next(outcomes), float)
    outcomes.close()  # type: ignore[attr-defined]
    assert one.is_closed
    assert two.is_closed
    assert "c" not in one.heard + two.heard


def test_a_model_that_cannot_be_used_is_said_before_anything_begins(tmp_path: Path) -> None:
    recogniser = Recogniser(ModelFolderError("There is no such model."))
    with pytest.raises(ModelFolderError, match="no such model"):
        list(begin([recogniser], recordings(tmp_path, "a")))
    assert recogniser.heard == []
    assert recogniser.is_closed


def test_a_recording_that_changes_meanwhile_is_not_done(tmp_path: Path) -> None:
    recogniser = Recogniser()
    outcomes = begin([recogniser], recordings(tmp_path, "a"))
    assert isinstance(next(outcomes), float)
    assert recogniser.began.acquire(timeout=60)
    (tmp_path / "a").write_bytes(b"more sound")
    recogniser.allowed.release()
    assert "changed" in (next_outcome(outcomes).failure or "")


def test_as_many_processes_as_cores_unless_a_card_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "physical_cores", lambda: 12)
    assert default_processes(ModelChoice(providers=("cpu",))) == 12
    assert default_processes(ModelChoice(providers=("cuda", "cpu"))) == 1
    monkeypatch.setattr(local, "available_providers", lambda: ["CPUExecutionProvider"])
    assert default_processes(ModelChoice()) == 12
