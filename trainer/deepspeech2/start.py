"""A new network to begin a training with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from trainer.deepspeech2.network import DeepSpeech2Config, DeepSpeech2ForCTC
from trainer.finetune.errors import FinetuneError
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.starts import Start, set_masks
from trainer.finetune.vocabulary import labels_of_texts


def new_start(folder: Path, transcripts: Sequence[str], recipe: FinetuneRecipe) -> Start:
    """Random weights (the recipe's seed's) and the letters of the transcripts.

    folder: where a training keeps its state; nothing is read there.

    :raises FinetuneError: the transcripts hold too few letters, or a part of it is not to learn.
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
    torch.manual_seed(recipe.optimisation.seed)  # a killed training has to begin with the same weights
    return Start(
        folder=folder,
        network=DeepSpeech2ForCTC(config),
        labels=labels,
        do_normalize=True,
        new_head=True,
        added=(),
        mask_embedding_is_new=False,
    )
