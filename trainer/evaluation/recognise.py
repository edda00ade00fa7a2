"""Recognises transcribed utterances with the app's engine: emissions once, then each decoder.

ONNX Runtime runs the network, as in the app; neither torch nor transformers are loaded unless a PyTorch
device is selected.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder, find_model
from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.dataset import SAMPLE_RATE, DataError, TrainingUtterance
from asr_desktop.teaching.scoring import comparable, score

Report = Callable[[str], None]
Spoken = TrainingUtterance
"""An utterance with its transcript; ``samples()`` reads its sound."""

GREEDY, BEAM = "greedy", "beam"


@dataclass(frozen=True)
class Recognised:
    """A model's output: ``hypotheses[decoder][n]`` for ``references[n]``, both normalised for comparison.

    seconds: of sound. wall_seconds, cpu_seconds: duration of the recognition and its CPU time over all
    threads. decoders: the first is the app's default for this model.
    """

    model: str
    references: tuple[str, ...]
    hypotheses: dict[str, tuple[str, ...]]
    seconds: float
    wall_seconds: float
    cpu_seconds: float

    @property
    def decoders(self) -> tuple[str, ...]:
        return tuple(self.hypotheses)


def read_spoken(place: str | Path, report: Report | None = None) -> list[Spoken]:
    """Transcribed speech in any layout that `asr_desktop.teaching.data` supports.

    :raises DataError: no usable speech there.
    """
    utterances = read_dataset(place, report=report)
    if not utterances:
        raise DataError(f"{place} contains no transcribed utterances.")
    return utterances


def recognise(
    model: str | Path,
    utterances: Sequence[Spoken],
    *,
    language_model: str | Path | None = None,
    providers: Sequence[str] | None = None,
    threads: int | None = None,
    report: Report | None = None,
    heard: Callable[[float], None] | None = None,
) -> Recognised:
    """Recognise each utterance with beam search (and the language model, where there is one) and greedily.

    language_model, providers ("torch:cpu" and the like for PyTorch): as in `asr_desktop.Transcriber`.
    heard: called with the seconds of each recognised utterance.

    :raises AsrDesktopError: the model, its language model or a recording cannot be used.
    """
    folder = find_model(model)
    emissions = load_emissions(folder, providers=providers, threads=threads)
    beam, warnings = make_decoder(emissions.folder, BEAM, language_model)
    greedy, _ = make_decoder(emissions.folder, GREEDY)
    decoders = {BEAM: beam, GREEDY: greedy}
    for warning in (*emissions.warnings, *warnings):
        _say(report, warning)
    labels = emissions.folder.labels
    hypotheses: dict[str, list[str]] = {name: [] for name in decoders}
    references, seconds, wall, cpu = [], 0.0, 0.0, 0.0
    for number, utterance in enumerate(utterances, start=1):
        samples = utterance.samples()
        started, busy = time.perf_counter(), time.process_time()
        log_probs = emissions(samples)
        for name, decoder in decoders.items():
            hypotheses[name].append(comparable(decoder.decode(log_probs), labels))
        wall += time.perf_counter() - started
        cpu += time.process_time() - busy
        seconds += samples.size / SAMPLE_RATE
        references.append(comparable(utterance.transcript, labels))
        if heard is not None:
            heard(samples.size / SAMPLE_RATE)
        if number % 100 == 0:
            _say(report, f"{folder.name}: {number} of {len(utterances)} utterances")
    return Recognised(
        model=folder.name,
        references=tuple(references),
        hypotheses={name: tuple(texts) for name, texts in hypotheses.items()},
        seconds=seconds,
        wall_seconds=wall,
        cpu_seconds=cpu,
    )


def greedy_wer(folder: Path, network: Path, utterances: Sequence[Spoken]) -> float:
    """The word error rate of one of a folder's ONNX networks, without language model."""
    described = ModelFolder.load(folder)
    emissions = load_emissions(replace(described, onnx_path=network, float_onnx_path=None), providers=["cpu"])
    decoder, _ = make_decoder(emissions.folder, GREEDY)
    labels = emissions.folder.labels
    references = [comparable(utterance.transcript, labels) for utterance in utterances]
    hypotheses = [
        comparable(decoder.decode(emissions(utterance.samples())), labels) for utterance in utterances
    ]
    return score(references, hypotheses).wer


def _say(report: Report | None, line: str) -> None:
    if report is not None:
        report(line)
