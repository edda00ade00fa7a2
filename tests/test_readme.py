"""What the README says is tried: its Python, its command lines, its links and its make targets."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
import typer.main

from asr_desktop.base import paths
from asr_desktop.commands.app import app
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


def code_blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def command_lines() -> list[str]:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    lines = [line for text in texts for block in code_blocks("sh", text) for line in block.splitlines()]
    return sorted({line for line in lines if line.startswith("asr-desktop ")})


@pytest.mark.skipif(
    not (paths.bundled_models_folder() / "starter-en").is_dir(), reason="models/starter-en is not there yet"
)
def test_the_three_lines_of_python_print_a_text(tmp_path: Path) -> None:
    [code] = code_blocks("python")
    assert len([line for line in code.splitlines() if line]) == 3
    samples, sample_rate = soundfile.read(spoken(SHORT_TEXT))
    soundfile.write(tmp_path / "talk.mp3", samples, sample_rate, format="MP3")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) >= 3
    # How good the text is, benchmarks/accuracy.py measures; here the two ways to it must not differ.
    command = [sys.executable, "-m", "asr_desktop", "transcribe", str(tmp_path / "talk.mp3")]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == printed.stdout.strip()


@pytest.mark.parametrize("line", command_lines())
def test_command_lines_are_understood(line: str) -> None:
    _, *arguments = shlex.split(line.split(" > ")[0], comments=True)
    group = typer.main.get_command(app)
    assert isinstance(group, typer.main.TyperGroup)
    context = group.make_context("asr-desktop", list(arguments))
    name, command, rest = group.resolve_command(context, arguments)
    assert command is not None
    command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_first_page_is_read_in_one_go() -> None:
    assert len(README.splitlines()) <= 150


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(
        re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|^make .*", README, re.MULTILINE)))
    )
    assert targets >= {"run", "test"}
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
