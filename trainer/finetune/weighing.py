"""How much the start's language model counts for this voice: alpha and beta for the new model.

Found with the start and all that is learnt from, not with the new model and the little that was kept apart.
The start has not heard that speech, so all of it is honest evidence, while a minute of validation speech is
told by luck; and what suits the start on a voice suits what it becomes (one voice's ten minutes gave alpha
0.65 and beta 1.0 to starter-en; on other speech of that voice the taught model made 40.6 % errors with them
and 42.2 % with the general 0.5 and 1.5, the best of what was tried).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.recognition.language_model import LanguageModelWeights
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import TrainingUtterance
from trainer.evaluation.decoder_weights import weigh


def weigh_language_model(
    start: Path,
    utterances: Sequence[TrainingUtterance],
    report: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> LanguageModelWeights | None:
    """The weights for the model in the folder ``start``; None where it has no language model, or does not run
    in the app, which is said.
    """
    report("finding the best language model weights for this voice")
    try:
        weighed = weigh(find_model(start), utterances, cancelled=cancelled)
    except AsrDesktopError as error:
        report(f"the language model weights are unchanged: {error}")
        return None
    if weighed is None:
        return None
    report(f"language model, before the training: {weighed}")
    return weighed.weights
