"""Compares two models on the same speech, and decides whether a new model is offered for use.

A model that was trained on one voice often gets worse on others. So a new one is offered only if it is
significantly better on the user's own held-out speech, and at most a margin worse on general speech.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.teaching.dataset import DataError
from trainer.evaluation.figures import (
    CONFIDENCE,
    Confusion,
    DecoderFigures,
    Difference,
    Evaluation,
    Interval,
    PartFigures,
    figures_of,
    paired_difference,
    utterance_scores,
)
from trainer.evaluation.recognise import BEAM, GREEDY, Recognised, Report, Spoken, recognise

MARGIN = 0.01
"""Allowed absolute increase of the error rate on general speech: one word in a hundred."""

MARGIN_SHARE = 0.2
"""The same relative to the present model's errors, used where it is larger. One word in a hundred is a fifth
of a good model's errors, but less than random variation for one that makes sixty. Eight minutes of one voice
cost starter-en 5 % more errors on other voices (57.6 → 60.4) and took away 32 % on its own (53.8 → 36.7;
`asr-trainer personalise`, its defaults; with the previous defaults, 14 % and 19 %): a good trade for
dictation, and one command undoes it.
"""

SURE_ENOUGH = 0.95
"""Minimum share of bootstrap draws in which the new model must be better on the user's speech."""


@dataclass(frozen=True)
class Comparison:
    """Two models' figures on the same utterances; changes: by decoder, of the word error rate."""

    old: Evaluation
    new: Evaluation
    changes: dict[str, Difference]


@dataclass(frozen=True)
class Verdict:
    """Whether the new model is offered for use, and why, in one sentence with figures.

    better: whether it is better on the user's own speech. kept: whether general speech stays within the
    margin; None if it was not measured.
    """

    offered: bool
    better: bool
    kept: bool | None
    sentence: str


def compare(
    old: str | Path,
    new: str | Path,
    utterances: Sequence[Spoken],
    *,
    data: str = "",
    providers: Sequence[str] | None = None,
    report: Report | None = None,
    heard: Callable[[float], None] | None = None,
) -> Comparison:
    """Recognise the same utterances with both models, each with its own language model.

    heard: called with the seconds of each utterance after a model has recognised it.

    :raises AsrDesktopError: a model or a recording cannot be used.
    """
    if not utterances:
        raise DataError(f"{data or 'The set'} contains no transcribed utterances to compare on.")
    recognised = [
        recognise(model, utterances, providers=providers, report=report, heard=heard) for model in (old, new)
    ]
    return comparison_of(recognised[0], recognised[1], utterances, data)


def comparison_of(old: Recognised, new: Recognised, utterances: Sequence[Spoken], data: str) -> Comparison:
    """The comparison of what two models recognised.

    :raises DataError: their alphabets differ, so that their references differ.
    """
    if old.references != new.references:
        raise DataError(
            f"{old.model} and {new.model} have different alphabets; compare models of the same language."
        )
    changes = {}
    for decoder in old.decoders:
        before = utterance_scores(old.references, old.hypotheses[decoder])
        after = utterance_scores(new.references, new.hypotheses[decoder])
        changes[decoder] = paired_difference(
            [each.word_errors for each in before],
            [each.word_errors for each in after],
            [each.words for each in before],
        )
    return Comparison(figures_of(old, utterances, data), figures_of(new, utterances, data), changes)


def judge(
    personal: Comparison,
    general: Comparison | None,
    *,
    margin: float | None = None,
    sure_enough: float = SURE_ENOUGH,
    decoder: str = BEAM,
) -> Verdict:
    """Decide whether the new model is offered. Without a general set it never is: forgetting could not be
    detected.

    margin: allowed increase of the error rate on general speech; None for MARGIN_SHARE of the present rate,
    but at least MARGIN.
    """
    own = personal.changes[decoder]
    before, after = _per_hundred(personal, decoder)
    better = own.value < 0 and own.probability_better >= sure_enough
    on_own = (
        f"on {personal.new.utterances} utterances of your own speech it makes {after:.1f} errors per 100 "
        f"words, the current one {before:.1f} ({_change(before, after)}, better in "
        f"{100 * own.probability_better:.0f} of 100 samples)"
    )
    if general is None:
        return Verdict(
            offered=False,
            better=better,
            kept=None,
            sentence=(
                f"The new model is not recommended yet: {on_own}, but it was not tested on general speech."
            ),
        )
    general_before, general_after = _per_hundred(general, decoder)
    if margin is None:
        margin = max(MARGIN, MARGIN_SHARE * general_before / 100)
    kept = general.changes[decoder].value <= margin
    on_general = (
        f"on general speech {general_after:.1f}, the current one {general_before:.1f} "
        f"({'within' if kept else 'beyond'} the margin of {100 * margin:.3g})"
    )
    said = "is recommended" if better and kept else "is not recommended"
    return Verdict(better and kept, better, kept, f"The new model {said}: {on_own}, and {on_general}.")


