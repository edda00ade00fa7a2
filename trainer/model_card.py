"""Writes the README.md of a model folder from its files and from measured figures.

    card(folder, CardFacts(…), [evaluation, …], comparison)

Network, size, labels and files are read from the folder; figures come from `trainer.evaluation`; data and
licence are passed as facts. The card contains nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import ModelCardData

from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.json_object import read_json_object
from asr_desktop.base.small_file import read_text
from asr_desktop.model_store.cards import stated_in_readme
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import MOST_WORD_LIST_BYTES
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.torch_weights import read_safetensors_header
from trainer.evaluation.comparison import DECODER_NAMES, Comparison, Verdict
from trainer.evaluation.figures import Evaluation

CARD = "README.md"
_WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class CardFacts:
    """Facts that are not in the folder.

    name: the model's. language: as ISO 639 ("en"). licence: an SPDX identifier in lower case, as the hub
    spells it, or None if unknown. base_model: the model it was trained from. data: sentences on the speech
    and text it was trained on, each with its licence. training: sentences on the training. limits: known
    limitations. purpose: a sentence on its purpose.
    """

    name: str
    language: str | None = None
    licence: str | None = None
    purpose: str = ""
    base_model: str | None = None
    data: Sequence[str] = ()
    training: Sequence[str] = ()
    limits: Sequence[str] = ()


def write_card(
    folder: Path,
    facts: CardFacts,
    evaluations: Sequence[Evaluation] = (),
    comparison: Comparison | None = None,
    verdict: Verdict | None = None,
) -> Path:
    """Write the card into the folder, replacing an existing one."""
    path = folder / CARD
    write_text(path, card(folder, facts, evaluations, comparison, verdict))
    return path


def card(
    folder: Path,
    facts: CardFacts,
    evaluations: Sequence[Evaluation] = (),
    comparison: Comparison | None = None,
    verdict: Verdict | None = None,
) -> str:
    """The card as Markdown, with the hub's YAML header.

    Raises ModelFolderError where the folder is no complete model.
    """
    model = ModelFolder.load(folder)
    parts = [_header(facts, evaluations), f"# {facts.name}"]
    if facts.purpose:
        parts.append(facts.purpose)
    parts += [_description(model), _files(folder)]
    if evaluations:
        parts += ["## Measured", *(_measured(evaluation) for evaluation in evaluations)]
    if comparison is not None:
        parts += ["## Compared with the original model", _compared(comparison)]
        if verdict is not None:
            parts.append(verdict.sentence)
    made_from = ([f"Made from {facts.base_model}."] if facts.base_model else []) + [*facts.data]
    for title, lines in (
        ("## Made from", made_from),
        ("## Training", facts.training),
        ("## Limits", facts.limits),
    ):
        if lines:
            parts += [title, "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join(parts) + "\n"


def parameter_count(weights: Path) -> int | None:
    """Number of parameters in a safetensors file, from its header; None where there is no such file."""
    if not weights.is_file():
        return None
    header = read_safetensors_header(weights)
    return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")


def _header(facts: CardFacts, evaluations: Sequence[Evaluation]) -> str:
    data = ModelCardData(
        language=facts.language or None,
        license=facts.licence or None,
        library_name="transformers",
        pipeline_tag="automatic-speech-recognition",
        base_model=facts.base_model or None,
        metrics=["wer", "cer"] if evaluations else None,
    )
    return f"---\n{data.to_yaml()}\n---"


def _description(model: ModelFolder) -> str:
    config = read_json_object(model.path / "config.json")
    size = parameter_count(model.path / _WEIGHTS)
    network = str(config.get("model_type", "CTC network"))
    if "num_hidden_layers" in config and "hidden_size" in config:
        network += f", {config['num_hidden_layers']} layers of {config['hidden_size']}"
    if size is not None:
        network += f", {size / 1e6:.1f} M parameters"
    frame_ms = 1000 * model.frame_stride_samples / model.sample_rate
    how = "normalised per utterance" if model.do_normalize else "as it is"
    mask = (
        "padded batches with an attention mask"
        if model.return_attention_mask
        else "no attention mask, so do not pad"
    )
    rows = [
        ("network", f"{network}, {frame_ms:g} ms frames"),
        ("input", f"{model.sample_rate / 1000:g} kHz mono, {how}; {mask}"),
        ("labels", _spelled(model.labels)),
        ("language model", _language_model(model)),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows)])


def _spelled(labels: Labels) -> str:
    letters = [
        token
        for number, token in enumerate(labels.tokens)
        if number not in labels.special_ids and token != labels.word_delimiter
    ]
    shown = " ".join(letters) if len(letters) <= 60 else " ".join(letters[:60]) + " …"
    return f"{len(letters)}: {shown}".replace("|", "\\|").replace("`", "\\`")


def _language_model(model: ModelFolder) -> str:
    files = model.language_model
    if files is None:
        return "none"
    words = 0
    if files.unigrams_path is not None:
        words = len(read_text(files.unigrams_path, MOST_WORD_LIST_BYTES).split())
    known = f", {words:,} words" if words else ""
    return f"KenLM, {files.model_path.stat().st_size / 1e6:.1f} MB{known}"


def _files(folder: Path) -> str:
    meanings = {
        "model.int8.onnx": "8-bit weights: what ASR Desktop runs",
        "model.onnx": "the same in floating point",
        _WEIGHTS: "weights for `transformers` and for training",
    }
    lines = [
        f"- `{name}` ({(folder / name).stat().st_size / 1e6:.1f} MB): {meaning}"
        for name, meaning in meanings.items()
        if (folder / name).is_file()
    ]
    if (folder / _WEIGHTS).is_file():
        lines.append(
            "\n`AutoModelForCTC.from_pretrained` and `AutoProcessor.from_pretrained` of plain `transformers` "
            "load this folder."
        )
    else:
        lines.append(
            "\nThe PyTorch weights are not included because of their size. ASR Desktop does not need "
            "them; `AutoModelForCTC` of plain `transformers` and further training do."
        )
    return "\n".join(lines)


def _measured(evaluation: Evaluation) -> str:
    lines = [
        f"{evaluation.data}: {evaluation.utterances} utterances, {evaluation.seconds / 60:.1f} minutes, "
        f"{evaluation.cpu_factor:.3f} s of processor time per second of audio (both decoders).",
        "",
        "| decoding | WER | 95 % interval | CER | words | S | D | I |",
        "|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for figures in evaluation.decoders:
        score, interval = figures.score, figures.wer
        lines.append(
            f"| {DECODER_NAMES.get(figures.decoder, figures.decoder)} | {score.wer:.1%} "
            f"| {interval.low:.1%}–{interval.high:.1%} | {score.cer:.1%} | {score.words} "
            f"| {score.substitutions} | {score.deletions} | {score.insertions} |"
        )
    return "\n".join(lines)


def _compared(comparison: Comparison) -> str:
    lines = [
        f"On {comparison.new.utterances} utterances of {comparison.new.data or 'the same speech'}:",
        "",
        "| decoding | WER before | now | difference (95 % interval) |",
        "|---|--:|--:|---|",
    ]
    for decoder, change in comparison.changes.items():
        before, after = comparison.old.by(decoder), comparison.new.by(decoder)
        lines.append(
            f"| {DECODER_NAMES.get(decoder, decoder)} | {before.wer.value:.1%} | {after.wer.value:.1%} "
            f"| {100 * change.value:+.1f} ({100 * change.low:+.1f} to {100 * change.high:+.1f}) |"
        )
    return "\n".join(lines)


# The model card of a personal model: its base model, and the figures of its evaluation


def write_voice_card(
    folder: Path,
    start: ModelFolder,
    train_seconds: float,
    own: Comparison,
    general: Comparison | None,
    verdict: Verdict,
    name: str,
) -> Path:
    """Write the card into ``folder``; language and licence are those of the base model.

    own, general: comparison of the model in use and the new one, on the user's own held-out speech and on
    general speech.
    """
    # A version's folder name is only its number.
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
