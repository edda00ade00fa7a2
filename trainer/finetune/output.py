"""Writes the trained model folder, usable by the app and by plain transformers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from asr_desktop.base.atomic_write import folder_aside
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.json_object import read_json_object
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModelWeights
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import TrainingUtterance
from asr_desktop.teaching.scoring import Score
from trainer.evaluation.decoder_weights import weigh, write_weights
from trainer.export import write_model_folder
from trainer.export.folder import LANGUAGE_MODEL_FILES, PROCESSOR_FILES
from trainer.finetune.job import FinetuneError, OtherTrainingError
from trainer.finetune.options import FinetuneRecipe, OutputOptions
from trainer.finetune.starts import Start
from trainer.finetune.trainable_parts import set_trained_weights, trained_weights
from trainer.training import average, load_checkpoint, save_atomically

# Weights of the start's language model for this voice: alpha and beta of the new model.
#
# They are tuned with the start model on all training speech, not with the new model on the held-out part.
# The start was not trained on that speech, so all of it is valid evidence, while a minute of validation
# speech is too little; and weights that suit the start on a voice suit the trained model too (ten minutes of
# one voice gave alpha 0.65 and beta 1.0 for starter-en; on other speech of that voice the trained model made
# 40.6 % errors with them and 42.2 % with the general 0.5 and 1.5, the best of what was tried).


def weigh_language_model(
    start: Path,
    utterances: Sequence[TrainingUtterance],
    report: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> LanguageModelWeights | None:
    """The weights for the model in the folder ``start``; None if it has no language model, or does not run
    in the app, which is reported.
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


_ASIDE = ".writing-"


def write_output(
    network: Any,
    start: Start,
    folder: Path,
    options: OutputOptions,
    report: Callable[[str], None],
    weights: LanguageModelWeights | None = None,
) -> None:
    """Write ``network`` as a complete model folder into ``folder``; files are moved there when all are
    complete.

    weights: of the language model; None = those of the start.

    :raises FinetuneError: the disk is full or not writable. ExportError: the ONNX graph's outputs differ from
    the network's.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_aside(folder, _ASIDE) as aside:
            processor, made = aside / "processor", aside / "model"
            _write_processor(start, processor)
            if options.onnx:
                write_model_folder(
                    network,
                    made,
                    options.keep_float_onnx,
                    processor=processor,
                    language_model=inherited_language_model(start, options),
                    report=report,
                )
            else:
                _write_for_transformers(network, made, processor, inherited_language_model(start, options))
            if start.added and (made / "alphabet.json").is_file():
                _extend_alphabet(made / "alphabet.json", start.added)
            if weights is not None and (made / "language_model").is_dir():
                write_weights(made / "language_model", weights)
            _put_in_place(made, folder)
    except OSError as error:
        raise FinetuneError(
            f"The model folder {folder} cannot be written ({error.strerror or error}); free up disk "
            "space and run the same command again. The training progress is saved."
        ) from None


def inherited_language_model(start: Start, options: OutputOptions) -> Path | None:
    """The folder whose language model the new model gets, or None."""
    has_one = (start.folder / "language_model").is_dir() and (start.folder / "alphabet.json").is_file()
    # A new head usually means another language.
    return start.folder if options.language_model and has_one and not start.new_head else None


def _write_processor(start: Start, folder: Path) -> None:
    """Write tokenizer and feature extractor files: the start's own if its labels were not changed."""
    folder.mkdir()
    for name in PROCESSOR_FILES:
        if (start.folder / name).is_file():
            shutil.copyfile(start.folder / name, folder / name)
    if not any((folder / name).is_file() for name in ("preprocessor_config.json", "processor_config.json")):
        _write_json(folder / "preprocessor_config.json", _preprocessor(start))
    vocabulary = folder / "vocab.json"
    if not start.new_head and not start.added and vocabulary.is_file() and _is_flat(vocabulary):
        if not (folder / "tokenizer_config.json").is_file():
            _write_json(folder / "tokenizer_config.json", _tokenizer(start.labels))
        return
    for name in ("special_tokens_map.json", "added_tokens.json"):
        (folder / name).unlink(missing_ok=True)
    _write_json(vocabulary, {token: label for label, token in enumerate(start.labels.tokens) if token})
    _write_json(folder / "tokenizer_config.json", _tokenizer(start.labels))


