"""The two diarization networks: speaker segmentation within ten seconds, and voiceprints.

Both are in models/speakers; its model card names their origin. scripts/build_speaker_networks.py makes them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.onnx_session import open_network
from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json

SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 10 * SAMPLE_RATE
"""The window length of the segmentation's training; shorter sound is padded with silence."""
FRAME_STEP_SAMPLES = 270
FRAMES = 589
FIRST_FRAME_CENTRE_SAMPLE = 495
VOICEPRINT_LENGTH = 192
AVERAGE_VOICE_FILE = "average_voice.json"
LOCAL_SPEAKERS = 3
"""Number of people that the segmentation separates within a window; up to two may speak at once."""

# The speakers who talk in each of the powerset's seven classes: nobody, 1, 2, 3, 1+2, 1+3, 2+3.
_TALKING = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.float32
)
_ENERGY_STEP_SAMPLES = 160
_ENERGY_FIRST_CENTRE_SAMPLE = 200
_ENERGY_SAMPLES = 400


class SpeakerNetworks:
    """The networks, loaded once for any number of recordings.

    folder: with segmentation.onnx, voiceprint.onnx and average_voice.json. threads: None takes one for each
    physical core. average_voice: [192], in place of the folder's.
    Raises ModelFolderError where the networks are missing or damaged.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        threads: int | None = None,
        average_voice: NDArray[np.float32] | None = None,
    ) -> None:
        folder = folder or bundled_models_folder() / "speakers"
        self._segmentation, self._voiceprint = (
            open_network(folder / f"{name}.onnx", providers=["cpu"], threads=threads).session
            for name in ("segmentation", "voiceprint")
        )
        self._average_voice = _average_voice(folder) if average_voice is None else average_voice

    def segment(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability that each of three speakers talks: windows [n, 160000] → [n, 589, 3] in 0…1.

        Frame i is centred on sample 495 + 270·i. The order of the three speakers differs between windows.
        """
        log_probs = self._segmentation.run(None, {"waveforms": windows})[0]
        # With only seven classes, a sum of products is faster than a multi-threaded matrix product.
        return np.einsum("bfc,cs->bfs", np.exp(log_probs), _TALKING).astype(np.float32)

    def voiceprint(self, window: NDArray[np.float32], is_talking: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The voice of one window's frames [589] in which one person talks, as a vector [192] of length 1.

        The angle between two such vectors tells whether it is the same person. The average voice is
        subtracted first, so that the dot product of two people is about 0 on average; for one person it is
        0.6 or more with some seconds of speech in each.
        """
        steps = np.arange((len(window) - _ENERGY_SAMPLES) // _ENERGY_STEP_SAMPLES + 1)
        centres = steps * _ENERGY_STEP_SAMPLES + _ENERGY_FIRST_CENTRE_SAMPLE
        frames = np.rint((centres - FIRST_FRAME_CENTRE_SAMPLE) / FRAME_STEP_SAMPLES).astype(int)
        chosen = steps[is_talking[np.clip(frames, 0, len(is_talking) - 1)]]
        print_ = self._voiceprint.run(None, {"waveform": window, "frames": chosen})[0]
        own = print_ / max(float(np.sqrt(np.sum(print_**2))), 1e-6) - self._average_voice
        voiceprint: NDArray[np.float32] = own / max(float(np.sqrt(np.sum(own**2))), 1e-6)
        return voiceprint


def _average_voice(folder: Path) -> NDArray[np.float32]:
    """[192]: the average voiceprint measured by scripts/average_voice.py."""
    path = folder / AVERAGE_VOICE_FILE
    try:
        average = np.asarray(read_json(path), np.float32)
        if average.shape != (VOICEPRINT_LENGTH,) or not np.isfinite(average).all():
            raise ValueError(f"shape {average.shape}")
    except (*READ_ERRORS, TypeError, ValueError) as error:
        raise ModelFolderError(
            Sentence(
                "{path} cannot be used ({reason}): install the program again.",
                path=path,
                reason=getattr(error, "strerror", None) or error,
            )
        ) from error
    return average
