"""Spectrogram, residual CNN, bidirectional GRU and CTC head as a transformers network. Its parts are named
like wav2vec2's, so that the training loop, cache, checkpoints and export work unchanged.

    part                   shape of its output
    feature_extractor      layer 0: log-mel spectrogram ``[batch, bands, frames]``, 10 ms per frame
                           layer 1: SpecAugment while training, then a convolution that halves both axes
                           layers 2 …: residual blocks; ``[batch, channels × bands / 2, frames / 2]``
    feature_projection     ``[batch, frames, hidden_size]``
    encoder                layers of layer norm, GELU, bidirectional GRU
    lm_head                logits ``[batch, frames, labels]``, 20 ms per frame
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from transformers import AutoConfig, AutoModelForCTC, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput, CausalLMOutput
from transformers.models.wav2vec2.modeling_wav2vec2 import _compute_mask_indices

from trainer.deepspeech2 import ARCHITECTURE

# A log-mel spectrogram from a strided convolution and a matrix product.
#
# Framing, windowing and the Fourier transform are one linear map of a frame's samples, hence one convolution
# with windowed cosines and sines as kernels. So the spectrogram is part of the ONNX graph, and the model
# takes the waveform as every other model folder does.

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 400  # 25 ms
HOP_SAMPLES = 160  # 10 ms
FFT_SIZE = 512  # the frequencies are those of a transform of this size
LOWEST_HZ, HIGHEST_HZ = 20.0, 7600.0
LOG_FLOOR = 1e-5  # of the power of a signal with unit variance: 50 dB below


def windowed_dft(frame_samples: int = FRAME_SAMPLES, size: int = FFT_SIZE) -> NDArray[np.float32]:
    """Hann-windowed cosines, then sines, of each frequency from 0 to the half sample rate.

    Shape ``[2 × (size / 2 + 1), frame_samples]``; white noise of unit variance gives power 1 in each.
    """
    times = np.arange(frame_samples)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * times / frame_samples)
    window /= np.sqrt((window**2).sum())
    phases = 2 * np.pi * np.outer(np.arange(size // 2 + 1), times) / size
    return np.concatenate([np.cos(phases) * window, np.sin(phases) * window]).astype(np.float32)


def mel_matrix(bands: int, size: int = FFT_SIZE, sample_rate: int = SAMPLE_RATE) -> NDArray[np.float32]:
    """Triangular filters of equal width on O'Shaughnessy's mel scale, each with sum 1.

    Shape ``[bands, size / 2 + 1]``.
    """

    def mel(hz: float) -> float:
        return 2595.0 * math.log10(1.0 + hz / 700.0)

    edges = 700.0 * (10.0 ** (np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), bands + 2) / 2595.0) - 1.0)
    frequencies = np.arange(size // 2 + 1) * sample_rate / size
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (frequencies - low) / (centre - low)
    falling = (high - frequencies) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    sums = triangles.sum(1, keepdims=True)
    if not sums.all():
        raise ValueError(f"{bands} mel bands are too narrow for a transform of {size} samples")
    return np.asarray(triangles / sums, dtype=np.float32)


class LogMelSpectrogram(nn.Module):
    """Samples ``[batch, 1, samples]`` to ``[batch, bands, frames]``, each band of each utterance normalised
    to zero mean and unit variance. It has no trainable parameters; its matrices are constants.
    """

    def __init__(self, bands: int) -> None:
        super().__init__()
        self._dft = windowed_dft()[:, None]
        self._mel = mel_matrix(bands)
        # Part of the state because a feature cache is named by the hash of the frozen layers' state.
        self.register_buffer("geometry", torch.tensor([FRAME_SAMPLES, HOP_SAMPLES, FFT_SIZE, bands]))

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        dft = torch.from_numpy(self._dft).to(samples.device)
        mel = torch.from_numpy(self._mel).to(samples.device)
        with torch.autocast(samples.device.type, enabled=False):
            parts = nn.functional.conv1d(samples.float(), dft, stride=HOP_SAMPLES)
            cosine, sine = parts.chunk(2, dim=1)
            log_mel = torch.log(torch.matmul(mel, cosine * cosine + sine * sine) + LOG_FLOOR)
            centred = log_mel - log_mel.mean(2, keepdim=True)
            spread = torch.sqrt((centred * centred).mean(2, keepdim=True) + 1e-5)
            return centred / spread


class DeepSpeech2Config(PretrainedConfig):
    """Sizes as in :class:`~trainer.deepspeech2.DeepSpeech2Options`, and the timing of the frames.

    conv_kernel, conv_stride: of equivalent convolutions without padding. A convolution of width 3 with one
    frame of padding has the same centres and number of frames as one of width 1 without padding.
    """

    model_type = ARCHITECTURE

    def __init__(
        self,
        vocab_size: int = 32,
        mel_bands: int = 80,
        channels: int = 32,
        residual_layers: int = 3,
        gru_layers: int = 4,
        hidden_size: int = 384,
        hidden_dropout: float = 0.1,
        mask_time_prob: float = 0.1,
        mask_time_length: int = 25,
        mask_feature_prob: float = 0.15,
        mask_feature_length: int = 8,
        **settings: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.mel_bands = mel_bands
        self.channels = channels
        self.residual_layers = residual_layers
        self.gru_layers = gru_layers
        self.hidden_size = hidden_size
        self.hidden_dropout = hidden_dropout
        self.mask_time_prob = mask_time_prob
        self.mask_time_length = mask_time_length
        self.mask_feature_prob = mask_feature_prob
        self.mask_feature_length = mask_feature_length
        self.conv_kernel = settings.pop("conv_kernel", [FRAME_SAMPLES] + [1] * (1 + residual_layers))
        self.conv_stride = settings.pop("conv_stride", [HOP_SAMPLES, 2] + [1] * residual_layers)
        # A band's mean over the utterance would include padding, so batches are not padded in use.
        self.feat_extract_norm = settings.pop("feat_extract_norm", "group")
        super().__init__(**settings)


class _Entrance(nn.Module):
    """``[batch, bands, frames]`` to ``[batch, channels × bands / 2, frames / 2]``."""

    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__()
        self._config = config
        self.conv = nn.Conv2d(1, config.channels, 3, stride=2, padding=1)

    def forward(self, spectrogram: torch.Tensor) -> torch.Tensor:
        if self.training:
            spectrogram = _masked(spectrogram, self._config)
        return self.conv(spectrogram[:, None]).flatten(1, 2)


class _ResidualBlock(nn.Module):
    """Twice: layer norm over the frequencies, GELU, dropout, convolution; then the input is added."""

    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__()
        self._shape = (config.channels, config.mel_bands // 2)
        self.norms = nn.ModuleList(nn.LayerNorm(self._shape[1]) for _ in range(2))
        width = config.channels
        self.convs = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.dropout = nn.Dropout(config.hidden_dropout)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        hidden = hidden.unflatten(1, self._shape)
        change = hidden
        for norm, conv in zip(self.norms, self.convs, strict=True):
            change = norm(change.transpose(2, 3)).transpose(2, 3)
            change = conv(self.dropout(nn.functional.gelu(change)))
        return (hidden + change).flatten(1, 2)


class _FeatureExtractor(nn.Module):
    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__()
        blocks = [_ResidualBlock(config) for _ in range(config.residual_layers)]
        self.conv_layers = nn.ModuleList([LogMelSpectrogram(config.mel_bands), _Entrance(config), *blocks])

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        hidden = samples[:, None]
        for layer in self.conv_layers:
            hidden = layer(hidden)
        return hidden


class _FeatureProjection(nn.Module):
    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__()
        self.projection = nn.Linear(config.channels * config.mel_bands // 2, config.hidden_size)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        projected: torch.Tensor = self.projection(hidden)
        return projected


class _EncoderLayer(nn.Module):
    def __init__(self, size_in: int, config: DeepSpeech2Config) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(size_in)
        self.gru = nn.GRU(size_in, config.hidden_size, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(config.hidden_dropout)

    def forward(self, hidden: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
        hidden = nn.functional.gelu(self.layer_norm(hidden))
        if lengths is None:
            # Zeros derived from the input: torch's ONNX exporter folds others into constants of the traced
            # batch size.
            nothing_yet = 0 * hidden[None, :, 0, :1] + hidden.new_zeros(2, 1, self.gru.hidden_size)
            return self.dropout(self.gru(hidden, nothing_yet)[0])
        # The backward direction must start at the utterance's end, not in its padding.
        packed = pack_padded_sequence(hidden, lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=hidden.shape[1])
        return self.dropout(output)


class _Encoder(nn.Module):
    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__()
        size = config.hidden_size
        self.layers = nn.ModuleList(
            _EncoderLayer(size if number == 0 else 2 * size, config) for number in range(config.gru_layers)
        )
        self.layer_norm = nn.LayerNorm(2 * size)
        self.output = nn.Linear(2 * size, size)
        self.dropout = nn.Dropout(config.hidden_dropout)

    def forward(self, hidden: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
        for layer in self.layers:
            hidden = layer(hidden, lengths)
        return self.dropout(nn.functional.gelu(self.output(self.layer_norm(hidden))))


class _DeepSpeech2PreTrained(PreTrainedModel):
    config_class = DeepSpeech2Config
    base_model_prefix = "deepspeech2"
    main_input_name = "input_values"

    def _init_weights(self, module: nn.Module) -> None:
        """Keep torch's default initialisation for convolutions, GRU and norms."""


