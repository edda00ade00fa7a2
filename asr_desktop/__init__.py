"""ASR Desktop: speech to text on your own machine.

    from asr_desktop import Transcriber

    print(Transcriber("starter-en").transcribe("talk.mp3").text)

`Transcriber` is loaded when it is first asked for, so that `asr-desktop --version` and its like start
at once.

Nothing is sent to anybody: libraries that report their use are told not to, here, because every part of the
program (window, workers, trainer, endpoint) passes here before it imports one of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asr_desktop.recognition.file_pipeline import Transcriber

# Read by onnxruntime, huggingface_hub and ray as they are imported; child processes inherit them.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

__version__ = "0.3.0"
__released__ = "2026-11-30"
"""The day of this version; the program tells its age by it, as it never looks for a newer one by itself."""

DEFAULT_MODEL = "starter-en"
"""The model that ships with the program."""

__all__ = ["DEFAULT_MODEL", "Transcriber", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Transcriber":
        from asr_desktop.recognition.file_pipeline import Transcriber

        return Transcriber
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
