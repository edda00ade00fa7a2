from __future__ import annotations

import itertools

import numpy as np
import pytest

from asr_desktop.base.errors import DecoderError
from asr_desktop.recognition.alignment import (
    WILDCARD,
    WORD_END_EXTENSION_SECONDS,
    AlignedWord,
    TokenSpan,
    align,
    word_times,
)
from asr_desktop.recognition.ctc import collapse
from asr_desktop.recognition.front_end import FrameTiming
from asr_desktop.recognition.labels import Labels
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

SENTENCE = "THE QUICK BROWN FOX JUMPS OVER ALL THE LAZY DOGS AND TELLS NOBODY"
CHINESE = Labels(("<pad>", "<unk>", "你", "好", "世", "界"), 0, None, frozenset({0, 1}))
PIECES = Labels(("<blank>", "▁the", "▁c", "at", "s", "▁t", "he"), 0, None, frozenset({0}))


def frames_of(words: list[AlignedWord]) -> list[tuple[int, int]]:
    return [(word.start_frame, word.end_frame) for word in words]


def peaks(path: list[int], labels: Labels) -> np.ndarray:
    log_probs = np.full((len(path), len(labels)), -8.0, dtype=np.float32)
    log_probs[np.arange(len(path)), path] = -0.01
    return log_probs


@pytest.mark.parametrize("unclear", [0.0, 0.3])
def test_words_are_found_where_they_were_said(unclear: float) -> None:
    labels = english_labels()
    said = emissions_from_text(SENTENCE, labels, seed=3, unclear=unclear)
    aligned = align(said.log_probs, SENTENCE, labels)
    assert [word.text for word in aligned] == SENTENCE.split()
    starts = np.array([start for start, _ in frames_of(aligned)])
    true_starts = np.array([start for start, _ in said.word_frames])
    assert np.abs(starts - true_starts).max() <= (0 if unclear == 0 else 2)


def test_the_path_is_the_most_probable_of_all() -> None:
    labels = Labels(("<pad>", "|", "A", "B"), 0, "|", frozenset({0}))

    def says(path: tuple[int, ...]) -> str:
        return " ".join("".join("? AB"[label] for label in collapse(path, 0)).split())

    paths = np.array([path for path in itertools.product(range(4), repeat=6) if says(path) == "AA B"])
    random = np.random.default_rng(7)
    for _ in range(50):
        log_probs = np.log(random.dirichlet(np.full(4, 0.3), 6))
        best = paths[log_probs[np.arange(6), paths].sum(axis=1).argmax()]
        heard = {
            f: t.label_id
            for w in align(log_probs, "AA B", labels)
            for t in w.tokens
            for f in range(t.start_frame, t.end_frame)
        }
        assert heard == {frame: label for frame, label in enumerate(best) if label >= 2}


def test_equal_letters_keep_a_blank_between_them() -> None:
    labels = english_labels()
    said = emissions_from_text("BOOKKEEPER", labels, seed=1)
    (word,) = align(said.log_probs, "BOOKKEEPER", labels)
    assert len(word.tokens) == len("BOOKKEEPER")
    for earlier, later in itertools.pairwise(word.tokens):
        assert later.start_frame > earlier.end_frame or later.label_id != earlier.label_id


def test_edited_text_is_folded_and_keeps_its_own_form() -> None:
    labels = english_labels()
    said = emissions_from_text("WELL KNOWN IN DVORAK", labels)
    aligned = align(said.log_probs, "Well-known — in Dvořák!", labels)
    assert [word.text for word in aligned] == ["Well-known", "—", "in", "Dvořák!"]
    frames = frames_of(aligned)
    assert frames[0] == (said.word_frames[0][0], said.word_frames[1][1])
    assert frames[1] == (frames[0][1], frames[0][1])
    assert frames[2:] == list(said.word_frames[2:])


def test_a_word_that_cannot_be_spelled_takes_what_is_heard_in_its_place() -> None:
    labels = english_labels()
    said = emissions_from_text("ROOM FORTY TWO IS FREE", labels)
    room, number, is_, free = align(said.log_probs, "room 42 is free", labels)
    assert frames_of([room, is_, free]) == [said.word_frames[i] for i in (0, 3, 4)]
    assert said.word_frames[0][1] <= number.start_frame < number.end_frame <= said.word_frames[3][0]
    assert {token.label_id for token in number.tokens} == {WILDCARD}


def test_delimiters_at_the_ends_and_in_a_row_do_not_disturb() -> None:
    labels = english_labels()
    a, b, gap, blank = labels.tokens.index("A"), labels.tokens.index("B"), 4, 0
    log_probs = peaks([gap, gap, blank, gap, a, blank, gap, blank, gap, gap, b, gap, blank], labels)
    assert frames_of(align(log_probs, "A B", labels)) == [(4, 5), (10, 11)]


