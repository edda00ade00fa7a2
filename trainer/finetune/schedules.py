"""The learning rate over a training, as a function of how much of it is done: no state, so a resumed training
needs none.
"""

from __future__ import annotations

import math

from trainer.finetune.options import ScheduleOptions


def learning_rate(done: float, options: ScheduleOptions) -> float:
    """The rate when the share ``done`` (0 … 1) of the training lies behind.

    cosine, linear: warm-up, then down to ``final_share`` of the peak.
    tri-stage: warm-up, ``hold_share`` at the peak, then an exponential decay (Baevski et al., "wav2vec 2.0",
    2020).
    one-cycle: half a cosine up and half a cosine down to a 400th of the final rate (Smith & Topin,
    "Super-Convergence", 2018; the shares are those of torch's OneCycleLR with a warm-up of ``warmup_share``).
    constant: warm-up, then the peak.
    """
    done = min(1.0, max(0.0, done))
    return options.learning_rate * _share(done, options)


def _share(done: float, options: ScheduleOptions) -> float:
    warmup, final = options.warmup_share, options.final_share
    if options.shape == "one-cycle":
        first, last = 1 / 25, final / 400
        if done < warmup:
            return first + (1 - first) * (1 - math.cos(math.pi * done / warmup)) / 2
        return last + (1 - last) * (1 + math.cos(math.pi * _after(done, warmup))) / 2
    if done < warmup:
        # Never zero: the first step would be a step that does nothing.
        return max(done / warmup, 1e-3)
    if options.shape == "constant":
        return 1.0
    if options.shape == "linear":
        return 1 - (1 - final) * _after(done, warmup)
    if options.shape == "cosine":
        return final + (1 - final) * (1 + math.cos(math.pi * _after(done, warmup))) / 2
    held_until = min(1.0, warmup + options.hold_share)
    if done < held_until:
        return 1.0
    return max(final, 1e-8) ** _after(done, held_until)


def _after(done: float, begin: float) -> float:
    return (done - begin) / (1 - begin) if begin < 1 else 1.0
