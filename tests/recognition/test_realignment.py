from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio.read import read_all
from asr_desktop.base.paths import resources_folder
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.realignment import answered, realign
from asr_desktop.recognition.worker.protocol import FindReadings, ReadingsFound
from asr_desktop.transcripts.document import Word
from tests.recognition.scripted_network import scripted_folder
from tests.recognition.synthetic_emissions import Synthetic, emissions_from_text, english_labels

SAMPLE = resources_folder() / "samples" / "welcome.ogg"

TEXT = "THE WEATHER WAS REALLY FINE THAT DAY"
ORIGIN = 7.0


@pytest.fixture
def said() -> Synthetic:
    return emissions_from_text(TEXT, english_labels(), seed=2)


def heard(said: Synthetic) -> list[Word]:
    """The words where they are said, 20 ms a frame."""
    return [
        Word(text, ORIGIN + start * 0.02, ORIGIN + end * 0.02, 0.5)
        for text, (start, end) in zip(TEXT.split(), said.word_frames, strict=True)
    ]


def again(words: list[Word], touched: set[int], said: Synthetic, tmp_path: Path) -> tuple[Word, ...]:
    end = ORIGIN + len(said.log_probs) * 0.02
    folder = scripted_folder(tmp_path)
    return realign(words, touched, said.log_probs, folder, start_seconds=ORIGIN, end_seconds=end)


def test_touched_words_are_found_and_the_others_stay(said: Synthetic, tmp_path: Path) -> None:
    true = heard(said)
    words = list(true)
    gap = (true[3].start_seconds, true[4].end_seconds)
    words[3] = Word("REALLY", gap[0], gap[0] + 0.01, 1.0)
    words[4] = Word("Fine,", gap[0] + 0.01, gap[0] + 0.02, 1.0)
    found = again(words, {3, 4}, said, tmp_path)
    assert found[:3] == tuple(words[:3])
    assert found[5:] == tuple(words[5:])
    for word, where in zip(found[3:5], true[3:5], strict=True):
        assert word.start_seconds == pytest.approx(where.start_seconds, abs=0.05)
    assert [word.text for word in found[3:5]] == ["REALLY", "Fine,"]
    assert found[3].confidence == 1.0


def test_a_written_number_is_found_by_what_was_spoken(said: Synthetic, tmp_path: Path) -> None:
    true = heard(said)
    spoken = tuple(Word(word.text, true[2].start_seconds, true[2].start_seconds, 0.5) for word in true[2:4])
    number = Word("25", true[2].start_seconds, true[2].start_seconds, 0.5, spoken)
    empty = Word("rest", true[2].start_seconds, true[2].start_seconds, 0.5, ())
    words = [*true[:2], number, empty, *true[4:]]

    found = again(words, {2, 3}, said, tmp_path)

    assert [word.text for word in found] == [word.text for word in words]
    assert found[2].start_seconds == pytest.approx(true[2].start_seconds, abs=0.05)
    assert found[2].end_seconds == pytest.approx(true[3].end_seconds, abs=0.1)
    assert [one.text for one in found[2].spoken_words] == ["WAS", "REALLY"]
    assert found[2].spoken_words[1].start_seconds == pytest.approx(true[3].start_seconds, abs=0.05)
    assert found[3].start_seconds == found[3].end_seconds == found[2].end_seconds


def test_first_and_last_words_may_move_to_the_ends_of_the_stretch(said: Synthetic, tmp_path: Path) -> None:
    true = heard(said)
    words = [Word(w.text, true[2].start_seconds, true[2].start_seconds, 1.0) for w in true]
    found = again(words, set(range(len(words))), said, tmp_path)
    starts = np.array([word.start_seconds for word in found])
    assert np.abs(starts - [word.start_seconds for word in true]).max() < 0.05
    assert found[-1].end_seconds <= ORIGIN + len(said.log_probs) * 0.02


def test_without_room_the_words_keep_their_times(said: Synthetic, tmp_path: Path) -> None:
    true = heard(said)
    words = list(true)
    words[2] = Word("WAS", true[1].end_seconds, true[1].end_seconds, 1.0)
    words[3] = Word("REALLY", true[1].end_seconds + 0.01, true[4].end_seconds, 0.5)
    assert again(words, {2}, said, tmp_path) == tuple(words)
    assert again(words, set(), said, tmp_path) == tuple(words)


def test_other_readings_are_those_of_the_beam_search() -> None:
    recogniser = Transcriber(threads=1).recogniser
    found = answered(FindReadings(), recogniser, str(SAMPLE), 0.0, 2.5)
    assert isinstance(found, ReadingsFound)
    samples = read_all(SAMPLE)[: round(2.5 * 16_000)]
    hypotheses = recogniser.decoder.decode_alternatives(recogniser.emissions(samples), len(found.texts))
    assert found.texts == tuple(hypothesis.text for hypothesis in hypotheses)
    assert len(set(found.texts)) > 1
