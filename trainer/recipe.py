"""A recipe: every setting of a training run in one TOML file, so that a result can be repeated and changed in
one place.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, is_sane_number, parse_toml, read_toml
from asr_desktop.errors import AsrDesktopError
from asr_desktop.sentences import Sentence
from trainer.augmentation import Augmentation, Masks


class RecipeError(AsrDesktopError):
    """A recipe that cannot be read, or that sets something that does not exist."""


@dataclass(frozen=True)
class NetworkRecipe:
    """Size of the wav2vec2-conformer; the front end is described in :mod:`trainer.filterbank_front_end`."""

    hidden_size: int = 256
    layers: int = 6
    heads: int = 4
    intermediate_size: int = 512
    depthwise_kernel: int = 15
    subsampling: int = 4  # frames of 10 ms that the last convolution joins into one
    subsampling_kernel: int = 6
    subsampling_channels: int = 384
    dropout: float = 0.0
    phone_layer: int = 3  # the encoder layer behind which the auxiliary phone head listens; 0 = none


@dataclass(frozen=True)
class DataRecipe:
    """Packs by name; ``weights`` repeat a pack's utterances (2.0 = each variant twice as often)."""

    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    noise: str | None = None
    variants: int = 3  # each utterance as it is, and this number less one of augmented copies
    augmented_weight: float = 1.0  # how often an augmented copy comes for each time the recording itself does
    least_seconds: float = 0.6
    most_seconds: float = 20.0
    weights: dict[str, float] = field(default_factory=dict)
    alignments: str | None = None  # JSON lines as in trainer.frame_targets, beside the packs
    pronunciations: str | None = None  # a cmudict file, beside the packs; needed for the phone head


@dataclass(frozen=True)
class TrainingRecipe:
    """Optimisation. The learning rate rises over ``warmup_steps`` and falls along a cosine to ``final_rate``
    of its peak.
    """

    steps: int = 6000
    learning_rate: float = 8e-4
    warmup_steps: int = 300
    final_rate: float = 0.02
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    seconds_per_batch: float = 40.0
    phone_weight: float = 0.4
    frame_steps: int = 0  # first steps in which letters are taught by frame, where there are alignments
    precision: str = "no"  # "no", "bf16" or "fp16": accelerate's names
    seed: int = 7
    validate_every: int = 500
    validation_utterances: int = 120
    save_every: int = 250
    average_last: int = (
        5  # checkpoints that are averaged at the end (Polyak-style, as in fairseq's and ESPnet's recipes)
    )
    average_every: int = 150  # steps between them


@dataclass(frozen=True)
class Recipe:
    """A whole training run."""

    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    data: DataRecipe = field(default_factory=DataRecipe)
    augmentation: Augmentation = field(default_factory=Augmentation)
    masks: Masks = field(default_factory=Masks)
    training: TrainingRecipe = field(default_factory=TrainingRecipe)


def read_recipe(path: Path, overrides: tuple[str, ...] = ()) -> Recipe:
    """Read a TOML recipe; ``overrides`` are ``table.key=value`` as on the command line.

    :raises RecipeError: no such file, no TOML, an unknown key, or a value of the wrong kind; the message
    names it.
    """
    recipe: Recipe = build(Recipe, read_tables(path, overrides))
    return recipe


def read_tables(path: Path | None, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """The tables of a TOML file (or none), with ``table.key=value`` settings laid over them.

    :raises RecipeError: no such file, no TOML, or an override that is none.
    """
    tables: dict[str, Any] = {}
    if path is not None:
        try:
            tables = read_toml(path)
        except READ_ERRORS as error:
            raise RecipeError(
                Sentence("The recipe {path} cannot be read: {reason}.", path=path, reason=error)
            ) from None
    for override in overrides:
        _apply_override(tables, override)
    return tables


def build(kind: type[Any], tables: dict[str, Any]) -> Any:
    """A recipe's dataclass from its tables.

    :raises RecipeError: an unknown key, or a value of the wrong kind; the message names it.
    """
    return _build(kind, tables, "")


def _apply_override(tables: dict[str, Any], override: str) -> None:
    name, separator, value = override.partition("=")
    table, dot, key = name.strip().partition(".")
    if not separator or not dot:
        raise RecipeError(
            f"“{override}” is no setting; write table.key=value, for example training.steps=500."
        )
    try:
        parsed = parse_toml(f"value = {value}")["value"]
    except SmallFileError:
        parsed = value.strip()
    settings = tables.setdefault(table, {})
    if not isinstance(settings, dict):
        raise RecipeError(f"{table} in the recipe is a table; write its settings below [{table}].")
    settings[key.strip()] = parsed


def _build(kind: type[Any], values: dict[str, Any], where: str) -> Any:
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(values) - hints.keys())
    if unknown:
        raise RecipeError(
            f"The recipe sets {where}{unknown[0]}, which does not exist; there are {', '.join(hints)}."
        )
    return kind(**{name: _convert(hints[name], value, f"{where}{name}") for name, value in values.items()})


def _convert(hint: Any, value: Any, where: str) -> Any:
    """One TOML value as the type that the recipe's field has."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} in the recipe is a table; write its settings below [{where}].")
        return _build(hint, value, f"{where}.")
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise RecipeError(f"{where} in the recipe is a list; write it in square brackets.")
        return tuple(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and not is_sane_number(value):
        raise RecipeError(f"{where} in the recipe is {value}; it has to be a finite number.")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    accepted = tuple(kind for kind in (typing.get_args(hint) or (hint,)) if isinstance(kind, type))
    plain = (
        tuple(typing.get_origin(kind) or kind for kind in accepted)
        if typing.get_origin(hint) is not dict
        else (dict,)
    )
    if not isinstance(value, plain) or (isinstance(value, bool) and bool not in plain):
        raise RecipeError(f"{where} in the recipe cannot be {value!r}.")
    return value
