"""Runs the transcription of an archive: writes transcripts, records progress and reports.

    with Ledger(output_dir) as ledger:
        plan = make_plan(folders, ledger, options)
        run = ArchiveRun(ledger, options, plan, …)
        run.take_all(outcomes_here(plan.waiting, options, processes))
        report = run.report()

All transcripts are written by one thread of one program: each atomically, in the order that `ledger`
describes. An error in one recording becomes a sentence in the report.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asr_desktop.archive.ledger import REPORT, Ledger, LedgerEntry, digest
from asr_desktop.archive.outcome import ArchiveOptions, Outcome
from asr_desktop.archive.recordings import Plan, others_file
from asr_desktop.archive.references import References, word_errors
from asr_desktop.base import messages
from asr_desktop.base.atomic_write import is_full, remove_files_below
from asr_desktop.base.errors import ExportError
from asr_desktop.recognition.file_pipeline import Progress
from asr_desktop.recognition.labels import Labels
from asr_desktop.transcripts.export import FORMATS
from asr_desktop.transcripts.export.files import make_output_folder, write_whole


@dataclass
class ArchiveReport:
    """Totals of an archive: everything done so far for the recordings found, and the part of this run.

    seconds: of sound. failures: a sentence for each failed recording. worst: recordings with the highest word
    error rates, as (recording, errors, words).
    """

    recordings: int = 0
    done: int = 0
    done_before: int = 0
    seconds: float = 0.0
    seconds_now: float = 0.0
    elapsed_seconds: float = 0.0
    words: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    scored: int = 0
    reference_words: int = 0
    word_errors: int = 0
    worst: list[tuple[str, int, int]] = field(default_factory=list)
    is_complete: bool = False

    @property
    def wer(self) -> float | None:
        return self.word_errors / self.reference_words if self.reference_words else None

    def as_json(self) -> dict[str, Any]:
        return {
            "complete": self.is_complete,
            "recordings": self.recordings,
            "done": self.done,
            "done_before": self.done_before,
            "hours": round(self.seconds / 3600, 4),
            "hours_now": round(self.seconds_now / 3600, 4),
            "elapsed_seconds": round(self.elapsed_seconds, 1),
            "words": self.words,
            "failures": [{"file": file, "reason": reason} for file, reason in self.failures.items()],
            "notes": [{"file": file, "notes": notes} for file, notes in self.notes.items()],
            "references": None
            if self.wer is None
            else {
                "files": self.scored,
                "words": self.reference_words,
                "errors": self.word_errors,
                "wer": round(self.wer, 4),
                "worst": [
                    {"file": file, "errors": errors, "words": words} for file, errors, words in self.worst
                ],
            },
        }

    def lines(self) -> list[str]:
        """The report as lines of text."""
        said = [
            f"{self.done} of {self.recordings} recordings transcribed, {self.seconds / 3600:.2f} h of sound, "
            f"{self.words:,} words."
        ]
        if self.seconds_now and self.elapsed_seconds > 0:
            speed = self.seconds_now / self.elapsed_seconds
            said.append(
                f"This run: {self.done - self.done_before} recordings, {self.seconds_now / 3600:.2f} h, "
                f"{speed:.0f} times as fast as they play."
            )
        if self.wer is not None:
            said.append(
                f"Word error rate: {100 * self.wer:.1f} % ({self.word_errors:,} errors in "
                f"{self.reference_words:,} words of {self.scored} recordings with a reference)."
            )
        if self.failures:
            said.append(f"{len(self.failures)} recordings failed:")
            told = list(self.failures.items())[:_MOST_FAILURES]
            said += [messages.one_line(f"  {file}: {sentence}") for file, sentence in told]
            if len(told) < len(self.failures):
                said.append(f"  and {len(self.failures) - len(told)} more, see {REPORT}")
        return said


_MOST_WORST = 10
_MOST_FAILURES = 20


class ArchiveRun:
    """Takes outcomes, writes their transcripts, and counts.

    labels: of the model; they determine which characters are compared. on_written, on_failure, on_note:
    called for each file. progress: as for a single file, for all recordings together.
    """

    def __init__(
        self,
        ledger: Ledger,
        options: ArchiveOptions,
        plan: Plan,
        references: References,
        labels: Labels,
        *,
        on_written: Callable[[Path], None] = lambda path: None,
        on_failure: Callable[[Path, str], None] = lambda path, sentence: None,
        on_note: Callable[[Path, str], None] = lambda path, sentence: None,
        progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._ledger = ledger
        self._options = options
        self._plan = plan
        self._references = references
        self._labels = labels
        self._on_written = on_written
        self._on_failure = on_failure
        self._on_note = on_note
        self._progress = progress
        self._started = time.monotonic()
        self._failures: dict[str, str] = {}
        self._waiting = {str(recording.path) for recording in plan.waiting}
        self._taken: set[str] = set()
        self._seconds_now = 0.0
        self._passed_seconds = 0.0  # estimated length of finished and failed recordings
        self._total_seconds = sum(recording.seconds for recording in plan.waiting)

    def take_all(self, outcomes: Iterable[Outcome | float]) -> None:
        """Process all outcomes; numbers are the seconds done of the recordings in progress.

        Raises ArchiveError where the ledger cannot be written any more, since unrecorded work would be
        repeated.
        """
        remove_files_below(self._ledger.folder)  # partial files of a killed run
        if self._plan.is_again:
            self._ledger.ask_again((item.path for item in self._plan.waiting), self._options.fingerprint)
        for recording, sentence in self._plan.refused:
            self._fail(recording.path, sentence)
        for outcome in outcomes:
            if isinstance(outcome, Outcome):
                if str(outcome.recording.path) in self._taken:
                    continue  # duplicate from a machine that was lost just after it had returned it
                self._take(outcome)
                self._passed_seconds += outcome.recording.seconds
                self._show(0.0)
            else:
                self._show(outcome)

    def _take(self, outcome: Outcome) -> None:
        source = outcome.recording.path
        if outcome.failure is not None:
            self._ledger.failed(str(source), outcome.stamp, outcome.failure)
            self._fail(source, outcome.failure)
            return
        contents = {
            outcome.recording.output + FORMATS[name].suffix: content
            for name, content in outcome.contents.items()
        }
        suffixes = [FORMATS[name].suffix for name in outcome.contents]
        # Checked again, because the plan may be a day old.
        refused = None if self._plan.overwrites else others_file(outcome.recording, suffixes, self._ledger)
        if refused is not None:
            self._ledger.keep(str(source))
            self._fail(source, refused)
            return
        notes = list(outcome.notes)
        reference_words = errors = None
        try:
            reference = self._references.text_of(source)
            if reference is not None:
                reference_words, errors = word_errors(reference, outcome.spoken, self._labels)
        except Exception as error:  # a reference is arbitrary input and must not end a run of days
            notes.append(messages.explained(error))
        entry = LedgerEntry(
            str(source),
            outcome.stamp,
            self._options.fingerprint,
            {name: digest(content) for name, content in contents.items()},
            outcome.seconds,
            len(outcome.spoken.split()),
            tuple(notes),
            reference_words,
            errors,
        )
        self._ledger.begin(entry)
        try:
            for name, content in contents.items():
                path = self._ledger.folder / name
                make_output_folder(path.parent, option="--output-dir")
                write_whole(path, content)
                self._on_written(path)
        except ExportError as error:
            if is_full(error.__cause__):
                raise  # all other recordings would fail in the same way
            self._ledger.failed(str(source), outcome.stamp, str(error))
            self._fail(source, str(error))
            return
        self._ledger.end(str(source))
        self._taken.add(str(source))
        self._failures.pop(str(source), None)
        self._seconds_now += outcome.seconds
        for sentence in notes:
            self._on_note(source, sentence)

    def _fail(self, source: Path, sentence: str) -> None:
        self._failures[str(source)] = sentence
        self._on_failure(source, sentence)

    def _show(self, under_way_seconds: float) -> None:
        elapsed = time.monotonic() - self._started
        done = min(self._passed_seconds + under_way_seconds, self._total_seconds)
        left = elapsed * (self._total_seconds - done) / done if done > 0.0 else None
        self._progress(Progress(done, self._total_seconds, elapsed, left))

    def report(self) -> ArchiveReport:
        """The report so far, including former runs."""
        report = ArchiveReport(recordings=len(self._plan.found), done_before=self._plan.done)
        report.failures = dict(self._failures)
        report.seconds_now = self._seconds_now
        report.elapsed_seconds = time.monotonic() - self._started
        scored: list[tuple[str, int, int]] = []
        suffixes = {FORMATS[name].suffix for name in self._options.formats}
        for path in self._plan.found:
            entry = self._ledger.entry(path)
            if entry is None or not self._ledger.is_done(path, entry.stamp, suffixes):
                continue
            if str(path) in self._failures or (str(path) in self._waiting and str(path) not in self._taken):
                continue
            report.done += 1
            report.seconds += entry.seconds
            report.words += entry.words
            if entry.notes:
                report.notes[str(path)] = list(entry.notes)
            if entry.reference_words is not None and entry.word_errors is not None:
                report.reference_words += entry.reference_words
                report.word_errors += entry.word_errors
                scored.append((str(path), entry.word_errors, entry.reference_words))
        report.scored = len(scored)
        report.worst = sorted(scored, key=lambda one: -one[1] / max(1, one[2]))[:_MOST_WORST]
        report.is_complete = report.done == report.recordings
        return report


def write_report(report: ArchiveReport, folder: Path) -> Path:
    """Write the report as JSON into the output folder. Raises ExportError."""
    path = folder / REPORT
    write_whole(path, (json.dumps(report.as_json(), indent=1, ensure_ascii=True) + "\n").encode())
    return path
