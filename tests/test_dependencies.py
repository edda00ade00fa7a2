"""What is imported is declared, and what is declared has one version that everything is tested with."""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
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


USED_OTHERWISE = {
    "fsspec": "what Ray Data imports",
    "hatchling": "what builds the wheel",
    "import-linter": "make lint",
    "mypy": "make lint",
    "onnxruntime-gpu": "the same module as onnxruntime",
    "onnxscript": "what PyTorch exports to ONNX with",
    "pandas": "what Ray Data imports",
    "pygtrie": "what pyctcdecode imports",
    "pyinstaller": "make package",
    "pynput": "Windows and macOS",
    "pytest-cov": "make test ARGS=--cov",
    "pytest-xdist": "make test",
    "python-multipart": "what Starlette reads forms with",
    "ruff": "make lint",
    "tensorboard": "what PyTorch writes its logs with",
    "websockets": "what Uvicorn speaks WebSocket with",
}
"""Requirements that no line of ours imports, and what does."""


def test_what_is_declared_is_used() -> None:
    distributions = packages_distributions()

    def unused(requirements: list[str], *folders: str) -> set[str]:
        modules = set(
            chain.from_iterable(imported(p) for folder in folders for p in (ROOT / folder).rglob("*.py"))
        )
        used = {canonicalize_name(name) for module in modules for name in distributions.get(module, [module])}
        return names(requirements) - used

    found = unused(RUN + EXTRAS["train"] + EXTRAS["cluster"] + EXTRAS["gpu"], "asr_desktop", "trainer")
    found |= unused(EXTRAS["dev"], "tests", "benchmarks", "scripts")
    found |= unused(EXTRAS["package"], "packaging")
    assert sorted(found - USED_OTHERWISE.keys()) == []


def test_the_versions_tested_together_are_within_what_is_stated() -> None:
    constraints = (ROOT / "scripts" / "constraints.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", constraints, re.MULTILINE))
    assert len(pinned) == sum(not line.startswith("#") for line in constraints.splitlines())
    assert all(name == canonicalize_name(name) for name in pinned)
    for requirement in map(Requirement, ALL):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"constraints.txt lacks {requirement.name}"
        assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("system", ["win32", "darwin"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_what_other_systems_need_beside_it_has_a_version_too(system: str, python: str) -> None:
    constraints = (ROOT / "scripts" / "constraints.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==", constraints, re.MULTILINE))
    environment = {
        "sys_platform": system,
        "platform_system": {"win32": "Windows", "darwin": "Darwin"}[system],
    }
    environment |= {"os_name": "nt" if system == "win32" else "posix", "python_version": python}
    environment |= {"python_full_version": f"{python}.0", "platform_machine": "arm64", "extra": ""}
    missing, seen, waiting = set(), set(), names(ALL)
    while waiting:
        name = waiting.pop()
        seen.add(name)
        with contextlib.suppress(PackageNotFoundError):  # those of other systems only
            for requirement in map(Requirement, distribution(name).requires or ()):
                if requirement.marker is None or requirement.marker.evaluate(environment):
                    needed = canonicalize_name(requirement.name)
                    missing |= {needed} - pinned
                    waiting |= {needed} - seen
    assert sorted(missing) == []


def test_a_requirement_can_be_typed_into_any_shell() -> None:
    for requirement in ALL:
        assert re.fullmatch(r"[\w.-]+~=[\d.]+(; (sys_platform|python_version) .*)?", requirement)


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
