"""The network that a fine-tuning starts from: a model folder with its head and labels, or a pre-trained
checkpoint (wav2vec2, XLS-R, HuBERT, WavLM, data2vec, MMS …) that gets a new head.

Everything is read from local folders; the networks are transformers' own, so trained models load there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import nn
from transformers import AutoConfig, AutoModelForCTC

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_optional_json_object
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json
from asr_desktop.recognition.front_end import WHISPER_CTC
from asr_desktop.recognition.labels import Labels, read_labels, read_tokenizer
from asr_desktop.recognition.torch_weights import from_pretrained
from trainer.deepspeech2 import ARCHITECTURE
from trainer.deepspeech2.network import DeepSpeech2Config, DeepSpeech2ForCTC
from trainer.finetune.job import FinetuneError
from trainer.finetune.options import FinetuneRecipe, MaskOptions, StartOptions
from trainer.finetune.speech import TranscriptSpelling, extended, labels_of_texts
from trainer.finetune.whisper_encoder import is_whisper, whisper_network

_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)
# Model families whose parts have the same names and order.
_FAMILIES = (
    "wav2vec2",
    "hubert",
    "wavlm",
    "data2vec-audio",
    "wav2vec2-conformer",
    "unispeech",
    "unispeech-sat",
    WHISPER_CTC,
    ARCHITECTURE,
)
_DROPOUTS = (
    "hidden_dropout",
    "attention_dropout",
    "activation_dropout",
    "feat_proj_dropout",
    "final_dropout",
    "conformer_conv_dropout",
)


@dataclass
class Start:
    """A network on the CPU in float32, ready to be trained.

    new_head: its head is not trained yet. added: letters that were added to its labels.
    mask_embedding_is_new: the vector for masked frames has not been trained.
    """

    folder: Path
    network: Any
    labels: Labels
    do_normalize: bool
    new_head: bool
    added: tuple[str, ...]
    mask_embedding_is_new: bool

    @property
    def base(self) -> Any:
        """The network without its head."""
        return self.network.base_model

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.network.parameters())

    def described(self) -> str:
        """A sentence that describes the start."""
        name = self.network.config.model_type
        head = "with a new head" if self.new_head else "with its head"
        added = f", {len(self.added)} new letters ({' '.join(self.added)})" if self.added else ""
        return f"starting from {self.folder} ({name}, {self.parameters / 1e6:.1f} M weights) {head}{added}"


def keeps_head(folder: Path, options: StartOptions) -> bool:
    """Whether the folder has a head with labels and the options do not ask for a new one.

    :raises FinetuneError: the options keep the head, and the folder has none.
    """
    architectures = read_optional_json_object(folder / "config.json").get("architectures") or [""]
    has_head = (folder / "vocab.json").is_file() and str(architectures[0]).endswith("ForCTC")
    if options.head == "keep" and not has_head:
        raise FinetuneError(
            Sentence(
                "{folder} has no CTC head with labels (vocab.json and a …ForCTC network); set "
                "start.head=new to add one.",
                folder=folder,
            )
        )
    return has_head and options.head != "new"


def open_start(folder: Path, transcripts: Sequence[str], recipe: FinetuneRecipe) -> Start:
    """Load the network in ``folder`` and add the labels that the transcripts need.

    :raises FinetuneError, ModelFolderError: there is no network, or it cannot be trained with CTC.
    """
    is_a_whisper = is_whisper(folder)
    if not is_a_whisper and not (folder / "config.json").is_file():
        raise ModelFolderError(
            Sentence(
                "{folder} has no config.json; choose a model folder, or a checkpoint folder in the "
                "Hugging Face layout.",
                folder=folder,
            )
        )
    options = recipe.start
    keep = keeps_head(folder, options)
    preprocessor = read_optional_json_object(folder / "preprocessor_config.json")
    if keep:
        labels = _labels_of(folder, options)
    else:
        labels = labels_of_texts(transcripts, options.least_letter_count)
        if len(labels) < 7:
            raise FinetuneError(
                Sentence(
                    "The transcripts contain too few letters to build an alphabet; check that they "
                    "contain words."
                )
            )
    if is_a_whisper:
        network, missing = _whisper(folder, labels, recipe), ["masked_spec_embed"]
    else:
        network, missing = _load(folder, _config(folder, labels, recipe), keep, options)
    added: list[str] = []
    if keep and options.extend_vocabulary:
        added = TranscriptSpelling(labels).lacks(transcripts, options.least_letter_count)
        labels = extended(labels, added)
        extend_head(network, len(added))
    return Start(
        folder=folder,
        network=network,
        labels=labels,
        # Whisper was trained without normalised loudness.
        do_normalize=not is_a_whisper and bool(preprocessor.get("do_normalize", True)),
        new_head=not keep,
        added=tuple(added),
        mask_embedding_is_new=any(name.endswith("masked_spec_embed") for name in missing),
    )


def _labels_of(folder: Path, options: StartOptions) -> Labels:
    tokenizer = read_tokenizer(folder)
    if options.target_language:
        tokenizer["target_lang"] = options.target_language
    config = read_optional_json_object(folder / "config.json")
    # A language adapter brings its own head, of the size of its alphabet.
    config = {**config, "vocab_size": None} if options.target_language else config
    return read_labels(folder, tokenizer, config)


def _whisper(folder: Path, labels: Labels, recipe: FinetuneRecipe) -> Any:
    network = whisper_network(
        folder,
        {
            "vocab_size": len(labels),
            "pad_token_id": labels.blank_id,
            "hidden_dropout": recipe.optimisation.dropout,
            "final_dropout": recipe.optimisation.dropout,
        },
    )
    set_masks(network.config, recipe.masks)
    return network


def _config(folder: Path, labels: Labels, recipe: FinetuneRecipe) -> Any:
    config = from_pretrained(AutoConfig, folder)
    if config.model_type not in _FAMILIES:
        raise FinetuneError(
            Sentence(
                "{folder} contains a {model_type} network, which cannot be trained with CTC; start from "
                "a wav2vec2, HuBERT, WavLM, data2vec, XLS-R or MMS model.",
                folder=folder,
                model_type=config.model_type,
            )
        )
    for name in _DROPOUTS:
        if hasattr(config, name):
            setattr(config, name, recipe.optimisation.dropout)
    config.layerdrop = 0.0  # dropped layers have no gradients, which distributed training cannot average
    config.vocab_size = len(labels)
    config.pad_token_id = labels.blank_id
    config.ctc_loss_reduction = "mean"
    config.ctc_zero_infinity = True
    if recipe.trainable.way == "adapters" and getattr(config, "adapter_attn_dim", None) is None:
        config.adapter_attn_dim = recipe.trainable.adapter_width
    set_masks(config, recipe.masks)
    return config


def set_masks(config: Any, masks: MaskOptions) -> None:
    """Configure SpecAugment, which transformers applies after the feature projection during training."""
    config.apply_spec_augment = True
    config.mask_time_prob = masks.time_share
    config.mask_time_length = masks.time_frames
    config.mask_time_min_masks = 0
    config.mask_feature_prob = masks.channel_share
    config.mask_feature_length = min(masks.channel_width, config.hidden_size // 2)
    config.mask_feature_min_masks = 0


def _load(folder: Path, config: Any, keep: bool, options: StartOptions) -> tuple[Any, list[str]]:
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise FinetuneError(
            Sentence(
                "{folder} has no PyTorch weights ({safetensors} or {pickle}), and an ONNX graph alone "
                "cannot be trained; download the weights of the same model.",
                folder=folder,
                safetensors=_WEIGHTS[0],
                pickle=_WEIGHTS[2],
            )
        )
    settings: dict[str, Any] = {"config": config, "dtype": torch.float32}
    if options.target_language:
        settings["target_lang"] = options.target_language
    # Missing weights are checked below instead of being printed by transformers.
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    network, loading = from_pretrained(
        AutoModelForCTC,
        folder,
        output_loading_info=True,
        ignore_mismatched_sizes=not keep or bool(options.target_language),
        **settings,
    )
    missing = sorted(loading["missing_keys"])
    # Adapters may be new; any other missing weights mean an incomplete network.
    lost = [name for name in missing if not _may_be_new(name, keep)]
    if lost:
        raise FinetuneError(
            f"The weights in {folder} do not match its config.json: {lost[0]} is missing"
            + (f", and {len(lost) - 1} others" if len(lost) > 1 else "")
            + "."
        )
    if not keep and getattr(network.config, "adapter_attn_dim", None) is not None:
        network.init_adapter_layers()
    return network, missing


def _may_be_new(name: str, keep: bool) -> bool:
    if name.endswith("masked_spec_embed") or ".adapter_layer." in name:
        return True
    return name.startswith(("lm_head.", "head_context.")) and not keep


def enable_gradient_checkpointing(network: Any) -> None:
    """Recompute the encoder's layers in the backward pass instead of storing their activations.

    :raises FinetuneError: the network does not support it.
    """
    if not network.supports_gradient_checkpointing:
        raise FinetuneError(
            Sentence(
                "A {model_type} network does not support gradient checkpointing; remove "
                "optimisation.gradient_checkpointing, and use smaller batches.seconds instead.",
                model_type=network.config.model_type,
            )
        )
    network.activation_checkpointing_enable({"use_reentrant": False})


@torch.no_grad()
def extend_head(network: Any, count: int) -> None:
    """Add ``count`` outputs to the head, initialised slightly less likely than the average letter: likely
    enough to get a gradient, too unlikely to be printed.
    """
    if count == 0:
        return
    old = network.lm_head
    head = nn.Linear(old.in_features, old.out_features + count)
    head.weight[: old.out_features] = old.weight
    head.bias[: old.out_features] = old.bias
    head.weight[old.out_features :] = old.weight.mean(0)
    head.bias[old.out_features :] = old.bias.mean() - 1.0
    network.lm_head = head
    network.config.vocab_size = head.out_features


def target_languages(folder: Path) -> list[str]:
    """Languages of an MMS checkpoint's adapters, from its vocabulary; empty for other checkpoints."""
    try:
        content = read_json(folder / "vocab.json")
    except READ_ERRORS:
        return []
    if not isinstance(content, dict):
        return []
    return sorted(name for name, value in content.items() if isinstance(value, dict))


