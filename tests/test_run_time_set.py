"""What `make run` installs is enough for every page of the window and for every command.

Only the test tools are there as well, so that the tests of the two can be run; nothing of the trainer's
extra is.
"""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.run_time_environment import ROOT, make_environment, run_time_set

TEST_TOOLS = ("hypothesis", "pytest", "pytest-qt")
PATIENCE_SECONDS = 900.0
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TRAIN = PROJECT["optional-dependencies"]["train"]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("run-time") / "venv", [*run_time_set(), *TEST_TOOLS])


def test_nothing_of_the_trainer_s_extra_is_there(python: Path) -> None:
    modules = ["torch", "transformers", *(Requirement(stated).name for stated in TRAIN)]
    look = f"import importlib.util as u; print([name for name in {modules} if u.find_spec(name)])"
    assert subprocess.check_output([python, "-c", look], text=True) == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("walk", ["tests/gui/test_every_page.py", "tests/commands/test_every_command.py"])
def test_every_page_and_every_command(python: Path, walk: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [
            python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "addopts=--import-mode=importlib",
            walk,
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
