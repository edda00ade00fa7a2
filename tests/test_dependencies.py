"""What is imported is declared, and what is declared has one version that everything is tested with."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
ALL = RUN + list(chain.from_iterable(EXTRAS.values()))
OURS = {"asr_desktop", "trainer", "tests", "benchmarks", "scripts", "screenshot_voice"}
OURS |= {file.stem for file in (ROOT / "packaging").glob("*.py")}

LOOKED_FOR_FIRST = {
    "asr_desktop": {"datasets", "pyarrow", "pynput", "ray", "torch", "transformers"},
    "trainer": {"pocketsphinx"},
    "benchmarks": {"pyctcdecode", "ctc_beam_decoder", "faster_whisper"},
}
"""What a package imports only where it is installed, and says so in a sentence where it is not."""


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


def imported(path: Path) -> Iterator[str]:
    """The top-level modules that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize(
    ("folder", "declared"),
    [
        ("asr_desktop", RUN),
        ("trainer", RUN + EXTRAS["train"]),
        *((folder, RUN + EXTRAS["train"] + EXTRAS["dev"]) for folder in ("tests", "benchmarks", "scripts")),
    ],
)
def test_what_is_imported_is_declared(folder: str, declared: list[str]) -> None:
    distributions = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for module in set(imported(path)) - sys.stdlib_module_names - OURS
        if module not in LOOKED_FOR_FIRST.get(folder, ())
        and not {canonicalize_name(name) for name in distributions.get(module, [])} & names(declared)
    }
    assert sorted(undeclared) == []


def test_the_versions_tested_together_are_within_what_is_stated() -> None:
    constraints = (ROOT / "scripts" / "constraints.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", constraints, re.MULTILINE))
    assert len(pinned) == sum(not line.startswith("#") for line in constraints.splitlines())
    assert all(name == canonicalize_name(name) for name in pinned)
    for requirement in map(Requirement, ALL):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"constraints.txt lacks {requirement.name}"
        assert requirement.specifier.contains(version), requirement


def test_a_requirement_can_be_typed_into_any_shell() -> None:
    for requirement in ALL:
        assert re.fullmatch(r"[\w.-]+~=[\d.]+(; sys_platform == .*)?", requirement)


def test_av_is_loaded_before_its_parts() -> None:
    """Two threads, one of which imports av and the other av.audio.stream, wait for one another: Python then
    gives both a half of it. Window and recogniser load it in threads."""
    for path in sorted((ROOT / "asr_desktop").rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        first = next((name for node in nodes for name in _modules(node) if name.split(".")[0] == "av"), "av")
        assert first == "av", f"{path.relative_to(ROOT)} imports {first} before av"


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) else []
