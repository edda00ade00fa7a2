"""What goes into a package, and that the version has one place."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import bundle_contents
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import asr_desktop
from asr_desktop.base.own_program import MODULES

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path",
    [
        "asr_desktop/bundled/models/starter-en/model.safetensors",
        "asr_desktop/bundled/resources/translations/asr-desktop_de.ts",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/translations/qt_fr.qm",
        "PySide6\\opengl32sw.dll",
        "onnxruntime/capi/libonnxruntime.so.1.31.1",
        "numpy/_core/tests/data/a.npy",
    ],
)
def test_left_out(path: str) -> None:
    assert bundle_contents.is_left_out(path)


@pytest.mark.parametrize(
    "path",
    [
        "asr_desktop/bundled/models/starter-en/model.int8.onnx",
        "asr_desktop/bundled/models/starter-en/language_model/4gram.bin",
        "asr_desktop/bundled/models/speakers/LICENSE.voiceprint",
        "asr_desktop/bundled/resources/translations/asr-desktop_de.qm",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so",
        "onnxruntime/ThirdPartyNotices.txt",
    ],
)
def test_kept(path: str) -> None:
    assert not bundle_contents.is_left_out(path)


def test_every_file_that_ships_is_kept_but_what_is_named() -> None:
    left_out = {
        str(file.relative_to(ROOT))
        for kind in ("models", "resources")
        for file in (ROOT / kind).rglob("*")
        if file.is_file() and bundle_contents.is_left_out(f"asr_desktop/bundled/{file.relative_to(ROOT)}")
    }
    assert left_out == {"models/starter-en/model.safetensors", "resources/translations/asr-desktop_de.ts"}


def test_the_distributions_are_the_run_time_set() -> None:
    found = set(bundle_contents.distributions())
    assert {"asr-desktop", "av", "onnxruntime", "pyside6-essentials"} <= found
    train = {
        canonicalize_name(Requirement(stated).name)
        for stated in PROJECT["project"]["optional-dependencies"]["train"]
    }
    assert not train & found


def test_nothing_that_the_program_needs_is_excluded() -> None:
    modules = set(bundle_contents.EXCLUDED_MODULES)
    for stated in PROJECT["project"]["dependencies"]:
        assert Requirement(stated).name.replace("-", "_") not in modules
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "asr_desktop").rglob("*.py")]
    imported = {name for text in sources for name in re.findall(r"PySide6\.Qt\w+", text)}
    imported |= {
        f"PySide6.{name}" for text in sources for name in re.findall(r"from PySide6 import (Qt\w+)", text)
    }
    assert imported
    assert not imported & modules


def test_what_the_program_starts_is_in_the_package() -> None:
    assert set(MODULES) <= {name.removesuffix(".__main__") for name in bundle_contents.HIDDEN_IMPORTS}


def test_the_version_has_one_place() -> None:
    assert bundle_contents.version() == asr_desktop.__version__
    assert date.fromisoformat(bundle_contents.release_day()) == date.fromisoformat(asr_desktop.__released__)
    assert PROJECT["project"]["dynamic"] == ["version"]
    elsewhere = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "packaging").rglob("*")
        if file.is_file()
        and "__pycache__" not in file.parts
        and re.search(
            rf"(?<![\d.]){re.escape(asr_desktop.__version__)}(?![\d.])", file.read_text(encoding="utf-8")
        )
    ]
    assert elsewhere == []
