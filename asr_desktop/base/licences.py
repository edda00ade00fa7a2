"""What this program is made of, and under which licences: read from what is installed, never from a list kept
by hand, but for libraries inside wheels that say nothing of themselves (resources/licences).
"""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from asr_desktop.base import paths
from asr_desktop.base.sentences import Sentence

PROGRAM = "asr-desktop"
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|thirdpartynotices)", re.IGNORECASE)
_NATIVE = re.compile(r"(lib)?(?P<name>.+?)\.(so|dylib|dll|pyd)\b")
_NOT_TEXT = (".py", ".pyc", ".pyi", ".pyd", ".so", ".dll", ".png")
_QT = ("PySide6", "shiboken6")
_RULE = "\n" + "-" * 80 + "\n"


@dataclass(frozen=True, slots=True)
class Component:
    """licence: as SPDX writes it where its maker does. text: all that its makers want to be passed on."""

    name: str
    version: str
    licence: str
    text: str


def components() -> list[Component]:
    """The program itself, its models, what a package adds, what it needs, and libraries inside that."""
    installed = list(_distributions())
    found = [_component(distribution) for distribution in installed]
    return [
        *found[:1],
        *_models(),
        *_added_by_package(),
        *sorted(found[1:], key=_by_name),
        *_native(installed),
    ]


AS_A_WHOLE = Sentence(
    "The source code of ASR Desktop is under Apache-2.0. FFmpeg comes with x264 and x265 here, so a package "
    "that includes it is distributed as a whole under GPL-3.0-or-later; each part keeps its own license."
)


def notice() -> str:
    """All of it as one text."""
    parts = components()
    lines = [f"{part.name} {part.version}".rstrip() + f": {part.licence}" for part in parts]
    whole = [f"{part.name} {part.version}".rstrip() + f"\n{part.licence}\n\n{part.text}" for part in parts]
    return AS_A_WHOLE + "\n\n" + "\n".join(lines) + _RULE + _RULE.join(whole)


def _by_name(component: Component) -> str:
    return component.name.lower()


# Distributions


def _distributions() -> Iterator[importlib.metadata.Distribution]:
    """The program's own, and all that are installed because it or they need them."""
    waiting, seen = [PROGRAM], set()
    while waiting:
        name = waiting.pop(0)
        if _canonical(name) in seen:
            continue
        seen.add(_canonical(name))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system, or run from a folder that nobody installed
        yield distribution
        for requirement in distribution.requires or ():
            stated, _, condition = requirement.partition(";")
            if "extra" not in condition:
                waiting.append(re.split(r"[^\w.-]", stated.strip(), maxsplit=1)[0])


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _component(distribution: importlib.metadata.Distribution) -> Component:
    name = str(distribution.metadata["Name"])
    texts = list(_texts_of(distribution))
    more = next((entry for entry in _known()["distribution"] if entry["name"] == _canonical(name)), None)
    if more is not None:
        texts += [more["copyright"], *map(_standard_text, more["texts"])]
    return Component(name, distribution.version, _licence_of(distribution), "\n\n".join(texts))


def _licence_of(distribution: importlib.metadata.Distribution) -> str:
    metadata = distribution.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [
        entry.rpartition(" :: ")[2] for entry in metadata.get_all("Classifier") or [] if "License ::" in entry
    ]
    short = metadata["License"].strip() if "License" in metadata else ""
    if short and "\n" not in short and len(short) <= 80:  # some put the whole text there
        return short
    return ", ".join(classifiers) or "see its text"


def _texts_of(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    for file in distribution.files or ():
        if _LICENCE_FILE.search(file.name) and not file.name.endswith(_NOT_TEXT):
            place = Path(str(distribution.locate_file(file)))
            if "bundled" not in file.parts and place.is_file():
                yield place.read_text(encoding="utf-8", errors="replace").strip()


# Libraries inside wheels


def _native(installed: list[importlib.metadata.Distribution]) -> Iterator[Component]:
    names = {
        match["name"]
        for distribution in installed
        for file in distribution.files or ()
        if (match := _NATIVE.match(file.name)) and is_bundled_library(file)
    }
    for library in _known()["library"]:
        if any(re.match(library["files"], name) for name in names):
            texts = [library["copyright"], *map(_standard_text, library["texts"])]
            yield Component(library["name"], "", library["licence"], "\n\n".join(texts))


def is_bundled_library(file: importlib.metadata.PackagePath) -> bool:
    """Whether a file of a distribution is a library for itself, and not one of Python's modules."""
    match = _NATIVE.match(file.name)
    if match is None or ".cpython-" in file.name or ".abi3." in file.name or file.name.endswith(".pyd"):
        return False
    if file.parts[0] in _QT:
        return False  # Qt's; its distributions are in the list as a whole
    return file.name.startswith("lib") or any(part.endswith((".libs", ".dylibs")) for part in file.parts)


def unknown_libraries() -> list[str]:
    """Files of libraries that resources/licences says nothing of: for tests."""
    patterns = [library["files"] for library in _known()["library"]]
    return sorted(
        file.name
        for distribution in _distributions()
        for file in distribution.files or ()
        if (match := _NATIVE.match(file.name))
        and is_bundled_library(file)
        and not any(re.match(pattern, match["name"]) for pattern in patterns)
    )


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads((_folder() / "native-libraries.toml").read_text(encoding="utf-8"))


@cache
def _standard_text(name: str) -> str:
    return (_folder() / f"{name}.txt").read_text(encoding="utf-8").strip()


def _folder() -> Path:
    return paths.resources_folder() / "licences"


# Models, and what PyInstaller's package adds


def _models() -> Iterator[Component]:
    for card in sorted(paths.bundled_models_folder().glob("*/README.md")):
        text = card.read_text(encoding="utf-8")
        stated = re.search(r"^license:\s*(\S+)", text, re.MULTILINE)
        licences = [file.read_text(encoding="utf-8") for file in sorted(card.parent.glob("LICENSE*"))]
        licence = stated[1] if stated and stated[1] != "other" else "see its text"
        yield Component(f"Model {card.parent.name}", "", licence, "\n\n".join([text, *licences]))


def _added_by_package() -> Iterator[Component]:
    """Python itself and libraries of the system it was built on: the build wrote down what they say."""
    for file in sorted((paths.resources_folder().parent / "licences-of-package").glob("*.txt")):
        name, _, text = file.read_text(encoding="utf-8").partition("\n")
        licence, _, text = text.partition("\n")
        yield Component(name, "", licence, text.strip())
