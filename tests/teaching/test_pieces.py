from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.teaching.pieces import CutOptions, cut_at_pauses
from asr_desktop.transcripts.document import Word


def words_with(pauses: list[float], seconds: float = 0.4, start: float = 0.5) -> list[Word]:
    """Words with a pause before each."""
    words, time = [], start
    for pause in pauses:
        time += pause
        words.append(Word("word", time, time + seconds, 1.0))
        time += seconds
    return words


def test_cuts_lie_in_the_longest_pauses() -> None:
    pauses = [0.0] + [0.05] * 11 + [0.9] + [0.05] * 11 + [0.25] + [0.05] * 11
    words = words_with(pauses)
    pieces = cut_at_pauses(words, [], words[-1].end_seconds + 1, CutOptions(most_seconds=12.0))
    assert [(p.first, p.end) for p in pieces] == [(0, 12), (12, 36)]


def test_margins_share_a_pause_and_never_touch_another_word() -> None:
    words = words_with([0.0, 0.1, 0.1, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1], seconds=0.5)
    left, right = cut_at_pauses(words, [5], 20.0)
    pause_start, pause_end = words[4].end_seconds, words[5].start_seconds
    assert pause_start < left.end_seconds <= right.start_seconds < pause_end
    assert left.start_seconds >= 0.0


def test_a_short_answer_takes_silence_to_be_long_enough() -> None:
    words = words_with([0.0, 0.05, 0.05, 0.05, 0.05, 4.0, 4.0, 0.05, 0.05, 0.05, 0.05])
    pieces = cut_at_pauses(words, [], 30.0)
    assert [(p.first, p.end) for p in pieces] == [(0, 5), (5, 6), (6, 11)]
    assert pieces[1].seconds >= 2.0


def test_speech_without_a_pause_is_left_whole_for_the_caller_to_see() -> None:
    words = words_with([0.0] + [0.02] * 99)
    (piece,) = cut_at_pauses(words, [], 60.0)
    assert piece.seconds > 15.0


def test_no_words_no_pieces() -> None:
    assert cut_at_pauses([], [], 10.0) == []


@given(st.integers(1, 150), st.randoms(use_true_random=False))
def test_every_word_is_in_one_piece_and_pieces_do_not_overlap(count: int, chance: random.Random) -> None:
    words = words_with([chance.choice([0.0, 0.03, 0.1, 0.3, 0.8, 2.5]) for _ in range(count)])
    borders = [i for i in range(1, count) if chance.random() < 0.05]
    duration = words[-1].end_seconds + chance.random()
    pieces = cut_at_pauses(words, borders, duration)
    assert [i for piece in pieces for i in range(piece.first, piece.end)] == list(range(count))
    assert all(border in {piece.first for piece in pieces} for border in borders)
    for piece in pieces:
        assert piece.start_seconds <= words[piece.first].start_seconds
        assert piece.end_seconds >= words[piece.end - 1].end_seconds
        assert piece.start_seconds >= 0.0
        assert piece.end_seconds <= duration + 1e-9
    assert all(left.end_seconds <= right.start_seconds + 1e-9 for left, right in pairwise(pieces))
