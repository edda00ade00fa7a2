"""The commands from the shell's side, with the model that ships listening to a synthetic voice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.dataset import read_speech
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.json import render
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from trainer.cli import main

TEXTS = (
    "the boat came back in the evening",
    "she opened the window and looked at the garden",
    "we have to leave early tomorrow morning",
    "there was nobody else in the house",
)


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """A folder of sound with text beside it."""
    folder = tmp_path / "voice"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        try:
            shutil.copy(spoken(text), folder / f"{number}.wav")
        except VoiceMissingError as error:
            pytest.skip(str(error))
        (folder / f"{number}.txt").write_text(text)
    return folder


def test_check_finds_the_swapped_transcript_and_writes_the_good_list(
    voice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (voice / "3.txt").write_text("a completely different sentence of about this length")
    good = tmp_path / "good.jsonl"
    assert main(["check", str(voice), "--output", str(good), "--threads", "1"]) == 0
    told = capsys.readouterr().out
    assert "does not match what is said" in told
    assert "3.wav: sounds like" in told
    assert {u.transcript for u in read_dataset(good)} == set(TEXTS[:3])


def test_check_as_json_and_without_a_model(voice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(voice), "--model", "none", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert entry["good"] == len(TEXTS)
    assert entry["model"] is None


def test_check_of_nothing_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere"), "--model", "none"]) == 1
    assert "does not exist" in capsys.readouterr().err
    (tmp_path / "a.wav").write_bytes(b"")
    (tmp_path / "a.txt").write_text("words")
    assert main(["check", str(tmp_path), "--model", "none"]) == 2  # read, and nothing is left


def test_pairs_of_a_corrected_transcript(voice: Path, tmp_path: Path) -> None:
    silence = np.zeros(12_800, np.float32)
    sound, segments = [silence], []
    for number, text in enumerate(TEXTS):
        samples = read_speech(voice / f"{number}.wav")
        start = sum(map(len, sound)) / 16_000
        times = np.linspace(start, start + len(samples) / 16_000, len(text.split()) + 1)
        words = (Word(w, a, b, 0.9) for w, a, b in zip(text.split(), times, times[1:], strict=False))
        segments.append(Segment(tuple(words), is_confirmed=True))
        sound += [samples, silence]
    whole = np.concatenate(sound)
    soundfile.write(tmp_path / "talk.wav", whole, 16_000)
    transcript = Transcript("talk.wav", len(whole) / 16_000, "starter-en", tuple(segments))
    (tmp_path / "talk.json").write_bytes(render(transcript))
    output = tmp_path / "pairs"
    command = ["pairs", str(tmp_path / "talk.json"), "--output", str(output), "--speaker", "slt"]
    assert main([*command, "--threads", "1"]) == 0
    found = read_dataset(output)
    assert " ".join(u.transcript for u in found) == " ".join(TEXTS)
    assert {u.speaker for u in found} == {"slt"}
    assert sum(u.seconds for u in found) > 0.5 * len(whole) / 16_000


def test_one_text_is_for_one_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["pairs", "a.wav", "b.wav", "--text", "c.txt", "--output", str(tmp_path)]
    assert main(arguments) == 1
    assert "give only that recording" in capsys.readouterr().err


def test_record_without_a_microphone_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["record", "--output", str(tmp_path / "me"), "--device", "no such", "--model", "none"]
    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith("asr-trainer: ")
