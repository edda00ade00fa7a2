"""Whisper's encoder with a CTC head: waveform in, letters out, frames of 20 ms.

Whisper (A. Radford et al., "Robust speech recognition via large-scale weak supervision", 2022) has heard
680,000 hours of speech. Its encoder alone, with a head that spells letters, is a CTC network like any other
of this program, and far cheaper than Whisper itself, whose decoder writes one word piece after another.

part                   shape of its output
feature_extractor      layer 0: Whisper's log-mel spectrogram ``[batch, 80, frames]``, 10 ms a frame
                       layers 1, 2: its convolutions; ``[batch, hidden_size, frames / 2]``
feature_projection     ``[batch, frames, hidden_size]``, with sinusoids that tell the place in time
encoder                Whisper's transformer layers and their last norm
head_context           two convolutions over 180 ms each
lm_head                logits ``[batch, frames, labels]``, 20 ms a frame

The parts have the names that transformers gives those of a wav2vec2, so that whatever trains, freezes, caches
or exports one works on the other. Only the PyTorch back end and the trainer import this module: it needs
PyTorch and transformers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCTC, PretrainedConfig, PreTrainedModel
from transformers.audio_utils import mel_filter_bank
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutput, CausalLMOutput
from transformers.models.wav2vec2.modeling_wav2vec2 import _compute_mask_indices

from asr_desktop.recognition.front_end import WHISPER_CTC

ARCHITECTURE = WHISPER_CTC

SAMPLE_RATE = 16_000
FFT_SAMPLES = 400  # 25 ms
HOP_SAMPLES = 160  # 10 ms


class WhisperCtcConfig(PretrainedConfig):
    """Sizes of the encoder and its head; the defaults are those of Whisper base.

    context_size, context_kernel: channels and frames of the two convolutions between encoder and letters.
    conv_kernel, conv_stride: how the frames lie in time, as if nothing were padded. do_stable_layer_norm: the
    encoder's last norm stands behind its layers, as that of the larger wav2vec2 networks does.
    """

    model_type = ARCHITECTURE

    def __init__(
        self,
        vocab_size: int = 32,
        mel_bands: int = 80,
        hidden_size: int = 512,
        num_hidden_layers: int = 6,
        num_attention_heads: int = 8,
        intermediate_size: int = 2048,
        context_size: int = 384,
        context_kernel: int = 9,
        hidden_dropout: float = 0.0,
        final_dropout: float = 0.1,
        mask_time_prob: float = 0.05,
        mask_time_length: int = 10,
        mask_feature_prob: float = 0.0,
        mask_feature_length: int = 64,
        **settings: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.mel_bands = mel_bands
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.intermediate_size = intermediate_size
        self.context_size = context_size
        self.context_kernel = context_kernel
        self.hidden_dropout = hidden_dropout
        self.final_dropout = final_dropout
        self.mask_time_prob = mask_time_prob
        self.mask_time_length = mask_time_length
        self.mask_feature_prob = mask_feature_prob
        self.mask_feature_length = mask_feature_length
        self.conv_kernel = settings.pop("conv_kernel", [HOP_SAMPLES, 1, 1])
        self.conv_stride = settings.pop("conv_stride", [HOP_SAMPLES, 1, 2])
        # An utterance's spectrogram is measured by its loudest moment, so batches are not padded in use.
        self.feat_extract_norm = settings.pop("feat_extract_norm", "group")
        self.do_stable_layer_norm = settings.pop("do_stable_layer_norm", True)
        super().__init__(**settings)


class LogMel(nn.Module):
    """Samples ``[batch, 1, samples]`` to Whisper's spectrogram ``[batch, bands, samples // 160]``.

    Windowing and the Fourier transform are one linear map of a frame's samples, hence one convolution: ONNX
    Runtime has it, and so the model takes the waveform itself. Beyond both ends there is silence.
    """

    def __init__(self, bands: int) -> None:
        super().__init__()
        times = np.arange(FFT_SAMPLES)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * times / FFT_SAMPLES)
        phases = 2 * np.pi * np.outer(np.arange(FFT_SAMPLES // 2 + 1), times) / FFT_SAMPLES
        waves = np.concatenate([np.cos(phases) * window, np.sin(phases) * window])
        filters = mel_filter_bank(
            FFT_SAMPLES // 2 + 1, bands, 0.0, 8000.0, SAMPLE_RATE, norm="slaney", mel_scale="slaney"
        )
        # There is nothing to learn here, so its matrices are no weights.
        self._waves = waves.astype(np.float32)[:, None]
        self._filters = np.ascontiguousarray(filters.T, dtype=np.float32)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        waves = torch.from_numpy(self._waves).to(samples.device)
        filters = torch.from_numpy(self._filters).to(samples.device)
        with torch.autocast(samples.device.type, enabled=False):
            padded = nn.functional.pad(samples.float(), (FFT_SAMPLES // 2, FFT_SAMPLES // 2 - HOP_SAMPLES))
            cosine, sine = nn.functional.conv1d(padded, waves, stride=HOP_SAMPLES).chunk(2, dim=1)
            power = torch.matmul(filters, cosine * cosine + sine * sine)
            bels = torch.log(power.clamp(min=1e-10)) * (1.0 / math.log(10.0))
            return (torch.maximum(bels, bels.amax((1, 2), keepdim=True) - 8.0) + 4.0) / 4.0


class _Convolution(nn.Module):
    """A convolution over time of width 3 with silence of one frame at both ends, and GELU."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, width, 3, stride=stride)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return nn.functional.gelu(self.conv(nn.functional.pad(hidden, (1, 1))))


