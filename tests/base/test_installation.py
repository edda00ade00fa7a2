"""What is installed is told by what the project states; the age of a version without asking anybody."""

from __future__ import annotations

import importlib.metadata
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from asr_desktop.base import installation
from asr_desktop.base.installation import OLD_DAYS, release_day, update_hint

PROJECT = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]


def test_versions_are_the_project_s_own() -> None:
    assert installation.stated("av") in PROJECT["dependencies"]
    assert installation.stated("kenlm-ex") in PROJECT["dependencies"]
    assert installation.stated("onnxruntime") != installation.stated("onnxruntime-gpu")
    assert installation.stated("something-else") == "something-else"


def test_what_runs_here_is_told_to_the_last_digit() -> None:
    assert installation.installed("av") == f"av=={importlib.metadata.version('av')}"
    assert installation.installed("something-else") == "something-else"


def test_an_extra_is_told_from_the_others() -> None:
    assert sorted(installation.of_extra("train")) == sorted(PROJECT["optional-dependencies"]["train"])
    assert installation.of_extra("no such extra") == []


def test_without_an_installation_only_the_name_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", not_installed)
    assert installation.stated("av") == "av"
    assert installation.of_extra("train") == []


def test_commands_are_for_this_python() -> None:
    assert installation.pip("install", "av") == f"{sys.executable} -m pip install av"


def test_a_young_version_says_nothing_and_an_old_one_its_age() -> None:
    assert update_hint(release_day()) is None
    assert update_hint(release_day() + timedelta(days=OLD_DAYS - 1)) is None
    hint = update_hint(release_day() + timedelta(days=OLD_DAYS))
    assert hint is not None
    assert "6 months" in hint
    assert "14 months" in str(update_hint(release_day() + timedelta(days=426)))


def test_a_clock_that_is_wrong_says_nothing() -> None:
    assert update_hint(release_day() - timedelta(days=4000)) is None
