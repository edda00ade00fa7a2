"""8-bit weights: smaller and about twice as fast; left out if they add too many errors.

Only MatMul and Gemm are quantised, including convolutions that `graph.stack_rows` turned into MatMuls: a
quantised Conv is slower than a float one.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import nn

from asr_desktop.base.atomic_write import folder_aside
from trainer.export.graph import MOST_CHANNELS, NetworkExportError, export_onnx

if TYPE_CHECKING:
    from trainer.evaluation.recognise import Spoken

MOST_WER_COST = 0.01


@dataclass(frozen=True)
class Int8Limit:
    """Maximum cost of 8 bits: ``wer_cost`` (0.01 = one word in a hundred, absolute) on the development
    speech, decoded greedily.
    """

    speech: Sequence[Spoken]
    wer_cost: float = MOST_WER_COST


def export_int8(network: nn.Module, path: Path, least_samples: int, *, with_mask: bool = False) -> None:
    """Write the network with 8-bit weights, including its wide convolutions; arguments and errors as in
    `trainer.export.graph.export_onnx`, which checks the graph before its weights are quantised.
    """
    with folder_aside(path.parent, ".int8-") as scratch:
        stacked = scratch / "stacked.onnx"
        export_onnx(network, stacked, least_samples, with_mask=with_mask, stacked=True)
        quantise(stacked, path)


def quantise(source: Path, target: Path) -> None:
    """Write ``source`` with 8-bit weights, per channel, in MatMul and Gemm only; GELU is approximated."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    log = logging.getLogger()
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        before = log.level
        log.setLevel(
            logging.ERROR
        )  # it warns about every value in double precision, which it correctly leaves unchanged
        try:
            quantize_dynamic(
                str(prepared),
                str(target),
                op_types_to_quantize=["MatMul", "Gemm"],
                nodes_to_exclude=_small_products(prepared),
                per_channel=True,
                weight_type=QuantType.QInt8,
            )
        finally:
            log.setLevel(before)
    model = onnx.load(str(target))
    quantise_before_stacking(model.graph)
    approximate_gelus(model.graph)
    onnx.save(model, str(target))


def _small_products(path: Path) -> list[str]:
    """Names of the products with few channels (see `trainer.export.graph`), which stay floats."""
    import onnx

    graph = onnx.load(str(path)).graph
    rows = {weights.name: weights.dims[0] for weights in graph.initializer if len(weights.dims) == 2}
    return [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and rows.get(node.input[1], MOST_CHANNELS + 1) <= MOST_CHANNELS
    ]


def quantise_before_stacking(graph: Any) -> None:
    """Turn ``Gather → Reshape → DynamicQuantizeLinear`` into ``DynamicQuantizeLinear → Gather → Reshape``.

    The values are the same, but each row is quantised once instead of once per window, and copied as bytes.
    """
    made_by = {output: node for node in graph.node for output in node.output}
    for quantiser in [node for node in graph.node if node.op_type == "DynamicQuantizeLinear"]:
        reshape = made_by.get(quantiser.input[0])
        gather = made_by.get(reshape.input[0]) if reshape is not None else None
        if reshape is None or gather is None:
            continue
        if (reshape.op_type, gather.op_type) != ("Reshape", "Gather"):
            continue
        stacked = quantiser.output[0]
        quantiser.input[0] = gather.input[0]
        quantiser.output[0] = f"{stacked}_rows"
        gather.input[0] = quantiser.output[0]
        reshape.output[0] = stacked
        _move_before(graph, quantiser.name, gather.name)
    del graph.value_info[:]  # its types are outdated


def approximate_gelus(graph: Any) -> None:
    """Replace GELU by its tanh approximation: two thirds of the time, with an error of at most 0.0005, a
    fraction of the 8-bit step to which its result is rounded.
    """
    from onnx import helper

    for node in graph.node:
        if node.op_type == "Gelu":
            del node.attribute[:]
            node.attribute.append(helper.make_attribute("approximate", "tanh"))


def _move_before(graph: Any, name: str, other: str) -> None:
    names = [node.name for node in graph.node]
    node = graph.node.pop(names.index(name))
    graph.node.insert([each.name for each in graph.node].index(other), node)


def int8_cost(folder: Path, speech: Sequence[Spoken]) -> float:
    """How much the WER rises (absolute) from ``model.onnx`` to ``model.int8.onnx`` of a folder, greedily."""
    from trainer.evaluation.recognise import greedy_wer

    return greedy_wer(folder, folder / "model.int8.onnx", speech) - greedy_wer(
        folder, folder / "model.onnx", speech
    )


def keep_int8_if_cheap(folder: Path, limit: Int8Limit, report: Callable[[str], None]) -> bool:
    """Measure ``model.int8.onnx`` against ``model.onnx`` and remove it where it costs more than the limit.

    :raises ExportError: there is no development speech to measure on.
    """
    if not limit.speech:
        raise NetworkExportError(
            "There is no development speech to test the 8-bit model on; choose another set."
        )
    cost = int8_cost(folder, limit.speech)
    words = sum(len(utterance.transcript.split()) for utterance in limit.speech)
    figures = f"{100 * cost:+.2f} errors per 100 words on {len(limit.speech)} utterances with {words} words"
    if cost > limit.wer_cost:
        (folder / "model.int8.onnx").unlink()
        report(
            f"the 8-bit model adds {figures}, more than {100 * limit.wer_cost:g}; only the float "
            "model is kept"
        )
        return False
    report(f"the 8-bit model adds {figures}, within {100 * limit.wer_cost:g}")
    return True
