from __future__ import annotations

import numpy as np
import pytest

from asr_desktop.teaching.listening import Listener
from tests.teaching.chord_model import chord_listener
from tests.teaching.singing import sung


@pytest.fixture(scope="module")
def listener() -> Listener:
    return chord_listener()


def test_what_is_said_is_heard_and_falls_short_of_nothing(listener: Listener) -> None:
    heard = listener.hear(sung("abba cab bead"), "Abba, cab bead!")
    assert heard.recognised == heard.expected == "abba cab bead"
    assert heard.shortfall < 0.1
    assert (heard.word_errors, heard.letter_errors) == (0.0, 0.0)
    assert heard.fits
    assert [word.text for word in heard.words] == ["Abba,", "cab", "bead!"]
    assert ["".join(c for c, _ in word.letters) for word in heard.words] == ["abba", "cab", "bead"]


def test_words_are_found_where_they_are_sung(listener: Listener) -> None:
    heard = listener.hear(sung("abba cab", silence_seconds=0.5), "abba cab")
    starts = [word.start_seconds for word in heard.words]
    assert starts == pytest.approx([0.5, 0.5 + 5 * 0.12], abs=0.08)


def test_a_wrong_word_shows_in_its_place(listener: Listener) -> None:
    heard = listener.hear(sung("abba cab bead"), "abba fed bead")
    right, wrong, _ = heard.words
    assert right.shortfall < 0.1
    assert wrong.shortfall > 3.0
    assert heard.word_errors == pytest.approx(1 / 3)


def test_another_sentence_falls_short_and_so_does_speech_without_text(listener: Listener) -> None:
    sound = sung("abba cab bead dace")
    assert listener.hear(sound, "fgh hag egg fffh").shortfall > 2.0
    half = listener.hear(sound, "abba cab")
    assert half.shortfall > 2.0  # the other half was heard, and is in no word
    assert max(word.shortfall for word in half.words) < 0.1


def test_a_text_that_does_not_fit_into_the_time_is_told(listener: Listener) -> None:
    heard = listener.hear(sung("ab"), "abba cab bead " * 10)
    assert not heard.fits
    assert heard.shortfall >= 10.0


def test_letters_that_the_model_cannot_write_count_neither_way(listener: Listener) -> None:
    heard = listener.hear(sung("abba cab"), "abba 東 cab")
    assert heard.words[1].letters == ()
    assert heard.fits


def test_silence_and_no_sound_are_survived(listener: Listener) -> None:
    assert listener.hear(np.zeros(0, np.float32), "abba").shortfall > 2.0
    silence = listener.hear(np.zeros(16_000, np.float32), "abba")
    assert silence.recognised == ""
    assert silence.shortfall > 2.0
