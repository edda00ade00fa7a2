from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from asr_desktop.base import paths


def test_the_environment_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path / "elsewhere"))
    places = [
        paths.models_folder(),
        paths.sessions_folder(),
        paths.settings_file(),
        paths.library_file(),
        paths.logs_folder(),
    ]
    assert paths.data_folder() == tmp_path / "elsewhere"
    assert all(place.parent == tmp_path / "elsewhere" for place in places)
    assert len(set(places)) == len(places)
    assert not (tmp_path / "elsewhere").exists(), "asking where something lies must not make it"


def test_without_it_the_data_lies_where_the_system_keeps_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASR_DESKTOP_HOME")
    assert paths.data_folder() == Path(platformdirs.user_data_dir("asr-desktop", appauthor=False))
    monkeypatch.setenv("ASR_DESKTOP_HOME", "")
    assert paths.data_folder() == Path(platformdirs.user_data_dir("asr-desktop", appauthor=False))


def test_a_moved_home_is_absolute_and_knows_the_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASR_DESKTOP_HOME", "here")
    assert paths.data_folder() == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("ASR_DESKTOP_HOME", "~/asr")
    assert paths.data_folder() == tmp_path / "asr"


def test_a_checkout_finds_its_models_and_resources() -> None:
    root = Path(paths.__file__).resolve().parents[2]
    assert paths.bundled_models_folder() == root / "models"
    assert paths.resources_folder() == root / "resources"
    assert (paths.resources_folder() / "samples" / "welcome.ogg").is_file()


def test_an_installed_package_finds_what_it_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "asr_desktop"
    (package / "bundled" / "models").mkdir(parents=True)
    (package / "bundled" / "resources").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE_FOLDER", package)
    assert paths.bundled_models_folder() == package / "bundled" / "models"
    assert paths.resources_folder() == package / "bundled" / "resources"
