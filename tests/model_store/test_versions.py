from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from asr_desktop.base import paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.model_store import versions
from asr_desktop.model_store.versions import (
    VersionError,
    add_version,
    current_version,
    list_versions,
    rollback,
)
from asr_desktop.recognition.model_folder import find_model, list_models
from tests.model_store.variants import in_use, variant
from trainer.cli import main


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    return [variant(tmp_path / mark, mark) for mark in ("a", "b", "c")]


def test_the_app_follows_the_version_in_use(three: list[Path]) -> None:
    add_version("mine", three[1], before=three[0])
    assert in_use("mine") == "b"
    add_version("mine", three[2])
    assert in_use("mine") == "c"
    assert rollback("mine").name == "0002"
    assert in_use("mine") == "b"
    assert rollback("mine").name == "0001"
    assert in_use("mine") == "a"
    with pytest.raises(VersionError, match="there is no earlier one"):
        rollback("mine")
    assert rollback("mine", to="3").name == "0003"
    assert in_use("mine") == "c"
    found = find_model("mine")
    assert found.name == "mine"
    assert found.path == paths.models_folder() / "mine" / "versions" / "0003"
    assert "mine" in [model.name for model in list_models()]
    assert [(version.name, version.is_current) for version in list_versions("mine")] == [
        ("0001", False),
        ("0002", False),
        ("0003", True),
    ]


def test_a_new_version_after_a_rollback_overwrites_none(three: list[Path]) -> None:
    for folder in three[:2]:
        add_version("mine", folder)
    rollback("mine")
    assert add_version("mine", three[2]).name == "0003"
    assert rollback("mine").name == "0002"
    assert in_use("mine") == "b"


def test_a_plain_model_becomes_the_first_version(three: list[Path]) -> None:
    shutil.copytree(three[0], paths.models_folder() / "mine")
    assert add_version("mine", three[1], before=three[2]).name == "0002"
    rollback("mine")
    assert in_use("mine") == "a"


@pytest.mark.parametrize("stopped_at", ["rename", "_switch"])
def test_a_stop_half_way_loses_no_model(
    three: list[Path], monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    shutil.copytree(three[0], paths.models_folder() / "mine")

    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os if stopped_at == "rename" else versions, stopped_at, stop)
        with pytest.raises(KeyboardInterrupt):
            add_version("mine", three[1])
    add_version("mine", three[1])
    assert in_use("mine") == "b"
    rollback("mine")
    assert in_use("mine") == "a"
    assert [path.name for path in paths.models_folder().iterdir()] == ["mine"]


def test_a_version_that_went_missing_is_a_sentence(three: list[Path]) -> None:
    add_version("mine", three[0])
    add_version("mine", three[1])
    shutil.rmtree(current_version("mine").folder)
    with pytest.raises(ModelFolderError, match="points to a version that does not exist"):
        find_model("mine")
    with pytest.raises(VersionError, match="no versions to choose from"):
        current_version("mine")
    rollback("mine", to="1")
    assert in_use("mine") == "a"


@pytest.mark.parametrize("name", ["", "../elsewhere", "a/b", ".hidden"])
def test_names_that_are_no_folder_of_ours_are_refused(three: list[Path], name: str) -> None:
    with pytest.raises(VersionError, match="cannot be a model's name"):
        add_version(name, three[0])


def test_only_models_become_versions(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError):
        add_version("mine", tmp_path)
    assert list_versions("mine") == []


def test_the_command_goes_back_and_lists(three: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    add_version("mine", three[1], before=three[0])
    assert main(["rollback", "mine"]) == 0
    assert capsys.readouterr().out == "mine is version 0001 now.\n"
    assert main(["rollback", "mine", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("0001")
    assert lines[0].endswith("in use")
    assert lines[1].startswith("0002")
    assert main(["rollback", "starter"]) == 1
    assert "has no versions" in capsys.readouterr().err
