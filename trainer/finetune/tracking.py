"""The processes that train together, and the places where figures and settings are written down."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer.finetune.errors import FinetuneError
from trainer.finetune.options import FinetuneRecipe


def open_accelerator(recipe: FinetuneRecipe, work: Path) -> Any:
    """accelerate's object for this process, with no tracker begun yet.

    :raises FinetuneError: a tracker that is unknown or not installed.
    """
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState
    from accelerate.tracking import LOGGER_TYPE_TO_CLASS, get_available_trackers
    from accelerate.utils import LoggerType

    # accelerate keeps its settings for the whole process; the window trains more than once in one.
    AcceleratorState._reset_state()
    precision = recipe.optimisation.precision
    # By the names of accelerate, and of whatever was registered there.
    of_accelerate = {str(kind.value) for kind in LoggerType} - {"all"}
    known = of_accelerate | {str(name) for name in LOGGER_TYPE_TO_CLASS}
    unknown = sorted(set(recipe.tracking.trackers) - known)
    if unknown:
        raise FinetuneError(
            f"tracking.trackers contains “{unknown[0]}”; choose from {', '.join(sorted(known))}."
        )
    # accelerate would leave it out without a word.
    here = {str(kind.value) for kind in get_available_trackers()}
    missing = sorted(set(recipe.tracking.trackers) & of_accelerate - here)
    if missing:
        raise FinetuneError(
            f"tracking.trackers contains “{missing[0]}”, which is not installed; install its package, or "
            "remove it from the list."
        )
    return Accelerator(
        mixed_precision="no" if precision == "none" else precision,
        log_with=["tensorboard", *recipe.tracking.trackers],
        project_dir=work,
        # A mask's vector has no gradient in a batch without masks.
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )


def begin_trackers(recipe: FinetuneRecipe, accelerator: Any, step: int) -> None:
    """Begin TensorBoard's log and the others', with every setting; what a killed run told TensorBoard behind
    ``step`` is taken back.
    """
    settings = {
        f"{table}.{name}": value if isinstance(value, (int, float, str, bool)) else str(value)
        for table, values in asdict(recipe).items()
        for name, value in values.items()
    }
    purge = {"tensorboard": {"purge_step": step + 1}} if step else {}
    accelerator.init_trackers("tensorboard", settings, init_kwargs=purge)


def write_recipe(recipe: FinetuneRecipe, work: Path, accelerator: Any) -> None:
    """Every setting as it was, beside the checkpoints: how to repeat it."""
    if not accelerator.is_main_process:
        return
    lines = []
    for table, values in asdict(recipe).items():
        lines += [f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()), ""]
    work.mkdir(parents=True, exist_ok=True)
    (work / "recipe.toml").write_text("\n".join(lines), encoding="utf-8")
