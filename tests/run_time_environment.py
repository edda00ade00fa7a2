"""A Python that has the packages of some requirements and no others, such as after `make run`.

Nothing is downloaded: what pip would install for them is linked into a new virtual environment from the one
that the tests run in.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def run_time_set() -> list[str]:
    """The requirements of `pip install asr-desktop`, without an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements: list[str] = project["dependencies"]
    return requirements


def with_what_they_need(requirements: Iterable[str]) -> list[Distribution]:
    """The distributions that these requirements bring, and those that these bring in turn."""
    waiting = [(Requirement(stated), "") for stated in requirements]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, of_extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        name = canonicalize_name(requirement.name)
        found.setdefault(name, distribution(name))
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(Requirement(stated), extra) for stated in found[name].requires or ()]
    return list(found.values())


def make_environment(folder: Path, requirements: Iterable[str]) -> Path:
    """Make an environment with these, and with this checkout on its path; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.check_output(where, text=True).strip())
    for package in [*with_what_they_need(requirements), distribution("asr-desktop")]:
        names = {file.parts[0] for file in package.files or ()}
        for name in (name for name in names if name != ".." and not name.endswith(".pth")):
            link = packages / name
            if not link.exists():
                link.symlink_to(Path(str(package.locate_file(name))).resolve())
    (packages / "checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    return python
