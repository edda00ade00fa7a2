from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio.session import create_session
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.json import render
from tests.trainer.chord_model import chord_listener
from tests.trainer.singing import RATE, sung_talk
from trainer.corrections import align_correction, read_correction
from trainer.data import read_dataset
from trainer.dataset import DataError
from trainer.pair_folder import Pairs, write_pairs

SENTENCES = ("abba cab bead dace", "face egg hag fed", "deaf cage abba bead", "cab fed dace egg")


def spread(text: str, start: float, seconds: float, shift: float = 0.0) -> tuple[Word, ...]:
    """Words with times that are only about right."""
    words = text.split()
    times = np.linspace(max(0.0, start + shift), start + shift + seconds, len(words) + 1)
    return tuple(Word(w, a, b, 1.0) for w, a, b in zip(words, times, times[1:], strict=False))


def corrected(folder: Path, texts: list[str], *, shift: float = 0.2) -> Path:
    """A talk of SENTENCES whose transcript says `texts`."""
    sound, starts = sung_talk(SENTENCES)
    soundfile.write(folder / "talk.wav", sound, RATE)
    segments = tuple(
        Segment(spread(text, start, 0.12 * len(sentence), shift), "Anna")
        for text, sentence, start in zip(texts, SENTENCES, starts, strict=True)
    )
    path = folder / "talk.json"
    path.write_bytes(render(Transcript("talk.wav", len(sound) / RATE, "starter", segments)))
    return path


def pairs_of(path: Path, output: Path) -> Pairs:
    correction = read_correction(path)
    pairs = align_correction(correction, chord_listener())
    write_pairs(correction.sound, pairs, output)
    return pairs


def test_a_correction_becomes_pairs_that_say_what_they_should(tmp_path: Path) -> None:
    pairs = pairs_of(corrected(tmp_path, list(SENTENCES)), tmp_path / "pairs")
    assert pairs.left_out == []
    found = read_dataset(tmp_path / "pairs")
    assert " ".join(u.transcript for u in found) == " ".join(SENTENCES)
    assert {u.speaker for u in found} == {"Anna"}
    assert len({u.session for u in found}) == 1
    listener = chord_listener()
    for utterance in found:
        assert 2.0 <= utterance.seconds <= 15.0
        assert listener.hear(utterance.samples(), utterance.transcript).recognised == utterance.transcript


def test_what_was_not_said_stays_out_and_is_listed(tmp_path: Path) -> None:
    texts = list(SENTENCES)
    texts[1] = "hag hag deaf cage"  # somebody's summary
    pairs = pairs_of(corrected(tmp_path, texts), tmp_path / "pairs")
    assert texts[1] not in " ".join(pair.transcript for pair in pairs.kept)
    assert SENTENCES[3] in " ".join(pair.transcript for pair in pairs.kept)
    assert pairs.left_out
    with (tmp_path / "pairs" / "left-out.tsv").open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert any("hears something else" in row["reason"] or "does not hear" in row["reason"] for row in rows)
    assert any("hag hag" in row["transcript"] for row in rows)


def test_speech_that_the_transcript_lacks_is_not_taken_along(tmp_path: Path) -> None:
    texts = list(SENTENCES)
    texts[2] = "deaf"
    pairs = pairs_of(corrected(tmp_path, texts, shift=0.0), tmp_path / "pairs")
    listener = chord_listener()
    for utterance in read_dataset(tmp_path / "pairs"):
        assert listener.hear(utterance.samples(), utterance.transcript).letter_errors < 0.1
    assert SENTENCES[0] in " ".join(pair.transcript for pair in pairs.kept)


def test_another_round_of_corrections_replaces_the_first(tmp_path: Path) -> None:
    wrong = list(SENTENCES)
    wrong[3] = "hag hag hag hag"
    first = pairs_of(corrected(tmp_path, wrong), tmp_path / "pairs")
    assert first.left_out
    second = pairs_of(corrected(tmp_path, list(SENTENCES)), tmp_path / "pairs")
    assert second.left_out == []
    found = read_dataset(tmp_path / "pairs")
    assert " ".join(u.transcript for u in found) == " ".join(SENTENCES)
    assert {u.path.name for u in found} == {path.name for path in (tmp_path / "pairs").glob("*.flac")}
    assert (tmp_path / "pairs" / "left-out.tsv").read_text().count("\n") == 1  # its head


def test_numbers_are_written_as_they_were_said_or_stay_out(tmp_path: Path) -> None:
    texts = list(SENTENCES)
    texts[0] = "abba 3 bead dace"
    pairs = pairs_of(corrected(tmp_path, texts), tmp_path / "pairs")
    assert not any(character.isdigit() for pair in pairs.kept for character in pair.transcript)


def test_a_session_and_its_corrected_text(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    sound, starts = sung_talk(SENTENCES)
    soundfile.write(session.part_path(1), sound, RATE, subtype="PCM_16")
    session.append_event("started", 0.0)
    for number, (text, start) in enumerate(zip(SENTENCES, starts, strict=True)):
        heard = text.replace("bead", "bed")  # what the recogniser made of it
        words = [
            {"text": w.text, "start": w.start_seconds, "end": w.end_seconds, "confidence": 0.8}
            for w in spread(heard, start, 0.12 * len(text))
        ]
        entry = {"utterance": number, "text": heard, "start": start, "end": start + 2.0, "words": words}
        session.append_utterance(entry)
    with pytest.raises(DataError, match="has not been corrected"):
        read_correction(session.path)
    correction = read_correction(session.path, text="\n".join(SENTENCES), speaker="me")
    pairs = align_correction(correction, chord_listener())
    assert " ".join(pair.transcript for pair in pairs.kept) == " ".join(SENTENCES)
    assert {pair.speaker for pair in pairs.kept} == {"me"}


def test_what_is_no_correction_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DataError, match="no transcript, session or sound file"):
        read_correction(tmp_path / "notes.txt")
    path = corrected(tmp_path, list(SENTENCES))
    (tmp_path / "talk.wav").unlink()
    with pytest.raises(DataError, match="not there any more"):
        read_correction(path)
