"""A wav2vec2 network with its quantiser, and one step of its pre-training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.json_object import read_json_object, read_optional_json_object
from asr_desktop.recognition.torch_weights import from_pretrained, refuse_custom_code
from trainer.pretraining.options import MaskingOptions, PretrainingRecipe

# Masked frames, and the negatives of each masked frame.
#
# As in transformers, but with an explicit random generator, so that a resumed training masks the same frames.

LEAST_SPANS = 2  # a frame without a second masked frame has no negatives


def draw_mask(
    rows: int, frames: int, options: MaskingOptions, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """``[rows, frames]``, True where masked: spans with random starts that may overlap."""
    length = min(options.span_frames, max(1, frames // LEAST_SPANS))
    mask = np.zeros((rows, frames), dtype=bool)
    for row in mask:
        # Rounded up or down at random, so that short pieces have the same share on average.
        spans = max(LEAST_SPANS, int(options.share * frames / length + generator.random()))
        starts = generator.choice(frames - length + 1, size=min(spans, frames - length + 1), replace=False)
        for start in starts:
            row[start : start + length] = True
    return mask


def draw_negatives(mask: NDArray[np.bool_], count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """``[rows, frames, count]``: for each masked frame, ``count`` other masked frames of the same row, as
    indices into the frames of all rows; 0 for unmasked frames.
    """
    rows, frames = mask.shape
    negatives = np.zeros((rows, frames, count), dtype=np.int64)
    for row in range(rows):
        hidden = np.flatnonzero(mask[row])
        drawn = generator.integers(0, len(hidden) - 1, size=(len(hidden), count))
        drawn += drawn >= np.arange(len(hidden))[:, None]  # never the frame itself
        negatives[row, hidden] = row * frames + hidden[drawn]
    return negatives


CLASSES = {
    "wav2vec2": "Wav2Vec2ForPreTraining",
    "wav2vec2-conformer": "Wav2Vec2ConformerForPreTraining",
}
_PREPROCESSOR = "preprocessor_config.json"


class PretrainingError(AsrDesktopError):
    """A pre-training that cannot start or continue; the message says what was saved."""


class StepFigures(NamedTuple):
    """Sums over the masked frames of one batch, so that batches can be added up.

    loss: contrastive and weighted diversity loss, with its gradient. accuracy: number of frames distinguished
    from all their negatives. perplexity: of the code book, over its groups (in codes, times ``frames``).
    """

    loss: torch.Tensor
    contrastive: float
    diversity: float
    accuracy: float
    perplexity: float
    frames: int


@dataclass
class PretrainingStart:
    """A network on the CPU, ready for pre-training. do_normalize: normalise each piece to zero mean and unit
    variance."""

    folder: Path
    network: Any
    do_normalize: bool

    @property
    def encoder(self) -> Any:
        return self.network.base_model

    def frames(self, samples: int) -> int:
        """Number of encoder frames for this many samples."""
        return int(self.encoder._get_feat_extract_output_lengths(torch.tensor(samples)))


def open_start(folder: Path, recipe: PretrainingRecipe, report: Callable[[str], None]) -> PretrainingStart:
    """The network in a folder (pre-trained, or fine-tuned and then without its head).

    :raises PretrainingError, ModelFolderError: its architecture has no such pre-training, or it is
    unreadable.
    """
    import transformers

    refuse_custom_code(folder)
    family = read_json_object(folder / "config.json").get("model_type")
    if family not in CLASSES:
        raise PretrainingError(
            f"{folder} contains a {family} network; pre-training supports {' and '.join(CLASSES)}."
        )
    network_class = getattr(transformers, CLASSES[family])
    config = from_pretrained(network_class.config_class, folder)
    config.apply_spec_augment = True
    config.mask_time_prob = max(
        config.mask_time_prob, recipe.masking.share
    )  # with 0 the network would have no mask embedding
    config.mask_feature_prob = 0.0
    config.diversity_loss_weight = recipe.quantiser.diversity_weight
    config.num_negatives = recipe.masking.negatives
    torch.manual_seed(recipe.optimisation.seed)
    verbosity = transformers.utils.logging.get_verbosity()
    transformers.utils.logging.set_verbosity_error()  # missing parts are reported below, in a sentence
    try:
        network, loading = from_pretrained(
            network_class, folder, config=config, output_loading_info=True, ignore_mismatched_sizes=True
        )
    finally:
        transformers.utils.logging.set_verbosity(verbosity)
    if any(name.startswith("quantizer") for name in loading["missing_keys"]):
        report(
            "the starting model has no quantiser; a new one is trained, which takes a few hundred steps "
            "to become useful"
        )
    if recipe.optimisation.freeze_convolutions:
        network.freeze_feature_encoder()
    if recipe.optimisation.gradient_checkpointing:
        network.gradient_checkpointing_enable({"use_reentrant": False})
    preprocessor = read_optional_json_object(folder / _PREPROCESSOR)
    return PretrainingStart(folder, network.float(), bool(preprocessor.get("do_normalize", True)))


class PretrainingStep(nn.Module):
    """One forward pass, as a module, so that distributed training can wrap it."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, samples: torch.Tensor, mask: torch.Tensor, negatives: torch.Tensor) -> StepFigures:
        """``[batch, n]`` samples, ``[batch, frames]`` mask, ``[batch, frames, count]`` negatives."""
        output = self.network(samples, mask_time_indices=mask, sampled_negative_indices=negatives)
        frames = int(mask.sum())
        with torch.no_grad():
            right = _told_apart(
                output.projected_states.float(), output.projected_quantized_states.float(), negatives
            )
        return StepFigures(
            loss=output.loss,
            contrastive=float(output.contrastive_loss.detach()),
            diversity=float(output.diversity_loss.detach()),
            accuracy=float(right[mask].sum()),
            perplexity=float(output.codevector_perplexity.detach()) * frames,
            frames=frames,
        )