class _FeatureExtractor(nn.Module):
    def __init__(self, config: WhisperCtcConfig) -> None:
        super().__init__()
        width = config.hidden_size
        first, second = _Convolution(config.mel_bands, width, 1), _Convolution(width, width, 2)
        self.conv_layers = nn.ModuleList([LogMel(config.mel_bands), first, second])

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        hidden = samples[:, None]
        for layer in self.conv_layers:
            hidden = layer(hidden)
        return hidden


class _Positions(nn.Module):
    """Adds the place in time: sines, then cosines, of wave lengths from 2π to 20,000π frames.

    Computed instead of looked up in a table, so that an utterance may have any length.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.in_features = width
        octaves = np.arange(width // 2) / (width // 2 - 1)
        self._frequencies = np.exp(-math.log(10_000.0) * octaves).astype(np.float32)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        frequencies = torch.from_numpy(self._frequencies).to(hidden.device)
        times = torch.arange(hidden.shape[1], device=hidden.device).float()
        phases = times[:, None] * frequencies[None]
        return hidden + torch.cat([phases.sin(), phases.cos()], dim=1).to(hidden.dtype)


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        query, key, value = (
            part(hidden).unflatten(-1, (self._heads, -1)).transpose(1, 2)
            for part in (self.q_proj, self.k_proj, self.v_proj)
        )
        heard = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        output: torch.Tensor = self.out_proj(heard.transpose(1, 2).flatten(2))
        return output


class _EncoderLayer(GradientCheckpointingLayer):
    def __init__(self, config: WhisperCtcConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.self_attn = _Attention(width, config.num_attention_heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, width)
        self.final_layer_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(config.hidden_dropout)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        hidden = hidden + self.dropout(self.self_attn(self.self_attn_layer_norm(hidden), mask))
        change = nn.functional.gelu(self.fc1(self.final_layer_norm(hidden)))
        return hidden + self.dropout(self.fc2(change))


class _Encoder(nn.Module):
    def __init__(self, config: WhisperCtcConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_EncoderLayer(config) for _ in range(config.num_hidden_layers))
        self.layer_norm = nn.LayerNorm(config.hidden_size)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        for layer in self.layers:
            hidden = layer(hidden, mask)
        output: torch.Tensor = self.layer_norm(hidden)
        return output


class _HeadContext(nn.Module):
    """Puts the sounds back into their places.

    The encoder's last layer was trained for a decoder that may look anywhere: what was said is in its frames,
    but not where. A linear head on it never aligns; behind two wide convolutions it does.
    """

    def __init__(self, config: WhisperCtcConfig) -> None:
        super().__init__()
        size, kernel = config.context_size, config.context_kernel
        self._padding = kernel // 2
        self.layer_norm = nn.LayerNorm(config.hidden_size)
        self.conv1 = nn.Conv1d(config.hidden_size, size, kernel)
        self.norm1 = nn.LayerNorm(size)
        self.conv2 = nn.Conv1d(size, size, kernel)
        self.norm2 = nn.LayerNorm(size)
        self.dropout = nn.Dropout(config.final_dropout)

    def forward(self, hidden: torch.Tensor, valid: torch.Tensor | None) -> torch.Tensor:
        """``[batch, frames, hidden_size]`` → ``[batch, frames, context_size]``; frames that are not valid
        count as silence.
        """
        first = self._convolved(self.dropout(self.layer_norm(hidden)), self.conv1, self.norm1, valid)
        return first + self._convolved(first, self.conv2, self.norm2, valid)

    def _convolved(
        self, hidden: torch.Tensor, conv: nn.Module, norm: nn.Module, valid: torch.Tensor | None
    ) -> torch.Tensor:
        if valid is not None:
            hidden = hidden * valid[..., None].to(hidden.dtype)
        rows = nn.functional.pad(hidden.transpose(1, 2), (self._padding, self._padding))
        output: torch.Tensor = self.dropout(nn.functional.gelu(norm(conv(rows).transpose(1, 2))))
        return output


class _WhisperCtcPreTrained(PreTrainedModel):
    config_class = WhisperCtcConfig
    base_model_prefix = "whisper_ctc"
    main_input_name = "input_values"
    supports_gradient_checkpointing = True
    _supports_sdpa = True
    _no_split_modules = ["_EncoderLayer"]  # noqa: RUF012  (the type that transformers declares)

    def _init_weights(self, module: nn.Module) -> None:
        """Torch's own beginnings are the right ones for what is new here."""


