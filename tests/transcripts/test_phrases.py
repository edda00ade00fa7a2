from __future__ import annotations

import pytest

from asr_desktop.transcripts.phrases import (
    break_cost,
    ends_clause,
    ends_sentence,
    inside_name,
    is_written_without_spaces,
    join_words,
    text_width,
)


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("end.", "Then"),
        ("what?", "Nothing"),
        ("said.”", "He"),
        ("です。", "次"),
        ("end.", None),
        ("Mr.", None),
    ],
)
def test_sentence_ends(text: str, following: str | None) -> None:
    assert ends_sentence(text, following)


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("Mr.", "Smith"),
        ("J.", "Smith"),
        ("U.S.", "Army"),
        ("what?", "he"),
        ("comma,", "Then"),
        ("plain", "Then"),
    ],
)
def test_what_does_not_end_a_sentence(text: str, following: str) -> None:
    assert not ends_sentence(text, following)


def test_clause_ends() -> None:
    assert ends_clause("first,")
    assert ends_clause("then:”")
    assert ends_clause("第一、")
    assert not ends_clause("first")
    assert not ends_clause("3,000")


@pytest.mark.parametrize(
    ("left", "right"),
    [("Jimmie", "Dale"), ("J.", "Smith"), ("Mr.", "Smith"), ("doctor", "smith"), ("Dr", "Who")],
)
def test_names_stay_together(left: str, right: str) -> None:
    assert inside_name(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The", "House"),
        ("Paris,", "London"),
        ("Dale.", "Then"),
        ("JIMMIE", "DALE"),
        ("jimmie", "dale"),
        ("I", "Said"),
        ("Dr.", "who"),
    ],
)
def test_what_is_no_name(left: str, right: str) -> None:
    assert not inside_name(left, right)


def test_break_places_are_ranked_as_a_reader_ranks_them() -> None:
    ranked = [
        break_cost("done.", "Then"),
        break_cost("house,", "he"),
        break_cost("house", "and"),
        break_cost("red", "house"),
        break_cost("the", "house"),
        break_cost("Jimmie", "Dale"),
    ]
    assert ranked == sorted(ranked)
    assert len(set(ranked)) == len(ranked)


def test_a_pause_makes_every_place_better() -> None:
    assert break_cost("red", "house", 0.4) < break_cost("red", "house", 0.1) < break_cost("red", "house")


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["hello", "there"], "hello there"),
        (["今日", "は", "世界"], "今日は世界"),
        (["我", "love", "你"], "我love你"),
        (["안녕", "하세요"], "안녕 하세요"),
        (["Grüße", "aus", "Köln"], "Grüße aus Köln"),
        ([], ""),
    ],
)
def test_words_are_joined_as_their_script_joins_them(texts: list[str], joined: str) -> None:
    assert join_words(texts) == joined


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("今日", 4), ("안녕", 4), ("é", 1), ("e\u0301", 1), ("字幕x", 5), ("", 0)],
)
def test_width_is_counted_in_columns(text: str, columns: int) -> None:
    assert text_width(text) == columns


def test_scripts_without_spaces() -> None:
    assert is_written_without_spaces("abc字")
    assert is_written_without_spaces("カ")
    assert not is_written_without_spaces("안녕")
    assert not is_written_without_spaces("Köln")
