"""The second language: complete as far as it goes, with the same places to fill in, and really shown."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from asr_desktop.audio.read import read_all
from asr_desktop.base.errors import MediaError
from asr_desktop.base.paths import resources_folder
from asr_desktop.base.sentences import CONTEXT
from asr_desktop.gui import translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.main_window import MainWindow
from asr_desktop.gui.operations import failure_of
from asr_desktop.model_store.disk import size_text

ROOT = Path(__file__).parents[2]
FOLDER = resources_folder() / "translations"
OTHERS = [code for code in translations.LANGUAGES if code != "en"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations_script", ROOT / "scripts" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def english_afterwards() -> Iterator[None]:
    yield
    translations.install("en")


def test_every_file_is_of_a_language_that_can_be_chosen() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ts")) == [f"asr-desktop_{code}" for code in OTHERS]
    assert all((FOLDER / f"asr-desktop_{code}.qm").is_file() for code in OTHERS)


@pytest.mark.parametrize("code", OTHERS)
def test_the_places_to_fill_in_are_those_of_the_english(script: ModuleType, code: str) -> None:
    words = script.read_ts(FOLDER / f"asr-desktop_{code}.ts")
    assert len(words) > 300
    for (context, source), text in words.items():
        assert text, f"{context}: {source}"
        assert sorted(re.findall(r"\{.*?\}", text)) == sorted(re.findall(r"\{.*?\}", source)), source
        assert text.strip(" ") == text or source.strip(" ") != source, source


@pytest.mark.parametrize("code", OTHERS)
def test_nearly_all_that_the_window_says_is_translated(script: ModuleType, code: str) -> None:
    """Nearly: a sentence that was added today must not keep anybody from working."""
    words = script.merged(script.strings_of_window(), script.read_ts(FOLDER / f"asr-desktop_{code}.ts"))
    missing = [key for key, text in words.items() if not text]
    assert len(missing) <= 0.1 * len(words), missing


def test_strings_of_helpers_are_found(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text(
        "from PySide6.QtCore import QCoreApplication\n"
        "def words():\n"
        "    def tr(text):\n"
        '        return QCoreApplication.translate("Page", text)\n'
        '    return [tr("One " "sentence"), tr("Two")]\n'
        "def other(text):\n    return text\n"
        'other("Three")\n'
    )
    assert list(script.strings_of_helpers(file)) == [("Page", "One sentence"), ("Page", "Two")]


def test_what_was_translated_is_kept_and_written_the_same(script: ModuleType, tmp_path: Path) -> None:
    words = {("A", "One"): "Eins", ("A", "Two & <three>"): "", ("B", "One"): ""}
    path = tmp_path / "x_de.ts"
    script.write_ts(path, words)
    assert script.read_ts(path) == words
    merged = script.merged([("A", "One"), ("B", "One"), ("B", "New")], words)
    assert merged == {("A", "One"): "Eins", ("B", "One"): "Eins", ("B", "New"): ""}


def test_the_window_speaks_german(context: AppContext, qtbot: QtBot, english_afterwards: None) -> None:
    assert translations.install("de") == "de"
    window = MainWindow(context)
    qtbot.addWidget(window)
    assert window._buttons["settings"].accessibleName() == "Einstellungen"
    page = window.page("live")
    assert page.record_button.accessibleName() == "Sprechen"  # type: ignore[attr-defined]
    assert page.status.title.text() == "Bereit"  # type: ignore[attr-defined]
    assert QLocale().language() is QLocale.Language.German


def test_what_the_engine_tells_is_said_in_the_window_s_language(
    script: ModuleType, tmp_path: Path, english_afterwards: None
) -> None:
    empty = tmp_path / "leer.wav"
    empty.touch()
    translations.install("de")
    with pytest.raises(MediaError) as told:
        read_all(empty)
    assert str(told.value) == '"leer.wav" is empty (0 bytes): copy or record it again.'
    assert failure_of(told.value).sentence.startswith('"leer.wav" ist leer')
    assert translations.said("no sentence of ours") == "no sentence of ours"
    assert (CONTEXT, "{name} is empty (0 bytes): copy or record it again.") in script.strings_of_window()


def test_an_unknown_language_is_the_system_s(english_afterwards: None) -> None:
    assert translations.install("xx") in translations.LANGUAGES


def test_sizes_and_reasons_are_german_in_a_german_window(english_afterwards: None) -> None:
    translations.install("de")
    assert translations.said(size_text(1_540_000_000)) == "1,5 GB"
    assert translations.said(size_text(95_286_046)) == "95 MB"
    assert translations.number_text(1234.56) == "1.234,6"
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert translations.said_reason(full) == "kein Platz mehr auf dem Datenträger"
    translations.install("en")
    assert translations.said(size_text(1_540_000_000)) == "1.5 GB"
    assert translations.said_reason(full) == "No space left on device"
