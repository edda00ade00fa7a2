"""Every setting of a fine-tuning, in the tables of a TOML recipe; the defaults that depend on the data are in
:mod:`trainer.finetune.defaults`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trainer.augmentation import Augmentation
from trainer.deepspeech2 import ARCHITECTURE
from trainer.deepspeech2.options import DeepSpeech2Options
from trainer.recipe import RecipeError


def _one_of(where: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise RecipeError(f"{where} in the recipe cannot be “{value}”; choose one of {', '.join(choices)}.")


def _between(where: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        raise RecipeError(
            f"{where} in the recipe cannot be {value:g}; it must be between {lowest:g} and {highest:g}."
        )


@dataclass(frozen=True)
class StartOptions:
    """What of the model that we start from is kept, or which new network is made instead."""

    architecture: str = ""  # "deepspeech2": a new network, and no model to start from
    head: str = "auto"  # "keep" its labels, a "new" head, or "auto": keep it where there is one
    target_language: str = ""  # which of an MMS model's language adapters to begin with ("deu"); "" = none
    extend_vocabulary: bool = True  # give letters that the labels lack new labels
    least_letter_count: int = 5  # a letter that comes more rarely than this is no letter of the language

    def __post_init__(self) -> None:
        _one_of("start.head", self.head, ("auto", "keep", "new"))
        _one_of("start.architecture", self.architecture, ("", ARCHITECTURE))


@dataclass(frozen=True)
class TrainableOptions:
    """Which weights learn. The convolutions are frozen unless ``convolutions`` says otherwise."""

    way: str = "whole"  # "whole" encoder, "top" layers, "lora", "adapters" (MMS), or the "head" alone
    top_layers: int = 2
    convolutions: int = 0  # how many of the last convolutions learn too
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    adapter_width: int = 16
    head_only_share: float = 0.0  # the first part of the training in which a new head learns alone

    def __post_init__(self) -> None:
        _one_of("trainable.way", self.way, ("whole", "top", "lora", "adapters", "head"))
        _between("trainable.head_only_share", self.head_only_share, 0.0, 0.9)
        _between("trainable.lora_rank", self.lora_rank, 1, 1024)
        _between("trainable.top_layers", self.top_layers, 1, 1000)
        _between("trainable.convolutions", self.convolutions, 0, 100)


@dataclass(frozen=True)
class CacheOptions:
    """The frozen part's outputs on disk: computed once instead of in each epoch, for a fixed number of
    augmented copies.
    """

    use: str = "auto"  # "yes", "no", or "auto": where there is no GPU
    variants: int = 4  # each recording as it is, and this number less one of augmented copies
    folder: str = ""  # "" = beside the checkpoints; a folder of its own may serve several trainings
    keep: bool = False  # whether the cache stays when the training is finished

    def __post_init__(self) -> None:
        _one_of("cache.use", self.use, ("auto", "yes", "no"))
        _between("cache.variants", self.variants, 1, 1000)


@dataclass(frozen=True)
class DataOptions:
    """What of the data is used, and how it is loaded."""

    least_seconds: float = 0.4
    most_seconds: float = 20.0
    validation_share: float = 0.05  # where no validation set is named; whole sessions or speakers
    validation_utterances: int = 100  # more than these are thinned out evenly
    noise: str = ""  # a folder with recordings of noise (*.flac) and room impulse responses (rir*.wav)
    augmented_share: float = 0.6  # how much of what the network hears is augmented
    loader_workers: int = 1  # processes that read and augment where nothing is cached; 0 = a thread

    def __post_init__(self) -> None:
        _between("data.validation_share", self.validation_share, 0.01, 0.9)
        _between("data.augmented_share", self.augmented_share, 0.0, 1.0)
        _between("data.loader_workers", self.loader_workers, 0, 256)


@dataclass(frozen=True)
class BatchOptions:
    """Batches by seconds of sound, of near-equal length; with several processes, each has its own."""

    seconds: float = 24.0
    accumulation: int = 1  # batches that are added up to one step

    def __post_init__(self) -> None:
        _between("batches.seconds", self.seconds, 1.0, 100_000.0)
        _between("batches.accumulation", self.accumulation, 1, 10_000)


@dataclass(frozen=True)
class ScheduleOptions:
    """How the learning rate goes from step 0 to the last; shares are of the whole training."""

    steps: int = 1000
    epochs: float = 0.0  # instead of ``steps``: so many times through the data
    learning_rate: float = 3e-5
    head_rate: float = 1.0  # the head learns so many times as fast
    shape: str = "cosine"  # "cosine", "linear", "tri-stage", "one-cycle" or "constant", each after a warm-up
    warmup_share: float = 0.1
    hold_share: float = 0.4  # of tri-stage: at the peak, before it decays
    final_share: float = 0.02  # of the peak, at the end

    def __post_init__(self) -> None:
        _one_of("schedule.shape", self.shape, ("cosine", "linear", "tri-stage", "one-cycle", "constant"))
        _between("schedule.steps", self.steps, 1, 10**9)
        _between("schedule.head_rate", self.head_rate, 0.01, 1000)
        _between("schedule.warmup_share", self.warmup_share, 0.0, 0.9)
        _between("schedule.hold_share", self.hold_share, 0.0, 0.9)


@dataclass(frozen=True)
class OptimisationOptions:
    """AdamW and what it needs."""

    weight_decay: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.98
    clip_norm: float = 1.0
    precision: str = "none"  # "none" (float32), "bf16" or "fp16" (NVIDIA cards only)
    gradient_checkpointing: bool = False
    dropout: float = 0.05
    # Hear everything twice, masked and dropped out differently, and punish what differs, with this weight
    # (CR-CTC; its authors' is 0.2): twice the time a step, and less learnt by heart. 0 = off.
    consistency: float = 0.0
    seed: int = 7

    def __post_init__(self) -> None:
        _one_of("optimisation.precision", self.precision, ("none", "bf16", "fp16"))
        _between("optimisation.dropout", self.dropout, 0.0, 0.9)


@dataclass(frozen=True)
class MaskOptions:
    """SpecAugment over the frozen part's outputs, as wav2vec2 does it: the share that is masked, in spans of
    so many frames or channels.
    """

    time_share: float = 0.3
    time_frames: int = 10
    channel_share: float = 0.1
    channel_width: int = 64

    def __post_init__(self) -> None:
        _between("masks.time_share", self.time_share, 0.0, 0.95)
        _between("masks.channel_share", self.channel_share, 0.0, 0.95)


@dataclass(frozen=True)
class EvaluationOptions:
    """When it is measured on the validation set, and when that is enough."""

    times: int = 15  # evenly over the training, besides the one before it
    every_steps: int = 0  # instead of ``times``
    every_epochs: float = 0.0  # instead of both
    measure: str = "cer"  # what the best checkpoint and the early stop go by: "cer" or "wer"
    patience: int = 5  # evaluations without an improvement after which it stops; 0 = never

    def __post_init__(self) -> None:
        _one_of("evaluation.measure", self.measure, ("cer", "wer"))
        _between("evaluation.times", self.times, 1, 100_000)


@dataclass(frozen=True)
class CheckpointOptions:
    """What is kept, and which weights the model folder gets."""

    every_steps: int = 100
    average_last: int = 3  # evaluated checkpoints whose mean is tried at the end; 0 = no averaging
    choose: str = "best"  # "best" (a mean, where it is better), "last" or "average"
    # How much of the start's weights is mixed in, with "best" only where that measures better: it gives back
    # what little speech made the network forget (Wortsman et al., "Robust fine-tuning of zero-shot models",
    # 2022). 0 = none.
    start_share: float = 0.2

    def __post_init__(self) -> None:
        _one_of("checkpoints.choose", self.choose, ("best", "last", "average"))
        _between("checkpoints.every_steps", self.every_steps, 1, 10**9)
        _between("checkpoints.start_share", self.start_share, 0.0, 0.9)


@dataclass(frozen=True)
class TrackingOptions:
    """TensorBoard always; others by accelerate's names ("wandb", "mlflow", …), where they are installed."""

    trackers: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputOptions:
    """What is written beside the weights."""

    onnx: bool = True  # what the app runs
    keep_float_onnx: bool = False
    language_model: bool = True  # take over the start's language model
    weigh_language_model: bool = True  # find with the speech how much it counts, see weighing


