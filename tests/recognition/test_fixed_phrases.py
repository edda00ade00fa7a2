"""Phrases that are expected: found in the emissions where they were said, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.recognition.fixed_phrases import FixedPhrases
from asr_desktop.recognition.front_end import FrameTiming
from asr_desktop.recognition.labels import Labels
from asr_desktop.transcripts.document import Word

LABELS = Labels(
    ("<pad>", "|", *"abcdefghijklmnopqrstuvwxyz"), blank_id=0, word_delimiter="|", special_ids=frozenset({0})
)
FRAMES = FrameTiming(stride_samples=320, view_samples=400)
PHRASES = ("new line", "new paragraph", "comma", "undo that")


def emissions(text: str, doubts: dict[int, str] | None = None) -> NDArray[np.float32]:
    """Two frames a letter, each sure of it, with blanks between. doubts: of the letter at this place, what
    the network takes it for instead; it gives the right one half of that."""
    rows: list[NDArray[np.float32]] = []
    for place, letter in enumerate(text):
        shares = np.full(len(LABELS), 1e-4, np.float32)
        if letter != "_":
            letter = "|" if letter == " " else letter
            right = LABELS.tokens.index(letter)
            shares[right] = 1.0
            if doubts and place in doubts:
                shares[LABELS.tokens.index(doubts[place])] = 2.0
        else:
            shares[0] = 1.0
        silent = np.full(len(LABELS), 1e-4, np.float32)
        silent[0] = 1.0
        rows += [shares / shares.sum(), shares / shares.sum(), silent / silent.sum()]
    return np.log(np.array(rows, np.float32))


@pytest.fixture(scope="module")
def phrases() -> FixedPhrases:
    return FixedPhrases(PHRASES, LABELS)


def seconds(letters: float) -> float:
    return letters * 3 * 0.02


def said(text: str, start_letter: int, end_letter: int) -> list[Word]:
    """What was heard for the letters from one place to another."""
    parts = text.split()
    step = (end_letter - start_letter) / len(parts)
    return [
        Word(part, seconds(start_letter + step * n), seconds(start_letter + step * (n + 1)), 0.5)
        for n, part in enumerate(parts)
    ]


def test_the_phrase_that_was_said_explains_the_sound_best(phrases: FixedPhrases) -> None:
    match = phrases.best(emissions("__comma__"))
    assert match is not None
    assert match.phrase == "comma"
    assert match.score == pytest.approx(0.0, abs=0.01)
    assert match.is_likely


def test_a_misheard_letter_does_not_hide_a_phrase(phrases: FixedPhrases) -> None:
    log_probs = emissions("__new line__", {4: "a"})
    words = phrases.put_in(said("naw line", 2, 10), log_probs, FRAMES, 10.0)
    assert [word.text for word in words] == ["new", "line"]
    assert 10.0 + seconds(1) < words[0].start_seconds < words[1].start_seconds < 10.0 + seconds(8)


@pytest.mark.parametrize("text", ["common sense", "nine", "come", "a new line of cars"])
def test_other_words_stay_what_they_are(phrases: FixedPhrases, text: str) -> None:
    heard = said(text, 2, 2 + len(text))
    assert phrases.put_in(heard, emissions(f"__{text}__"), FRAMES, 0.0) == heard


def test_what_was_heard_as_much_longer_than_a_phrase_is_none(phrases: FixedPhrases) -> None:
    sound = emissions("__comma__")
    longer = said("commas are", 2, 7)
    assert phrases.put_in(longer, sound, FRAMES, 0.0) == longer
    assert [word.text for word in phrases.put_in(said("commas", 2, 7), sound, FRAMES, 0.0)] == ["comma"]


def test_a_phrase_between_pauses_is_found_beside_other_words(phrases: FixedPhrases) -> None:
    text = "dear ada________new paragraph________yours"
    heard = [*said("dear ada", 0, 8), *said("nu parrot graph", 16, 29), *said("yours", 37, 42)]
    words = phrases.put_in(heard, emissions(text), FRAMES, 0.0)
    assert [word.text for word in words] == ["dear", "ada", "new", "paragraph", "yours"]
    assert [word.start_seconds for word in words] == sorted(word.start_seconds for word in words)


def test_a_phrase_in_which_no_word_was_found_is_heard(phrases: FixedPhrases) -> None:
    assert [word.text for word in phrases.put_in([], emissions("__comma__"), FRAMES, 0.0)] == ["comma"]
    assert phrases.put_in([], emissions("____________"), FRAMES, 0.0) == []


def test_phrases_that_cannot_be_written_are_left_out() -> None:
    phrases = FixedPhrases(["日本", "", "comma"], LABELS)
    assert phrases.phrases == ["comma"]
    assert not FixedPhrases([], LABELS)
    assert phrases.best(np.zeros((0, len(LABELS)), np.float32)) is None
    assert phrases.best(emissions("c")) is None, "shorter than any phrase"
