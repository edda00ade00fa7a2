"""The menu entry: complete, for the program that wrote it, and gone again."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from asr_desktop.audio.media import MEDIA_SUFFIXES
from asr_desktop.commands import menu_entry
from asr_desktop.commands.app import app

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux' desktops")


def entry_of(data: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(data / "applications" / "asr-desktop.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_it_is_installed_for_this_program_and_taken_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert CliRunner().invoke(app, ["menu-entry"]).exit_code == 0
    entry = entry_of(tmp_path)
    program, _, files = entry["Exec"].rpartition(" ")
    assert Path(program.split()[0]).is_file()
    assert files == "%F"
    types = entry["MimeType"].strip(";").split(";")
    assert {"audio/mpeg", "audio/x-wav", "video/mp4", "audio/ogg", "audio/flac"} <= set(types)
    assert len(types) == len(set(types)) >= len(MEDIA_SUFFIXES) // 2
    icon = tmp_path / "icons" / "hicolor" / "scalable" / "apps" / "asr-desktop.svg"
    assert icon.read_text().startswith("<svg")
    assert CliRunner().invoke(app, ["menu-entry", "--remove"]).exit_code == 0
    assert not icon.exists()
    assert not (tmp_path / "applications" / "asr-desktop.desktop").exists()


def test_from_an_appimage_the_menu_calls_the_appimage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "mount" / "usr" / "asr-desktop"))
    monkeypatch.setenv("APPIMAGE", str(tmp_path / "ASR_Desktop.AppImage"))
    monkeypatch.setenv("APPDIR", str(tmp_path / "mount"))
    assert menu_entry.program_to_call() == [str(tmp_path / "ASR_Desktop.AppImage")]