class WhisperCtcModel(_WhisperCtcPreTrained):
    """All but the head: samples ``[batch, samples]`` at 16 kHz to ``[batch, frames, hidden_size]``."""

    def __init__(self, config: WhisperCtcConfig) -> None:
        super().__init__(config)
        self.feature_extractor = _FeatureExtractor(config)
        self.feature_projection = _Positions(config.hidden_size)
        self.encoder = _Encoder(config)
        self.masked_spec_embed = nn.Parameter(torch.zeros(config.hidden_size))
        self.post_init()

    def _get_feat_extract_output_lengths(self, samples: torch.Tensor) -> torch.Tensor:
        for kernel, stride in zip(self.config.conv_kernel, self.config.conv_stride, strict=True):
            samples = torch.div(samples - kernel, stride, rounding_mode="floor") + 1
        return samples

    def valid_frames(self, frames: int, attention_mask: torch.Tensor | None) -> torch.Tensor | None:
        """``[batch, frames]``, True where a row is not padded; None without a mask."""
        if attention_mask is None:
            return None
        lengths = self._get_feat_extract_output_lengths(attention_mask.sum(-1))
        return torch.arange(frames, device=attention_mask.device)[None] < lengths[:, None]

    def forward(
        self, input_values: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> BaseModelOutput:
        hidden = self.feature_projection(self.feature_extractor(input_values).transpose(1, 2))
        if self.training:
            hidden = self._masked(hidden)
        valid = self.valid_frames(hidden.shape[1], attention_mask)
        mask = None if valid is None else valid[:, None, None]
        return BaseModelOutput(last_hidden_state=self.encoder(hidden, mask))

    def _masked(self, hidden: torch.Tensor) -> torch.Tensor:
        """SpecAugment (Park et al., 2019) on what the encoder takes, as wav2vec2 does it."""
        batch, frames, width = hidden.shape
        config = self.config
        if config.mask_time_prob > 0 and frames > config.mask_time_length:
            over_time = _compute_mask_indices((batch, frames), config.mask_time_prob, config.mask_time_length)
            where = torch.from_numpy(over_time).to(hidden.device)[:, :, None]
            hidden = torch.where(where, self.masked_spec_embed.to(hidden.dtype), hidden)
        if config.mask_feature_prob > 0:
            over_width = _compute_mask_indices(
                (batch, width), config.mask_feature_prob, config.mask_feature_length
            )
            hidden = hidden.masked_fill(torch.from_numpy(over_width).to(hidden.device)[:, None], 0.0)
        return hidden


class WhisperForCTC(_WhisperCtcPreTrained):
    """With its head: ``logits [batch, frames, labels]``. ``attention_mask`` says where padded rows end."""

    def __init__(self, config: WhisperCtcConfig) -> None:
        super().__init__(config)
        self.whisper_ctc = WhisperCtcModel(config)
        self.head_context = _HeadContext(config)
        self.lm_head = nn.Linear(config.context_size, config.vocab_size)
        self.post_init()

    def forward(
        self, input_values: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> CausalLMOutput:
        hidden = self.whisper_ctc(input_values, attention_mask).last_hidden_state
        valid = self.whisper_ctc.valid_frames(hidden.shape[1], attention_mask)
        return CausalLMOutput(logits=self.lm_head(self.head_context(hidden, valid)))


def register() -> None:
    """Let transformers' Auto classes load such folders; to be called before they are asked to."""
    AutoConfig.register(ARCHITECTURE, WhisperCtcConfig, exist_ok=True)
    AutoModelForCTC.register(WhisperCtcConfig, WhisperForCTC, exist_ok=True)
