"""All settings of a fine-tuning, as tables of a TOML recipe, and the defaults that depend on the data, the
start model and the machine (:func:`defaults_for`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from asr_desktop.recognition.front_end import WHISPER_CTC
from trainer.augmentation import Augmentation
from trainer.deepspeech2 import ARCHITECTURE, DeepSpeech2Options
from trainer.recipe import require_between, require_one_of


@dataclass(frozen=True)
class StartOptions:
    """Which parts of the start model are kept, or which new network is created instead."""

    architecture: str = ""  # "deepspeech2": a new network without a start model
    head: str = "auto"  # "keep" head and labels, a "new" head, or "auto": keep the head if there is one
    target_language: str = ""  # the MMS language adapter to start with ("deu"); "" = none
    extend_vocabulary: bool = True  # add labels for letters that the labels lack
    least_letter_count: int = 5  # letters with fewer occurrences get no label

    def __post_init__(self) -> None:
        require_one_of("start.head", self.head, ("auto", "keep", "new"))
        require_one_of("start.architecture", self.architecture, ("", ARCHITECTURE))


@dataclass(frozen=True)
class TrainableOptions:
    """Which weights are trained. The convolutions are frozen unless ``convolutions`` is set."""

    way: str = "whole"  # "whole" encoder, "top" layers, "lora", "adapters" (MMS), or the "head" alone
    top_layers: int = 2
    convolutions: int = 0  # how many of the last convolutions are trained too
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    adapter_width: int = 16
    head_only_share: float = 0.0  # share of the training at its start that trains only a new head

    def __post_init__(self) -> None:
        require_one_of("trainable.way", self.way, ("whole", "top", "lora", "adapters", "head"))
        require_between("trainable.head_only_share", self.head_only_share, 0.0, 0.9)
        require_between("trainable.lora_rank", self.lora_rank, 1, 1024)
        require_between("trainable.top_layers", self.top_layers, 1, 1000)
        require_between("trainable.convolutions", self.convolutions, 0, 100)


@dataclass(frozen=True)
class CacheOptions:
    """Cache of the frozen part's outputs on disk: computed once instead of in each epoch, for a fixed number
    of augmented copies.
    """

    use: str = "auto"  # "yes", "no", or "auto": if there is no GPU
    variants: int = 4  # copies of each recording: the original, the others augmented
    folder: str = ""  # "" = beside the checkpoints; several trainings may share another folder
    keep: bool = False  # whether the cache is kept after the training

    def __post_init__(self) -> None:
        require_one_of("cache.use", self.use, ("auto", "yes", "no"))
        require_between("cache.variants", self.variants, 1, 1000)


@dataclass(frozen=True)
class DataOptions:
    """Which data is used, and how it is loaded."""

    least_seconds: float = 0.4
    most_seconds: float = 20.0
    validation_share: float = 0.05  # if no validation set is given; whole sessions or speakers
    validation_utterances: int = 100  # at most; a larger set is thinned out evenly
    noise: str = ""  # a folder with recordings of noise (*.flac) and room impulse responses (rir*.wav)
    augmented_share: float = 0.6  # share of training utterances that are augmented
    loader_workers: int = 1  # processes that read and augment if nothing is cached; 0 = a thread

    def __post_init__(self) -> None:
        require_between("data.validation_share", self.validation_share, 0.01, 0.9)
        require_between("data.augmented_share", self.augmented_share, 0.0, 1.0)
        require_between("data.loader_workers", self.loader_workers, 0, 256)


@dataclass(frozen=True)
class BatchOptions:
    """Batches measured in seconds of sound, with utterances of similar length; each process has its own."""

    seconds: float = 24.0
    accumulation: int = 1  # batches per optimiser step

    def __post_init__(self) -> None:
        require_between("batches.seconds", self.seconds, 1.0, 100_000.0)
        require_between("batches.accumulation", self.accumulation, 1, 10_000)


@dataclass(frozen=True)
class ScheduleOptions:
    """The learning rate over the training; shares are of the whole training."""

    steps: int = 1000
    epochs: float = 0.0  # instead of ``steps``: number of passes through the data
    learning_rate: float = 3e-5
    head_rate: float = 1.0  # factor for the head's learning rate
    shape: str = "cosine"  # "cosine", "linear", "tri-stage", "one-cycle" or "constant", each after a warm-up
    warmup_share: float = 0.1
    hold_share: float = 0.4  # for tri-stage: time at the peak before the decay
    final_share: float = 0.02  # final learning rate as a share of the peak

    def __post_init__(self) -> None:
        require_one_of(
            "schedule.shape", self.shape, ("cosine", "linear", "tri-stage", "one-cycle", "constant")
        )
        require_between("schedule.steps", self.steps, 1, 10**9)
        require_between("schedule.head_rate", self.head_rate, 0.01, 1000)
        require_between("schedule.warmup_share", self.warmup_share, 0.0, 0.9)
        require_between("schedule.hold_share", self.hold_share, 0.0, 0.9)


@dataclass(frozen=True)
class OptimisationOptions:
    """AdamW, numeric precision and regularisation."""

    weight_decay: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.98
    clip_norm: float = 1.0
    precision: str = "none"  # "none" (float32), "bf16" or "fp16" (NVIDIA cards only)
    gradient_checkpointing: bool = False
    dropout: float = 0.05
    # Weight of the consistency loss between two passes with different masks and dropout (CR-CTC; its authors
    # use 0.2). A step takes twice the time, and the network overfits less. 0 = off.
    consistency: float = 0.0
    seed: int = 7

    def __post_init__(self) -> None:
        require_one_of("optimisation.precision", self.precision, ("none", "bf16", "fp16"))
        require_between("optimisation.dropout", self.dropout, 0.0, 0.9)


@dataclass(frozen=True)
class MaskOptions:
    """SpecAugment on the frozen part's outputs, as in wav2vec2: the masked shares, and the lengths of masked
    spans in frames or channels.
    """

    time_share: float = 0.3
    time_frames: int = 10
    channel_share: float = 0.1
    channel_width: int = 64

    def __post_init__(self) -> None:
        require_between("masks.time_share", self.time_share, 0.0, 0.95)
        require_between("masks.channel_share", self.channel_share, 0.0, 0.95)


@dataclass(frozen=True)
class EvaluationOptions:
    """When the network is evaluated on the validation set, and when the training stops early."""

    times: int = 15  # evenly over the training, besides the one before the first step
    every_steps: int = 0  # instead of ``times``
    every_epochs: float = 0.0  # instead of both
    measure: str = "cer"  # metric for the best checkpoint and for early stopping: "cer" or "wer"
    patience: int = 5  # evaluations without improvement before the training stops; 0 = never stop early

    def __post_init__(self) -> None:
        require_one_of("evaluation.measure", self.measure, ("cer", "wer"))
        require_between("evaluation.times", self.times, 1, 100_000)


@dataclass(frozen=True)
class CheckpointOptions:
    """Which checkpoints are kept, and which weights the model folder gets."""

    every_steps: int = 100
    average_last: int = 3  # number of last evaluated checkpoints that are averaged at the end; 0 = none
    choose: str = "best"  # "best" (or the average if that is better), "last" or "average"
    # Share of the start's weights in the result; with "best" only if that scores better. It restores what the
    # network forgot while training on little speech (Wortsman et al., "Robust fine-tuning of zero-shot
    # models", 2022). 0 = none.
    start_share: float = 0.2

    def __post_init__(self) -> None:
        require_one_of("checkpoints.choose", self.choose, ("best", "last", "average"))
        require_between("checkpoints.every_steps", self.every_steps, 1, 10**9)
        require_between("checkpoints.start_share", self.start_share, 0.0, 0.9)


@dataclass(frozen=True)
class TrackingOptions:
    """Trackers besides TensorBoard, by accelerate's names ("wandb", "mlflow", …); they must be installed."""

    trackers: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputOptions:
    """What is written besides the weights."""

    onnx: bool = True  # the graph that the app runs
    keep_float_onnx: bool = False
    language_model: bool = True  # copy the start's language model
    weigh_language_model: bool = True  # tune its weights on the training speech, see output