class DeepSpeech2Model(_DeepSpeech2PreTrained):
    """The network without its head: samples ``[batch, samples]`` to ``[batch, frames, hidden_size]``."""

    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__(config)
        self.feature_extractor = _FeatureExtractor(config)
        self.feature_projection = _FeatureProjection(config)
        self.encoder = _Encoder(config)
        self.post_init()

    def _get_feat_extract_output_lengths(self, samples: torch.Tensor) -> torch.Tensor:
        for kernel, stride in zip(self.config.conv_kernel, self.config.conv_stride, strict=True):
            samples = torch.div(samples - kernel, stride, rounding_mode="floor") + 1
        return samples

    def forward(
        self, input_values: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> BaseModelOutput:
        features = self.feature_extractor(input_values)
        lengths = None
        if attention_mask is not None:
            lengths = self._get_feat_extract_output_lengths(attention_mask.sum(-1))
        hidden = self.feature_projection(features.transpose(1, 2))
        return BaseModelOutput(last_hidden_state=self.encoder(hidden, lengths))


class DeepSpeech2ForCTC(_DeepSpeech2PreTrained):
    """The network with its head: ``logits [batch, frames, labels]``. ``attention_mask`` marks the end of
    padded rows."""

    def __init__(self, config: DeepSpeech2Config) -> None:
        super().__init__(config)
        self.deepspeech2 = DeepSpeech2Model(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size)
        self.post_init()

    def forward(
        self, input_values: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> CausalLMOutput:
        hidden = self.deepspeech2(input_values, attention_mask).last_hidden_state
        return CausalLMOutput(logits=self.lm_head(hidden))


def _masked(spectrogram: torch.Tensor, config: DeepSpeech2Config) -> torch.Tensor:
    """SpecAugment: stretches of time and of frequency set to 0, which is each band's mean."""
    batch, bands, frames = spectrogram.shape
    masked = spectrogram
    if config.mask_time_prob > 0 and frames > config.mask_time_length:
        over_time = _compute_mask_indices((batch, frames), config.mask_time_prob, config.mask_time_length)
        masked = masked.masked_fill(torch.from_numpy(over_time).to(masked.device)[:, None], 0.0)
    if config.mask_feature_prob > 0 and bands > config.mask_feature_length:
        over_bands = _compute_mask_indices(
            (batch, bands), config.mask_feature_prob, config.mask_feature_length
        )
        masked = masked.masked_fill(torch.from_numpy(over_bands).to(masked.device)[:, :, None], 0.0)
    return masked


def register() -> None:
    """Register the network with transformers' Auto classes; must be called before a folder is loaded."""
    AutoConfig.register(ARCHITECTURE, DeepSpeech2Config, exist_ok=True)
    AutoModelForCTC.register(DeepSpeech2Config, DeepSpeech2ForCTC, exist_ok=True)
