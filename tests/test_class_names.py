"""A class has one name in the project: whoever searches for it finds one place."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_no_two_public_classes_have_one_name() -> None:
    places = defaultdict(list)
    for package in ("asr_desktop", "trainer"):
        for module in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(str(module.relative_to(ROOT)))
    assert len(places) > 500, "the modules are looked through"
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
