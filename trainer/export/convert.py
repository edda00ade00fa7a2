"""Converts a Hugging Face checkpoint to ONNX, in floating point and in 8 bits, within its folder.

    python -m trainer.export.convert FOLDER [--no-float] [--dev SPEECH [--int8-cost POINTS]]

The window and the download run it in a separate process (`asr_desktop.model_store.convert`), so that it can
be stopped at any time and its memory is released.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_blocks
from asr_desktop.base import paths
from asr_desktop.base.errors import AsrDesktopError, ConversionError, ModelFolderError
from asr_desktop.base.json_messages import line_of
from asr_desktop.base.sentences import Sentence
from asr_desktop.model_store.convert import MOST_INT8_COST, check_tools
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_emissions import OnnxEmissions
from trainer.evaluation.recognise import Spoken, read_spoken

FLOAT_NAME = "model.onnx"
INT8_NAME = "model.int8.onnx"
LEAST_AGREEMENT = 0.9
"""Minimum share of non-blank frames in which 8 bits and floating point must give the same label; used without
labelled speech."""

_SAMPLE_SECONDS = 12.0


def convert_in_place(
    folder: Path,
    *,
    keep_float: bool = True,
    dev: Path | None = None,
    int8_cost: float = MOST_INT8_COST,
    on_step: Callable[[str], None] | None = None,
) -> list[str]:
    """Write model.onnx and model.int8.onnx into the folder of a checkpoint; returns sentences for the user.

    keep_float: whether model.onnx is kept beside model.int8.onnx. Weights in a pickle (pytorch_model.bin) are
    loaded without executing code. Each network is moved to its place only when it is complete and matches
    PyTorch's output. dev: labelled speech, in any layout that the trainer reads. The 8-bit network is left
    out if it adds more than `int8_cost` errors per 100 words there; without `dev`, if it changes too many
    labels of a sample recording.

    Raises ConversionError.
    """
    say = on_step or (lambda step: None)
    speech = None if dev is None else _labelled(dev)  # fail before the conversion rather than after it
    if not (folder / "config.json").is_file():
        raise ConversionError(
            Sentence(
                "{folder} has no config.json; name the folder of a Hugging Face checkpoint.", folder=folder
            )
        )
    check_tools()
    from asr_desktop.recognition.torch_weights import load_ctc_network

    say("loading the weights")
    try:
        network = load_ctc_network(folder)
    except ModelFolderError as error:
        raise ConversionError(str(error)) from error
    from trainer.export.folder import write_onnx  # imports PyTorch

    say("writing the networks and holding them against PyTorch's")
    try:
        write_onnx(network, folder, keep_float_onnx=True, report=say)
    except AsrDesktopError as error:
        raise ConversionError(str(error)) from error
    except Exception as error:  # the exporter's exceptions have no common base class
        reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise ConversionError(
            Sentence("{folder} cannot be converted to ONNX ({reason}).", folder=folder.name, reason=reason)
        ) from error
    del network
    if not (folder / INT8_NAME).is_file():  # a network that is not faster in 8 bits
        return []
    say("holding the 8 bits against floating point")
    refused = (
        _refused_by_agreement(folder) if speech is None else _refused_by_errors(folder, speech, int8_cost)
    )
    if refused:
        (folder / INT8_NAME).unlink()
        return [refused]
    if not keep_float:
        (folder / FLOAT_NAME).unlink()
    return []


def _labelled(dev: Path) -> list[Spoken]:
    try:
        return read_spoken(dev)
    except AsrDesktopError as error:
        raise ConversionError(str(error)) from error


def _refused_by_errors(folder: Path, speech: list[Spoken], most: float) -> str | None:
    """Reason to leave out the 8-bit network, from its errors on labelled speech; None to keep it."""
    from trainer.export.int8 import int8_cost

    try:
        cost = 100 * int8_cost(folder, speech)
    except AsrDesktopError as error:
        raise ConversionError(str(error)) from error
    if cost <= most:
        return None
    return Sentence(
        "In 8 bits, {folder} makes {cost:.2f} more errors per 100 words on {count} recordings ({most:g} "
        "allowed), so it is used in floating point, which takes about twice as long.",
        folder=folder.name,
        cost=cost,
        count=len(speech),
        most=most,
    )


def _refused_by_agreement(folder: Path) -> str | None:
    """The same, from the labels of a sample recording."""
    agreement = _agreement(folder)
    if agreement >= LEAST_AGREEMENT:
        return None
    return Sentence(
        "In 8 bits, {percent:.0f}% of the text from {folder} would change, so it is used in floating "
        "point, which takes about twice as long.",
        percent=100 * (1 - agreement),
        folder=folder.name,
    )


def _agreement(folder: Path) -> float:
    """Share of frames with the same label, among those where either network gives another than the most
    common label.

    Measured on the bundled sample recording; its language does not matter here.
    """
    sample = next(iter(sorted((paths.resources_folder() / "samples").glob("*.ogg"))), None)
    if sample is None:
        raise ConversionError(Sentence("The sample recording is missing; reinstall the program."))
    samples = np.concatenate(list(read_blocks(sample)))[: round(_SAMPLE_SECONDS * SAMPLE_RATE)]
    model = ModelFolder.load(folder)
    exact, small = (
        OnnxEmissions(replace(model, onnx_path=folder / name), providers=["cpu"])(samples).argmax(axis=1)
        for name in (FLOAT_NAME, INT8_NAME)
    )
    commonest = np.bincount(exact).argmax()
    spoken = (exact != commonest) | (small != commonest)
    return float((exact == small)[spoken].mean()) if spoken.any() else 1.0


def _main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m trainer.export.convert")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-float", action="store_true")
    parser.add_argument("--json", action="store_true", help="sentences as lines that a program reads")
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--int8-cost", type=float, default=MOST_INT8_COST)
    options = parser.parse_args(arguments)
    said = line_of if options.json else str
    try:
        notes = convert_in_place(
            options.folder, keep_float=not options.no_float, dev=options.dev, int8_cost=options.int8_cost
        )
    except AsrDesktopError as error:
        print(said(error), file=sys.stderr)
        return 1
    for note in notes:
        print(said(note))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