def test_frames_of_special_tokens_count_as_silence() -> None:
    labels = english_labels()
    said = emissions_from_text("HELLO WORLD", labels)
    log_probs = said.log_probs.copy()
    start, _ = said.word_frames[1]
    log_probs[start - 1, 3] = 0.0  # <unk> just before the second word
    assert frames_of(align(log_probs, "HELLO WORLD", labels)) == list(said.word_frames)


def test_characters_without_a_delimiter_are_one_word_and_can_be_parted_by_hand() -> None:
    log_probs = peaks([0, 2, 2, 0, 3, 0, 0, 4, 5, 0], CHINESE)
    assert frames_of(align(log_probs, "你好世界", CHINESE)) == [(1, 9)]
    assert frames_of(align(log_probs, "你好 世界", CHINESE)) == [(1, 5), (7, 9)]


def test_word_pieces_align_whichever_pieces_were_heard() -> None:
    the, c, at, s, t, he = 1, 2, 3, 4, 5, 6
    whole = peaks([0, the, 0, 0, c, at, 0, s, 0], PIECES)
    parts = peaks([0, t, he, 0, c, at, 0, s, 0], PIECES)
    assert frames_of(align(whole, "the cats", PIECES)) == [(1, 2), (4, 8)]
    assert [token.label_id for token in align(whole, "the cats", PIECES)[0].tokens] == [the]
    assert frames_of(align(parts, "the cats", PIECES)) == [(1, 3), (4, 8)]
    assert [token.label_id for token in align(parts, "the cats", PIECES)[0].tokens] == [t, he]
    assert [word.text for word in align(whole, "the 42 cats", PIECES)] == ["the", "42", "cats"]


def test_too_many_letters_for_the_frames_are_spread_in_proportion() -> None:
    labels = english_labels()
    aligned = align(np.full((8, len(labels)), -3.0), "ABCDEF AB", labels)
    assert frames_of(aligned) == [(0, 6), (6, 8)]


def test_no_frames_no_words_and_no_letters() -> None:
    labels = english_labels()
    empty = np.zeros((0, len(labels)), dtype=np.float32)
    assert align(empty, "HELLO", labels) == [AlignedWord("HELLO", 0, 0, ())]
    assert align(np.full((5, len(labels)), -3.0), "  ", labels) == []
    (dash,) = align(np.full((5, len(labels)), -3.0), "—", labels)
    assert dash.text == "—"


def test_impossible_labels_do_not_break_the_alignment() -> None:
    labels = english_labels()
    said = emissions_from_text("HELLO WORLD", labels)
    log_probs = said.log_probs.copy()
    log_probs[:, labels.tokens.index("Z")] = -np.inf
    aligned = align(log_probs, "HELLO ZWORLD", labels)
    assert aligned[0].start_frame == said.word_frames[0][0]


def test_emissions_of_another_vocabulary_are_refused() -> None:
    with pytest.raises(DecoderError, match="does not match"):
        align(np.zeros((5, 40)), "HELLO", english_labels())


def times_of(words: list[AlignedWord], sample_count: int) -> list[tuple[float, float]]:
    return word_times(words, FrameTiming(320, 400), sample_count / 16_000)


def word(start_frame: int, end_frame: int) -> AlignedWord:
    return AlignedWord("X", start_frame, end_frame, (TokenSpan(5, start_frame, end_frame),))


def test_a_frame_stands_for_one_stride_around_its_centre() -> None:
    (start, end), _ = times_of([word(10, 12), word(100, 101)], 160_000)
    # Frame 10 is centred on sample 3400; its stride begins 160 samples earlier.
    assert start == pytest.approx(3240 / 16_000)
    said_until = (12 * 320 + 40) / 16_000
    assert end == pytest.approx(said_until + WORD_END_EXTENSION_SECONDS)


def test_labels_that_come_late_are_put_back() -> None:
    late = FrameTiming(320, 400, emission_delay_seconds=0.05)
    (start, end), _ = word_times([word(10, 12), word(100, 101)], late, 10.0)
    assert start == pytest.approx(3240 / 16_000 - 0.05)
    assert end == pytest.approx((12 * 320 + 40) / 16_000 - 0.05 + WORD_END_EXTENSION_SECONDS)
    assert word_times([word(0, 1)], late, 10.0)[0][0] == 0.0  # never before the utterance


def test_an_end_stops_at_the_next_word_and_at_the_end_of_the_utterance() -> None:
    (_, first_end), (second_start, second_end) = times_of([word(10, 12), word(14, 16)], 16 * 320 + 100)
    assert first_end == second_start
    assert second_end == pytest.approx((16 * 320 + 100) / 16_000)


def test_times_never_decrease_and_words_never_overlap() -> None:
    labels = english_labels()
    for seed in range(10):
        said = emissions_from_text(SENTENCE, labels, seed=seed, unclear=0.5)
        times = times_of(align(said.log_probs, SENTENCE, labels), len(said.log_probs) * 320)
        flat = [second for pair in times for second in pair]
        assert flat == sorted(flat)
        assert flat[0] >= 0
