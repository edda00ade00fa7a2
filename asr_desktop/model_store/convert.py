"""Converts a Hugging Face checkpoint to ONNX in a separate process.

PyTorch and transformers do the conversion (`trainer.export.convert`). The process can be stopped at any
time, and its memory is freed afterwards.
"""

from __future__ import annotations

import importlib.util
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from asr_desktop.base.errors import CancelledError, ConversionError
from asr_desktop.base.installation import to_get_trainer, trainer_command
from asr_desktop.base.json_messages import sentence_of
from asr_desktop.base.own_program import is_packaged, module_command, module_environment
from asr_desktop.base.sentences import Sentence

MOST_INT8_COST = 1.0
"""Errors per 100 words that 8 bits may add on labelled speech."""
_TOOLS = ("torch", "transformers", "onnx")


def check_tools() -> None:
    """Raise ConversionError unless PyTorch and transformers are installed; they are not loaded."""
    missing = [name for name in _TOOLS if importlib.util.find_spec(name) is None]
    if missing and is_packaged():
        raise ConversionError(
            Sentence("This model must be converted first. {advice}", advice=to_get_trainer())
        )
    if missing:
        raise ConversionError(
            Sentence(
                "This model must be converted first, which needs {names}; install with: {command}",
                names=", ".join(missing),
                command=trainer_command(),
            )
        )


def convert_in_own_process(
    folder: Path, cancelled: threading.Event | None = None, *, arguments: Sequence[str] = ()
) -> list[str]:
    """Write model.onnx and model.int8.onnx into the folder of a checkpoint; returns sentences for the user.

    arguments: as `trainer.export.convert` knows them. The process is ended when `cancelled` is set.

    Raises ConversionError, CancelledError.
    """
    check_tools()
    stop = cancelled or threading.Event()
    process = subprocess.Popen(
        module_command("trainer.export.convert", "--json", str(folder), *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={
            **module_environment(),
            "PYTHONIOENCODING": "utf-8",
            "HF_HUB_OFFLINE": "1",  # all that it needs is in the folder
        },
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    watcher = threading.Thread(target=_end_when, args=(stop, process), daemon=True)
    watcher.start()
    try:
        output, problems = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if stop.is_set():
        raise CancelledError(Sentence("The conversion was stopped."))
    if process.returncode:
        said = problems.strip().splitlines() or [Sentence("it ended without a message")]
        if process.returncode == 1:
            raise ConversionError(sentence_of(said[-1]) or said[-1])
        raise ConversionError(
            Sentence(
                "The conversion of {folder} failed ({reason}); there may not be enough memory.",
                folder=folder.name,
                reason=said[-1],
            )
        )
    return [sentence_of(line) or line for line in output.splitlines()]


def _end_when(stop: threading.Event, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if stop.wait(0.2):
            process.kill()
            return