@dataclass(frozen=True)
class FinetuneRecipe:
    """All settings of a fine-tuning."""

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
    """``defaults`` overridden by ``tables``, setting by setting."""
    merged: dict[str, Any] = {name: dict(table) for name, table in defaults.items()}
    for name, table in tables.items():
        merged[name] = {**merged.get(name, {}), **table} if isinstance(table, dict) else table
    return merged


# Defaults for the amount of speech, the start and the machine; a recipe and ``--set`` override them.
#
# The rows follow literature and tutorials for networks of 95 M weights and more:
#
#     labelled speech    peak learning rate   steps       time / channel masks
#     under 10 min       1e-5                 300–800     .3×10 / .1×64
#     10–60 min          2–3e-5               1–3 k       .3–.5
#     1–10 h             5e-5                 5–10 k      .5–.65 / .25
#     a new head         5e-5                 13–20 k     .65 / .25–.5, the head alone for the first 10 %
#
# Networks of a few million weights (the shipped starter-en has 7 M) need other values: see :func:`_small`.

# Networks with fewer weights get the defaults for small networks.
LARGE_NETWORK = 60e6

# The size of the network with which the defaults for small networks were measured.
_STARTER_WEIGHTS = 7e6


def defaults_for(
    seconds: float,
    parameters: int,
    *,
    new_head: bool,
    on_cpu: bool,
    way: str | None = None,
    family: str = "wav2vec2",
    cpu_has_bf16: bool = False,
    layers: int = 6,
) -> Tables:
    """Default recipe tables for ``seconds`` of training speech and a network with ``parameters`` weights.

    way: which weights are trained (:class:`TrainableOptions`), None if the recipe does not set it. family:
    transformers' model_type. cpu_has_bf16: the CPU multiplies bfloat16 numbers (AVX512-BF16 or AMX). layers:
    of the encoder.
    """
    minutes = seconds / 60
    if way is None:
        # Whisper's encoder was trained on many voices. Its upper layers suffice to adapt it to a few minutes
        # of speech, in half the time, because the lower ones are computed once (benchmarks/personalise.py).
        is_personal = family == WHISPER_CTC and minutes < 60 and not new_head
        way = "top" if is_personal and on_cpu else "whole"
    if new_head:
        rate, steps, time, channel = 5e-5, 13_000 if minutes < 600 else 20_000, 0.65, 0.25
    elif minutes < 10:
        rate, steps, time, channel = 1e-5, round(300 + 50 * minutes), 0.3, 0.1
    elif minutes < 60:
        rate, steps, time, channel = 2.5e-5, round(1000 + 40 * (minutes - 10)), 0.4, 0.1
    else:
        rate, steps, time, channel = 5e-5, round(min(10_000, 5000 + 10 * (minutes - 60))), 0.5, 0.25
    tables: Tables = {
        "trainable": {"way": way, "head_only_share": 0.1 if new_head else 0.0},
        "schedule": {"learning_rate": rate, "steps": steps},
        "masks": {"time_share": time, "channel_share": channel, "time_frames": 10, "channel_width": 64},
        "augmentation": {
            "speed": [0.9, 1.1],
            "noise_probability": 0.4,
            "noise_snr_db": [10.0, 30.0],
            "room_probability": 0.2,
            "gain_db": [-6.0, 6.0],
        },
        "batches": {
            # On a CPU, many small batches give better results than few large ones in the same time.
            "seconds": 24.0 if on_cpu else max(60.0, 120.0 * math.sqrt(95e6 / max(parameters, 95e6))),
        },
        "optimisation": {"precision": "none" if on_cpu else "bf16"},
        "data": {"loader_workers": 1 if on_cpu else 4},
    }
    if family == WHISPER_CTC:
        tables = lay_over(tables, _whisper(minutes, new_head, way, layers))
        if on_cpu and cpu_has_bf16:
            tables["optimisation"]["precision"] = "bf16"
    elif parameters < LARGE_NETWORK:
        tables = lay_over(tables, _small(minutes, parameters, new_head, on_cpu, way))
    if way in ("lora", "adapters"):
        tables["schedule"]["learning_rate"] *= 4  # few weights that start at zero; as LoRA's authors do
    if way == "head":
        tables["schedule"]["learning_rate"] *= 10
    return tables


