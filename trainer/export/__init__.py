"""Converts a training run or a checkpoint to a model folder, which both the app and transformers read.

graph           exports a network to ONNX and checks it against torch; convolutions as MatMul for 8 bits
int8            8-bit weights, and a check of the errors they add
folder          all files of a model folder, and the work of `asr-trainer export`
convert         converts a published checkpoint, in a process started by the window
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
