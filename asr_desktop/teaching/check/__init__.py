"""Finds problems of training data before the training: `asr-trainer check DATA`.

sound_measures   one recording → level, noise, clipping, silence
findings         measurements → what to leave out and what to review
report           Report → text for a person, JSON for a program

`check_dataset` makes a Report of a data set: every recording is read once, measured, and compared with its
transcript.
"""

from __future__ import annotations

import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import probe
from asr_desktop.base.errors import CancelledError, MediaError
from asr_desktop.base.sentences import Sentence
from asr_desktop.teaching.check import findings as found
from asr_desktop.teaching.check.findings import CheckLimits, Finding
from asr_desktop.teaching.check.report import Report, SpeakerReport
from asr_desktop.teaching.check.sound_measures import SoundMeasures, measure
from asr_desktop.teaching.data import read
from asr_desktop.teaching.dataset import DataError, TrainingUtterance
from asr_desktop.teaching.listening import Heard, Listener
from asr_desktop.teaching.scoring import score

__all__ = ["Finding", "Report", "check_dataset"]


_REPORTS_EVERY_SECONDS = 10.0
UNKNOWN_SPEAKER = "(not named)"


@dataclass(frozen=True, slots=True)
class _Checked:
    utterance: TrainingUtterance
    item: str
    measures: SoundMeasures
    fingerprint: str
    heard: Heard | None


