from __future__ import annotations

import importlib.metadata
import sys
import tomllib
from pathlib import Path

import pytest

from asr_desktop import requirements

PROJECT = tomllib.loads(
    (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
)["project"]


def test_versions_are_the_project_s_own() -> None:
    assert requirements.pinned("av") in PROJECT["dependencies"]
    assert requirements.pinned("kenlm") == PROJECT["optional-dependencies"]["lm"][0]
    assert requirements.pinned("something-else") == "something-else"


def test_an_extra_is_told_from_the_others() -> None:
    assert sorted(requirements.of_extra("train")) == sorted(PROJECT["optional-dependencies"]["train"])
    assert requirements.of_extra("no such extra") == []


def test_without_an_installation_only_the_name_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", not_installed)
    assert requirements.pinned("av") == "av"
    assert requirements.of_extra("train") == []


def test_commands_are_for_this_python() -> None:
    assert requirements.pip("install", "av") == f"{sys.executable} -m pip install av"
