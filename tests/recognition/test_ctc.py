from __future__ import annotations

import numpy as np
import pytest

from asr_desktop.base.errors import DecoderError
from asr_desktop.recognition.ctc import collapse, greedy, printed_labels
from asr_desktop.recognition.labels import Labels
from tests.recognition.synthetic_emissions import emissions_from_text, english_labels

CHINESE = Labels(("<pad>", "<unk>", "你", "好", "世", "界"), 0, None, frozenset({0, 1}))
PIECES = Labels(("<unk>", "▁the", "▁c", "at", "s", "▁", "<blank>"), 6, None, frozenset({0, 6}))
WORDPIECES = Labels(("[PAD]", "[UNK]", "the", "c", "##at", "##s"), 0, None, frozenset({0, 1}))
SPACED = Labels((" ", "a", "b", "[PAD]"), 3, " ", frozenset({3}))


def path_to_emissions(path: list[int], labels: Labels) -> np.ndarray:
    log_probs = np.full((len(path), len(labels)), np.log(0.1 / (len(labels) - 1)), dtype=np.float32)
    log_probs[np.arange(len(path)), path] = np.log(0.9)
    return log_probs


def test_collapse_merges_repeats_and_then_drops_blanks() -> None:
    assert collapse([0, 7, 7, 0, 7, 8, 8, 0, 0, 9], blank_id=0) == [7, 7, 8, 9]
    assert collapse([], blank_id=0) == []
    assert collapse([3, 3, 1], blank_id=3) == [1]


def test_greedy_reads_words_between_delimiters() -> None:
    labels = english_labels()
    said = emissions_from_text("HELLO WORLD AND ALL", labels)
    assert greedy(said.log_probs, labels) == "HELLO WORLD AND ALL"


def test_greedy_of_no_frames_is_no_text() -> None:
    labels = english_labels()
    assert greedy(np.zeros((0, len(labels)), dtype=np.float32), labels) == ""


def test_delimiters_at_the_ends_and_in_a_row_print_one_space_or_none() -> None:
    assert greedy(path_to_emissions([0, 0, 3, 1, 0, 3, 0, 2, 0], SPACED), SPACED) == "a b"


def test_special_tokens_are_never_text() -> None:
    labels = english_labels()
    log_probs = emissions_from_text("HELLO", labels).log_probs.copy()
    for special in (1, 2, 3):
        log_probs[:, special] = 0.0
    assert greedy(log_probs, labels) == "HELLO"


def test_characters_without_a_delimiter_stay_together() -> None:
    assert greedy(path_to_emissions([0, 2, 2, 3, 0, 4, 5, 5], CHINESE), CHINESE) == "你好世界"


def test_word_pieces_bring_their_own_spaces() -> None:
    assert greedy(path_to_emissions([6, 1, 1, 6, 2, 3, 6, 4], PIECES), PIECES) == "the cats"
    assert greedy(path_to_emissions([1, 6, 5, 3], PIECES), PIECES) == "the at"
    assert greedy(path_to_emissions([2, 0, 3, 4, 5], WORDPIECES), WORDPIECES) == "the cats"


def test_what_labels_print() -> None:
    assert printed_labels(PIECES) == ("", " the", " c", "at", "s", " ", "")
    assert printed_labels(SPACED) == (" ", "a", "b", "")


def test_emissions_of_another_vocabulary_are_refused_in_one_sentence() -> None:
    with pytest.raises(DecoderError, match="does not match its vocabulary of 32 labels"):
        greedy(np.zeros((5, 40), dtype=np.float32), english_labels())
