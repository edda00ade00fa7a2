"""Print as the words that one says, with their marks and capitals."""

from __future__ import annotations

import pytest

from asr_desktop.writing.punctuation import MARKS
from trainer.writing.marked_text import CAPITALISED, LOWER, MIXED, NOT_TAUGHT, UPPER, marked_words


def marked(text: str) -> str:
    """The words with their marks."""
    return " ".join(word.printed + MARKS[word.mark] for word in marked_words(text))


@pytest.mark.parametrize(
    ("print_", "said"),
    [
        ("Mr. Reed, aged 42, didn't come.", "Mister Reed, aged forty two, didn't come."),
        ("“Come here,” he said; “now!”", "Come here, he said; now!"),
        ("He went--alone--to the sea.", "He went— alone— to the sea."),
        ("a well-known man (of Kent) said: no", "a well known man— of Kent— said: no"),
        ("Is it J. S. Bach? Yes...", "Is it J S Bach? Yes."),
        ("It was... well, odd. I know.", "It was— well, odd. I know."),
        ("See the U.S. of old", "See the US of old"),
        ("We went to changelog.com today", "We went to changelog dot com today"),
        ("Café et al. [laughs] and so on, etc.", "Cafe et al and so on, et cetera."),
        ("He paid $5 in 1882.", "He paid five dollars in eighteen eighty two."),
    ],
)
def test_print_becomes_what_is_said(print_: str, said: str) -> None:
    assert marked(print_) == said


def test_cases_are_taught_where_they_say_something() -> None:
    words = {
        word.printed: word.case
        for word in marked_words("The old MacDonald and I met NASA's APIs in London. Then we left.")
    }

    assert words["The"] == NOT_TAUGHT  # it begins the text
    assert words["Then"] == NOT_TAUGHT
    assert words["old"] == LOWER
    assert words["I"] == words["London"] == CAPITALISED
    assert words["NASA's"] == UPPER
    assert words["MacDonald"] == words["APIs"] == MIXED


def test_capitals_for_emphasis_are_not_taught() -> None:
    words = marked_words("and then he said DO NOT open it, not for all the money in the world")

    assert [word.case for word in words if word.printed.isupper()] == [NOT_TAUGHT, NOT_TAUGHT]


@pytest.mark.parametrize(
    "no_prose",
    [
        "",
        "   ",
        "* * *",
        "THE END OF THE FIRST BOOK",
        "CHAPTER IX",
        "see https://example.org for more",
        "if a == b: return",
        "No.",
    ],
)
def test_what_is_no_prose_is_left_out(no_prose: str) -> None:
    assert marked_words(no_prose) == []
