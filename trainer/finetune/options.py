"""Every setting of a fine-tuning, in the tables of a TOML recipe; the defaults that depend on the data are in
:mod:`trainer.finetune.options`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from asr_desktop.recognition.front_end import WHISPER_CTC
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
    weigh_language_model: bool = True  # find with the speech how much it counts, see output


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


# Settings that suit the amount of speech, the start and the machine; a recipe and ``--set`` lie over them.
#
# The rows are what the literature and the tutorials agree on for networks of 95 M weights and more:
#
#     labelled speech    peak learning rate   steps       time / channel masks
#     under 10 min       1e-5                 300–800     .3×10 / .1×64
#     10–60 min          2–3e-5               1–3 k       .3–.5
#     1–10 h             5e-5                 5–10 k      .5–.65 / .25
#     a new head         5e-5                 13–20 k     .65 / .25–.5, the head alone for the first 10 %
#
# Networks of a few million weights (the shipped starter-en has 7 M) want other ones: see :func:`_small`.

# Below this many weights a network is taken for one of the small ones that start far from the goal.
LARGE_NETWORK = 60e6

# What the small networks' figures below were found with.
_STARTER_WEIGHTS = 7e6


def defaults_for(
    seconds: float,
    parameters: int,
    *,
    new_head: bool,
    on_cpu: bool,
    way: str | None = None,
    family: str = "wav2vec2",
) -> Tables:
    """Recipe tables for ``seconds`` of training speech and a network of a family with so many weights.

    way: which weights learn (:class:`TrainableOptions`), None where the recipe leaves that open.
    """
    minutes = seconds / 60
    if way is None:
        # Whisper's encoder has heard most voices; what a few minutes add, its upper layers learn, in half the
        # time, because what the lower ones give is computed once (benchmarks/personalise.py).
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
            # On a CPU more steps with little sound in each beat few large ones in the same time.
            "seconds": 24.0 if on_cpu else max(60.0, 120.0 * math.sqrt(95e6 / max(parameters, 95e6))),
        },
        "optimisation": {"precision": "none" if on_cpu else "bf16"},
        "data": {"loader_workers": 1 if on_cpu else 4},
    }
    if family == WHISPER_CTC:
        tables = lay_over(tables, _whisper(minutes, new_head, way))
    elif parameters < LARGE_NETWORK:
        tables = lay_over(tables, _small(minutes, parameters, new_head, on_cpu, way))
    if way in ("lora", "adapters"):
        tables["schedule"]["learning_rate"] *= 4  # few weights that begin at nothing, as LoRA's authors do
    if way == "head":
        tables["schedule"]["learning_rate"] *= 10
    return tables


def _whisper(minutes: float, new_head: bool, way: str) -> Tables:
    """What Whisper's encoder needs otherwise: it has heard much and is soon spoiled, its head little.

    The head learns several times as fast, and a part of the start's weights is mixed in at the end. Two upper
    layers alone, taught ten minutes of one voice, bear 1e-4: on other sentences of that voice 7.9 → 6.0 % of
    the words wrong by beam search, 5.2 % with a personal language model, in 7.4 minutes of processor time
    (`python -m benchmarks.personalise --dev --amounts 10 --ways top`).
    """
    tables: Tables = {
        "schedule": {"learning_rate": 1e-4 if way == "top" else 4e-5, "head_rate": 4.0, "warmup_share": 0.05},
        "masks": {"time_share": 0.1, "time_frames": 10, "channel_share": 0.0},
        "optimisation": {"dropout": 0.05},
        "checkpoints": {"start_share": 0.3},
    }
    if minutes < 60:
        tables["schedule"]["steps"] = round(300 + 40 * minutes)
        tables["batches"] = {"seconds": 16.0}
        tables["evaluation"] = {"patience": 0}
        tables["checkpoints"]["choose"] = "last"
    if new_head:
        tables["schedule"]["steps"] = 8000
        tables["schedule"]["head_rate"] = 10.0
    return tables


def _small(minutes: float, parameters: int, new_head: bool, on_cpu: bool, way: str) -> Tables:
    """What a network of a few million weights needs otherwise.

    Measured by `python -m benchmarks.personalise --dev` with ten minutes of one voice and starter-en (32.9 %
    of the letters wrong at first), after the same processor time:

    - masks: with a quarter of the frames masked, which suits large networks, the loss begins at 1.8 a letter;
      with a twentieth at 1.5, and the network learns the voice in place of guessing what is hidden from it.
    - batches: 8 s in place of 24 s, for the three steps in the place of one.
    - learning rate: 1e-5 a large network's; 2.5e-4 → 30.0 %, 6e-4 → 30.6 %, 1.2e-3 → 34.0 %; the longer the
      training, the more of it is forgiven.
    - steps: heard once a step, the loss on what is learnt falls to 0.2 a letter in 1671 of them, while on
      other speech nothing is gained after the first 600 but what the falling rate gives. LoRA's few weights
      hold out longer.
    - consistency: where both hearings of a batch have to agree (CR-CTC, see `UpperNetwork`), more steps are
      worth their time. On other speech of the voice, with a quarter of the start's weights: heard once, 702
      steps, a loss of 0.938 a letter, 25.4 % of the letters wrong and 38.9 % of the words by beam search;
      twice, 702 steps: 0.918, 25.8 %, 40.0 %; twice, 1300 steps: 0.880, 23.3 %, 37.7 %.
      More than 1300 change nothing (with none of the start's weights: 39.0 %; 2000 steps: 38.9 %; 2000 steps
      with sixteen copies of each utterance, three quarters of them changed: 40.1 %), nor does a weight of 0.5
      in place of 0.2 (with a quarter of the start's: 0.881, 23.4 %, 38.1 %).
    - which weights: the last ones, not the best of fifteen measurements on a few utterances, which are told
      by luck (one training of ten minutes chose weights with 46.0 % errors by beam search where its last ones
      made 42.2 %). A quarter of the start's weights is mixed in: with a fifth of them the loss on other
      speech of the voice is 0.955 a letter and 42.2 % of the words are wrong, with none 0.987 and 42.2 %,
      with two fifths 0.962 and 42.4 %; and less is forgotten of other voices.
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
        # What is gained shows when the rate falls, and a tenth of five minutes is four utterances to see it
        # by: stopped early, five minutes of speech gave nothing on them.
        "evaluation": {"patience": 0 if minutes < 60 else 8},
        "checkpoints": {"start_share": 0.25, **({"choose": "last"} if minutes < 60 and not new_head else {})},
    }
    if minutes < 60:
        tables["batches"] = {"seconds": 8.0 if on_cpu else 30.0}
    if new_head:
        tables["schedule"]["steps"] = 40_000
    return tables
