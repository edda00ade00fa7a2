"""Any module may be the first that somebody imports: no circle comes back for what is not there yet.

Importing hundreds of modules in processes of their own takes minutes. So Python's own order is followed
through the syntax trees: parents first, then a module's statements one by one; a name taken from a module
that is still being imported has to stand above the statement at which that module waits.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("asr_desktop", "trainer")


def name_of(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules(root: Path) -> dict[str, ast.Module]:
    files = (file for top in TOPS for file in (root / top).rglob("*.py"))
    return {name_of(file, root): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def is_for_types(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in ast.dump(test)


def statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Those that run as the module is imported, in order; branches count as run, functions do not."""
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, ast.If):
            taken = statement.orelse if is_for_types(statement.test) else statement.body + statement.orelse
            found += statements(taken)
        elif isinstance(statement, ast.Try):
            handlers = [inside for handler in statement.handlers for inside in handler.body]
            found += statements(statement.body + handlers + statement.orelse + statement.finalbody)
        elif isinstance(statement, ast.With):
            found += statements(statement.body)
    return found


def names_set(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


@dataclass
class Importing:
    """One process in which nothing of the program is imported yet."""

    trees: dict[str, ast.Module]
    begun: dict[str, set[str]] = field(default_factory=dict)
    """The names that each module has so far."""
    ended: set[str] = field(default_factory=set)

    def import_module(self, name: str) -> None:
        parent = name.rpartition(".")[0]
        if parent:
            self.import_module(parent)
        if name in self.begun or name not in self.trees:
            return
        self.begun[name] = set()
        for statement in statements(self.trees[name].body):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    self.import_module(alias.name)
            elif isinstance(statement, ast.ImportFrom) and statement.module and statement.level == 0:
                self.import_names(name, statement.module, [alias.name for alias in statement.names])
            self.begun[name] |= names_set(statement)
        self.ended.add(name)

    def import_names(self, importer: str, module: str, names: list[str]) -> None:
        self.import_module(module)
        for name in names:
            inner = f"{module}.{name}"
            if inner in self.trees:
                self.import_module(inner)
            elif module in self.trees and module not in self.ended and name not in self.begun[module]:
                raise ImportError(f"{importer} takes {name} from {module}, which has it only later")


@pytest.mark.parametrize("top", TOPS)
def test_any_module_may_be_the_first(top: str) -> None:
    failing = {}
    for first in modules(ROOT):
        if first.split(".")[0] != top:
            continue
        try:
            Importing(modules(ROOT)).import_module(first)
        except ImportError as error:
            failing[first] = str(error)
    assert failing == {}


def test_a_circle_is_found(tmp_path: Path) -> None:
    package = tmp_path / "asr_desktop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from asr_desktop.two import second\nfirst = 1\n")
    (package / "two.py").write_text("from asr_desktop.one import first\nsecond = first + 1\n")
    for first, taker in (("asr_desktop.one", "two takes first"), ("asr_desktop.two", "one takes second")):
        with pytest.raises(ImportError, match=taker):
            Importing(modules(tmp_path)).import_module(first)
