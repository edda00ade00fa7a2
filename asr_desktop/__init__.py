"""ASR Desktop: speech to text on your own machine.

    from asr_desktop import Transcriber

    print(Transcriber("starter-en").transcribe("talk.mp3").text)

`Transcriber` is loaded when it is first asked for, so that `asr-desktop --version` and its like start
at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asr_desktop.recognition.file_pipeline import Transcriber

__version__ = "0.1.0"

DEFAULT_MODEL = "starter-en"
"""The model that ships with the program."""

__all__ = ["DEFAULT_MODEL", "Transcriber", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Transcriber":
        from asr_desktop.recognition.file_pipeline import Transcriber

        return Transcriber
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
