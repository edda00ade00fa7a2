"""Which words of a caption its final keeps."""

from __future__ import annotations

import pytest

from asr_desktop.recognition.beam_search import BeamSearchDecoder, GreedyDecoder, Hypothesis, caption_decoder
from asr_desktop.recognition.local_agreement import CLEARLY_BETTER, most_kept
from tests.recognition.synthetic_emissions import english_labels

LABELS = english_labels()

ALTERNATIVES = [
    Hypothesis("the boats came back", -10.0),
    Hypothesis("the boat came back", -10.0 - 0.5 * CLEARLY_BETTER),
    Hypothesis("a boat came black", -10.0 - 0.8 * CLEARLY_BETTER),
    Hypothesis("the goat came bag", -10.0 - 1.1 * CLEARLY_BETTER),
]


@pytest.mark.parametrize(
    ("committed", "final"),
    [
        ("", "the boats came back"),
        ("the boats", "the boats came back"),
        ("the boat", "the boat came back"),
        ("a boat came", "a boat came black"),
        ("the goat came bag", "the boats came back"),  # which is clearly less probable than the best
        ("no word of it", "the boats came back"),
    ],
)
def test_committed_words_stay_unless_the_final_is_clearly_better(committed: str, final: str) -> None:
    assert ALTERNATIVES[most_kept(ALTERNATIVES, committed.split())].text == final


def test_captions_are_searched_with_what_the_finals_are_searched_with() -> None:
    decoder = BeamSearchDecoder(LABELS)
    captions = caption_decoder(decoder, LABELS)
    assert isinstance(captions, BeamSearchDecoder)
    assert captions.beam_width < decoder.beam_width
    assert captions._search is decoder._search, "hotwords that come later count for both"
    assert isinstance(caption_decoder(GreedyDecoder(LABELS), LABELS), GreedyDecoder)
