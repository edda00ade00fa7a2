"""The command line as its users have it: a process, a real (if tiny and untaught) model, real files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop import Transcriber
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.fixtures.make_models import model_folder

MODEL_KIND = "wav2vec2-conformer"


@pytest.fixture(scope="session")
def model() -> Path:
    return model_folder(MODEL_KIND)


@pytest.fixture
def speech() -> Path:
    return spoken(SHORT_TEXT)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "asr_desktop", *(str(argument) for argument in arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120)


def test_the_text_is_the_one_that_python_gets(model: Path, speech: Path) -> None:
    expected = Transcriber(model, threads=1).transcribe(speech)
    assert expected.text, "a model with random weights hears something in speech"
    done = run("transcribe", speech, "--model", model, "--threads", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert " ".join(done.stdout.split()) == " ".join(expected.text.split())


def test_json_has_the_documented_keys(model: Path, speech: Path) -> None:
    done = run("transcribe", speech, "--model", model, "--format", "json")
    document = json.loads(done.stdout)
    assert list(document) == ["version", "source", "duration", "model", "segments"]
    assert document["model"] == MODEL_KIND
    assert document["duration"] == pytest.approx(soundfile.info(speech).duration, abs=0.05)
    segment = document["segments"][0]
    assert set(segment) == {"start", "end", "text", "confidence", "words"}
    for word in segment["words"]:
        assert set(word) - {"spoken"} == {"text", "start", "end", "confidence"}
        assert set(word.get("spoken", ({},))[0]) <= {"text", "start", "end", "confidence"}
    assert 0 <= segment["words"][0]["start"] <= segment["words"][-1]["end"] <= document["duration"]


def test_broken_files_cost_a_line_each_and_the_rest_is_done(
    model: Path, speech: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.wav").write_bytes(speech.read_bytes())
    (folder / "empty.mp3").write_bytes(b"")
    (folder / "text.flac").write_text("this is no sound")
    missing = tmp_path / "missing.wav"
    done = run("transcribe", folder, missing, "--model", model, "--output-dir", tmp_path / "out")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    failures = done.stderr.splitlines()
    assert len(failures) == 3
    for name in ("empty.mp3", "text.flac", "missing.wav"):
        assert [line for line in failures if name in line], name
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.txt"]


def test_an_unknown_model_is_one_sentence(speech: Path) -> None:
    done = run("transcribe", speech, "--model", "no-such-model")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "no-such-model" in line


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_ctrl_c_keeps_finished_files_and_leaves_no_half_one(
    model: Path, speech: Path, tmp_path: Path
) -> None:
    # Long enough that the signal meets it at work: 20 minutes of speech-like noise.
    samples, sample_rate = soundfile.read(speech, dtype="float32")
    soundfile.write(
        tmp_path / "b_long.flac", np.tile(samples, 1200 * sample_rate // len(samples)), sample_rate
    )
    (tmp_path / "a_short.wav").write_bytes(speech.read_bytes())
    out = tmp_path / "out"
    process = subprocess.Popen(
        command("transcribe", tmp_path, "--model", model, "--output-dir", out, "--threads", "1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 240
    while not (out / "a_short.txt").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 130, err
    assert err.splitlines() == ["asr-desktop: note: Stopped; 1 of 2 files finished."]
    assert [path.name for path in out.iterdir()] == ["a_short.txt"]
    assert (out / "a_short.txt").read_text(encoding="utf-8").endswith("\n")


def test_a_transcript_needs_neither_pytorch_nor_transformers(model: Path, speech: Path) -> None:
    code = (
        "import sys; from asr_desktop.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as ended: print(ended.code, {'torch', 'transformers'} & set(sys.modules))"
    )
    arguments = ["transcribe", str(speech), "--model", str(model)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.endswith("0 set()\n"), done


def test_an_installed_model_is_listed_tried_and_used_by_its_name(
    model: Path, speech: Path, home: Path
) -> None:
    (home / "models").mkdir()
    (home / "models" / "mine").symlink_to(model, target_is_directory=True)
    assert run("models", "list").stdout.startswith("mine ")
    assert run("transcribe", speech, "--model", "mine", "--decoder", "greedy").returncode == 0
    assert run("doctor").returncode == 0


def test_sound_in_which_there_is_nobody_or_one_to_tell_apart(
    model: Path, speech: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rate = 16_000
    chance = np.random.default_rng(1)
    seconds = np.arange(12 * rate) / rate
    music = sum(np.sin(2 * np.pi * hertz * seconds) for hertz in (220.0, 277.2, 329.6))
    sounds = {
        "silence": np.zeros(5 * rate),
        "noise": 0.05 * chance.standard_normal(8 * rate),
        "music": 0.1 * np.asarray(music),
        "third_of_a_second": soundfile.read(speech)[0][rate // 2 : rate // 2 + round(0.3 * rate)],
    }
    for name, sound in sounds.items():
        soundfile.write(folder / f"{name}.wav", sound, rate)
    (folder / "one_voice.wav").write_bytes(speech.read_bytes())
    out = tmp_path / "out"
    done = run(
        "transcribe", folder, "--model", model, "--threads", "1", "--decoder", "greedy",
        "--speakers", "auto", "--format", "json", "--output-dir", out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    heard = {
        path.stem: [segment.get("speaker") for segment in json.loads(path.read_text())["segments"]]
        for path in out.iterdir()
    }
    assert heard.keys() == {*sounds, "one_voice"}
    assert heard["silence"] == []
    assert {name for names in heard.values() for name in names} <= {None, "Speaker 1"}
    assert set(heard["one_voice"]) == {"Speaker 1"}
