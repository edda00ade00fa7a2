"""The figures of one model on one set of transcribed speech."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.scoring import Score, add_scores, align_words, score_one
from trainer.evaluation.bootstrap import Interval, rate_interval
from trainer.evaluation.recognise import Recognised, Report, Spoken, recognise

MOST_CONFUSIONS = 20


@dataclass(frozen=True)
class Confusion:
    """Words that were taken for others: ``said`` "" is an insertion, ``heard`` "" a deletion."""

    said: str
    heard: str
    count: int


@dataclass(frozen=True)
class PartFigures:
    """A speaker's or a file's share; the texts are given for files only."""

    name: str
    utterances: int
    seconds: float
    score: Score
    reference: str = ""
    hypothesis: str = ""


@dataclass(frozen=True)
class DecoderFigures:
    """What one way of decoding gives. wer, cer: with the interval that chance leaves."""

    decoder: str
    score: Score
    wer: Interval
    cer: Interval
    confusions: tuple[Confusion, ...]
    speakers: tuple[PartFigures, ...]
    files: tuple[PartFigures, ...]


@dataclass(frozen=True)
class Evaluation:
    """A model's figures. real_time_factor, cpu_factor: seconds on the clock and on the processors for a
    second of sound, on this machine, for both decoders together.
    """

    model: str
    data: str
    utterances: int
    seconds: float
    real_time_factor: float
    cpu_factor: float
    decoders: tuple[DecoderFigures, ...]

    def by(self, decoder: str) -> DecoderFigures:
        return next(figures for figures in self.decoders if figures.decoder == decoder)


def evaluate(
    model: str | Path,
    utterances: Sequence[Spoken],
    *,
    data: str = "",
    language_model: str | Path | None = None,
    providers: Sequence[str] | None = None,
    report: Report | None = None,
) -> Evaluation:
    """Recognise the utterances and count the errors; arguments and errors as in `recognise.recognise`."""
    heard = recognise(model, utterances, language_model=language_model, providers=providers, report=report)
    return figures_of(heard, utterances, data)


def figures_of(heard: Recognised, utterances: Sequence[Spoken], data: str) -> Evaluation:
    """The figures of what was recognised."""
    if not utterances:
        raise DataError(f"{data or 'The set'} contains no transcribed utterances to measure on.")
    return Evaluation(
        model=heard.model,
        data=data,
        utterances=len(utterances),
        seconds=heard.seconds,
        real_time_factor=heard.wall_seconds / heard.seconds,
        cpu_factor=heard.cpu_seconds / heard.seconds,
        decoders=tuple(
            _decoder_figures(decoder, heard.references, hypotheses, utterances)
            for decoder, hypotheses in heard.hypotheses.items()
        ),
    )


def utterance_scores(references: Sequence[str], hypotheses: Sequence[str]) -> list[Score]:
    """The errors of each utterance."""
    return [score_one(*texts) for texts in zip(references, hypotheses, strict=True)]


def confusions(references: Sequence[str], hypotheses: Sequence[str]) -> tuple[Confusion, ...]:
    """The most frequent errors, most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        for said, heard in align_words(reference.split(), hypothesis.split()):
            if said != heard:
                counts[said or "", heard or ""] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confusion(said, heard, count) for (said, heard), count in ordered[:MOST_CONFUSIONS])


def _decoder_figures(
    decoder: str, references: Sequence[str], hypotheses: Sequence[str], utterances: Sequence[Spoken]
) -> DecoderFigures:
    scores = utterance_scores(references, hypotheses)
    by_speaker: dict[str, list[int]] = defaultdict(list)
    by_file: dict[str, list[int]] = defaultdict(list)
    for number, utterance in enumerate(utterances):
        by_speaker[utterance.speaker or "unknown"].append(number)
        by_file[str(utterance.path)].append(number)

    def part(name: str, numbers: list[int], *, with_texts: bool) -> PartFigures:
        return PartFigures(
            name=name,
            utterances=len(numbers),
            seconds=sum(utterances[number].seconds for number in numbers),
            score=add_scores(scores[number] for number in numbers),
            reference=" ".join(references[number] for number in numbers) if with_texts else "",
            hypothesis=" ".join(hypotheses[number] for number in numbers) if with_texts else "",
        )

    words = [each.words for each in scores]
    characters = [each.characters for each in scores]
    return DecoderFigures(
        decoder=decoder,
        score=add_scores(scores),
        wer=rate_interval([each.word_errors for each in scores], words),
        cer=rate_interval([each.character_errors for each in scores], characters),
        confusions=confusions(references, hypotheses),
        speakers=tuple(part(name, numbers, with_texts=False) for name, numbers in by_speaker.items()),
        files=tuple(part(name, numbers, with_texts=True) for name, numbers in by_file.items()),
    )
