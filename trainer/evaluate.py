"""How many errors a model folder makes on transcribed speech, counted on what the app would have written."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import find_model
from trainer.dataset import SAMPLE_RATE, DataError, find_packs, read_manifest, read_speech
from trainer.scoring import Score, score
from trainer.text import normalise_text


@dataclass(frozen=True)
class PackResult:
    """One pack's figures; ``real_time_factor`` is processing time per second of sound on this machine."""

    pack: str
    utterances: int
    seconds: float
    real_time_factor: float
    score: Score


def evaluate_packs(
    model: str | Path, data: Sequence[Path], decoder: str, report: Callable[[str], None]
) -> list[PackResult]:
    """Recognise each utterance of folders with ``manifest.tsv`` (or ``.tar`` packs of them) with the app's
    own engine.

    Both sides are normalised (lower case, no punctuation) before they are compared.

    :raises DataError, ModelFolderError, DecoderError: what cannot be read, in a sentence.
    """
    folder = find_model(model)
    emissions = load_emissions(folder)
    decode, warnings = make_decoder(folder, decoder=decoder)
    for warning in (*emissions.warnings, *warnings):
        report(warning)
    results = []
    with tempfile.TemporaryDirectory() as unpacked:
        for place in data:
            (pack,) = find_packs([place.name.removesuffix(".tar")], [place.parent], Path(unpacked))
            utterances = read_manifest(pack)
            if not utterances:
                raise DataError(f"{place} holds no transcribed utterances.")
            references, hypotheses, seconds = [], [], 0.0
            started = time.monotonic()
            for utterance in utterances:
                samples = read_speech(utterance.path)
                seconds += samples.size / SAMPLE_RATE
                references.append(utterance.text)
                hypotheses.append(normalise_text(decode.decode(emissions(samples))))
            factor = (time.monotonic() - started) / seconds
            result = PackResult(pack.name, len(utterances), seconds, factor, score(references, hypotheses))
            report(f"{result.pack}: {result.score}, real-time factor {factor:.3f}")
            results.append(result)
    return results


def print_results(results: Sequence[PackResult], *, as_json: bool) -> None:
    """A table for people, or JSON with the counts for programs."""
    if as_json:
        rows = [
            {**asdict(result), "wer": round(result.score.wer, 5), "cer": round(result.score.cer, 5)}
            for result in results
        ]
        print(json.dumps(rows, indent=1))
        return
    print(f"{'speech':<24} {'utterances':>10} {'hours':>6} {'WER':>7} {'CER':>7}  S / D / I")
    for result in results:
        counts = result.score
        print(
            f"{result.pack:<24} {result.utterances:>10} {result.seconds / 3600:>6.2f} {counts.wer:>7.1%} "
            f"{counts.cer:>7.1%}  {counts.substitutions} / {counts.deletions} / {counts.insertions}"
        )