# New networks without a start model


def new_start(folder: Path, transcripts: Sequence[str], recipe: FinetuneRecipe) -> Start:
    """A network with random weights (from the recipe's seed) and labels for the letters of the transcripts.

    folder: of the training's state; nothing is read there.

    :raises FinetuneError: the transcripts have too few letters, or the recipe trains only a part of the
    network.
    """
    if recipe.trainable.way != "whole":
        raise FinetuneError(
            f"A new network has no trained parts to keep; remove trainable.way={recipe.trainable.way}."
        )
    labels = labels_of_texts(transcripts, recipe.start.least_letter_count)
    if len(labels) < 7:
        raise FinetuneError(
            "The transcripts contain too few letters to build an alphabet; check that they contain words."
        )
    sizes = recipe.deepspeech2
    config = DeepSpeech2Config(
        vocab_size=len(labels),
        mel_bands=sizes.mel_bands,
        channels=sizes.channels,
        residual_layers=sizes.residual_layers,
        gru_layers=sizes.gru_layers,
        hidden_size=sizes.gru_size,
        hidden_dropout=recipe.optimisation.dropout,
        pad_token_id=labels.blank_id,
    )
    set_masks(config, recipe.masks)
    torch.manual_seed(recipe.optimisation.seed)  # a resumed training must start with the same weights
    return Start(
        folder=folder,
        network=DeepSpeech2ForCTC(config),
        labels=labels,
        do_normalize=True,
        new_head=True,
        added=(),
        mask_embedding_is_new=False,
    )
