from __future__ import annotations

from pathlib import Path

from asr_desktop.teaching.history import HISTORY_FILE, Gain, append_gain, read_gains

GAIN = Gain("2026-01-02T03:04:05+00:00", "starter-en", 9.5, 1.5, 0.5, 0.3, 0.4, 0.41, True, "It is better.")


def test_what_is_appended_is_read_again(tmp_path: Path) -> None:
    assert read_gains(tmp_path) == []
    append_gain(tmp_path / "new", GAIN)
    append_gain(tmp_path / "new", GAIN)
    assert read_gains(tmp_path / "new") == [GAIN, GAIN]


def test_a_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    append_gain(tmp_path, GAIN)
    path = tmp_path / HISTORY_FILE
    path.write_text(path.read_text() + path.read_text()[:50])
    assert read_gains(tmp_path) == [GAIN]
