"""Settings that suit the amount of speech, the start and the machine; a recipe and ``--set`` lie over them.

The rows are what the literature and the tutorials agree on for networks of 95 M weights and more:

    labelled speech    peak learning rate   steps       time / channel masks
    under 10 min       1e-5                 300–800     .3×10 / .1×64
    10–60 min          2–3e-5               1–3 k       .3–.5
    1–10 h             5e-5                 5–10 k      .5–.65 / .25
    a new head         5e-5                 13–20 k     .65 / .25–.5, the head alone for the first 10 %

Networks of a few million weights (the shipped starter-en has 7 M) want other ones: see :func:`_small`.
"""

from __future__ import annotations

import math

from asr_desktop.recognition.front_end import WHISPER_CTC
from trainer.finetune.options import Tables, lay_over

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
    way: str = "whole",
    family: str = "wav2vec2",
) -> Tables:
    """Recipe tables for ``seconds`` of training speech and a network of a family with so many weights."""
    minutes = seconds / 60
    if new_head:
        rate, steps, time, channel = 5e-5, 13_000 if minutes < 600 else 20_000, 0.65, 0.25
    elif minutes < 10:
        rate, steps, time, channel = 1e-5, round(300 + 50 * minutes), 0.3, 0.1
    elif minutes < 60:
        rate, steps, time, channel = 2.5e-5, round(1000 + 40 * (minutes - 10)), 0.4, 0.1
    else:
        rate, steps, time, channel = 5e-5, round(min(10_000, 5000 + 10 * (minutes - 60))), 0.5, 0.25
    tables: Tables = {
        "trainable": {"head_only_share": 0.1 if new_head else 0.0},
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
        tables = lay_over(tables, _whisper(minutes, new_head))
    elif parameters < LARGE_NETWORK:
        tables = lay_over(tables, _small(minutes, parameters, new_head, on_cpu, way))
    if way in ("lora", "adapters"):
        tables["schedule"]["learning_rate"] *= 4  # few weights that begin at nothing, as LoRA's authors do
    if way == "head":
        tables["schedule"]["learning_rate"] *= 10
    return tables


def _whisper(minutes: float, new_head: bool) -> Tables:
    """What Whisper's encoder needs otherwise: it has heard much and is soon spoiled, its head little.

    The head learns several times as fast, and a part of the start's weights is mixed in at the end.
    """
    tables: Tables = {
        "schedule": {"learning_rate": 4e-5, "head_rate": 4.0, "warmup_share": 0.05},
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
