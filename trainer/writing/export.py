"""The punctuation network as a model folder: ONNX with 8-bit weights, its words, its spellings."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path

import torch

from asr_desktop.writing.punctuation import CASES, GAP_LIMITS_SECONDS, GAP_UNKNOWN, MARKS, MODEL_TYPE
from asr_desktop.writing.word_pieces import PIECES_A_WORD, WordPieces
from trainer.writing.network import MarksNetwork
from trainer.writing.training import Model


def export(
    network: MarksNetwork, vocabulary: WordPieces, spellings: dict[str, str], model: Model, folder: Path
) -> None:
    """Write the model folder; the card is the author's to write."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in vocabulary.words), encoding="utf-8")
    (folder / "spellings.tsv").write_text(
        "".join(f"{word}\t{spelling}\n" for word, spelling in sorted(spellings.items())), encoding="utf-8"
    )
    config = {
        "model_type": MODEL_TYPE,
        "languages": list(model.languages),
        "buckets": vocabulary.buckets,
        "marks": list(MARKS),
        "cases": list(CASES),
        "gap_limits_seconds": list(GAP_LIMITS_SECONDS),
    }
    (folder / "config.json").write_text(
        json.dumps(config, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    with tempfile.TemporaryDirectory(prefix="asr-writing-") as scratch:
        exact = Path(scratch) / "model.onnx"
        write_onnx(network, exact)
        quantize_dynamic(
            exact,
            folder / "model.int8.onnx",
            op_types_to_quantize=["MatMul", "Gemm", "Gather", "LSTM"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )


def write_onnx(network: MarksNetwork, path: Path) -> None:
    """The network with 32-bit weights."""
    network.eval()
    pieces = torch.zeros(1, 12, PIECES_A_WORD, dtype=torch.int64)
    gaps = torch.full((1, 12), GAP_UNKNOWN, dtype=torch.int64)
    with warnings.catch_warnings():
        # The exporter announces its successor, and warns of batches, which the program does not make.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (pieces, gaps),
            str(path),
            input_names=["pieces", "gaps"],
            output_names=["marks", "cases"],
            dynamic_axes={name: {1: "places"} for name in ("pieces", "gaps", "marks", "cases")},
            dynamo=False,
            opset_version=17,
        )
