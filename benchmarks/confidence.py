"""How well the word confidence tells right words from wrong ones, on the development packs.

    python -m benchmarks.confidence [--model starter-en] [--decoder beam]
    python -m benchmarks.confidence --fit          fits the weights on the training packs first

The figure is the area under the curve of "this word is wrong": the probability that a wrong word has a
lower confidence than a right one; 50 % is guessing. Beside it stand the usual measures: the mean of the
most probable label's probability, and the Tsallis entropy of the non-blank frames (Laptev & Ginsburg
2022). Words are right or wrong as jiwer aligns them to the transcript.

Weights are never fitted on what is reported. `--fit` uses the training packs; where the model has
learned these by heart their errors are not like those of new speech, so the packs that it was not
trained on are to be named with --fit-on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import jiwer
import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.alignment import align
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.confidence import ALTERNATIVES, Calibration, WordMeasures, measure_words
from asr_desktop.recognition.model_folder import ModelFolder, find_model
from asr_desktop.recognition.spelling import Spelling
from benchmarks.pack_emissions import DEV_PACKS, PackUtterance, pack_emissions

TRAIN_PACKS = ("librispeech-train-a", "librispeech-train-b", "accented-train", "commonvoice-train")
UTTERANCES_TO_FIT = 150  # of each training pack
MEASURES = tuple(measure.name for measure in fields(WordMeasures))


@dataclass(frozen=True)
class RecognisedWords:
    """Every recognised word of a pack. measures: [words, MEASURES]; mean_maximum: [words]; right: [words]."""

    measures: NDArray[np.float64]
    mean_maximum: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--decoder", default="beam", choices=("beam", "greedy"))
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--fit-on", nargs="+", default=TRAIN_PACKS, metavar="PACK")
    options = parser.parse_args()
    folder = find_model(options.model)
    calibration = Calibration.of(folder.path)
    if options.fit:
        known = recognise(folder, options.decoder, pack_emissions(folder, options.fit_on, UTTERANCES_TO_FIT))
        calibration = fit(known)
        print(f"fitted on {len(known.right)} words, {1 - known.right.mean():.1%} of them wrong:")
        print(json.dumps({"bias": calibration.bias, "weights": dict(calibration.weights)}, indent=2))
    print(f"\narea under the curve of “word is wrong”, {folder.name}, {options.decoder}")
    print(f"{'':18}{'words':>7}{'wrong':>8}{'mean max':>10}{'Tsallis':>9}{'ours':>8}")
    parts = []
    for pack in DEV_PACKS:
        parts.append(recognise(folder, options.decoder, pack_emissions(folder, [pack])))
        report(pack, parts[-1], calibration)
    together = RecognisedWords(
        *(np.concatenate(columns) for columns in zip(*map(_columns, parts), strict=True))
    )
    report("together", together, calibration)
    print()
    for index, name in enumerate(MEASURES):
        print(f"{name:18}{area_under_curve(together.measures[:, index], together.right):8.1%}")


def report(name: str, words: RecognisedWords, calibration: Calibration) -> None:
    ours = confidences(words, calibration)
    areas = [
        area_under_curve(scores, words.right) for scores in (words.mean_maximum, words.measures[:, 0], ours)
    ]
    print(
        f"{name:18}{len(words.right):7}{1 - words.right.mean():8.1%}"
        f"{areas[0]:10.1%}{areas[1]:9.1%}{areas[2]:8.1%}"
    )


def recognise(folder: ModelFolder, decoder_name: str, utterances: Sequence[PackUtterance]) -> RecognisedWords:
    decoder, _ = make_decoder(folder, decoder_name)
    labels = folder.labels
    spelling = Spelling(labels)
    measures: list[tuple[float, ...]] = []
    mean_maximum: list[float] = []
    right: list[bool] = []
    for utterance in utterances:
        alternatives = decoder.decode_alternatives(utterance.log_probs, ALTERNATIVES)
        text = alternatives[0].text
        if not text:
            continue
        words = align(utterance.log_probs, text, labels, spelling)
        best = np.exp(utterance.log_probs.max(axis=1))
        measured = measure_words(utterance.log_probs, words, labels, alternatives)
        for word, word_measures, is_right in zip(
            words, measured, right_words(spelling.spell(utterance.text), text), strict=True
        ):
            assert word_measures is not None
            measures.append(astuple(word_measures))
            mean_maximum.append(float(best[word.start_frame : word.end_frame].mean()))
            right.append(is_right)
    return RecognisedWords(np.array(measures), np.array(mean_maximum), np.array(right))


def right_words(reference: str, hypothesis: str) -> list[bool]:
    right = [False] * len(hypothesis.split())
    for chunk in jiwer.process_words(reference, hypothesis).alignments[0]:
        if chunk.type == "equal":
            right[chunk.hyp_start_idx : chunk.hyp_end_idx] = [True] * (
                chunk.hyp_end_idx - chunk.hyp_start_idx
            )
    return right


def area_under_curve(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The probability that a wrong word scores lower than a right one, ties counting half (Mann &
    Whitney).
    """
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    rights = int(right.sum())
    return float((ranks[right].sum() - rights * (rights + 1) / 2) / (rights * (len(right) - rights)))


def confidences(words: RecognisedWords, calibration: Calibration) -> NDArray[np.float64]:
    return np.array([calibration.probability(WordMeasures(*row)) for row in words.measures.tolist()])


def fit(words: RecognisedWords, ridge: float = 1.0, steps: int = 30) -> Calibration:
    """Logistic regression by Newton's method, on standardised measures, with a little ridge."""
    mean, deviation = words.measures.mean(axis=0), words.measures.std(axis=0) + 1e-9
    inputs = np.column_stack([np.ones(len(words.right)), (words.measures - mean) / deviation])
    penalty = np.diag([0.0, *[ridge] * len(MEASURES)])
    weights = np.zeros(inputs.shape[1])
    for _ in range(steps):
        probability = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (words.right - probability) - penalty @ weights
        curvature = inputs.T @ (inputs * (probability * (1 - probability))[:, None]) + penalty
        weights += np.linalg.solve(curvature, gradient)
    own = weights[1:] / deviation
    return Calibration(
        bias=round(float(weights[0] - own @ mean), 4),
        weights={name: round(float(weight), 4) for name, weight in zip(MEASURES, own, strict=True)},
    )


def _columns(words: RecognisedWords) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    return words.measures, words.mean_maximum, words.right


if __name__ == "__main__":
    main()
