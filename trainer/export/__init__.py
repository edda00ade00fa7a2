"""From a training run or a checkpoint to a model folder, which the app and plain transformers read alike.

graph           a network as ONNX, held against torch; convolutions as matrix products, which 8 bits reach
int8            8-bit weights, and whether they cost too many errors
folder          everything a model folder holds, and what `asr-trainer export` does
convert         a published checkpoint, in the process that the window starts
"""

from __future__ import annotations

from trainer.export.folder import export, sum_receptive_field, write_model_folder
from trainer.export.graph import Logits, NetworkExportError, export_onnx, parity, stack_rows
from trainer.export.int8 import Int8Limit, export_int8, quantise

__all__ = [
    "Int8Limit",
    "Logits",
    "NetworkExportError",
    "export",
    "export_int8",
    "export_onnx",
    "parity",
    "quantise",
    "stack_rows",
    "sum_receptive_field",
    "write_model_folder",
]
