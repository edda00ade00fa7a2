from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.export.line_breaking import Row, pieces_of
from asr_desktop.transcripts.phrases import join_words, text_width
from tests.transcripts.strategies import words


def lines_of(text: str, max_line_width: int = 43) -> list[str]:
    row = Row([Word(t, float(i), i + 0.9, 0.9) for i, t in enumerate(text.split())], max_line_width)
    return [join_words(word.text for word in line) for line in row.lines(0, len(row.pieces))]


def test_text_that_fits_stays_on_one_line() -> None:
    assert lines_of("he surveyed the house from the sidewalk") == ["he surveyed the house from the sidewalk"]


def test_two_lines_are_about_even() -> None:
    first, second = lines_of("seven horses stood quietly under seven trees near seven ponds")
    assert abs(len(first) - len(second)) <= 8


def test_a_comma_wins_over_balance() -> None:
    assert lines_of("when it was over, nobody could remember how it began") == [
        "when it was over,",
        "nobody could remember how it began",
    ]


def test_an_article_is_not_left_at_the_end_of_a_line() -> None:
    first, _ = lines_of("seven horses were seen beside the enormous river every evening")
    assert first == "seven horses were seen"


@pytest.mark.parametrize(
    "before", ["they had", "they had all gone", "they had all gone to", "nobody there but"]
)
@pytest.mark.parametrize("after", ["was not", "was not at home", "was away that day"])
def test_a_name_is_not_broken_where_another_place_is_free(before: str, after: str) -> None:
    for name in ("Jimmie Dale", "Mr. Carling", "J. Smith"):
        text = f"{before} seen {name} {after} again"
        width = 36
        spaces = [index for index, character in enumerate(text) if character == " "]
        others = [s for s in spaces if s != text.index(name) + name.index(" ")]
        assert any(s <= width and len(text) - s - 1 <= width for s in others), "the test needs a free place"
        lines = lines_of(text, width)
        assert any(name in line for line in lines), lines


def test_three_lines_when_two_do_not_hold_it() -> None:
    lines = lines_of("one two three four five six seven eight nine ten eleven twelve", max_line_width=22)
    assert len(lines) == 3
    assert max(map(len, lines)) <= 22


def test_a_word_longer_than_a_line_is_cut_evenly_and_its_time_shared() -> None:
    pieces = pieces_of([Word("a" * 50, 1.0, 2.0, 0.5)], 43)
    assert [piece.text for piece in pieces] == ["a" * 25, "a" * 25]
    assert [(piece.start_seconds, piece.end_seconds) for piece in pieces] == [(1.0, 1.5), (1.5, 2.0)]


def test_a_mark_is_never_parted_from_its_letter() -> None:
    pieces = pieces_of([Word("e\u0301" * 50, 0.0, 1.0, 0.5)], 43)
    assert all(not piece.text.startswith("\u0301") for piece in pieces)
    assert all(text_width(piece.text) <= 43 for piece in pieces)


def test_japanese_lines_do_not_begin_with_closing_marks_or_small_kana() -> None:
    text = "きょうはとてもいいてんきですね、しゃしんをたくさんとりました。「またあした」といいました。"
    for width in range(8, 43):
        lines = lines_of(text, max_line_width=width)
        assert "".join(lines) == text
        assert all(text_width(line) <= width for line in lines)
        assert not any(line[0] in "、。」ょゃっー" for line in lines), lines
        assert not any(line[-1] in "「" for line in lines), lines


def test_latin_words_inside_chinese_stay_whole() -> None:
    text = "我们今天在这里讨论WebAssembly的应用程序接口"
    for width in range(11, 40):
        lines = lines_of(text, width)
        assert "".join(lines) == text
        assert any("WebAssembly" in line for line in lines), lines


def test_korean_breaks_at_its_spaces() -> None:
    lines = lines_of("안녕하세요 여러분 오늘은 날씨가 아주 좋습니다", max_line_width=24)
    assert " ".join(lines) == "안녕하세요 여러분 오늘은 날씨가 아주 좋습니다"


@given(words(min_size=1, max_size=25), st.integers(2, 60))
def test_lines_hold_every_word_once_in_as_few_lines_as_possible(spoken: list[Word], width: int) -> None:
    row = Row(spoken, width)
    lines = row.lines(0, len(row.pieces))
    assert "".join(w.text for line in lines for w in line) == "".join(w.text for w in spoken)
    assert all(text_width(join_words(w.text for w in line)) <= width for line in lines)
    assert len(lines) == row.fewest_lines(0, len(row.pieces))
    pieces = row.pieces
    assert pieces[0].start_seconds == spoken[0].start_seconds
    assert pieces[-1].end_seconds == spoken[-1].end_seconds
