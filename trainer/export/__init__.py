"""From a training run or a checkpoint to a model folder, which the app and plain transformers read alike.

graph           a network as ONNX, held against torch at several lengths and batch sizes
stacked_rows    convolutions as matrix products, so that 8 bits reach them
int8            8-bit weights, and whether they cost too many errors
folder          everything a model folder holds
run             what `asr-trainer export` does
"""

from __future__ import annotations

from trainer.export.folder import sum_receptive_field, write_model_folder
from trainer.export.graph import ExportError, Logits, export_onnx, parity
from trainer.export.int8 import Int8Limit, export_int8, quantise
from trainer.export.run import export
from trainer.export.stacked_rows import stack_rows

__all__ = [
    "ExportError",
    "Int8Limit",
    "Logits",
    "export",
    "export_int8",
    "export_onnx",
    "parity",
    "quantise",
    "stack_rows",
    "sum_receptive_field",
    "write_model_folder",
]
