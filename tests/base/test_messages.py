"""What is told in a terminal: each sentence one line, whatever the names in it hold."""

from __future__ import annotations

import pytest

from asr_desktop.base import messages


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain – Größe 语音 نص.wav", "plain – Größe 语音 نص.wav"),
        ("a\nasr-desktop: all is well\u2028.wav", "a asr-desktop: all is well .wav"),
        ("\x1b]0;title\x07\x9b2J.wav", r"\x1b]0;title\x07\x9b2J.wav"),
        ("\u202egnp.exe\u2066.wav", r"\u202egnp.exe\u2066.wav"),
        ("\udcff.wav", r"\udcff.wav"),
        ("می\u200cخواهم.wav", "می\u200cخواهم.wav"),
    ],
)
def test_a_name_is_one_line_and_commands_nothing(
    name: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.problem(name)
    assert capsys.readouterr().err == f"asr-desktop: {shown}\n"
