from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio.session import create_session
from asr_desktop.teaching.corrections import UnconfirmedError, align_correction, read_correction
from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.pair_folder import Pairs, remove_pairs, write_pairs
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.json import read_json, render
from tests.teaching.chord_model import chord_listener
from tests.teaching.singing import RATE, sung_talk

SENTENCES = ("abba cab bead dace", "face egg hag fed", "deaf cage abba bead", "cab fed dace egg")


def spread(text: str, start: float, seconds: float, shift: float = 0.0) -> tuple[Word, ...]:
    """Words with times that are only about right."""
    words = text.split()
    times = np.linspace(max(0.0, start + shift), start + shift + seconds, len(words) + 1)
    return tuple(Word(w, a, b, 1.0) for w, a, b in zip(words, times, times[1:], strict=False))


def corrected(
    folder: Path,
    texts: list[str],
    *,
    shift: float = 0.2,
    confirmed: Sequence[bool] = (True,) * 4,
    speakers: Sequence[str] = ("Anna",) * 4,
) -> Path:
    """A talk of SENTENCES whose transcript says `texts`, of which a person changed or confirmed some."""
    sound, starts = sung_talk(SENTENCES)
    soundfile.write(folder / "talk.wav", sound, RATE)
    segments = tuple(
        Segment(spread(text, start, 0.12 * len(sentence), shift), speaker, is_confirmed)
        for text, sentence, start, is_confirmed, speaker in zip(
            texts, SENTENCES, starts, confirmed, speakers, strict=True
        )
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


def test_what_is_learnt_is_what_was_spoken(tmp_path: Path) -> None:
    path = corrected(tmp_path, list(SENTENCES))
    transcript = read_json(path)
    written = tuple(
        replace(
            segment,
            words=(
                Word(
                    "25",
                    segment.words[0].start_seconds,
                    segment.words[1].end_seconds,
                    1.0,
                    segment.words[:2],
                ),
                *(replace(word, text=f"{word.text.title()},", spoken=(word,)) for word in segment.words[2:]),
            ),
        )
        for segment in transcript.segments
    )
    path.write_bytes(render(replace(transcript, segments=written)))

    pairs_of(path, tmp_path / "pairs")

    assert " ".join(u.transcript for u in read_dataset(tmp_path / "pairs")) == " ".join(SENTENCES)


def test_what_was_not_said_stays_out_and_is_listed(tmp_path: Path) -> None:
    texts = list(SENTENCES)
    texts[1] = "hag hag deaf cage"  # somebody's summary
    pairs = pairs_of(corrected(tmp_path, texts), tmp_path / "pairs")
    assert texts[1] not in " ".join(pair.transcript for pair in pairs.kept)
    assert SENTENCES[3] in " ".join(pair.transcript for pair in pairs.kept)
    assert pairs.left_out
    with (tmp_path / "pairs" / "left-out.tsv").open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert any(
        "recognised something else" in row["reason"] or "does not hear" in row["reason"] for row in rows
    )
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


def test_what_nobody_changed_or_confirmed_makes_no_pairs(tmp_path: Path) -> None:
    path = corrected(tmp_path, list(SENTENCES), confirmed=[False] * 4)
    with pytest.raises(UnconfirmedError, match="Nobody has corrected or confirmed anything in talk"):
        read_correction(path)
    taken_all = read_correction(path, all_segments=True)
    pairs = align_correction(taken_all, chord_listener())
    assert " ".join(pair.transcript for pair in pairs.kept) == " ".join(SENTENCES)


@pytest.mark.parametrize("confirmed", [(True, False, False, True), (False, True, True, False)])
def test_only_confirmed_segments_become_pairs(tmp_path: Path, confirmed: tuple[bool, ...]) -> None:
    texts = [
        text if is_confirmed else "hag hag" for text, is_confirmed in zip(SENTENCES, confirmed, strict=True)
    ]
    path = corrected(tmp_path, texts, shift=0.0, confirmed=confirmed)
    pairs = align_correction(read_correction(path), chord_listener())
    wanted = [text for text, is_confirmed in zip(SENTENCES, confirmed, strict=True) if is_confirmed]
    assert " ".join(pair.transcript for pair in pairs.kept) == " ".join(wanted)
    assert pairs.left_out == [], "what nobody vouches for is not even tried"


def test_only_the_chosen_speaker_s_segments_become_pairs(tmp_path: Path) -> None:
    speakers = ("Anna", "Ben", "Anna", "Ben")
    path = corrected(
        tmp_path, list(SENTENCES), shift=0.0, confirmed=(True, True, True, False), speakers=speakers
    )
    pairs = align_correction(read_correction(path, said_by="Anna"), chord_listener())
    assert " ".join(pair.transcript for pair in pairs.kept) == f"{SENTENCES[0]} {SENTENCES[2]}"
    assert {pair.speaker for pair in pairs.kept} == {"Anna"}
    pairs = align_correction(read_correction(path, said_by="Ben", all_segments=True), chord_listener())
    assert " ".join(pair.transcript for pair in pairs.kept) == f"{SENTENCES[1]} {SENTENCES[3]}"
    with pytest.raises(DataError, match="Nothing that Carla says in talk"):
        read_correction(path, said_by="Carla")


def test_a_pair_that_a_person_removed_does_not_come_back(tmp_path: Path) -> None:
    output = tmp_path / "pairs"
    confirmed = (True, False, True, False)
    pairs_of(corrected(tmp_path, list(SENTENCES), shift=0.0, confirmed=confirmed), output)
    first, second = read_dataset(output)
    remove_pairs(output, [first.path.name])
    assert [u.transcript for u in read_dataset(output)] == [second.transcript]
    assert not first.path.exists()
    again = pairs_of(corrected(tmp_path, list(SENTENCES), shift=0.1, confirmed=confirmed), output)
    assert [pair.transcript for pair in again.kept] == [second.transcript]
    assert [u.transcript for u in read_dataset(output)] == [second.transcript]
    remove_pairs(output, [u.path.name for u in read_dataset(output)])
    assert not list(output.glob("*.flac"))


def test_the_command_says_what_nobody_confirmed_and_makes_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from asr_desktop.teaching import listening
    from trainer.cli import main

    monkeypatch.setattr(listening, "Listener", lambda *_names, **_options: chord_listener())
    for name, confirmed in (("raw", False), ("good", True)):
        (tmp_path / name).mkdir()
        corrected(tmp_path / name, list(SENTENCES), confirmed=[confirmed] * 4)
    command = ["pairs", str(tmp_path / "raw" / "talk.json"), str(tmp_path / "good" / "talk.json")]
    assert main([*command, "--output", str(tmp_path / "pairs")]) == 2
    said = capsys.readouterr().err
    assert "Nobody has corrected or confirmed anything" in said
    assert "--all-segments" in said
    assert {u.session for u in read_dataset(tmp_path / "pairs")} != set()
    raw = ["pairs", str(tmp_path / "raw" / "talk.json"), "--output", str(tmp_path / "all")]
    assert main(raw) == 2
    assert not (tmp_path / "all").exists(), "nothing is made"
    assert main([*raw, "--all-segments"]) == 0
    assert len(read_dataset(tmp_path / "all")) > 0


def test_what_is_no_correction_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DataError, match="not a transcript, session or sound file"):
        read_correction(tmp_path / "notes.txt")
    path = corrected(tmp_path, list(SENTENCES))
    (tmp_path / "talk.wav").unlink()
    with pytest.raises(DataError, match="was not found"):
        read_correction(path)
