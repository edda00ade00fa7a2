"""Synthesisers read books aloud: what they read, what becomes of it, and what is said when they cannot."""

from __future__ import annotations

import csv
import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.teaching.data import read_dataset
from trainer import synthesis
from trainer.cli import main
from trainer.synthesis import VOICES, sentences, synthesise

GOOD = ("The boat came back in the evening.", "Who has opened the old window?", "She left the house early!")
BOOK = (
    f"{GOOD[0]} He paid 300 dollars for it all. {GOOD[1]}",
    "Too short. THE WHOLE CHAPTER WAS SHOUTED ALOUD. They said [in a whisper] nothing at all.",
    GOOD[2],
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xz"
    path.write_bytes(lzma.compress("\n".join(BOOK).encode()))
    return path


@pytest.fixture
def synthesisers() -> None:
    if not any(shutil.which(voice.engine) for voice in VOICES):
        pytest.skip("neither flite nor espeak-ng is installed")


def test_sentences_are_those_that_have_one_pronunciation(book: Path) -> None:
    assert list(sentences([book])) == list(GOOD)
    assert list(sentences([book], most_words=5)) == [GOOD[2]]


def test_the_command_makes_a_data_set(
    synthesisers: None, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "made"
    arguments = ["synthesise", str(book), "--output", str(output), "--sentences", "2", "--workers", "2"]
    assert main(arguments) == 0
    assert f"Wrote 2 sentences to {output}" in "".join(capsys.readouterr())
    spoken = {
        "the boat came back in the evening",
        "who has opened the old window",
        "she left the house early",
    }
    found = read_dataset(output)
    assert len(found) == 2
    assert {utterance.transcript for utterance in found} < spoken
    for path in output.glob("*.flac"):
        information = soundfile.info(path)
        assert (information.samplerate, information.channels) == (16_000, 1)
        assert np.abs(soundfile.read(path)[0]).max() > 0.05
    assert not list(output.glob("*.wav")), "what the synthesiser wrote is gone"


def test_the_same_seed_gives_the_same_sound(synthesisers: None, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert synthesise(list(GOOD), tmp_path / name, seed=4) == 3
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()
    assert synthesise(list(GOOD), tmp_path / "third", seed=5) == 3
    one, third = (
        [row["seconds"] for row in csv.DictReader((tmp_path / name / "manifest.tsv").open(), delimiter="\t")]
        for name in ("one", "third")
    )
    assert one != third


def test_a_sentence_that_gives_no_sound_is_left_out(synthesisers: None, tmp_path: Path) -> None:
    assert synthesise([GOOD[0], "", GOOD[1]], tmp_path / "made") == 2
    assert len(read_dataset(tmp_path / "made")) == 2


def test_what_cannot_be_read_is_a_sentence(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis.shutil, "which", lambda program: None)
    assert main(["synthesise", str(book), "--output", str(tmp_path / "made")]) == 1
    assert "Neither flite nor espeak-ng is installed" in capsys.readouterr().err
    (tmp_path / "empty.txt").write_text("12 and 13\n")
    assert main(["synthesise", str(tmp_path / "empty.txt"), "--output", str(tmp_path / "made")]) == 1
    assert "No sentences found in the texts" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
