from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.data.splits import split, write_split
from asr_desktop.teaching.dataset import DataError, TrainingUtterance
from tests.teaching.singing import write_sung


def utterances(
    count: int, *, speakers: int = 0, sessions: int = 0, seconds: float = 6.0
) -> list[TrainingUtterance]:
    return [
        TrainingUtterance(
            Path(f"/data/pack/{number:04d}.flac"),
            f"speaker{number % speakers}" if speakers else None,
            seconds,
            f"sentence {'abcdefghij'[number % 10]} {'abcdefghij'[number // 10 % 10]} {'xyz'[number // 100]}",
            session=f"day{number * sessions // count}" if sessions else None,
        )
        for number in range(count)
    ]


def test_no_speaker_is_on_both_sides() -> None:
    made = split(utterances(200, speakers=20))
    assert made.by == "speaker"
    assert {u.speaker for u in made.train}.isdisjoint({u.speaker for u in made.validation})
    assert len(made.train) + len(made.validation) == 200
    assert 10 <= len(made.validation) <= 30


def test_one_voice_is_divided_by_its_sittings() -> None:
    data = [replace(u, speaker="me") for u in utterances(120, sessions=6)]
    made = split(data)
    assert made.by == "session"
    assert {u.session for u in made.train}.isdisjoint({u.session for u in made.validation})
    assert len(made.validation) == 20


def test_without_names_neighbours_and_equal_sentences_stay_together() -> None:
    data = utterances(200)
    data[3] = replace(data[3], transcript=data[150].transcript)  # the same sentence, far apart
    data[60] = replace(data[60], path=data[199].path, start_seconds=9.0)  # the same recording
    for seed in range(20):
        made = split(data, seed=seed)
        assert made.by == "order"
        assert {u.text for u in made.train}.isdisjoint({u.text for u in made.validation})
        assert {u.path for u in made.train}.isdisjoint({u.path for u in made.validation})
        assert made.validation
        assert any("slightly too good" in sentence for sentence in made.sentences)


def test_the_order_of_reading_does_not_matter_and_the_seed_does() -> None:
    data = utterances(200, speakers=20)
    shuffled = random.Random(4).sample(data, len(data))
    assert split(data).validation == split(shuffled).validation
    assert split(data, seed=2).validation != split(data, seed=1).validation
    moved = [replace(u, path=Path("/elsewhere/pack") / u.path.name) for u in data]
    assert [u.path.name for u in split(moved).validation] == [u.path.name for u in split(data).validation]


def test_validation_is_no_longer_than_it_needs_to_be() -> None:
    made = split(utterances(300, speakers=100, seconds=60.0), most_validation_seconds=600)
    assert sum(u.seconds for u in made.validation) == pytest.approx(600, abs=180)


def test_sentences_that_others_read_in_training_are_told() -> None:
    data = [replace(u, transcript="the same words") for u in utterances(50, speakers=10)]
    assert any("read by others in training" in sentence for sentence in split(data).sentences)


def test_too_little_for_two_sides_is_a_sentence() -> None:
    with pytest.raises(DataError, match="have the same one"):
        split(utterances(1))
    with pytest.raises(DataError, match="choose speaker, session or order"):
        split(utterances(9), by="weather")
    two = split(utterances(2))
    assert len(two.train) == len(two.validation) == 1


def test_the_lists_beside_the_model_repeat_the_split(tmp_path: Path) -> None:
    for number in range(8):
        write_sung(tmp_path / "data" / f"s{number}" / "take.wav", f"abba {'abcdefgh'[number]}")
        (tmp_path / "data" / f"s{number}" / "take.txt").write_text(f"abba {'abcdefgh'[number]}")
    made = split(read_dataset(tmp_path / "data"), validation_share=0.3)
    folder = write_split(made, tmp_path / "model")
    assert read_dataset(folder / "train.jsonl") == [
        replace(u, path=u.path.absolute(), seconds=round(u.seconds, 4)) for u in made.train
    ]
    again = read_dataset(folder / "validation.jsonl")
    assert [u.path for u in again] == [u.path.absolute() for u in made.validation]
    how = json.loads((folder / "split.json").read_text())
    assert (how["by"], how["seed"], tuple(how["notes"])) == (made.by, made.seed, made.sentences)


def test_stretches_of_files_keep_their_times(tmp_path: Path) -> None:
    data = utterances(4)
    data[0] = replace(data[0], start_seconds=3.25, end_seconds=9.25)
    folder = write_split(split(data, validation_share=0.5), tmp_path)
    lines = "".join((folder / name).read_text() for name in ("train.jsonl", "validation.jsonl"))
    entries = {entry["file"]: entry for entry in map(json.loads, lines.splitlines())}
    assert entries["/data/pack/0000.flac"]["start"] == 3.25
    assert entries["/data/pack/0000.flac"]["end"] == 9.25
    assert "start" not in entries["/data/pack/0001.flac"]
