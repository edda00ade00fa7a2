"""The two networks: who speaks when within ten seconds, and whose voice it is.

Both lie in models/speakers, whose card says where they come from; scripts/build_speaker_networks.py makes
them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.onnx_session import open_network
from asr_desktop.base.paths import bundled_models_folder

SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 10 * SAMPLE_RATE
"""What the segmentation was trained on; shorter sound is filled up with silence."""
FRAME_STEP_SAMPLES = 270
FRAMES = 589
FIRST_FRAME_CENTRE_SAMPLE = 495
LOCAL_SPEAKERS = 3
"""How many people the segmentation tells apart within a window, of whom two may speak at once."""

# Of the powerset's seven classes, which speakers talk: nobody, 1, 2, 3, 1+2, 1+3, 2+3.
_TALKING = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=np.float32
)
_ENERGY_STEP_SAMPLES = 160
_ENERGY_FIRST_CENTRE_SAMPLE = 200
_ENERGY_SAMPLES = 400


class SpeakerNetworks:
    """Loaded once, for any number of recordings.

    folder: with segmentation.onnx and voiceprint.onnx. threads: None takes one for each physical core.
    Raises ModelFolderError where the networks are missing or damaged.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        folder = folder or bundled_models_folder() / "speakers"
        self._segmentation, self._voiceprint = (
            open_network(folder / f"{name}.onnx", providers=["cpu"], threads=threads).session
            for name in ("segmentation", "voiceprint")
        )

    def segment(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """How sure it is that each of three speakers talks: windows [n, 160000] → [n, 589, 3] in 0…1.

        Frame i is centred on sample 495 + 270·i. Which of the three is whom differs from window to window.
        """
        log_probs = self._segmentation.run(None, {"waveforms": windows})[0]
        # Seven classes are few: a sum of products is faster than a matrix product that wakes up threads.
        return np.einsum("bfc,cs->bfs", np.exp(log_probs), _TALKING).astype(np.float32)

    def voiceprint(self, window: NDArray[np.float32], is_talking: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The voice of one window's frames [589] in which one person talks, as a vector [192] of length 1.

        The angle between two such vectors tells whether it is the same person: their product is about 0.6 and
        more for one voice, 0.3 and less for two.
        """
        steps = np.arange((len(window) - _ENERGY_SAMPLES) // _ENERGY_STEP_SAMPLES + 1)
        centres = steps * _ENERGY_STEP_SAMPLES + _ENERGY_FIRST_CENTRE_SAMPLE
        frames = np.rint((centres - FIRST_FRAME_CENTRE_SAMPLE) / FRAME_STEP_SAMPLES).astype(int)
        chosen = steps[is_talking[np.clip(frames, 0, len(is_talking) - 1)]]
        print_ = self._voiceprint.run(None, {"waveform": window, "frames": chosen})[0]
        return print_ / max(float(np.sqrt(np.sum(print_**2))), 1e-6)
