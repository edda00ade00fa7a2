"""Greedy word and character error rates on the validation set, each utterance by itself, as in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from asr_desktop.recognition.ctc import greedy
from asr_desktop.recognition.labels import Labels
from asr_desktop.teaching.scoring import Score, score
from trainer.finetune.features import Features
from trainer.finetune.frozen_part import UpperNetwork


@torch.no_grad()
def measure(
    upper: UpperNetwork,
    features: Features,
    references: Sequence[str],
    labels: Labels,
    accelerator: Any,
    cancelled: Callable[[], bool],
) -> Score | None:
    """Errors over all processes' shares of the validation set; None when it was cancelled in one of them."""
    upper.eval()
    mine = range(accelerator.process_index, len(references), accelerator.num_processes)
    heard: list[str] = []
    is_cancelled = False
    for number in mine:
        if cancelled():
            is_cancelled = True
            break
        hidden = features.validation(number)
        frames = torch.tensor([hidden.shape[1]], device=hidden.device)
        scores, _ = upper.log_probabilities(hidden[None], frames)
        heard.append(greedy(scores[0].cpu().numpy(), labels))
    result = score([references[number] for number in mine][: len(heard)], heard)
    if accelerator.num_processes == 1:
        return None if is_cancelled else result
    names = list(vars_of(result))
    counts = [int(is_cancelled), *(vars_of(result)[name] for name in names)]
    cancellations, *summed = accelerator.reduce(
        torch.tensor(counts, device=accelerator.device), "sum"
    ).tolist()
    return None if cancellations else Score(**dict(zip(names, summed, strict=True)))


def vars_of(result: Score) -> dict[str, int]:
    """A score's counts by name."""
    return {name: getattr(result, name) for name in Score.__dataclass_fields__}
