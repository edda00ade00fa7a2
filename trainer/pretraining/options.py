"""All settings of a pre-training, as tables of a TOML recipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trainer.finetune.options import ScheduleOptions
from trainer.recipe import RecipeError, build, read_tables


@dataclass(frozen=True)
class SoundOptions:
    """How recordings are split into pieces. Longer ones are cut into equal parts of at most
    ``most_seconds``."""

    most_seconds: float = 12.0
    least_seconds: float = 2.0  # shorter pieces are left out
    least_level_db: float = -55.0  # quieter pieces (RMS relative to full scale) are left out as silence
    held_out_every: int = 20  # every n-th recording is held out for measuring

    def __post_init__(self) -> None:
        if not 0.5 <= self.least_seconds <= self.most_seconds:
            raise RecipeError("sound.least_seconds must be between 0.5 and sound.most_seconds.")


@dataclass(frozen=True)
class MaskingOptions:
    """Masking: ``share`` is the masked share if spans of ``span_frames`` did not overlap; they do, so 0.65
    masks about half. negatives: number of other frames that each masked frame is compared with.
    """

    share: float = 0.65
    span_frames: int = 10
    negatives: int = 100


@dataclass(frozen=True)
class QuantiserOptions:
    """The Gumbel softmax's temperature is multiplied by ``decay`` in each step, from ``temperature`` down to
    ``lowest``."""

    temperature: float = 2.0
    lowest: float = 0.5
    decay: float = 0.999
    diversity_weight: float = 0.1


@dataclass(frozen=True)
class PretrainingOptimisation:
    """AdamW and checkpoints. Continued pre-training needs a smaller learning rate than one from scratch
    (5e-4)."""

    seconds_per_batch: float = 60.0
    accumulation: int = 1
    weight_decay: float = 0.01
    beta2: float = 0.98
    clip_norm: float = 1.0
    precision: str = "none"  # "none", "bf16" or "fp16" (graphics cards only)
    freeze_convolutions: bool = False
    gradient_checkpointing: bool = False
    seed: int = 7
    save_every: int = 100
    evaluate_every: int = 200
    log_every: int = 10

    def __post_init__(self) -> None:
        if self.precision not in ("none", "bf16", "fp16"):
            raise RecipeError(
                f"optimisation.precision cannot be “{self.precision}”; choose none, bf16 or fp16."
            )
        for name in ("accumulation", "save_every", "evaluate_every", "log_every"):
            if getattr(self, name) < 1:
                raise RecipeError(f"optimisation.{name} must be at least 1.")


@dataclass(frozen=True)
class PretrainingRecipe:
    """A whole pre-training."""

    sound: SoundOptions = field(default_factory=SoundOptions)
    masking: MaskingOptions = field(default_factory=MaskingOptions)
    quantiser: QuantiserOptions = field(default_factory=QuantiserOptions)
    schedule: ScheduleOptions = field(
        default_factory=lambda: ScheduleOptions(steps=2000, learning_rate=1e-4, shape="linear")
    )
    optimisation: PretrainingOptimisation = field(default_factory=PretrainingOptimisation)


def read_pretraining_recipe(path: Path | None, overrides: tuple[str, ...] = ()) -> PretrainingRecipe:
    """A TOML file (or none) and ``table.key=value`` over the defaults.

    :raises RecipeError: an unknown setting or a value of the wrong kind.
    """
    tables = read_tables(path, overrides)
    defaults = PretrainingRecipe().schedule
    given = tables.get("schedule", {})
    if isinstance(given, dict):
        own = {"steps": defaults.steps, "learning_rate": defaults.learning_rate, "shape": defaults.shape}
        tables["schedule"] = {**own, **given}
    recipe: PretrainingRecipe = build(PretrainingRecipe, tables)
    return recipe
