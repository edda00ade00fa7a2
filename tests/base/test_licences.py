"""What the program is made of: nothing without a licence, nothing without a text."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest

from asr_desktop.base import licences, paths


@pytest.fixture(scope="module")
def parts() -> dict[str, licences.Component]:
    return {part.name.lower().replace("_", "-"): part for part in licences.components()}


def test_all_that_the_program_needs_is_there_with_its_version(parts: dict[str, licences.Component]) -> None:
    for requirement in importlib.metadata.requires("asr-desktop") or []:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if ";" not in requirement:
            assert parts[name.lower()].version == importlib.metadata.version(name)


def test_nothing_that_only_training_or_tests_need_is_there(parts: dict[str, licences.Component]) -> None:
    assert not {"torch", "transformers", "pytest", "mypy", "pyinstaller"} & set(parts)


def test_each_has_a_licence_and_a_text(parts: dict[str, licences.Component]) -> None:
    assert [name for name, part in parts.items() if not part.licence or len(part.text) < 30] == []


def test_each_library_inside_a_wheel_is_known() -> None:
    assert licences.unknown_libraries() == [], "tell of them in resources/licences/native-libraries.toml"


def test_what_must_be_told_is_told(parts: dict[str, licences.Component]) -> None:
    assert "GPL-3.0-or-later" in parts["ffmpeg"].licence
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in parts["pyside6-essentials"].text
    assert "Version 3, 29 June 2007" in parts["pyside6-essentials"].text
    assert "Apache License" in parts["flatbuffers"].text


def test_every_model_that_ships_states_its_licence(parts: dict[str, licences.Component]) -> None:
    shipped = [card.parent.name for card in paths.bundled_models_folder().glob("*/README.md")]
    assert shipped
    for name in shipped:
        assert parts[f"model {name}"].licence
    assert "3D-Speaker" in parts["model speakers"].text


def test_the_notice_has_them_all(parts: dict[str, licences.Component]) -> None:
    text = licences.notice()
    for part in parts.values():
        assert part.name in text
        assert part.text in text


def test_what_a_package_adds_is_told_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "licences-of-package").mkdir()
    (tmp_path / "licences-of-package" / "python.txt").write_text("Python 3.11.7\nPSF-2.0\n\nIts text.")
    monkeypatch.setattr(paths, "resources_folder", lambda: tmp_path / "resources")
    [added] = licences._added_by_package()
    assert (added.name, added.licence, added.text) == ("Python 3.11.7", "PSF-2.0", "Its text.")
