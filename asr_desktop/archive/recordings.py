"""Plans which recordings of an archive are still to be transcribed, longest first.

Longest first, so that at the end no core still has an hour of sound while all others are idle.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from asr_desktop.archive.ledger import Ledger
from asr_desktop.archive.outcome import ArchiveOptions, Recording
from asr_desktop.audio.input_files import Input, find_inputs, stamp_of
from asr_desktop.audio.media import probe
from asr_desktop.base.errors import MediaError
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.export import FORMATS

BYTES_PER_SECOND = 16_000
"""Estimate for files that do not state their length: MP3 at 128 kbit/s."""
_PROBES = 8
"""Number of concurrent probes; they mostly wait for a disk or a network share."""


@dataclass(frozen=True)
class Plan:
    """The work of a run.

    waiting: longest first. refused: recordings whose transcripts would replace files of the user, each with a
    sentence. problems: sentences about folders that are unreadable or empty. otherwise: number of finished
    recordings that were made with other settings. is_again: finished recordings are redone. overwrites: files
    that are not in the ledger may be replaced.
    """

    found: list[Path] = field(default_factory=list)
    waiting: list[Recording] = field(default_factory=list)
    refused: list[tuple[Recording, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    done: int = 0
    otherwise: int = 0
    is_again: bool = False
    overwrites: bool = False


def make_plan(
    places: Sequence[Path],
    ledger: Ledger,
    options: ArchiveOptions,
    *,
    again: bool = False,
    overwrite: bool = False,
) -> Plan:
    """Search files and folders, and plan a run.

    again: redo finished recordings, except those that an interrupted run has already redone with these
    options. overwrite: files that are not in the ledger may be replaced.
    """
    inputs, problems = find_inputs(
        [Path(os.path.abspath(place)) for place in places],
        former_output=ledger.output_of,
        may_have=ledger.may_have,
    )
    suffixes = {FORMATS[name].suffix for name in options.formats}
    plan = Plan([item.path for item in inputs], problems=problems)
    anew = again and not any(ledger.is_asked_again(item.path, options.fingerprint) for item in inputs)
    done = otherwise = 0
    waiting: list[Input] = []
    for item in inputs:
        if not anew and ledger.is_done(item.path, stamp_of(item.path), suffixes):
            done += 1
            entry = ledger.entry(item.path)
            otherwise += entry is not None and entry.fingerprint != options.fingerprint
        else:
            waiting.append(item)
    with ThreadPoolExecutor(_PROBES) as pool:
        recordings = list(pool.map(_recording, waiting))
    for recording in sorted(recordings, key=lambda recording: -recording.seconds):
        taken = None if overwrite else others_file(recording, suffixes, ledger)
        if taken is None:
            plan.waiting.append(recording)
        else:
            plan.refused.append((recording, taken))
    return Plan(plan.found, plan.waiting, plan.refused, problems, done, otherwise, again, overwrite)


def _recording(item: Input) -> Recording:
    """The recording of an input file. An unreadable one gets length 0; the recogniser reports the error
    later."""
    seconds: float | None = None
    try:
        seconds = probe(item.path).duration_seconds
    except MediaError:
        seconds = 0.0
    if seconds is None:
        stamp = stamp_of(item.path)
        seconds = 0.0 if stamp is None else stamp.size / BYTES_PER_SECOND
    return Recording(item.path, os.fspath(item.output), seconds)


def others_file(recording: Recording, suffixes: Iterable[str], ledger: Ledger) -> str | None:
    """An error sentence where its transcript would replace a file that is not, or no longer, in the
    ledger."""
    for suffix in sorted(suffixes):
        name = recording.output + suffix
        if not ledger.may_write(name):
            return Sentence(
                "{path} already exists and was not written by this command, or was changed since; move it "
                "away, or add --overwrite to replace it.",
                path=ledger.folder / name,
            )
    return None
