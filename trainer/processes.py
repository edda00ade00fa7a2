"""What several processes that train together have to agree on."""

from __future__ import annotations

from typing import Any

import torch


def any_process(accelerator: Any, flag: bool) -> bool:
    """Whether any process says so; all of them get the same answer, so that none waits for one that left."""
    if accelerator.num_processes == 1:
        return flag
    return bool(accelerator.reduce(torch.tensor(float(flag), device=accelerator.device), "sum") > 0)
