"""A model folder's front end, from sound to frames: sampling rate, normalisation, convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_json_object, read_value
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.typed_data import Within

MOST_SAMPLE_RATE = 384_000
"""Hz; more than any microphone or file format uses."""
MOST_VIEW_SAMPLES = 10_000_000
"""Of one frame. Sound is padded to that, and a network needs some hundred times as much memory."""
MOST_EMISSION_DELAY_SECONDS = 0.5
_MOST_LAYERS = 64
_LayerCount = Annotated[int, Within(1, _MOST_LAYERS)]
_LayerSize = Annotated[int, Within(1, 100_000)]

WHISPER_CTC = "whisper-ctc"
"""model_type of Whisper's encoder with a CTC head; `whisper_ctc` has the network, for PyTorch."""

# transformers' own defaults, for a config.json that leaves the front end out: 320 samples a frame, each
# seeing 400.
_DEFAULT_CONV_KERNEL = (10, 3, 3, 3, 3, 2, 2)
_DEFAULT_CONV_STRIDE = (5, 2, 2, 2, 2, 2, 2)
_FAMILIES_WITH_DEFAULTS = frozenset(
    {"wav2vec2", "hubert", "wavlm", "data2vec-audio", "wav2vec2-conformer", "unispeech", "unispeech-sat"}
)


@dataclass(frozen=True, slots=True)
class FrameTiming:
    """Where in the sound the frames of a network lie.

    stride_samples, view_samples: a frame's step and view, in samples at `sample_rate`; frame t is centred on
        sample `stride_samples * t + view_samples / 2` and stands for one stride around it.
    emission_delay_seconds: how much later than its sound a label is emitted, on average. Networks with a
        wide view behind them learn to wait for what follows; config.json says it (`benchmarks/word_times.py`
        measures it).
    """

    stride_samples: int
    view_samples: int
    sample_rate: int = 16_000
    emission_delay_seconds: float = 0.0

    def sound_seconds(self, frame: float) -> float:
        """When the sound begins whose label is emitted in `frame`, in seconds from the utterance's start."""
        first = (self.view_samples - self.stride_samples) / 2
        return (frame * self.stride_samples + first) / self.sample_rate - self.emission_delay_seconds


def frame_geometry(config: Mapping[str, Any], path: Path) -> tuple[int, int]:
    """(frame stride, receptive field) in samples, from the front end's convolutions.

    Each layer widens the view by (kernel - 1) of its input's steps, and multiplies the step by its stride.
    """
    family = config.get("model_type")
    has_defaults = family is None or (isinstance(family, str) and family in _FAMILIES_WITH_DEFAULTS)
    kernels = config.get("conv_kernel", _DEFAULT_CONV_KERNEL if has_defaults else None)
    strides = config.get("conv_stride", _DEFAULT_CONV_STRIDE if has_defaults else None)
    if kernels is None or strides is None:
        raise ModelFolderError(
            Sentence(
                "{path} describes a {family} model; the program reads CTC models that take the "
                "waveform itself (wav2vec2, HuBERT, WavLM, data2vec-audio, wav2vec2-conformer, or one "
                "that states conv_kernel and conv_stride).",
                path=path,
                family=family,
            )
        )
    if not isinstance(kernels, (list, tuple)) or not isinstance(strides, (list, tuple)):
        raise ModelFolderError(
            Sentence("conv_kernel and conv_stride in {path} must be lists of numbers.", path=path)
        )
    if len(kernels) != len(strides) or not 0 < len(kernels) <= _MOST_LAYERS:
        raise ModelFolderError(
            Sentence("{path} must have one conv_kernel and one conv_stride for each layer.", path=path)
        )
    stride, receptive_field = 1, 1
    for kernel, step in zip(kernels, strides, strict=True):
        receptive_field += (read_value(kernel, _LayerSize, "conv_kernel", path) - 1) * stride
        stride *= read_value(step, _LayerSize, "conv_stride", path)
    if config.get("add_adapter") is True:
        # Convolutions behind the encoder shorten it further; their padding leaves each frame centred.
        step = read_value(config.get("adapter_stride", 2), _LayerSize, "adapter_stride", path)
        layers = config.get("num_adapter_layers", 3)
        stride *= step ** read_value(layers, _LayerCount, "num_adapter_layers", path)
    if max(stride, receptive_field) > MOST_VIEW_SAMPLES:
        raise ModelFolderError(
            Sentence(
                "The convolutions in {path} give frames of {samples} samples, more than any network has "
                "({most}); download or create it again.",
                path=path,
                samples=f"{max(stride, receptive_field):.3g}",
                most=MOST_VIEW_SAMPLES,
            )
        )
    return stride, receptive_field


def read_preprocessor(folder: Path) -> dict[str, Any]:
    """The checked content of preprocessor_config.json, or of the processor's own file."""
    path = folder / "preprocessor_config.json"
    preprocessor: Any
    if not path.is_file() and (folder / "processor_config.json").is_file():
        # transformers 5 stores it inside the processor's file.
        path = folder / "processor_config.json"
        preprocessor = read_json_object(path).get("feature_extractor")
    else:
        preprocessor = read_json_object(path)
    if not isinstance(preprocessor, dict):
        raise ModelFolderError(
            Sentence("{path} has no feature_extractor; it must say what audio the model expects.", path=path)
        )
    if preprocessor.get("feature_size", 1) != 1:
        raise ModelFolderError(
            Sentence(
                "{path} describes a model that takes spectra (feature_size {size}); the program reads "
                "models that take the waveform itself.",
                path=path,
                size=preprocessor["feature_size"],
            )
        )
    return preprocessor