_TOP_LAYERS = 4  # how many of Whisper's upper layers a voice is taught to


def _whisper(minutes: float, new_head: bool, way: str, layers: int) -> Tables:
    """Defaults for Whisper's encoder: it is well trained and degrades easily, while its CTC head is little
    trained.

    The head's learning rate is therefore several times higher, and much of the start's weights is mixed in at
    the end. Found with ten minutes of a development speaker, on four other minutes of the same speaker (loss
    0.417 a letter, WER 17.6 % before), 300 steps of 16 s, with 30 % of the start's weights in the result:

    - two layers at 1e-4: 0.366, 14.0 % (0.403, 14.5 % without any of the start's weights: it overfits); with
      0.3 instead of 0.1 of the frames masked and a dropout of 0.15 instead of 0.05: 0.357, 14.2 %.
    - four layers, masked likewise: 0.330, 10.9 % at 1e-4, and 0.330, 12.5 % at 5e-5, which costs other
      voices half as much (benchmarks/personalise: 9 % more errors in place of 18 %): the default.
    """
    tables: Tables = {
        "schedule": {"learning_rate": 5e-5 if way == "top" else 4e-5, "head_rate": 4.0, "warmup_share": 0.05},
        "masks": {"time_share": 0.1, "time_frames": 10, "channel_share": 0.0},
        "optimisation": {"dropout": 0.05},
        "checkpoints": {"start_share": 0.3},
    }
    if way == "top":
        tables["trainable"] = {"top_layers": min(_TOP_LAYERS, layers)}
    if minutes < 60:
        tables["schedule"]["steps"] = round(240 + 30 * minutes)
        tables["batches"] = {"seconds": 16.0}
        tables["masks"]["time_share"] = 0.3
        tables["optimisation"]["dropout"] = 0.15
        tables["evaluation"] = {"patience": 0}
        tables["checkpoints"] = {"choose": "last", "start_share": 0.5 if minutes < 5 else 0.3}
    if new_head:
        tables["schedule"]["steps"] = 8000
        tables["schedule"]["head_rate"] = 10.0
    return tables


