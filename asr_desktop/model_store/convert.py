"""A Hugging Face checkpoint to ONNX, in floating point and in 8 bits, beside its configuration.

    python -m asr_desktop.model_store.convert FOLDER

PyTorch and transformers do it, loaded only here; the window and the download run it in a process of its own,
so that it can be stopped at any moment and gives back its memory.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop import paths
from asr_desktop.errors import AsrDesktopError, ModelFolderError
from asr_desktop.model_store.errors import CancelledError, ConversionError
from asr_desktop.recognition.json_object import read_optional_json_object
from asr_desktop.recognition.torch_weights import load_ctc_network
from asr_desktop.requirements import of_extra, pip

FLOAT_NAME = "model.onnx"
INT8_NAME = "model.int8.onnx"
LEAST_AGREEMENT = 0.9
"""Share of the frames with a label in which 8 bits have to say the same as floating point."""

_TOOLS = ("torch", "transformers", "onnx")
_SAMPLE_SECONDS = 12.0


def check_tools() -> None:
    """Raise ConversionError unless PyTorch and transformers are installed; they are not loaded."""
    missing = [name for name in _TOOLS if importlib.util.find_spec(name) is None]
    if missing:
        raise ConversionError(
            f"This model has to be converted first, which needs {', '.join(missing)}; install that with: "
            f"{pip('install', *of_extra('train'))}"
        )


def convert_in_place(
    folder: Path,
    *,
    int8: bool = True,
    keep_float: bool = True,
    on_step: Callable[[str], None] | None = None,
) -> list[str]:
    """Write model.onnx and model.int8.onnx into the folder of a checkpoint; returns sentences for the user.

    keep_float: whether model.onnx stays where there is a model.int8.onnx. Weights in a pickle
    (pytorch_model.bin) are loaded as numbers only: no code of a stranger's runs. The networks are written
    beside and moved to their places when they are whole and give what PyTorch gives. 8 bits that would change
    what is recognised are left out.

    Raises ConversionError.
    """
    say = on_step or (lambda step: None)
    check_tools()
    say("loading the weights")
    try:
        network = load_ctc_network(folder)
    except ModelFolderError as error:
        raise ConversionError(str(error)) from error
    from trainer.export import export_int8, export_onnx, sum_receptive_field

    notes: list[str] = []
    # Beside the folder's files, so that they are moved and not copied.
    with tempfile.TemporaryDirectory(prefix=".convert-", dir=folder) as aside:
        exact, small = Path(aside) / FLOAT_NAME, Path(aside) / INT8_NAME
        try:
            say("writing the network and holding it against PyTorch's")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the exporter's notices about constants that it folds
                export_onnx(network, exact, sum_receptive_field(network.config))
            if int8:
                say("making the weights 8 bits wide")
                export_int8(network, small, sum_receptive_field(network.config))
            del network
        except AsrDesktopError as error:
            raise ConversionError(str(error)) from error
        except Exception as error:  # what the exporter raises has no base class of its own
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ConversionError(f"{folder.name} cannot be converted to ONNX ({reason}).") from error
        if int8:
            say("holding the 8 bits against floating point")
            agreement = _agreement(exact, small, folder)
            if agreement < LEAST_AGREEMENT:
                small.unlink()
                notes.append(
                    f"8 bits would change {100 * (1 - agreement):.0f} % of what {folder.name} recognises, "
                    "so it "
                    "is used in floating point, which takes about twice as long."
                )
        if small.is_file():
            small.replace(folder / INT8_NAME)
        if keep_float or not (folder / INT8_NAME).is_file():
            exact.replace(folder / FLOAT_NAME)
    return notes


def convert_in_own_process(
    folder: Path, cancelled: threading.Event | None = None, *, arguments: Sequence[str] = ()
) -> list[str]:
    """`convert_in_place` in another process, which is ended when `cancelled` is set (CancelledError)."""
    stop = cancelled or threading.Event()
    process = subprocess.Popen(
        # -P: a file of the folder that we happen to be in must not pass for a module.
        [sys.executable, "-P", "-m", "asr_desktop.model_store.convert", str(folder), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
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
        raise CancelledError("The conversion was stopped.")
    if process.returncode:
        said = problems.strip().splitlines() or ["it ended without a word"]
        if process.returncode == 1:
            raise ConversionError(said[-1])
        raise ConversionError(
            f"The conversion of {folder.name} broke off ({said[-1]}); it may need more memory than there is."
        )
    return output.splitlines()


def _end_when(stop: threading.Event, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if stop.wait(0.2):
            process.kill()
            return


def _agreement(exact: Path, small: Path, folder: Path) -> float:
    """Share of frames with the same label, among those where either network says another than the commonest.

    On the sample recording that comes with the program; what language it is in does not matter here.
    """
    import onnxruntime

    preprocessor = read_optional_json_object(folder / "preprocessor_config.json")
    values = _sample_values(normalised=bool(preprocessor.get("do_normalize", True)))
    labels = []
    for path in (exact, small):
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        [logits] = session.run(["logits"], {"input_values": values[None]})
        labels.append(logits[0].argmax(-1))
    blank = np.bincount(labels[0]).argmax()
    spoken = (labels[0] != blank) | (labels[1] != blank)
    return float((labels[0] == labels[1])[spoken].mean()) if spoken.any() else 1.0


def _sample_values(*, normalised: bool) -> NDArray[np.float32]:
    from asr_desktop.audio.media import SAMPLE_RATE, read_blocks

    sample = next(iter(sorted((paths.resources_folder() / "samples").glob("*.ogg"))), None)
    if sample is None:
        raise ModelFolderError("The sample recording is missing; install the program again.")
    values = np.concatenate(list(read_blocks(sample)))[: round(_SAMPLE_SECONDS * SAMPLE_RATE)]
    if normalised:
        values = (values - values.mean()) / np.sqrt(values.var() + 1e-7)
    return values.astype(np.float32)


def _main(arguments: list[str]) -> int:
    try:
        notes = convert_in_place(Path(arguments[0]), keep_float="--no-float" not in arguments)
    except AsrDesktopError as error:
        print(error, file=sys.stderr)
        return 1
    print(*notes, sep="\n", end="\n" if notes else "")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