def check_dataset(
    path: str | Path,
    *,
    format: str | None = None,
    listener: Listener | None = None,
    limits: CheckLimits | None = None,
    report: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Check a data set that `asr_desktop.teaching.data.read` understands.

    listener: a model that listens whether the words were said; None leaves that out. report: called with a
    line on how far it is, every ten seconds. cancelled: asked before each recording.

    :raises DataError: no data set. CancelledError where `cancelled` says so.
    """
    limits = limits or CheckLimits()
    reading = read(path, format=format)
    findings = [Finding(found.UNUSABLE, entry.item, None, entry.reason) for entry in reading.left_out]
    checked: list[_Checked] = []
    rates: Counter[int] = Counter()
    progress = _Progress(len(reading.utterances), report)
    for utterance in reading.utterances:
        if cancelled is not None and cancelled():
            raise CancelledError(Sentence("The check was stopped."))
        item = _item(utterance)
        try:
            samples = utterance.samples()
            heard = None if listener is None else listener.hear(samples, utterance.transcript)
        except (DataError, MediaError) as error:
            findings.append(Finding(found.UNREADABLE, item, utterance.path, str(error)))
            continue
        rates[_sample_rate(utterance.path)] += 1
        checked.append(_Checked(utterance, item, measure(samples), _fingerprint(samples), heard))
        progress(utterance.seconds)
    for entry in checked:
        letters = len(entry.utterance.transcript.replace(" ", ""))
        findings += found.sound_findings(entry.item, entry.utterance.path, entry.measures, limits)
        findings += found.rate_findings(entry.item, entry.utterance.path, letters, entry.measures, limits)
    findings += _duplicates(checked)
    missing: Counter[str] = Counter()
    notes = list(reading.notes)
    if listener is not None:
        silent = {finding.item for finding in findings if finding.kind == found.SILENT}
        findings += _wrong_texts([entry for entry in checked if entry.item not in silent], notes)
        findings += _missing_letters(checked, listener, missing)
    return _summed_up(str(path), reading.format, checked, findings, rates, missing, notes, listener)


def _item(utterance: TrainingUtterance) -> str:
    place = f" at {utterance.start_seconds:.1f} s" if utterance.start_seconds else ""
    return f"{utterance.path.name}{place}"


def _sample_rate(path: Path) -> int:
    """Samples a second of the file itself."""
    held = probe(path)
    return held.tracks[held.default_track - 1].sample_rate


def _fingerprint(samples: NDArray[np.float32]) -> str:
    # At 12 bits, so that the same recording in another lossless format has the same.
    return hashlib.sha1((samples * 2047).round().astype(np.int16).tobytes()).hexdigest()


def _duplicates(checked: list[_Checked]) -> list[Finding]:
    findings = []
    first: dict[str, _Checked] = {}
    for entry in checked:
        other = first.setdefault(entry.fingerprint, entry)
        if other is entry:
            continue
        path = entry.utterance.path
        if _spoken(other.utterance) == _spoken(entry.utterance):
            findings.append(
                Finding(found.SAME_SOUND, entry.item, path, Sentence("the same as {item}", item=other.item))
            )
        else:
            findings.append(
                Finding(
                    found.TWO_TEXTS, entry.item, path, Sentence("the same sound as {item}", item=other.item)
                )
            )
            findings.append(
                Finding(
                    found.TWO_TEXTS,
                    other.item,
                    other.utterance.path,
                    Sentence("the same sound as {item}", item=entry.item),
                )
            )
    return findings


def _spoken(utterance: TrainingUtterance) -> str:
    return utterance.text or utterance.transcript


def _wrong_texts(checked: list[_Checked], notes: list[str]) -> list[Finding]:
    listened = [(entry, entry.heard) for entry in checked if entry.heard is not None]
    shortfalls = [heard.shortfall for _, heard in listened]
    limit = found.wrong_text_limit(shortfalls)
    if len(shortfalls) >= 10 and statistics.median(shortfalls) > found.HIGHEST_LIMIT:
        notes.append(
            "most transcripts do not match their audio: check that texts and files are paired "
            "correctly, and that the model is for this language"
        )
    findings = []
    for entry, heard in listened:
        if heard.shortfall > limit:
            detail = Sentence(
                "sounds like “{recognised}”, not “{transcript}”",
                recognised=_cut(heard.recognised),
                transcript=_cut(entry.utterance.transcript),
            )
            findings.append(
                Finding(found.WRONG_TEXT, entry.item, entry.utterance.path, detail, heard.shortfall)
            )
    return findings


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _missing_letters(checked: list[_Checked], listener: Listener, missing: Counter[str]) -> list[Finding]:
    findings = []
    for entry in checked:
        characters = listener.spelling.unspellable_characters(entry.utterance.transcript)
        missing.update(characters)
        if characters:
            shown = " ".join(characters)
            findings.append(
                Finding(found.MISSING_LETTERS, entry.item, entry.utterance.path, shown, len(characters))
            )
    return findings


def _summed_up(
    place: str,
    layout: str,
    checked: list[_Checked],
    findings: list[Finding],
    rates: Counter[int],
    missing: Counter[str],
    notes: list[str],
    listener: Listener | None,
) -> Report:
    bad = {finding.item for finding in findings if finding.kind.leaves_out}
    good = [entry for entry in checked if entry.item not in bad]
    speakers: dict[str, list[_Checked]] = {}
    for entry in good:
        speakers.setdefault(entry.utterance.speaker or UNKNOWN_SPEAKER, []).append(entry)
    texts = Counter((entry.utterance.speaker, _spoken(entry.utterance)) for entry in good)
    rate = [len(entry.utterance.transcript) / entry.measures.seconds for entry in good]
    return Report(
        place=place,
        format=layout,
        model=None if listener is None else listener.emissions.folder.name,
        utterances=len(checked) + sum(finding.kind.name in _UNHEARD for finding in findings),
        good=[entry.utterance for entry in good],
        speakers=sorted(
            (_speaker(name, entries) for name, entries in speakers.items()), key=lambda s: -s.seconds
        ),
        sample_rates=dict(rates.most_common()),
        characters_per_second=_percentiles(rate),
        missing_characters=dict(missing.most_common()),
        repeated_sentences=sum(count - 1 for count in texts.values()),
        findings=sorted(
            findings, key=lambda finding: (_ORDER[finding.kind.name], -finding.score, finding.item)
        ),
        notes=notes,
    )


_ORDER = {kind.name: number for number, kind in enumerate(found.KINDS)}
_UNHEARD = frozenset({found.UNUSABLE.name, found.UNREADABLE.name})


def _speaker(name: str, entries: list[_Checked]) -> SpeakerReport:
    measures = [entry.measures for entry in entries]
    heard = [entry.heard for entry in entries if entry.heard is not None]
    errors = score([h.expected for h in heard], [h.recognised for h in heard]) if heard else None
    return SpeakerReport(
        name=name,
        utterances=len(entries),
        seconds=sum(entry.utterance.seconds for entry in entries),
        speech_dbfs=statistics.median(m.speech_dbfs for m in measures),
        signal_to_noise_db=statistics.median(m.signal_to_noise_db for m in measures),
        clipped=sum(m.clipped_share > 0 for m in measures),
        wer=None if errors is None else errors.wer,
        cer=None if errors is None else errors.cer,
    )


def _percentiles(values: list[float]) -> tuple[float, float, float]:
    """5th, 50th and 95th."""
    if not values:
        return 0.0, 0.0, 0.0
    low, middle, high = np.percentile(values, [5, 50, 95])
    return float(low), float(middle), float(high)


class _Progress:
    def __init__(self, total: int, report: Callable[[str], None] | None) -> None:
        self._total, self._report = total, report
        self._done = 0
        self._started = self._reported = time.monotonic()

    def __call__(self, seconds: float) -> None:
        self._done += 1
        now = time.monotonic()
        if self._report is None or now - self._reported < _REPORTS_EVERY_SECONDS:
            return
        self._reported = now
        left = (now - self._started) / self._done * (self._total - self._done)
        self._report(
            Sentence(
                "{done} of {total} recordings checked, about {left:.0f} s left",
                done=self._done,
                total=self._total,
                left=left,
            )
        )
