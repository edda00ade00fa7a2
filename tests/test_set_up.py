from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/set_up.py on a Debian-like system where nothing is installed yet."""
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "scripts" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "set_up", module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module, "packages_for_python", lambda python: [])
    monkeypatch.setattr(module, "is_installed", lambda package: package != "libportaudio2")
    return module


def record_commands(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, results: dict[str, bool]
) -> list[str]:
    """Run nothing; `results` says what succeeds, by a word of the command. Everything else does."""
    commands: list[str] = []

    def pretend(command: list[str]) -> bool:
        line = " ".join(command)
        commands.append(line)
        return next((result for word, result in results.items() if word in line), True)

    monkeypatch.setattr(set_up, "succeeds", pretend)
    return commands


def test_root_installs_only_what_is_missing(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    commands = record_commands(set_up, monkeypatch, {})
    set_up.install_system_packages(sys.executable, *set_up.PURPOSES["test"])
    [install] = commands
    assert install.endswith("install --yes --no-install-recommends libportaudio2")
    assert "sudo" not in install


def test_package_lists_are_fetched_where_the_first_attempt_fails(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    commands = record_commands(set_up, monkeypatch, {"install": False})
    set_up.install_system_packages(sys.executable, *set_up.PURPOSES["run"])
    assert [command.split()[-1] for command in commands] == ["libportaudio2", "update", "libportaudio2"]
    assert "sudo apt-get install --no-install-recommends libportaudio2\n" in capsys.readouterr().out


def test_without_rights_one_exact_line_names_them(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(set_up, "is_installed", lambda package: package not in {"libportaudio2", "g++"})
    commands = record_commands(set_up, monkeypatch, {"sudo -n true": False})
    set_up.install_system_packages(sys.executable, *set_up.PURPOSES["test-all"])
    assert commands == ["sudo -n true"]
    [line] = capsys.readouterr().out.splitlines()
    assert line.endswith("sudo apt-get install --no-install-recommends libportaudio2 g++")


def test_sudo_without_a_password_is_used(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    commands = record_commands(set_up, monkeypatch, {})
    set_up.install_system_packages(sys.executable, *set_up.PURPOSES["run"])
    assert commands[1].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get")


def test_running_needs_fewer_packages_than_testing_and_no_compiler(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, list[str]] = {purpose: [] for purpose in set_up.PURPOSES}
    for purpose, names in asked.items():
        monkeypatch.setattr(
            set_up, "is_installed", lambda package, names=names: names.append(package) or True
        )
        set_up.install_system_packages(sys.executable, *set_up.PURPOSES[purpose])
    assert set(asked["run"]) < set(asked["test"]) < set(asked["test-all"])
    assert {"g++", "cmake"} <= set(asked["test-all"]) - set(asked["test"])
    assert set(asked["test-package"]) - set(asked["test"]) == {"debootstrap"}


def test_kenlm_gives_way_to_kenlm_ex(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both bring the same module, so the old one may not be removed after the new one has come."""
    commands: list[str] = []

    class Done:
        returncode = 0

    def run(command: list[str]) -> Done:
        commands.append(" ".join(command))
        return Done()

    monkeypatch.setattr(set_up.subprocess, "run", run)
    for has_the_old_one in (True, False):
        record_commands(set_up, monkeypatch, {"'kenlm'": has_the_old_one})
        set_up.install_python_packages(for_tests=False)
    steps = [re.findall(r" (uninstall|install) .*", command) for command in commands]
    assert steps == [["uninstall"], ["install"], ["install"]]
    assert commands[0].endswith("--yes kenlm kenlm-ex")


def test_the_oracle_of_the_tests_comes_without_what_it_asks_for(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[str] = []

    def run(command: list[str], **_: Any) -> Any:
        commands.append(" ".join(command))
        return set_up.subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(set_up.subprocess, "run", run)
    record_commands(set_up, monkeypatch, {"'kenlm'": False})
    set_up.install_python_packages(for_tests=False)
    assert not [command for command in commands if "pyctcdecode" in command]
    set_up.install_python_packages(for_tests=True)
    assert [command for command in commands if "--no-deps pyctcdecode==" in command]


def test_an_unsupported_python_is_named(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up.sys, "version_info", (3, 14, 0, "final", 0))
    monkeypatch.setattr(set_up.shutil, "which", lambda name: None)
    with pytest.raises(set_up.SetUpError, match=r"Python 3\.11, 3\.12 or 3\.13 is needed .*this is 3\.14"):
        set_up.find_python()


def test_kenlms_tools_come_from_the_cache(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []

    class Built:
        returncode = 0
        stdout = ""

    def build(command: list[str], **settings: Any) -> Built:
        commands.append(command)
        folder = Path(command[-1]) / "bin"
        folder.mkdir(parents=True)
        for name in set_up.KENLM_TOOLS:
            (folder / name).write_text(name)
        return Built()

    monkeypatch.setattr(set_up.os, "name", "posix")
    monkeypatch.setattr(set_up.subprocess, "run", build)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for checkout in ("one", "two"):
        monkeypatch.setattr(set_up, "KENLM_TOOLS_FOLDER", tmp_path / checkout)
        set_up.install_kenlm_tools()
        set_up.install_kenlm_tools()
        assert (tmp_path / checkout / "lmplz").read_text() == "lmplz"
    [command] = commands
    assert command[1].endswith("build_kenlm_tools.sh")
    assert capsys.readouterr().out.count("compiling") == 1


def test_kenlms_tools_that_cannot_be_compiled_cost_one_sentence(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failed:
        returncode = 1
        stdout = "cmake is missing; install it\n"

    monkeypatch.setattr(set_up.os, "name", "posix")
    monkeypatch.setattr(set_up.subprocess, "run", lambda *arguments, **settings: Failed())
    monkeypatch.setattr(set_up, "KENLM_TOOLS_FOLDER", tmp_path / "tools")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    set_up.install_kenlm_tools()
    assert "(cmake is missing; install it); the tests that need them are skipped" in capsys.readouterr().out
