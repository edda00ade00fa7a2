"""The figures of one model on one set of transcribed speech."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.scoring import Score, add_scores, align_words, score_one
from trainer.evaluation.recognise import Recognised, Report, Spoken, recognise

# Confidence intervals of error rates by bootstrap over utterances.
#
# Bisani & Ney 2004, "Bootstrap estimates for confidence intervals in ASR performance evaluation" (ICASSP):
# the utterances are drawn with replacement many times, and the error rate of each draw is computed. Two
# recognisers are compared on the same draws, so that hard utterances do not hide the difference; the share of
# draws in which the second makes fewer errors is their "probability of improvement".
#
# Utterances are treated as independent, although those of one speaker are correlated: for speakers outside
# the data, the interval is somewhat wider.

DRAWS = 10_000
CONFIDENCE = 0.95
_SEED = 1
_DRAWS_AT_ONCE = 500


@dataclass(frozen=True)
class Interval:
    """A rate with its confidence interval at level CONFIDENCE."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Interval):
    """New minus old (negative: the new one is better).

    probability_better: the share of draws in which the new one makes fewer errors; a tie counts half.
    """

    probability_better: float


def rate_interval(errors: Sequence[int], words: Sequence[int]) -> Interval:
    """The error rate from each utterance's number of errors and reference words."""
    rates = _draw_rates(np.array([errors]), np.array(words))[0]
    return Interval(_rate(errors, words), *_range(rates))


def paired_difference(old: Sequence[int], new: Sequence[int], words: Sequence[int]) -> Difference:
    """How the error rate changes from one recogniser to another on the same utterances."""
    old_rates, new_rates = _draw_rates(np.array([old, new]), np.array(words))
    change = new_rates - old_rates
    better = float((change < 0).mean() + 0.5 * (change == 0).mean())
    return Difference(_rate(new, words) - _rate(old, words), *_range(change), probability_better=better)


def _rate(errors: Sequence[int], words: Sequence[int]) -> float:
    return sum(errors) / max(1, sum(words))


def _range(rates: NDArray[np.float64]) -> tuple[float, float]:
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(rates, [tail, 100 - tail])
    return float(low), float(high)


def _draw_rates(errors: NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.float64]:
    """Error rates ``[recognisers, DRAWS]`` of ``errors [recognisers, utterances]``."""
    generator = np.random.default_rng(_SEED)
    count = len(words)
    parts = []
    for _ in range(0, DRAWS, _DRAWS_AT_ONCE):
        # The number of times each utterance is drawn is sufficient.
        times = generator.multinomial(count, np.full(count, 1 / count), size=_DRAWS_AT_ONCE)
        parts.append((errors @ times.T) / np.maximum(1, words @ times.T))
    return np.concatenate(parts, axis=1)


MOST_CONFUSIONS = 20


@dataclass(frozen=True)
class Confusion:
    """A frequent error: ``said`` recognised as ``heard``; ``said`` "" is an insertion, ``heard`` "" a
    deletion."""

    said: str
    heard: str
    count: int


@dataclass(frozen=True)
class PartFigures:
    """Figures of one speaker or file; the texts are set for files only."""

    name: str
    utterances: int
    seconds: float
    score: Score
    reference: str = ""
    hypothesis: str = ""


@dataclass(frozen=True)
class DecoderFigures:
    """Figures of one decoder. wer, cer: with confidence intervals."""

    decoder: str
    score: Score
    wer: Interval
    cer: Interval
    confusions: tuple[Confusion, ...]
    speakers: tuple[PartFigures, ...]
    files: tuple[PartFigures, ...]


@dataclass(frozen=True)
class Evaluation:
    """A model's figures. real_time_factor, cpu_factor: wall-clock and CPU seconds per second of sound, on
    this machine, for both decoders together.
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
    """The figures of a recognition result."""
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
