"""Numbers in English text, against the table that the benchmark measures as well."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from asr_desktop.writing.english import written_english

TABLE = Path(__file__).parents[2] / "benchmarks" / "phrases" / "numbers-en.tsv"


def phrases() -> list[tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.partition("\t") for line in lines if line and not line.startswith("#")]
    return [(spoken, written or spoken) for spoken, _, written in rows]


def written(spoken: str, *breaks: int, **options: bool) -> str:
    pieces = written_english(spoken.split(), frozenset(breaks), **options)
    return " ".join(piece.text for piece in pieces)


def test_the_table_is_as_long_as_it_is_said_to_be() -> None:
    assert len(phrases()) >= 300
    assert len({spoken for spoken, _ in phrases()}) == len(phrases())
    stay = sum(spoken == written for spoken, written in phrases())
    assert 100 <= stay <= len(phrases()) - 200


@pytest.mark.parametrize(("spoken", "expected"), phrases())
def test_phrase(spoken: str, expected: str) -> None:
    assert written(spoken) == expected


def test_every_spoken_word_belongs_to_one_piece() -> None:
    for spoken, _ in phrases():
        words = spoken.split()
        pieces = written_english(words)

        assert pieces[0].first == 0
        assert pieces[-1].stop == len(words)
        assert all(left.stop == right.first for left, right in pairwise(pieces))
        assert all(piece.text and " " not in piece.text for piece in pieces)


def test_figures_and_their_unit_are_pieces_of_their_own() -> None:
    pieces = written_english(["twenty", "five", "per", "cent"])

    assert [(piece.text, piece.first, piece.stop) for piece in pieces] == [("25", 0, 2), ("%", 2, 4)]


def test_per_cent_without_a_space() -> None:
    assert written("twenty five per cent of it", closed_per_cent=True) == "25% of it"


@pytest.mark.parametrize(
    ("spoken", "after", "expected"),
    [
        ("in nineteen eighty four men came", 2, "in 1980 four men came"),
        ("he has twenty five came later", 2, "he has 20 five came later"),
        ("we saw a hundred and five left", 3, "we saw a hundred and five left"),
        ("it was three thirty people came", 2, "it was three 30 people came"),
        ("he was ten percent were lost", 2, "he was 10 percent were lost"),
        ("i left in may fifth avenue was empty", 3, "i left in may fifth avenue was empty"),
        ("he paid forty dollars were short", 2, "he paid 40 dollars were short"),
    ],
)
def test_no_number_goes_on_behind_the_end_of_a_sentence(spoken: str, after: int, expected: str) -> None:
    assert written(spoken, after) == expected


def test_telephone_numbers_are_grouped_as_they_were_read_out() -> None:
    words = ["oh", "three", "oh", "one", "two", "three", "four", "five", "six"]
    gaps = [0.0, 0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]

    assert [piece.text for piece in written_english(words, gaps_seconds=gaps)] == ["030-123-456"]


def test_a_pause_inside_a_telephone_number_does_not_end_it() -> None:
    assert written("five five five one two three four", 2) == "555-1234"


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("take a thirty second break", "take a 30 second break"),
        ("the twenty second time", "the 22nd time"),
        ("one hundredth of a second", "one hundredth of a second"),
        ("two million and a half dollars", "2 million and a half dollars"),
        ("two and a half dollars", "$2.5"),
    ],
)
def test_seconds_of_time_and_shares_are_no_ordinals(spoken: str, expected: str) -> None:
    assert written(spoken) == expected
