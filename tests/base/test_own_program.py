"""A part of the program in a process of its own, with Python and from a package without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from asr_desktop.base import own_program
from asr_desktop.base.own_program import (
    MODULES,
    RUN_MODULE,
    exec_argument,
    module_command,
    module_environment,
)


def test_with_python_the_module_is_found_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "asr_desktop.py").write_text("raise SystemExit('a stranger')")
    command = module_command("asr_desktop", "--version")
    done = subprocess.run(
        command, cwd=tmp_path, env=module_environment(), capture_output=True, text=True, timeout=120
    )
    assert done.stdout.startswith("asr-desktop "), done.stderr


def test_a_package_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "executable", "/opt/asr-desktop/asr-desktop")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    command = module_command(MODULES[0], "loader")
    assert command == ["/opt/asr-desktop/asr-desktop", RUN_MODULE, MODULES[0], "loader"]
    assert "PYTHONPATH" not in module_environment()


def test_on_windows_it_calls_the_program_that_has_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    for started in ("asr-desktop.exe", "asr-desktop-cli.exe"):
        monkeypatch.setattr(sys, "executable", f"/programs/{started}")
        assert Path(module_command(MODULES[0])[0]) == Path("/programs/asr-desktop-cli.exe")


def test_every_part_that_is_started_so_is_allowed_in_a_package() -> None:
    """What a source file hands to module_command, and a package can run; conversion needs PyTorch."""
    folder = Path(own_program.__file__).parent.parent
    asked = {
        line.split('module_command("')[1].split('"')[0]
        for file in folder.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if 'module_command("' in line
    }
    assert asked - {"trainer.export.convert"} == set(MODULES)


@pytest.mark.parametrize(
    ("part", "written"),
    [
        ("/usr/bin/asr-desktop", "/usr/bin/asr-desktop"),
        ("/home/a b/asr-desktop", '"/home/a b/asr-desktop"'),
        ('/odd/$x"y', r'"/odd/\\$x\\"y"'),
        (r"/odd/\z", r'"/odd/\\\\z"'),
        ("/100 %/x", '"/100 %%/x"'),
        ("/100%/x", "/100%%/x"),
    ],
)
def test_odd_paths_are_quoted_as_desktops_read_them(part: str, written: str) -> None:
    assert exec_argument(part) == written
