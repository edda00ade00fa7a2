"""Transcribed utterances through the app's own engine: emissions once, then each decoder.

ONNX Runtime runs the network, as in the app; neither torch nor transformers are loaded unless they are asked
for with ``back_end="torch"``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import EmissionsModel, load_emissions
from asr_desktop.recognition.model_folder import ModelFolder, find_model
from trainer.data import read_dataset
from trainer.dataset import SAMPLE_RATE, DataError, TrainingUtterance
from trainer.evaluation.texts import comparable
from trainer.scoring import score

Report = Callable[[str], None]
Spoken = TrainingUtterance
"""An utterance with its transcript; ``samples()`` reads its sound."""

GREEDY, BEAM = "greedy", "beam"


@dataclass(frozen=True)
class Recognised:
    """What a model heard: ``hypotheses[decoder][n]`` for ``references[n]``, both comparable texts.

    seconds: of sound, and how long the recognition took on the clock and on the processors (all threads).
    decoders: the first is the app's own choice for this model.
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
    """Transcribed speech in any layout that `trainer.data` knows.

    :raises DataError: nothing there that can be used.
    """
    utterances = read_dataset(place, report=report)
    if not utterances:
        raise DataError(f"{place} holds no transcribed utterances.")
    return utterances


def recognise(
    model: str | Path,
    utterances: Sequence[Spoken],
    *,
    language_model: str | Path | None = None,
    back_end: str = "onnx",
    threads: int | None = None,
    report: Report | None = None,
) -> Recognised:
    """Recognise each utterance with beam search (and the language model, where there is one) and greedily.

    language_model: as in `asr_desktop.Transcriber`. back_end: "onnx", or "torch" for a folder with PyTorch
    weights.

    :raises AsrDesktopError: the model, its language model or a recording cannot be used.
    """
    folder = find_model(model)
    emissions = _load(folder, back_end, threads)
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


def _load(folder: ModelFolder, back_end: str, threads: int | None) -> EmissionsModel:
    if back_end == "onnx":
        return load_emissions(folder, threads=threads)
    if back_end != "torch":
        raise DataError(f"There is no back end “{back_end}”; choose onnx or torch.")
    return TorchEmissions(folder)


class TorchEmissions:
    """The network of a model folder run by transformers, to hold what ONNX Runtime says against."""

    warnings: tuple[str, ...] = ()

    def __init__(self, folder: ModelFolder) -> None:
        from transformers import AutoFeatureExtractor, AutoModelForCTC

        try:
            self._network = AutoModelForCTC.from_pretrained(
                folder.path, local_files_only=True, weights_only=True
            )
            self._extractor = AutoFeatureExtractor.from_pretrained(folder.path, local_files_only=True)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise DataError(
                f"transformers cannot load {folder.path} ({reason}); evaluate it with the onnx back end."
            ) from None
        self._network = self._network.eval().float()
        self.folder = folder.with_outputs(int(self._network.config.vocab_size))

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `asr_desktop.recognition.emissions.EmissionsModel`."""
        import torch

        view = self.folder.receptive_field_samples
        if samples.size < view:
            samples = np.pad(samples, (0, view - samples.size))
        values = self._extractor(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt").input_values
        with torch.no_grad():
            log_probs = self._network(values).logits.log_softmax(-1)[0]
        return np.asarray(log_probs.numpy(), np.float32)


def _say(report: Report | None, line: str) -> None:
    if report is not None:
        report(line)
