"""The report on a data set, as text and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asr_desktop.teaching.check.findings import KINDS, Finding, Kind
from asr_desktop.teaching.dataset import TrainingUtterance

_ENOUGH_FOR_A_VOICE_MINUTES = 5.0
_NAMED_SPEAKERS = 8


@dataclass(frozen=True, slots=True)
class SpeakerReport:
    """One voice: medians of its levels, and how well the model understands it (None where none listened).

    wer, cer: as shares, greedily recognised, so they are higher than what the app writes.
    """

    name: str
    utterances: int
    seconds: float
    speech_dbfs: float
    signal_to_noise_db: float
    clipped: int
    wer: float | None
    cer: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """utterances: how many were looked at. good: those to train on, the others have a finding that says why.

    characters_per_second: 5th, 50th, 95th percentile. missing_characters: that the model's vocabulary lacks,
    and in how many transcripts. repeated_sentences: readings of what the same speaker has read before.
    """

    place: str
    format: str
    model: str | None
    utterances: int
    good: list[TrainingUtterance]
    speakers: list[SpeakerReport]
    sample_rates: dict[int, int]
    characters_per_second: tuple[float, float, float]
    missing_characters: dict[str, int]
    repeated_sentences: int
    findings: list[Finding]
    notes: list[str]

    @property
    def seconds(self) -> float:
        """Of what is good."""
        return sum(utterance.seconds for utterance in self.good)

    @property
    def left_out(self) -> int:
        """How many recordings are not to be trained on."""
        return self.utterances - len(self.good)

    def of_kind(self, kind: Kind) -> list[Finding]:
        """Worst first."""
        return [finding for finding in self.findings if finding.kind == kind]

    def as_json(self) -> dict[str, Any]:
        """Everything, in plain types."""
        return {
            "place": self.place,
            "format": self.format,
            "model": self.model,
            "utterances": self.utterances,
            "left_out": self.left_out,
            "good": len(self.good),
            "hours": round(self.seconds / 3600, 4),
            "speakers": [
                {
                    "name": speaker.name,
                    "utterances": speaker.utterances,
                    "minutes": round(speaker.seconds / 60, 2),
                    "speech_dbfs": round(speaker.speech_dbfs, 1),
                    "signal_to_noise_db": round(speaker.signal_to_noise_db, 1),
                    "clipped": speaker.clipped,
                    "wer": None if speaker.wer is None else round(speaker.wer, 4),
                    "cer": None if speaker.cer is None else round(speaker.cer, 4),
                }
                for speaker in self.speakers
            ],
            "sample_rates": {str(rate): count for rate, count in self.sample_rates.items()},
            "characters_per_second": [round(value, 2) for value in self.characters_per_second],
            "missing_characters": self.missing_characters,
            "repeated_sentences": self.repeated_sentences,
            "notes": self.notes,
            "findings": [
                {
                    "kind": finding.kind.name,
                    "left_out": finding.kind.leaves_out,
                    "item": finding.item,
                    "path": None if finding.path is None else str(finding.path),
                    "detail": finding.detail,
                }
                for finding in self.findings
            ],
        }


def lines(report: Report, *, most_items: int = 10) -> Iterator[str]:
    """The report as text. most_items: how many recordings of each sort are named."""
    yield f"{report.place} ({report.format})"
    yield from (f"  {note}" for note in report.notes)
    yield f"  {_amount(report)}, {_voices(report)}"
    yield f"  sound: {_rates(report)}; {_levels(report)}"
    low, middle, high = report.characters_per_second
    usual = f"most between {low:.0f} and {high:.0f}"
    yield f"  text: {middle:.0f} characters a second ({usual}){_repeats(report)}"
    if report.model is not None:
        yield from _understood(report)
    for is_bad, heading in ((True, "Left out of training"), (False, "Used, but worth checking")):
        kinds = [kind for kind in KINDS if kind.leaves_out == is_bad and report.of_kind(kind)]
        if not kinds:
            continue
        yield ""
        yield heading + (f": {report.left_out} of {report.utterances} recordings" if is_bad else "")
        for kind in kinds:
            yield from _section(kind, report.of_kind(kind), most_items)
    if report.missing_characters:
        named = ", ".join(f"“{c}” ({count}×)" for c, count in list(report.missing_characters.items())[:20])
        yield f"  The characters are: {named}"
    yield ""
    yield from _advice(report)


def _amount(report: Report) -> str:
    return f"{len(report.good)} recordings to train on, {_time(report.seconds)} of speech"


def _voices(report: Report) -> str:
    if len(report.speakers) == 1:
        return "one voice" if report.speakers[0].name != "(not named)" else "voices not named"
    return f"{len(report.speakers)} voices"


def _time(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.1f} min"


def _rates(report: Report) -> str:
    total = sum(report.sample_rates.values())
    return ", ".join(
        f"{rate / 1000:g} kHz" + ("" if count == total else f" ({count}×)")
        for rate, count in report.sample_rates.items()
    )


def _levels(report: Report) -> str:
    if not report.speakers:
        return "no levels"
    middle = sorted(report.speakers, key=lambda s: s.speech_dbfs)[len(report.speakers) // 2]
    ratio = sorted(s.signal_to_noise_db for s in report.speakers)[len(report.speakers) // 2]
    return f"voice at {middle.speech_dbfs:.0f} dB, {ratio:.0f} dB above the noise"


def _repeats(report: Report) -> str:
    count = report.repeated_sentences
    return f", {count} repeat a sentence of the same speaker" if count else ""


def _understood(report: Report) -> Iterator[str]:
    known = [s for s in report.speakers if s.cer is not None]
    seconds = sum(s.seconds for s in known)
    if not seconds:
        return
    cer = sum(s.seconds * (s.cer or 0.0) for s in known) / seconds
    yield f"  {report.model} gets {cer:.0%} of the letters wrong before training"
    if len(known) > 1:
        yield "  voices with the most errors:"
        for speaker in sorted(known, key=lambda s: -(s.cer or 0.0))[:_NAMED_SPEAKERS]:
            yield (
                f"    {speaker.name:<20} {speaker.utterances:>4} recordings {_time(speaker.seconds):>9}  "
                f"{speaker.cer or 0.0:>4.0%} wrong, {speaker.signal_to_noise_db:.0f} dB above the noise"
            )


def _section(kind: Kind, findings: list[Finding], most_items: int) -> Iterator[str]:
    yield f"  {kind.title} ({len(findings)}): {kind.advice}."
    for finding in findings[:most_items]:
        yield f"    {finding.item}: {finding.detail}"
    if len(findings) > most_items:
        yield f"    and {len(findings) - most_items} more (--all names them)"


def _advice(report: Report) -> Iterator[str]:
    """The summary in a sentence or two."""
    if not report.good:
        yield "No recordings are left to train on: fix the problems listed above."
        return
    share = report.left_out / report.utterances
    if share > 0.2:
        yield f"{share:.0%} of the recordings are left out: look for one cause (wrong pairs, wrong folder)."
    minutes = report.seconds / 60
    if minutes < _ENOUGH_FOR_A_VOICE_MINUTES:
        yield (f"{minutes:.1f} minutes are not much: 5 to 20 minutes of one voice bring most of the gain.")
    else:
        yield f"Ready: {_time(report.seconds)} of speech to train on."
