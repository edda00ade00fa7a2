"""Your speech: what was read and corrected is counted and looked over."""

from __future__ import annotations

import numpy as np
import soundfile
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from asr_desktop.gui.pages.voice_page import VoicePage
from tests.gui.voice_page import PATIENCE_MS, RATE, page, problems
from trainer.personalise.material import corrections_folder, recordings_folder

__all__ = ["page", "problems"]


def test_nothing_to_look_over_is_said(page: VoicePage, qtbot: QtBot) -> None:
    page.tabs.setCurrentWidget(page.material)
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: page.material.work_label.text().startswith("There is no speech yet"), timeout=PATIENCE_MS
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
        lambda: page.material.read_label.text() == "Read aloud: 2 sentences, 0.1 minutes", timeout=PATIENCE_MS
    )
    assert page.material.corrected_label.text() == "From corrections: 1 sentences, 0.0 minutes"
    qtbot.mouseClick(page.material.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.material.report.isVisible(), timeout=PATIENCE_MS)
    report = page.material.report.toPlainText()
    assert "No speech" in report
    assert "“the boat came back”" in report, "by what was read, not by its file"
    assert "Record them again, and check that the microphone is on." in report
    assert "are fit to learn from" in page.material.work_label.text()
