"""The model card of what one voice taught: what it was made from, and the figures it was judged by."""

from __future__ import annotations

from pathlib import Path

from asr_desktop.model_store.cards import stated_in_readme
from asr_desktop.recognition.model_folder import ModelFolder
from trainer.evaluation.comparison import Comparison, Verdict
from trainer.model_card import CardFacts, write_card


def write_voice_card(
    folder: Path,
    start: ModelFolder,
    train_seconds: float,
    own: Comparison,
    general: Comparison | None,
    verdict: Verdict,
    name: str,
) -> Path:
    """Write the card into ``folder``; language and licence are those of the model that was taught.

    own, general: the model in use and the new one, on the person's own held-out speech and on others'.
    """
    # A folder among versions is called by its number, which says nothing.
    base_model = None if start.path.parent.name == "versions" else start.name
    facts = CardFacts(
        name=name,
        language=start.language,
        licence=stated_in_readme(start.path, "license"),
        purpose="Adapted to one person's voice, on that person's own computer.",
        base_model=base_model,
        data=[f"{train_seconds / 60:.1f} minutes of that person's speech"],
        limits=["Adapted to one voice; it may recognise other voices worse than the original model."],
    )
    evaluations = [own.new] if general is None else [own.new, general.new]
    return write_card(folder, facts, evaluations, own, verdict)
