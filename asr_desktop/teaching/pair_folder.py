"""A folder of training pairs: their sound and a table, in the layout of other data sets.

manifest.tsv      file, speaker, session, seconds, transcript
left-out.tsv      source, start, end, reason, transcript: for a person to look at
removed.tsv       session, at, transcript: removed by a person; not added again
NAME-0001.flac    16 kHz mono
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import soundfile

from asr_desktop.base.atomic_write import replacing, write_text
from asr_desktop.base.sentences import Sentence
from asr_desktop.teaching.data.reading import read_rows
from asr_desktop.teaching.data.recordings import RecordedSound
from asr_desktop.teaching.dataset import SAMPLE_RATE, DataError

MANIFEST = "manifest.tsv"
LEFT_OUT = "left-out.tsv"
REMOVED = "removed.tsv"
_MANIFEST_COLUMNS = ("file", "speaker", "session", "seconds", "transcript", "source", "at")
_REMOVED_COLUMNS = ("session", "at", "transcript")
_SAME_PLACE_SECONDS = 1.0
"""Another round of corrections aligns a sentence anew, and it then begins a little earlier or later."""
_LEFT_OUT_COLUMNS = ("source", "start", "end", "reason", "transcript")


@dataclass(frozen=True, slots=True)
class Pair:
    """A stretch of the sound and what is said in it.

    shortfall, recognised: how badly the model hears the transcript in it (nats a letter), and what it hears.
    reason: why it stays out whatever the shortfall, "" where nothing speaks against it.
    """

    start_seconds: float
    end_seconds: float
    transcript: str
    speaker: str | None
    shortfall: float = 0.0
    recognised: str = ""
    reason: str = ""

    def is_sure(self, limit: float) -> bool:
        """Whether it can be trained on: its shortfall is at most `limit`, as in correct transcripts."""
        return not self.reason and self.shortfall <= limit

    def explained(self, limit: float) -> Pair:
        """With its reason, where it has none of its own."""
        if self.reason or self.shortfall <= limit:
            return self
        return replace(self, reason=f"the model recognised something else: “{self.recognised}”")


@dataclass
class Pairs:
    """The result of one correction."""

    name: str
    kept: list[Pair] = field(default_factory=list)
    left_out: list[Pair] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Of what is kept."""
        return sum(pair.end_seconds - pair.start_seconds for pair in self.kept)

    def sentences(self) -> list[str]:
        """For a person."""
        said = [f"{self.name}: {len(self.kept)} pairs, {self.seconds / 60:.1f} min"]
        if self.left_out:
            seconds = sum(pair.end_seconds - pair.start_seconds for pair in self.left_out)
            said.append(f"{len(self.left_out)} passages are left out ({seconds:.0f} s), see {LEFT_OUT}")
        return said


def write_pairs(sound: RecordedSound, pairs: Pairs, output: Path) -> None:
    """Put pairs into the data set in `output`; those of the same sound that lie there are replaced, and those
    that a person removed there before are left out of `pairs` too.

    The sound comes first and the table last, so that a run that is stopped leaves a whole data set.

    :raises DataError: it cannot be written.
    """
    mark = hashlib.sha256(str(sound.parts[0][0].absolute()).encode()).hexdigest()[:6]
    stem = re.sub(r"[^\w.-]+", "_", sound.name) + f"-{mark}"
    source = str(sound.parts[0][0])
    try:
        output.mkdir(parents=True, exist_ok=True)
        rows = [row for row in _read_table(output / MANIFEST) if row.get("session") != stem]
        old = [row.get("file", "") for row in _read_table(output / MANIFEST) if row.get("session") == stem]
        removed = [row for row in _read_table(output / REMOVED) if row.get("session") == stem]
        pairs.kept = [pair for pair in pairs.kept if not any(_is_same(pair, row) for row in removed)]
        for pair in pairs.kept:
            # Named after its place: what has not changed keeps its name.
            name = f"{stem}-{round(pair.start_seconds * 1000):08d}.flac"
            samples = sound.samples(pair.start_seconds, pair.end_seconds)
            with replacing(output / name) as beside:
                soundfile.write(beside, samples, SAMPLE_RATE, subtype="PCM_16", format="FLAC")
            rows.append(
                {
                    "file": name,
                    "speaker": pair.speaker or "",
                    "session": stem,
                    "seconds": f"{len(samples) / SAMPLE_RATE:.3f}",
                    "transcript": pair.transcript,
                    "source": source,
                    "at": f"{pair.start_seconds:.2f}",
                }
            )
        _write_table(output / MANIFEST, _MANIFEST_COLUMNS, rows)
        kept = {row["file"] for row in rows}
        for name in old:
            if name not in kept:
                (output / name).unlink(missing_ok=True)
        left_out = [row for row in _read_table(output / LEFT_OUT) if row.get("source") != source]
        left_out += [
            {
                "source": source,
                "start": f"{pair.start_seconds:.2f}",
                "end": f"{pair.end_seconds:.2f}",
                "reason": pair.reason,
                "transcript": pair.transcript,
            }
            for pair in pairs.left_out
        ]
        _write_table(output / LEFT_OUT, _LEFT_OUT_COLUMNS, left_out)
    except (OSError, soundfile.LibsndfileError) as error:
        raise DataError(
            Sentence(
                "The pairs cannot be written to {output} ({reason}); free up disk space or choose "
                "another folder.",
                output=output,
                reason=error,
            )
        ) from error


def remove_pairs(folder: Path, names: Collection[str]) -> None:
    """Take pairs out of a data set, by the names of their files; they do not come back with the next round
    of the same correction, unless their text is another one.

    The table goes first and the sound last, so that it never names what is not there.

    :raises DataError: it cannot be written.
    """
    wanted = set(names)
    try:
        rows = _read_table(folder / MANIFEST)
        gone = [row for row in rows if row["file"] in wanted]
        kept = [row for row in rows if row["file"] not in wanted]
        _write_table(folder / REMOVED, _REMOVED_COLUMNS, [*_read_table(folder / REMOVED), *gone])
        columns = tuple(rows[0]) if rows else _MANIFEST_COLUMNS
        _write_table(folder / MANIFEST, columns, kept)
        for row in gone:
            (folder / row["file"]).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            Sentence(
                "The sentences cannot be removed from {folder} ({reason}); check its permissions.",
                folder=folder,
                reason=error.strerror or error,
            )
        ) from error


def _is_same(pair: Pair, row: dict[str, str]) -> bool:
    try:
        seconds = abs(float(row["at"]) - pair.start_seconds)
    except (KeyError, ValueError):
        return False
    return seconds <= _SAME_PLACE_SECONDS and row.get("transcript") == _one_line(pair.transcript)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _read_table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    return [dict(row.values) for row in read_rows(path).rows]


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    text = io.StringIO()
    for row in ({column: column for column in columns}, *rows):
        text.write("\t".join(_one_line(row.get(column) or "") for column in columns) + "\n")
    write_text(path, text.getvalue())
