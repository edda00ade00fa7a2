from __future__ import annotations

import importlib.metadata
import sys
import tomllib
from pathlib import Path

import pytest

from asr_desktop.base import requirements

PROJECT = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]


def test_versions_are_the_project_s_own() -> None:
    assert requirements.stated("av") in PROJECT["dependencies"]
    assert requirements.stated("kenlm-ex") in PROJECT["dependencies"]
    assert requirements.stated("onnxruntime") != requirements.stated("onnxruntime-gpu")
    assert requirements.stated("something-else") == "something-else"


def test_what_runs_here_is_told_to_the_last_digit() -> None:
    assert requirements.installed("av") == f"av=={importlib.metadata.version('av')}"
    assert requirements.installed("something-else") == "something-else"


def test_an_extra_is_told_from_the_others() -> None:
    assert sorted(requirements.of_extra("train")) == sorted(PROJECT["optional-dependencies"]["train"])
    assert requirements.of_extra("no such extra") == []


def test_without_an_installation_only_the_name_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", not_installed)
    assert requirements.stated("av") == "av"
    assert requirements.of_extra("train") == []


def test_commands_are_for_this_python() -> None:
    assert requirements.pip("install", "av") == f"{sys.executable} -m pip install av"