def _is_flat(vocabulary: Path) -> bool:
    """Whether it is a single vocabulary, not one per language as in MMS."""
    content = read_json_object(vocabulary)
    return not any(isinstance(value, dict) for value in content.values())


def _tokenizer(labels: Labels) -> dict[str, Any]:
    def named(*names: str) -> str | None:
        return next((name for name in names if name in labels.tokens), None)

    return {
        "tokenizer_class": "Wav2Vec2CTCTokenizer",
        "processor_class": "Wav2Vec2Processor",
        "pad_token": labels.tokens[labels.blank_id],
        "unk_token": named("<unk>", "[UNK]"),
        "bos_token": named("<s>"),
        "eos_token": named("</s>"),
        "word_delimiter_token": labels.word_delimiter,
        "do_lower_case": False,
        "replace_word_delimiter_char": " ",
    }


def _preprocessor(start: Start) -> dict[str, Any]:
    return {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "processor_class": "Wav2Vec2Processor",
        "do_normalize": start.do_normalize,
        "feature_size": 1,
        "padding_side": "right",
        "padding_value": 0.0,
        # Networks with group norm in their front end were trained without a mask.
        "return_attention_mask": start.network.config.feat_extract_norm == "layer",
        "sampling_rate": 16_000,
    }


def _write_for_transformers(network: Any, folder: Path, processor: Path, language_model: Path | None) -> None:
    folder.mkdir()
    network.save_pretrained(folder)
    shutil.copytree(processor, folder, dirs_exist_ok=True)
    for name in LANGUAGE_MODEL_FILES if language_model else ():
        source = (language_model or folder) / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)


def _extend_alphabet(path: Path, letters: tuple[str, ...]) -> None:
    """Add letters to pyctcdecode's list of labels, which must have one entry per network output."""
    alphabet = read_json_object(path)
    alphabet["labels"] += letters
    path.write_text(json.dumps(alphabet, ensure_ascii=False), encoding="utf-8")


def _put_in_place(made: Path, folder: Path) -> None:
    for source in sorted(made.rglob("*")):
        target = folder / source.relative_to(made)
        if source.is_dir():
            target.mkdir(exist_ok=True)
        else:
            os.replace(source, target)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


# The saved state of an unfinished training


# The choice of the final weights: the best, the last, an average of several, or a mixture with the start

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Choice:
    """The chosen weights in words, and their validation score."""

    name: str
    score: Score


def value_of(score: Score, recipe: FinetuneRecipe) -> float:
    """The score by the recipe's metric; smaller is better."""
    return score.cer if recipe.evaluation.measure == "cer" else score.wer


def is_better(score: Score, best: Score | None, recipe: FinetuneRecipe) -> bool:
    return best is None or value_of(score, recipe) < value_of(best, recipe)


def choose(
    network: torch.nn.Module,
    start: Weights,
    state: StoredTraining,
    kept: KeptState,
    recipe: FinetuneRecipe,
    measured: Callable[[], Score | None],
) -> Choice | None:
    """Put the weights that the recipe chooses into the network; None if a measurement was cancelled.

    start: the trainable weights before the first step. measured: measures the network with its current
    weights.
    """
    options = recipe.checkpoints
    if state.before is None:
        raise RuntimeError("a training without its first measurement")
    name, score, weights = "the last weights", state.last or state.before, trained_weights(network)
    if options.choose == "best" and state.best is not None:
        name, score = "the best weights", state.best
        weights = load_checkpoint(kept.best)["weights"]
    recent = kept.recent()
    if options.choose in ("best", "average") and len(recent) > 1:
        mean = average([load_checkpoint(path)["weights"] for path in recent])
        set_trained_weights(network, mean)
        found = measured()
        if found is None:
            return None
        if options.choose == "average" or is_better(found, score, recipe):
            name, score, weights = f"the mean of the last {len(recent)} measured weights", found, mean
    share = options.start_share
    if share and not state.new_head:
        mixed = {key: share * start[key] + (1 - share) * tensor for key, tensor in weights.items()}
        set_trained_weights(network, mixed)
        found = measured()
        if found is None:
            return None
        if options.choose != "best" or is_better(found, score, recipe):
            name, score, weights = f"{name} mixed with {share:.0%} of the original weights", found, mixed
    set_trained_weights(network, weights)
    return Choice(name, score)


