"""Your speech: what was read and corrected is counted and looked over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.gui.pages.voice_page import VoicePage
from asr_desktop.teaching.own_voice import corrections_folder, recordings_folder
from tests.gui.voice_page import PATIENCE_MS, RATE, page, problems

__all__ = ["page", "problems"]


def test_nothing_to_look_over_is_said(page: VoicePage, qtbot: QtBot) -> None:
    page.tabs.setCurrentWidget(page.material)
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.material.work_label.text().startswith("No recordings yet"), timeout=PATIENCE_MS
    )


def test_what_was_read_and_corrected_is_counted_and_looked_over(page: VoicePage, qtbot: QtBot) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE).astype(np.float32)
    for folder, sounds in (
        (recordings_folder(), (noise, 0 * noise)),
        (corrections_folder(), (noise[:RATE],)),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        rows = ["file\tspeaker\tsession\tseconds\ttranscript"]
        for number, sound in enumerate(sounds):
            soundfile.write(folder / f"{number}.wav", sound, RATE)
            rows.append(f"{number}.wav\tme\ta\t{len(sound) / RATE:.3f}\tthe boat came back")
        (folder / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    page.tabs.setCurrentWidget(page.material)
    qtbot.waitUntil(
        lambda: page.material.read_label.text() == "Sentences read aloud: 2 (0.1 min)", timeout=PATIENCE_MS
    )
    assert page.material.corrected_label.text() == "Sentences from corrections: 1 (0.0 min)"
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.material.report.isVisible(), timeout=PATIENCE_MS)
    report = page.material.report.toPlainText()
    assert "No speech" in report
    assert "“the boat came back”" in report, "by what was read, not by its file"
    assert "Record them again, and check that the microphone is on." in report
    assert "ready for training" in page.material.work_label.text()


def test_sentences_from_corrections_are_played_and_removed(
    page: VoicePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = corrections_folder()
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["file\tspeaker\tsession\tseconds\ttranscript\tsource\tat"]
    for number in range(3):
        soundfile.write(folder / f"{number}.flac", np.zeros(RATE, np.float32), RATE)
        rows.append(f"{number}.flac\tme\ttalk\t1.0\tsentence {'abc'[number]}\ttalk.wav\t{number}.00")
    (folder / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    pairs = page.material.pairs
    opened: list[Path] = []
    monkeypatch.setattr(pairs.sound, "open", opened.append)
    assert pairs.isHidden(), "nothing to show yet"
    page.tabs.setCurrentWidget(page.material)
    qtbot.waitUntil(lambda: pairs.list.count() == 3, timeout=PATIENCE_MS)
    assert pairs.isVisible()
    assert not pairs.remove_button.isEnabled()
    pairs.list.setCurrentRow(1)
    qtbot.mouseClick(pairs.play_button, Qt.MouseButton.LeftButton)
    assert opened == [folder / "1.flac"]
    pairs.list.item(2).setSelected(True)
    assert not pairs.play_button.isEnabled(), "one at a time"
    pairs.list.setFocus()
    qtbot.keyClick(pairs.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: pairs.list.count() == 1, timeout=PATIENCE_MS)
    assert pairs.list.item(0).text() == "sentence a"
    assert page.material.corrected_label.text() == "Sentences from corrections: 1 (0.0 min)"
    assert [path.name for path in sorted(folder.glob("*.flac"))] == ["0.flac"]
    pairs.list.selectAll()
    qtbot.mouseClick(pairs.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(pairs.isHidden, timeout=PATIENCE_MS)
