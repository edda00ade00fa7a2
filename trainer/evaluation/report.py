"""Figures as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.evaluation.bootstrap import CONFIDENCE, Interval
from trainer.evaluation.comparison import Comparison
from trainer.evaluation.figures import Confusion, DecoderFigures, Evaluation, PartFigures
from trainer.evaluation.recognise import BEAM, GREEDY

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
    """Both models' rates, and the paired difference, a line a decoder."""
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