@dataclass
class StoredTraining:
    """The complete state of the loop; everything else is computed from the step number.

    belongs_to: a hash of the start, the data and the trainable parts. seconds: training time so far.
    not_better: measurements since the best one. measure_next: a measurement of these weights is due and not
    made yet.
    """

    belongs_to: str
    new_head: bool
    step: int = 0
    seconds: float = 0.0
    not_better: int = 0
    measure_next: bool = False
    before: Score | None = None
    last: Score | None = None
    best: Score | None = None
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    optimiser: dict[str, Any] = field(default_factory=dict)
    scaler: dict[str, Any] = field(default_factory=dict)

    def put_into(self, network: torch.nn.Module, optimiser: torch.optim.Optimizer) -> None:
        """Restore the saved weights and momenta, if there are any."""
        if self.weights:
            set_trained_weights(network, self.weights)
        if self.optimiser:
            optimiser.load_state_dict(self.optimiser)

    def take_from(self, network: torch.nn.Module, optimiser: Any, scaler: Any) -> None:
        """Save the network's weights, the optimiser's momenta and the loss scale."""
        self.weights = trained_weights(network)
        self.optimiser = optimiser.state_dict()
        self.scaler = {} if scaler is None else scaler.state_dict()


class KeptState:
    """The files below a training's folder: ``state.pt``, ``best.pt``, ``recent-*.pt``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.best = folder / "best.pt"
        self._state = folder / "state.pt"

    def save_state(self, state: StoredTraining) -> None:
        """:raises CheckpointError: the disk is full; the earlier state stays."""
        names = ("belongs_to", "new_head", "step", "seconds", "not_better", "measure_next")
        plain = {name: getattr(state, name) for name in names}
        scores = {name: getattr(state, name) for name in ("before", "last", "best")}
        plain["scores"] = json.dumps({name: score and asdict(score) for name, score in scores.items()})
        tensors = {"weights": state.weights, "optimiser": state.optimiser, "scaler": state.scaler}
        save_atomically({**plain, **tensors}, self._state)

    def load_state(self, belongs_to: str) -> StoredTraining | None:
        """The state of an earlier run with the same start and data, or None if there is none.

        :raises FinetuneError: the folder belongs to another training. CheckpointError: it is damaged.
        """
        if not self._state.is_file():
            self.clear()  # a run that was killed during its own clear() may have left weights
            return None
        saved = load_checkpoint(self._state)
        if saved["belongs_to"] != belongs_to:
            raise OtherTrainingError(self.folder)
        scores: dict[str, Any] = {
            name: None if counts is None else Score(**counts)
            for name, counts in json.loads(saved.pop("scores")).items()
        }
        state = StoredTraining(**saved, **scores)
        # What a killed run measured after its last saved state will be measured again.
        for path in self.recent():
            if int(path.stem.split("-")[1]) > state.step:
                path.unlink()
        return state

    def keep_recent(self, step: int, weights: dict[str, torch.Tensor], count: int) -> None:
        """Keep these weights and the ``count - 1`` before them."""
        save_atomically({"weights": weights}, self.folder / f"recent-{step:08d}.pt")
        for old in self.recent()[:-count]:
            old.unlink()

    def recent(self) -> list[Path]:
        return sorted(self.folder.glob("recent-*.pt"))

    def clear(self) -> None:
        """Remove files that are only needed to resume."""
        for path in (self._state, self.best, *self.recent()):
            path.unlink(missing_ok=True)