def _small(minutes: float, parameters: int, new_head: bool, on_cpu: bool, way: str) -> Tables:
    """Defaults for networks of a few million weights.

    Measured with ten minutes of one voice and a previous starter-en of 7 M weights (CER 32.9 % before
    training), after the same processor time:

    - masks: with a quarter of the frames masked, which suits large networks, the loss per letter starts at
      1.8; with a twentieth at 1.5, and training adapts to the voice instead of filling in masked frames.
    - batches: 8 s instead of 24 s, for three steps in the time of one.
    - learning rate: large networks use 1e-5; here, 2.5e-4 gives a CER of 30.0 %, 6e-4 30.6 % and 1.2e-3
      34.0 %. Longer trainings tolerate higher rates.
    - consistency: with two passes per batch (CR-CTC, see `UpperNetwork`), more steps pay off: one pass, 702
      steps: CER 25.4 %; two passes, 1300 steps: 23.3 %; more steps or a larger weight change nothing.
    - which weights: the last, not the best of fifteen evaluations on a few utterances, where the choice is
      mostly chance (WER 46.0 in place of 42.2 %). A quarter of the start's weights is mixed in: the network
      forgets less of other voices.
    """
    rate = min(8e-4, 4e-4 * _STARTER_WEIGHTS / parameters)
    is_whole = way == "whole"
    hears_twice = is_whole and not new_head and minutes < 60
    steps = 600 + 40 * minutes + (30 * min(minutes, 60) if is_whole else 0)
    tables: Tables = {
        "schedule": {"learning_rate": rate, "steps": round(min(20_000, steps))},
        "masks": {
            "time_share": 0.15 if is_whole else 0.05,
            "channel_share": 0.0,
            "time_frames": 6,
            "channel_width": 16,
        },
        "data": {"augmented_share": 0.6 if is_whole else 0.4},
        "optimisation": {"consistency": 0.2, "dropout": 0.1} if hears_twice else {},
        "cache": {"variants": 8} if hears_twice else {},
        # Results improve late, when the learning rate falls, and the validation part of five minutes of
        # speech is only four utterances: with early stopping, such a training showed no gain on them.
        "evaluation": {"patience": 0 if minutes < 60 else 8},
        "checkpoints": {"start_share": 0.25, **({"choose": "last"} if minutes < 60 and not new_head else {})},
    }
    if minutes < 60:
        tables["batches"] = {"seconds": 8.0 if on_cpu else 30.0}
    if new_head:
        tables["schedule"]["steps"] = 40_000
    return tables
