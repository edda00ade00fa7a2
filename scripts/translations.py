#!/usr/bin/env python3
"""The window's words in other languages.

    python scripts/translations.py update   takes all strings of the window into resources/translations/*.ts,
                                            keeps what is translated, and names what is not
    python scripts/translations.py build    makes the .qm files that the program reads
    python scripts/translations.py          both

A .ts file is edited with Qt Linguist (`pyside6-linguist`) or any editor. A string that is translated at
another place of the file gets the same words until somebody chooses others. A new language is a new, empty
file asr-desktop_CODE.ts, and its code in asr_desktop/gui/translations.py.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from asr_desktop.base.sentences import CONTEXT  # noqa: E402

ENGINE = (ROOT / "asr_desktop", ROOT / "trainer")
WINDOW = ROOT / "asr_desktop" / "gui"
CATALOGUE = ROOT / "models" / "catalogue.toml"
FOLDER = ROOT / "resources" / "translations"

Words = dict[tuple[str, str], str]


def main() -> int:
    steps = sys.argv[1:] or ["update", "build"]
    if not set(steps) <= {"update", "build"}:
        print(__doc__)
        return 2
    missing = 0
    for ts in sorted(FOLDER.glob("*.ts")):
        if "update" in steps:
            words = merged(strings_of_window(), read_ts(ts))
            write_ts(ts, words)
            untranslated = [f"{context}: {source}" for (context, source), text in words.items() if not text]
            missing += len(untranslated)
            print(f"{ts.name}: {len(words)} strings, {len(untranslated)} not translated")
            for line in untranslated:
                print(f"  {line}")
        if "build" in steps:
            subprocess.run(
                [tool("lrelease"), str(ts), "-qm", str(ts.with_suffix(".qm")), "-silent"], check=True
            )
    return 1 if missing else 0


def strings_of_window() -> list[tuple[str, str]]:
    """(context, string) of everything that the window says, in the order of contexts and files."""
    with tempfile.TemporaryDirectory() as folder:
        ts = Path(folder) / "all.ts"
        files = sorted(map(str, WINDOW.rglob("*.py")))
        subprocess.run(
            [tool("lupdate"), *files, "-ts", str(ts), "-locations", "none", "-silent"],
            check=True,
            capture_output=True,
        )
        found: dict[tuple[str, str], None] = {}
        for context in ElementTree.parse(ts).iter("context"):
            # Without a name they are of helpers, which are read below.
            if name := context.findtext("name"):
                for message in context.iter("message"):
                    found[name, message.findtext("source") or ""] = None
    for file in files:
        for key in strings_of_helpers(Path(file)):
            found[key] = None
    for path in sorted(path for package in ENGINE for path in package.rglob("*.py")):
        for text in sentences_of_engine(path):
            found[CONTEXT, text] = None
    for text in words_of_catalogue(CATALOGUE):
        found[CONTEXT, text] = None
    # Sentences of the engine by their words: a module that moves makes no difference.
    return sorted(found, key=lambda key: (key[0], key[1] if key[0] == CONTEXT else ""))


def strings_of_helpers(file: Path) -> Iterator[tuple[str, str]]:
    """Strings that a file gives to a function of its own, which translates them in a context that it names:

    def tr(text): return QCoreApplication.translate("Context", text)
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    contexts = {
        function.name: context
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and (context := context_of_helper(function))
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in contexts:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield contexts[call.func.id], argument.value


def sentences_of_engine(file: Path) -> Iterator[str]:
    """Templates of asr_desktop.base.sentences.Sentence."""
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Sentence":
            match call.args:
                case [ast.Constant(value=str(template))]:
                    yield template


def words_of_catalogue(file: Path) -> Iterator[str]:
    """What asr_desktop.model_store.catalogue makes Sentences of."""
    for model in tomllib.loads(file.read_text(encoding="utf-8"))["model"]:
        yield model["title"]
        yield from (model["description"],) if "description" in model else ()
        yield from (rate["test"] for rate in model.get("word_error_rates", ()))


def context_of_helper(function: ast.FunctionDef) -> str | None:
    match function.body[-1]:
        case ast.Return(
            value=ast.Call(
                func=ast.Attribute(attr="translate"), args=[ast.Constant(value=str(name)), ast.Name()]
            )
        ):
            return name
    return None


def merged(strings: Iterable[tuple[str, str]], known: Words) -> Words:
    """All strings with what is known of them; those that the window no longer says are left out."""
    anywhere = {source: text for (_, source), text in known.items() if text}
    return {key: known.get(key) or anywhere.get(key[1], "") for key in strings}


def read_ts(path: Path) -> Words:
    if not path.read_bytes().strip():
        return {}
    words: Words = {}
    for context in ElementTree.parse(path).iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            is_done = translation is not None and translation.get("type") is None
            text = (translation.text or "") if translation is not None and is_done else ""
            words[name, message.findtext("source") or ""] = text
    return words


def write_ts(path: Path, words: Words) -> None:
    """Without line numbers, so that only words make a difference between two versions."""
    language = path.stem.rpartition("_")[2]
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ElementTree.Element] = {}
    for (name, source), text in words.items():
        if name not in contexts:
            contexts[name] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(contexts[name], "name").text = name
        message = ElementTree.SubElement(contexts[name], "message")
        ElementTree.SubElement(message, "source").text = source
        translation = ElementTree.SubElement(message, "translation")
        if text:
            translation.text = text
        else:
            translation.set("type", "unfinished")
    ElementTree.indent(root, "    ")
    body = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


def tool(name: str) -> str:
    """pyside6-lupdate and -lrelease lie beside the Python that runs this."""
    beside = Path(sys.executable).with_name(f"pyside6-{name}")
    found = str(beside) if beside.exists() else shutil.which(f"pyside6-{name}")
    if found is None:
        raise SystemExit(f"pyside6-{name} was not found: run this with .venv/bin/python")
    return found


if __name__ == "__main__":
    sys.exit(main())
