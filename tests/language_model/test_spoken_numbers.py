from __future__ import annotations

import sys

import pytest

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.language_model.english import spell_numbers, spell_roman_numerals


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("42 men", "forty two men"),
        ("1,234 men", "one thousand two hundred and thirty four men"),
        ("in 1882, while", "in eighteen eighty two , while"),
        ("in 1905", "in nineteen oh five"),
        ("the 1880s", "the eighteen eighties"),
        ("the 21st", "the twenty first"),
        ("3.25%", "three point two five percent"),
        ("$1 and £20", "one dollar and twenty pounds"),
        ("at 10:05 or 7:00", "at ten oh five or seven o'clock"),
        ("room 007", "room zero zero seven"),
        ("call 4155550123", "call four one five five five five zero one two three"),
        ("none at all", "none at all"),
    ],
)
def test_digits_become_words(digits: str, words: str) -> None:
    assert spell_numbers(digits).split() == words.split()


def test_roman_numerals_are_spelled_only_where_they_are_some() -> None:
    assert spell_roman_numerals("Chapter IX").split() == ["Chapter", "nine"]
    assert spell_roman_numerals("Henry VIII. died").split() == ["Henry", "the", "eighth", "died"]
    assert spell_roman_numerals("Then I came") == "Then I came"


def test_without_num2words_numbers_are_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "num2words", None)
    assert spell_numbers("no digits") == "no digits"
    with pytest.raises(AsrDesktopError, match="pip install num2words"):
        spell_numbers("42 men")
