from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.dataset import DataError, read_manifest
from asr_desktop.teaching.wizard.wizard import Wizard
from tests.teaching.chord_model import chord_listener
from tests.teaching.singing import sung

PROMPTS = ("Abba, cab bead.", "Face egg hag.", "Dace deaf cage fed.")


def wizard(folder: Path, **settings: str) -> Wizard:
    return Wizard(folder, PROMPTS, chord_listener(), **settings)


def read_aloud(made: Wizard, count: int) -> None:
    for _ in range(count):
        assert made.prompt is not None
        samples = sung(made.prompt)
        check = made.check(samples)
        assert check.is_good
        made.keep(samples, check)


def test_reading_all_sentences_makes_a_data_set(tmp_path: Path) -> None:
    made = wizard(tmp_path / "me", speaker="Kim", session="monday")
    assert made.progress.prompts_left == 3
    assert made.progress.coverage == 0.0
    read_aloud(made, 3)
    assert made.prompt is None
    assert made.progress.takes == 3
    assert made.progress.coverage == 1.0
    found = read_dataset(tmp_path / "me")
    assert {u.transcript for u in found} == set(PROMPTS)
    assert {(u.speaker, u.session) for u in found} == {("Kim", "monday")}
    assert sum(u.seconds for u in found) == pytest.approx(made.progress.seconds)
    assert {u.transcript for u in read_manifest(tmp_path / "me")} == set(PROMPTS)
    with pytest.raises(DataError, match="You have read all sentences"):
        made.check(sung("abba"))


def test_another_day_it_goes_on_where_it_was(tmp_path: Path) -> None:
    first = wizard(tmp_path, session="monday")
    read_aloud(first, 1)
    first.skip()
    second = wizard(tmp_path, session="tuesday")
    assert second.prompt == first.prompt
    assert second.progress.takes == 1
    assert second.coverage == first.coverage
    read_aloud(second, 1)
    assert second.prompt is None  # one read, one skipped, one read
    assert [u.session for u in read_dataset(tmp_path)] == ["monday", "tuesday"]


def test_a_crash_between_the_sound_and_the_table_costs_one_take_at_most(tmp_path: Path) -> None:
    made = wizard(tmp_path)
    read_aloud(made, 1)
    table = (tmp_path / "manifest.tsv").read_text()
    read_aloud(made, 1)
    (tmp_path / "manifest.tsv").write_text(table + "take-0002.flac\tme")  # torn in the midst of its line
    again = wizard(tmp_path)
    assert again.progress.takes == 1
    assert again.progress.prompts_left == 2
    read_aloud(again, 2)
    assert len(read_dataset(tmp_path)) == 3


def test_without_its_journal_it_still_knows_what_was_read(tmp_path: Path) -> None:
    made = wizard(tmp_path)
    read_aloud(made, 2)
    (tmp_path / "wizard.jsonl").unlink()
    again = wizard(tmp_path)
    assert again.prompt == made.prompt
    assert again.coverage.pairs == made.coverage.pairs


def test_a_take_that_was_deleted_comes_again(tmp_path: Path) -> None:
    made = wizard(tmp_path)
    read_aloud(made, 3)
    bad = made.takes[1]
    made.delete(bad.path)
    assert not bad.path.exists()
    assert made.prompt == bad.transcript
    assert len(read_dataset(tmp_path)) == 2
    read_aloud(made, 1)
    assert len(read_dataset(tmp_path)) == 3


def test_sentences_come_by_what_they_bring(tmp_path: Path) -> None:
    sentences = ("abba abba abba", "abba cab bead dace", "abba")
    made = Wizard(tmp_path, sentences, chord_listener())
    read_aloud(made, 1)
    assert made.takes[0].transcript == "abba cab bead dace"


def test_it_works_without_a_model(tmp_path: Path) -> None:
    made = Wizard(tmp_path, PROMPTS)
    read_aloud(made, 1)
    assert made.progress.coverage > 0.0


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written or read"):
        wizard(tmp_path / "file")
    made = wizard(tmp_path / "me")
    assert made.prompt is not None
    samples = sung(made.prompt)
    check = made.check(samples)
    shutil.rmtree(tmp_path / "me")
    with pytest.raises(DataError, match="cannot be written or read"):
        made.keep(samples, check)
    assert made.progress.takes == 0
