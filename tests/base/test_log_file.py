from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.base import log_file, messages


@pytest.fixture
def configured() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    log_file.configure()
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)


def test_what_is_logged_is_written_with_time_and_place(configured: None, home: Path) -> None:
    logging.getLogger("asr_desktop.audio").warning("the disk is slow: %d ms", 900)
    logging.getLogger("asr_desktop.audio").info("nothing to tell")
    (line,) = (home / "logs" / "asr-desktop.log").read_text(encoding="utf-8").splitlines()
    assert line.endswith(" WARNING asr_desktop.audio: the disk is slow: 900 ms")


def test_it_is_configured_once(configured: None, home: Path) -> None:
    log_file.configure()
    logging.getLogger("x").error("told once")
    assert (home / "logs" / "asr-desktop.log").read_text(encoding="utf-8").count("told once") == 1


def test_an_unforeseen_error_is_in_it_with_its_traceback(home: Path) -> None:
    try:
        raise RuntimeError("boom \ud800")
    except RuntimeError as error:
        sentence = messages.logged(error)
    log = home / "logs" / "asr-desktop.log"
    assert str(log) in sentence
    assert "test_an_unforeseen_error" in log.read_text(encoding="utf-8")


def test_a_long_log_begins_anew_and_the_one_before_it_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file, "MOST_BYTES", 1000)
    for number in range(100):
        log_file.write_entry(f"{number:03} {'x' * 60}")
    logs = sorted((home / "logs").iterdir())
    assert [log.name for log in logs] == ["asr-desktop.log", "asr-desktop.old.log"]
    assert all(log.stat().st_size <= 1100 for log in logs)
    old, new = (home / "logs" / f"asr-desktop.{end}" for end in ("old.log", "log"))
    lines = (old.read_text() + new.read_text()).splitlines()
    assert [int(line[:3]) for line in lines] == list(range(100 - len(lines), 100))


def test_a_disk_that_refuses_costs_the_entry_only(configured: None, home: Path) -> None:
    (home / "logs").write_text("a file where the folder should be")
    logging.getLogger("x").error("nowhere to go")
    assert "details could not be written" in messages.logged(RuntimeError("boom"))


@pytest.mark.skipif(os.name == "nt", reason="no modes")
@pytest.mark.parametrize("module", ["asr_desktop.cli", "trainer.cli"])
def test_both_programs_log_there_and_for_the_user_alone(module: str, home: Path) -> None:
    program = (
        f"import logging; from {module} import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "logging.getLogger('library').error('it broke')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    log = home / "logs" / "asr-desktop.log"
    assert "ERROR library: it broke" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