@dataclass(frozen=True)
class FinetuneRecipe:
    """A whole fine-tuning."""

    start: StartOptions = field(default_factory=StartOptions)
    trainable: TrainableOptions = field(default_factory=TrainableOptions)
    cache: CacheOptions = field(default_factory=CacheOptions)
    data: DataOptions = field(default_factory=DataOptions)
    batches: BatchOptions = field(default_factory=BatchOptions)
    schedule: ScheduleOptions = field(default_factory=ScheduleOptions)
    optimisation: OptimisationOptions = field(default_factory=OptimisationOptions)
    masks: MaskOptions = field(default_factory=MaskOptions)
    augmentation: Augmentation = field(default_factory=Augmentation)
    evaluation: EvaluationOptions = field(default_factory=EvaluationOptions)
    checkpoints: CheckpointOptions = field(default_factory=CheckpointOptions)
    tracking: TrackingOptions = field(default_factory=TrackingOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    deepspeech2: DeepSpeech2Options = field(default_factory=DeepSpeech2Options)


Tables = dict[str, dict[str, Any]]


def lay_over(defaults: Tables, tables: dict[str, Any]) -> dict[str, Any]:
    """``tables`` over ``defaults``, setting by setting."""
    merged: dict[str, Any] = {name: dict(table) for name, table in defaults.items()}
    for name, table in tables.items():
        merged[name] = {**merged.get(name, {}), **table} if isinstance(table, dict) else table
    return merged
