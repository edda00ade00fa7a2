"""The small wav2vec2-conformer that is trained from scratch, and the module that trains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn
from transformers import Wav2Vec2ConformerConfig, Wav2Vec2ConformerForCTC

from trainer.filterbank_front_end import (
    CONV_DIM,
    CONV_KERNEL,
    CONV_STRIDE,
    FROZEN_LAYERS,
    initialise_as_filterbank,
)
from trainer.frame_targets import IGNORED
from trainer.pronunciation import PHONES
from trainer.recipe import NetworkRecipe
from trainer.text import ENGLISH_VOCABULARY

if TYPE_CHECKING:
    from trainer.batching import Batch

BLANK = 0
FRAMES_PER_SECOND = 100  # of the frozen part's output


def build_config(
    recipe: NetworkRecipe, vocabulary: tuple[str, ...] = ENGLISH_VOCABULARY
) -> Wav2Vec2ConformerConfig:
    """A stock Hugging Face configuration; the depthwise convolutions tell positions apart, so no position
    embedding is paid for.
    """
    return Wav2Vec2ConformerConfig(
        vocab_size=len(vocabulary),
        hidden_size=recipe.hidden_size,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=recipe.intermediate_size,
        conv_depthwise_kernel_size=recipe.depthwise_kernel,
        conv_dim=(*CONV_DIM, recipe.subsampling_channels),
        conv_kernel=(*CONV_KERNEL, recipe.subsampling_kernel),
        conv_stride=(*CONV_STRIDE, recipe.subsampling),
        feat_extract_norm="group",
        conv_bias=True,
        position_embeddings_type=None,
        hidden_dropout=recipe.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        feat_proj_dropout=0.0,
        final_dropout=recipe.dropout,
        conformer_conv_dropout=recipe.dropout,
        layerdrop=0.0,
        mask_time_prob=0.0,  # masks are drawn over the front end's output instead, see augmentation.Masks
        ctc_loss_reduction="mean",
        ctc_zero_infinity=True,
        pad_token_id=BLANK,
        bos_token_id=1,
        eos_token_id=2,
    )


class Losses(NamedTuple):
    """Means over the batch; ``phones`` is None without a phone head."""

    total: torch.Tensor
    characters: torch.Tensor
    phones: torch.Tensor | None


class TrainingNetwork(nn.Module):
    """The published network (``ctc``) plus what only training needs: the phone head.

    It takes the output of the frozen front end, ``[batch, 64, frames]`` at 100 frames a second, because group
    norm looks at a whole utterance and must never see a batch's padding.
    """

    def __init__(self, recipe: NetworkRecipe, phone_weight: float) -> None:
        super().__init__()
        config = build_config(recipe)
        self.ctc = Wav2Vec2ConformerForCTC(config)
        self.encoder_parts = self.ctc.wav2vec2_conformer
        initialise_as_filterbank(self.encoder_parts.feature_extractor, config)
        for layer in self.encoder_parts.feature_extractor.conv_layers[:FROZEN_LAYERS]:
            layer.requires_grad_(False)
        self.kernel, self.stride = recipe.subsampling_kernel, recipe.subsampling
        self.phone_layer = recipe.phone_layer if phone_weight > 0 else 0
        self.phone_weight = phone_weight
        self.phone_head = nn.Linear(recipe.hidden_size, len(PHONES)) if self.phone_layer else None
        self._heard_by_phone_head: list[torch.Tensor] = []
        if self.phone_layer:
            self.encoder_parts.encoder.layers[self.phone_layer - 1].register_forward_hook(
                self._keep_for_phone_head
            )

    def _keep_for_phone_head(self, layer: nn.Module, inputs: Any, output: Any) -> None:
        self._heard_by_phone_head[:] = [output[0] if isinstance(output, tuple) else output]

    @torch.no_grad()
    def front_end(self, waveform: torch.Tensor) -> torch.Tensor:
        """Frozen features ``[64, frames]`` of one utterance's samples ``[samples]``, normalised as in use."""
        scaled = (waveform - waveform.mean()) / torch.sqrt(waveform.var(unbiased=False) + 1e-7)
        hidden = scaled[None, None]
        for layer in self.encoder_parts.feature_extractor.conv_layers[:FROZEN_LAYERS]:
            hidden = layer(hidden)
        return hidden[0]

    def output_lengths(self, frames: torch.Tensor) -> torch.Tensor:
        """Label frames for front-end frames."""
        return torch.div(frames - self.kernel, self.stride, rounding_mode="floor") + 1

    def forward(
        self, features: torch.Tensor, frames: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Log-probabilities of characters ``[batch, label frames, 32]`` and of phones (or None)."""
        hidden = features
        for layer in self.encoder_parts.feature_extractor.conv_layers[FROZEN_LAYERS:]:
            hidden = layer(hidden)
        hidden, _ = self.encoder_parts.feature_projection(hidden.transpose(1, 2))
        lengths = self.output_lengths(frames)
        mask = torch.arange(hidden.shape[1], device=hidden.device)[None] < lengths[:, None]
        encoded = self.encoder_parts.encoder(hidden, attention_mask=None if bool(mask.all()) else mask)
        characters = self.ctc.lm_head(encoded.last_hidden_state).float().log_softmax(-1)
        phones = None
        if self.phone_head is not None:
            phones = self.phone_head(self._heard_by_phone_head.pop()).float().log_softmax(-1)
        return characters, phones

    def losses(self, batch: Batch, letters_by_frame: bool) -> Losses:
        """Losses of one batch.

        The letters' loss is a cross-entropy over frames where ``letters_by_frame`` and an alignment exist,
        CTC otherwise. The phones' is a cross-entropy over frames where there are alignments, CTC where there
        are none; utterances with a word that is not in the dictionary count for the letters only.
        """
        character_scores, phone_scores = self(batch.features, batch.frames)
        lengths = self.output_lengths(batch.frames)
        aligned = bool((batch.frame_phones != IGNORED).any())
        if letters_by_frame and bool((batch.frame_letters != IGNORED).any()):
            characters = _frame_loss(character_scores, batch.frame_letters)
        else:
            characters = _ctc_loss(character_scores, lengths, batch.labels, batch.label_lengths)
        if phone_scores is None:
            return Losses(characters, characters, None)
        known = batch.phone_lengths > 0
        if aligned:
            phone_loss = _frame_loss(phone_scores, batch.frame_phones)
        elif bool(known.any()):
            phone_loss = _ctc_loss(
                phone_scores[known], lengths[known], batch.phones[known], batch.phone_lengths[known]
            )
        else:
            return Losses(characters, characters, None)
        total = (1 - self.phone_weight) * characters + self.phone_weight * phone_loss
        return Losses(total, characters, phone_loss)


def _frame_loss(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of log-probabilities ``[batch, frames, labels]`` against ``[batch, frames]``, IGNORED
    left out.
    """
    return nn.functional.nll_loss(scores.transpose(1, 2), targets, ignore_index=IGNORED)


def _ctc_loss(
    scores: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor, label_lengths: torch.Tensor
) -> torch.Tensor:
    return nn.functional.ctc_loss(
        scores.transpose(0, 1),
        labels,
        lengths,
        label_lengths,
        blank=BLANK,
        reduction="mean",
        zero_infinity=True,
    )
