"""Archives without a recogniser: each recording says what its file holds, and it is counted who was asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from asr_desktop.archive.ledger import Ledger
from asr_desktop.archive.outcome import ArchiveOptions, Outcome, Recording
from asr_desktop.archive.recordings import Plan, make_plan
from asr_desktop.archive.references import References
from asr_desktop.archive.run import ArchiveReport, ArchiveRun
from asr_desktop.audio.input_files import stamp_of
from asr_desktop.language_model.english import ENGLISH_VOCABULARY
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.worker.protocol import ModelChoice

ENGLISH = Labels(ENGLISH_VOCABULARY, 0, "|", frozenset({0, 1, 2, 3}))
OPTIONS = ArchiveOptions(ModelChoice(), ("txt", "srt"))


def outcome_of(recording: Recording, options: ArchiveOptions = OPTIONS) -> Outcome:
    said = recording.path.read_text(encoding="utf-8")
    stamp = stamp_of(recording.path)
    if said.startswith("bad"):
        return Outcome(recording, stamp, failure=f"{recording.path.name} is bad: record it again.")
    contents = {name: f"{name}: {said}".encode() for name in options.formats}
    return Outcome(recording, stamp, contents, 3600.0, said)


def asked_of(count: Path) -> list[str]:
    return count.read_text().split() if count.exists() else []


class ScriptedArchive:
    """asked: a file that gets the name of each recording that was transcribed."""

    def __init__(self, root: Path) -> None:
        self.inbox = root / "in"
        self.out = root / "out"
        self.count = root / "asked"
        self.inbox.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, said: str) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
        return path

    @property
    def asked(self) -> list[str]:
        return asked_of(self.count)

    def outcomes(self, recordings: Sequence[Recording], options: ArchiveOptions) -> Iterator[Outcome]:
        for recording in recordings:
            file = os.open(self.count, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(file, f"{recording.path.name}\n".encode())
            os.close(file)
            yield outcome_of(recording, options)

    def run(
        self,
        options: ArchiveOptions = OPTIONS,
        *,
        again: bool = False,
        overwrite: bool = False,
        tables: Sequence[Path] = (),
    ) -> ArchiveReport:
        with Ledger(self.out) as ledger:
            plan = make_plan([self.inbox], ledger, options, again=again, overwrite=overwrite)
            self.plan: Plan = plan
            references, _ = References.of([self.inbox], tables, ledger.written())
            run = ArchiveRun(ledger, options, plan, references, ENGLISH)
            run.take_all(self.outcomes(plan.waiting, options))
            return run.report()

    def written(self) -> dict[str, str]:
        """Transcripts by name, and whatever else lies there but the ledger."""
        return {
            path.relative_to(self.out).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(self.out.rglob("*"))
            if path.is_file() and path.name not in ("archive.jsonl", "archive-report.json")
        }
