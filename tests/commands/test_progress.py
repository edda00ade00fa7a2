"""How far a transcription is, in lines that are rare."""

from __future__ import annotations

import pytest

from asr_desktop.commands import terminal
from asr_desktop.recognition.file_pipeline import Progress


def test_progress_lines_are_rare_and_estimate_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    with terminal.shown_progress("talk.mp3") as show:
        show(Progress(10.0, 600.0, 1.0, 59.0))
        now[0] += 60.0
        show(Progress(200.0, 600.0, 60.0, 120.0))
        now[0] += 1.0
        show(Progress(210.0, 600.0, 61.0, 118.0))
        now[0] += 30.0
        show(Progress(300.0, None, 91.0, None))
    assert capfd.readouterr().err == "talk.mp3: 3:20 of 10:00, about 2:00 left\ntalk.mp3: 5:00\n"
