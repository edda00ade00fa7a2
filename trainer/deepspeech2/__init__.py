"""A recogniser after "Deep Speech 2", trained from scratch and used like any other model folder.

This module needs no torch: the sizes, as a recipe states them, and the settings that suit a training from
scratch. `network` has a log-mel spectrogram inside the ONNX graph, residual CNN, bidirectional GRU and CTC
head, as a network of transformers (trainer.finetune.starts makes a new one).

D. Amodei et al., "Deep Speech 2: End-to-End Speech Recognition in English and Mandarin", ICML 2016. Residual
convolutions with layer norm and GELU between spectrogram and GRU replace its plain convolutions with batch
norm, as in current implementations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asr_desktop.recognition.torch_weights import NETWORKS
from trainer.recipe import RecipeError, build

ARCHITECTURE = "deepspeech2"
"""Its name in recipes, on the command line and in config.json."""

NETWORKS[ARCHITECTURE] = f"{__name__}.network"  # used when such a folder is opened


@dataclass(frozen=True)
class DeepSpeech2Options:
    """The table ``[deepspeech2]`` of a recipe.

    mel_bands: of the spectrogram, an even number. channels, residual_layers: of the CNN. gru_layers,
    gru_size: of the encoder, each direction.
    """

    mel_bands: int = 80
    channels: int = 32
    residual_layers: int = 3
    gru_layers: int = 4
    gru_size: int = 384

    def __post_init__(self) -> None:
        for name in ("channels", "residual_layers", "gru_layers", "gru_size"):
            if getattr(self, name) < 1:
                raise RecipeError(f"deepspeech2.{name} in the recipe must be at least 1.")
        if self.mel_bands % 2 or not 2 <= self.mel_bands <= 96:
            raise RecipeError("deepspeech2.mel_bands in the recipe must be an even number up to 96.")


def deepspeech2_defaults(tables: dict[str, Any], *, is_timed: bool) -> dict[str, dict[str, Any]]:
    """Default settings for training from scratch, which a recipe's ``tables`` override.

    AdamW with OneCycle, peak 5e-4 after a third of the training; masks over the spectrogram as in SpecAugment
    (D. Park et al., 2019), with frames of 10 ms and mel bands as channels. is_timed: whether the length is
    given in minutes.
    """
    sizes: DeepSpeech2Options = build(DeepSpeech2Options, tables.get("deepspeech2", {}))
    has_length = is_timed or "steps" in tables.get("schedule", {})
    return {
        # All trainable layers are after the spectrogram.
        "trainable": {"way": "whole", "convolutions": 1 + sizes.residual_layers, "head_only_share": 0.0},
        "schedule": {
            "shape": "one-cycle",
            "learning_rate": 5e-4,
            "warmup_share": 0.3,
            **({} if has_length else {"epochs": 60.0}),
        },
        "masks": {"time_share": 0.1, "time_frames": 25, "channel_share": 0.15, "channel_width": 8},
        "optimisation": {"beta2": 0.999, "dropout": 0.1},
        # A CTC network trained from scratch outputs only blanks at first; that must not trigger early
        # stopping.
        "evaluation": {"times": 30, "measure": "cer", "patience": 10},
    }
