"""What a pre-training needs to go on as if nothing had happened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer.checkpoint import load_checkpoint, save_atomically
from trainer.pretraining.figures import Measurement
from trainer.pretraining.network import PretrainingError, PretrainingStart
from trainer.pretraining.options import PretrainingRecipe
from trainer.pretraining.sound import Piece


@dataclass
class PretrainingState:
    """Everything else is computed from the step's number. seconds: the time that was trained so far."""

    belongs_to: str
    step: int = 0
    seconds: float = 0.0
    before: Measurement | None = None
    last: Measurement | None = None

    def save(self, path: Path, network: Any, optimiser: Any) -> None:
        """:raises CheckpointError: the disk is full; the earlier state stays."""
        measured = [None if found is None else asdict(found) for found in (self.before, self.last)]
        state = {
            "belongs_to": self.belongs_to,
            "step": self.step,
            "seconds": self.seconds,
            "measured": json.dumps(measured),
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
        }
        save_atomically(state, path)

    def resume(self, path: Path, network: Any, optimiser: Any) -> bool:
        """Take over what an earlier run saved, where there was one.

        :raises PretrainingError: it is another training's. CheckpointError: it is damaged.
        """
        if not path.is_file():
            return False
        saved = load_checkpoint(path)
        if saved["belongs_to"] != self.belongs_to:
            raise PretrainingError(
                f"{path.parent} contains a training run with different audio, a different model or a "
                "different seed; choose another output folder, or delete it."
            )
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        self.step, self.seconds = int(saved["step"]), float(saved["seconds"])
        found = [None if one is None else Measurement(**one) for one in json.loads(saved["measured"])]
        self.before, self.last = found
        return True


def belongs_to(start: PretrainingStart, recipe: PretrainingRecipe, train: Sequence[Piece]) -> str:
    """A hash of what a saved state cannot be moved away from.

    Length, rate and the size of batches are not among it: whoever runs out of memory or of numbers is told to
    change them and to go on.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(start.network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.numpy().tobytes())
    settings = [recipe.optimisation.seed, recipe.optimisation.freeze_convolutions]
    pieces = [[piece.path.name, piece.start_seconds, piece.end_seconds] for piece in train]
    digest.update(json.dumps([settings, pieces]).encode())
    return digest.hexdigest()
