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

from asr_desktop.errors import AsrDesktopError
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import find_model
from trainer.dataset import TrainingUtterance
from trainer.evaluation.decoder_weights import DecoderWeights, Heard, WeightSearch

MOST_SECONDS = 600.0
"""Of speech that is looked at, evenly taken from all: a minute or two of decoding."""

_STEPS = DecoderWeights(alpha=0.15, beta=0.5, unk_score_offset=0.0)
_LEAST_GAIN = 0.003
_LEAST_WORDS = 2.0
"""A move has to save more errors than that: as a share of the words, and in words."""


def weigh_language_model(
    start: Path,
    utterances: Sequence[TrainingUtterance],
    report: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> DecoderWeights | None:
    """The weights for the model in the folder ``start``; None where it has no language model or does not run
    in the app.
    """
    try:
        folder = find_model(start)
        if folder.language_model is None:
            return None
        emissions = load_emissions(folder)
    except AsrDesktopError as error:
        report(f"how much the language model counts stays as it is: {error}")
        return None
    report("finding how much the language model counts for this voice")
    heard = []
    for utterance in thinned(utterances, MOST_SECONDS):
        if cancelled():
            return None
        heard.append(Heard(emissions(utterance.samples()), utterance.transcript))
    words = sum(len(one.text.split()) for one in heard)
    search = WeightSearch(
        folder,
        heard,
        steps=_STEPS,
        halvings=0,
        least_gain=max(_LEAST_GAIN, _LEAST_WORDS / max(1, words)),
        cancelled=cancelled,
    )
    before = DecoderWeights.of(folder.language_model)
    found = search.run(before)
    report(
        f"language model: {found} on {words} words ({search.errors(found).wer:.1%} of them wrong before the "
        f"training, {search.errors(before).wer:.1%} with {before})"
    )
    return found


def thinned(utterances: Sequence[TrainingUtterance], most_seconds: float) -> list[TrainingUtterance]:
    """Evenly taken, so that there are about so many seconds of them."""
    seconds = sum(utterance.seconds for utterance in utterances)
    wanted = max(1, round(len(utterances) * min(1.0, most_seconds / max(seconds, 1e-9))))
    return [utterances[number * len(utterances) // wanted] for number in range(wanted)]
