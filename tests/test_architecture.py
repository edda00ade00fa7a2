"""docs/architecture.md names rooms and modules that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = {path.name for top in ("asr_desktop", "trainer") for path in (ROOT / top).iterdir() if path.is_dir()}


def named() -> set[str]:
    """What stands between backticks and looks like a module, such as `audio/read`."""
    found = re.findall(r"`((?:[a-z][a-z0-9_]*/)+[a-z][a-z0-9_]*)`", TEXT)
    return {name for name in found if name.split("/")[0] in ROOMS | {"asr_desktop", "trainer", "worker"}}


def test_there_is_something_to_look_for() -> None:
    assert len(named()) > 30


@pytest.mark.parametrize("name", sorted(named()))
def test_what_it_names_is_there(name: str) -> None:
    tops = (ROOT, ROOT / "asr_desktop", ROOT / "trainer", ROOT / "asr_desktop" / "recognition")
    places = [top / name for top in tops]
    assert any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def test_every_package_of_the_program_has_its_line() -> None:
    packages = {path.parent.name for path in (ROOT / "asr_desktop").glob("*/__init__.py")}
    lines = set(re.findall(r"^  ([a-z_0-9]+)/ ", TEXT, re.MULTILINE))
    assert packages <= lines
