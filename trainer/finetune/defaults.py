"""Settings that suit the amount of speech, the start and the machine; a recipe and ``--set`` lie over them.

The rows are what the literature and the tutorials agree on for networks of 95 M weights and more:

    labelled speech    peak learning rate   steps       time / channel masks
    under 10 min       1e-5                 300–800     .3×10 / .1×64
    10–60 min          2–3e-5               1–3 k       .3–.5
    1–10 h             5e-5                 5–10 k      .5–.65 / .25
    a new head         5e-5                 13–20 k     .65 / .25–.5, the head alone for the first 10 %
"""

from __future__ import annotations

import math

from trainer.finetune.options import Tables

# Below this many weights a network is taken for one of the small ones that start far from the goal.
LARGE_NETWORK = 60e6


def defaults_for(
    seconds: float, parameters: int, *, new_head: bool, on_cpu: bool, way: str = "whole"
) -> Tables:
    """Recipe tables for ``seconds`` of training speech and a network of so many weights."""
    minutes = seconds / 60
    if new_head:
        rate, steps, time, channel = 5e-5, 13_000 if minutes < 600 else 20_000, 0.65, 0.25
    elif minutes < 10:
        rate, steps, time, channel = 1e-5, round(300 + 50 * minutes), 0.3, 0.1
    elif minutes < 60:
        rate, steps, time, channel = 2.5e-5, round(1000 + 40 * (minutes - 10)), 0.4, 0.1
    else:
        rate, steps, time, channel = 5e-5, round(min(10_000, 5000 + 10 * (minutes - 60))), 0.5, 0.25
    small = parameters < LARGE_NETWORK
    if small:
        # A network of a few million weights makes ten times the errors of a large one, and has to move
        # further: 95 M → 1 ×, 7 M → about 14 ×; measured by benchmarks/personalise.py.
        rate *= 95e6 / max(parameters, 2e6)
        # Its steps are cheap, and the early stop ends what has become useless.
        steps *= 3
        time, channel = min(time, 0.25), 0.05
    if way in ("lora", "adapters"):
        rate *= 4  # few weights that begin at nothing; the factor of the LoRA paper's recipes
    if way == "head":
        rate *= 10
    return {
        "trainable": {"head_only_share": 0.1 if new_head else 0.0},
        "schedule": {"learning_rate": rate, "steps": steps},
        "masks": {
            "time_share": time,
            "channel_share": channel,
            "time_frames": 6 if small else 10,
            "channel_width": 16 if small else 64,
        },
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