def _per_hundred(comparison: Comparison, decoder: str) -> tuple[float, float]:
    before, after = (each.by(decoder).wer.value for each in (comparison.old, comparison.new))
    return 100 * before, 100 * after


def _change(before: float, after: float) -> str:
    if before == after:
        return "as many"
    if before == 0:
        return "more"
    share = 100 * (after - before) / before
    return f"{abs(share):.0f} % {'fewer' if share < 0 else 'more'}"


# Figures as text

MOST_PARTS = 10
DECODER_NAMES = {BEAM: "beam search", GREEDY: "greedy"}


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """A table of the error rates, then the confusions, speakers and worst files of the app's own decoder."""
    lines = [
        f"{evaluation.model} on {evaluation.data}: {evaluation.utterances} utterances, "
        f"{evaluation.seconds / 60:.1f} minutes; {evaluation.real_time_factor:.3f} s of real time and "
        f"{evaluation.cpu_factor:.3f} s of processor time per second of audio",
        "",
        f"{'decoder':<14}{'WER':>7}  {f'{100 * CONFIDENCE:.0f} % interval':<15}{'CER':>7}"
        f"{'words':>8}{'S':>7}{'D':>7}{'I':>7}",
        *(_decoder_line(figures) for figures in evaluation.decoders),
    ]
    main = evaluation.decoders[0]
    if main.confusions:
        lines += ["", "most frequent confusions (said → heard):", *map(_confusion, main.confusions)]
    lines += ["", *_parts("speakers", main.speakers)]
    if len(main.files) > 1:
        lines += ["", *_parts("files with the most errors", main.files)]
    return lines


def comparison_lines(comparison: Comparison) -> list[str]:
    """Both models' rates, and the paired difference, one line per decoder."""
    old, new = comparison.old, comparison.new
    lines = [f"{new.data}: {new.utterances} utterances, {new.seconds / 60:.1f} minutes"]
    for decoder, change in comparison.changes.items():
        before, after = old.by(decoder), new.by(decoder)
        lines.append(
            f"  {DECODER_NAMES.get(decoder, decoder):<14}{old.model} {before.wer.value:.1%} → "
            f"{new.model} {after.wer.value:.1%} WER, difference {100 * change.value:+.1f} "
            f"({100 * change.low:+.1f} to {100 * change.high:+.1f}) per 100 words, better in "
            f"{change.probability_better:.0%} of samples; CER {before.cer.value:.1%} → "
            f"{after.cer.value:.1%}"
        )
    return lines


def _decoder_line(figures: DecoderFigures) -> str:
    score = figures.score
    return (
        f"{DECODER_NAMES.get(figures.decoder, figures.decoder):<14}{score.wer:>7.1%}  "
        f"{_interval(figures.wer):<15}{score.cer:>7.1%}{score.words:>8}"
        f"{score.substitutions:>7}{score.deletions:>7}{score.insertions:>7}"
    )


def _interval(interval: Interval) -> str:
    return f"{interval.low:.1%}–{interval.high:.1%}"


def _confusion(confusion: Confusion) -> str:
    said, heard = confusion.said or "(nothing)", confusion.heard or "(nothing)"
    return f"{confusion.count:>6} ×  {said} → {heard}"


def _parts(title: str, parts: Sequence[PartFigures]) -> list[str]:
    worst = sorted(parts, key=lambda part: -part.score.word_errors)
    lines = [
        f"  {part.score.wer:>7.1%}  {part.score.word_errors:>5} errors in {part.score.words:>5} words  "
        f"{part.name}"
        for part in worst[:MOST_PARTS]
    ]
    if len(worst) > MOST_PARTS:
        lines.append(f"  … and {len(worst) - MOST_PARTS} more (all of them with --json)")
    return [f"{title}:", *lines]