def _told_apart(predicted: torch.Tensor, quantised: torch.Tensor, negatives: torch.Tensor) -> torch.Tensor:
    """``[batch, frames]``: whether each frame's prediction is nearer to its own quantised sound than to that
    of any negative with a different code.
    """
    flat = quantised.reshape(-1, quantised.shape[-1])
    own = torch.cosine_similarity(predicted, quantised, dim=-1)
    right = torch.ones_like(own, dtype=torch.bool)
    all_same = right.clone()
    for numbers in negatives.unbind(-1):  # one by one: all at once would take a hundred times the memory
        other = flat[numbers]
        is_same = (other == quantised).all(-1)
        all_same &= is_same
        right &= is_same | (torch.cosine_similarity(predicted, other, dim=-1) < own)
    # If all have the same code, there is nothing to distinguish and no gradient.
    return right & ~all_same


def write_checkpoint(start: PretrainingStart, folder: Path) -> None:
    """A pre-trained checkpoint in the Hugging Face layout, quantiser included."""
    config = start.network.config
    original = read_json_object(start.folder / "config.json")
    for name in ("mask_time_prob", "mask_feature_prob", "apply_spec_augment"):
        if name in original:
            setattr(config, name, original[name])
    config.mask_time_prob = (
        config.mask_time_prob or 0.05
    )  # 0 would remove the mask embedding from the network
    start.network.save_pretrained(folder)
    for name in (_PREPROCESSOR, "processor_config.json"):
        if (start.folder / name).is_file():
            shutil.copyfile(start.folder / name, folder / name)
            return
    preprocessor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "do_normalize": start.do_normalize,
        "feature_size": 1,
        "padding_value": 0.0,
        "return_attention_mask": config.feat_extract_norm == "layer",
        "sampling_rate": 16_000,
    }
    (folder / _PREPROCESSOR).write_text(json.dumps(preprocessor, indent=1) + "\n", encoding="utf-8")
