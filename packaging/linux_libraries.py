"""Shared libraries on Linux: who needs which, what the system has to bring, and from which package of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

Entry = tuple[str, str, str]
"""PyInstaller's: the place in the package, the place here (of a link: where it points), and a kind."""

_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)")


def needed_ones(entries: Iterable[Entry], loaded_by_name: Iterable[str]) -> list[Entry]:
    """Without the libraries of the system that nobody needs any more, and without links to nothing."""
    entries = list(entries)
    files = [entry for entry in entries if entry[2] != "SYMLINK"]
    of_system = {Path(entry[0]).name: entry for entry in files if is_of_system(entry)}
    waiting = [entry for entry in files if not is_of_system(entry)]
    waiting += [of_system[name] for name in loaded_by_name if name in of_system]
    kept: dict[str, Entry] = {}
    while waiting:
        entry = waiting.pop()
        if entry[0] not in kept:
            kept[entry[0]] = entry
            waiting += [of_system[name] for name in needed_by(Path(entry[1])) if name in of_system]
    links = [entry for entry in entries if entry[2] == "SYMLINK" and entry[1] in kept]
    return [*kept.values(), *links]


def is_of_system(entry: Entry) -> bool:
    """Whether a file is from the system's own folders, not from Python's or a wheel."""
    return entry[1].startswith(("/lib", "/usr/lib")) and not entry[1].startswith(
        sys.base_prefix + "/lib/python"
    )


def write_origins(entries: Iterable[Entry], file: Path) -> None:
    """Where the system's libraries in the package come from, for `licences_of_system`."""
    origins = {entry[0]: entry[1] for entry in entries if entry[2] != "SYMLINK" and is_of_system(entry)}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(origins, indent=1, sort_keys=True), encoding="utf-8")


@cache
def needed_by(file: Path) -> tuple[str, ...]:
    """The names of the libraries that one names (DT_NEEDED)."""
    done = subprocess.run(["objdump", "-p", file], capture_output=True, text=True, check=False)
    return tuple(_NEEDED.findall(done.stdout))


def elf_files(folder: Path) -> Iterator[Path]:
    """Programs and libraries below a folder, without links to them."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as begin:
                if begin.read(4) == b"\x7fELF":
                    yield file


def strip_symbols(folder: Path) -> int:
    """Take out of libraries what only debuggers read; the bytes that were saved.

    Not to be done to PyInstaller's program, which carries its modules behind it. Not done to libraries that
    makers of wheels have moved about (*.libs): it breaks some of them.
    """
    saved = 0
    for file in elf_files(folder):
        if not any(part.endswith(".libs") for part in file.parts):
            before = file.stat().st_size
            subprocess.run(["strip", "--strip-unneeded", file], capture_output=True, check=False)
            saved += before - file.stat().st_size
    return saved


def missing_libraries(folder: Path) -> set[str]:
    """Names of the libraries that the package needs and does not hold."""
    files = list(elf_files(folder))
    held = {file.name for file in files} | {link.name for link in folder.rglob("*") if link.is_symlink()}
    return {name for file in files for name in needed_by(file)} - held


def newest_glibc(folder: Path) -> str:
    """The version of glibc that the package asks for, such as "2.36"."""
    found = {int(minor) for file in elf_files(folder) for minor in _GLIBC.findall(file.read_bytes())}
    return f"2.{max(found)}"


def debian_packages_of(libraries: Iterable[str]) -> dict[str, str]:
    """{name: the package that brings a library of this name}; raises LookupError where none does."""
    listed = subprocess.check_output(["/sbin/ldconfig", "-p"], text=True)
    places: dict[str, list[Path]] = {}
    for name in libraries:
        line = rf"^\s+{re.escape(name)} \(.*\) => (\S+)$"
        places[name] = [Path(place) for place in re.findall(line, listed, re.MULTILINE)]
    owners = owners_of(place for found in places.values() for place in found)
    packages: dict[str, str] = {}
    for name, found in places.items():
        of = [owners[place] for place in found if place in owners]
        if not of:
            raise LookupError(f"no installed Debian package brings {name}")
        packages[name] = of[0]
    return packages


def owners_of(files: Iterable[Path]) -> dict[Path, str]:
    """{file: the Debian package that it belongs to}, without its architecture; none of files of nobody."""
    # Since /lib became a link to /usr/lib, packages name either. One call: each reads every package's list.
    names = {
        spelling: file
        for file in files
        for real in (str(file.resolve()),)
        for spelling in (str(file), real, real.removeprefix("/usr"))
    }
    if not names:
        return {}
    done = subprocess.run(["dpkg-query", "--search", *names], capture_output=True, text=True, check=False)
    owners: dict[Path, str] = {}
    for line in done.stdout.splitlines():
        package, _, place = line.partition(": ")
        if place in names:
            owners[names[place]] = package.split(":")[0]
    return owners


def licences_of_system(origins: Path) -> dict[str, str]:
    """{Debian package: what its copyright file says} of the libraries in the package."""
    files = [Path(place) for place in json.loads(origins.read_text(encoding="utf-8")).values()]
    owners = owners_of(files)
    for file in files:
        if file not in owners:
            raise LookupError(f"{file} belongs to no Debian package, so its licence is not known")
    return {
        package: (Path("/usr/share/doc") / package / "copyright").read_text(
            encoding="utf-8", errors="replace"
        )
        for package in sorted(set(owners.values()))
    }
