"""`sessions` and `recover` on recordings whose recorder was killed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr_desktop import cli
from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import Session, SessionState, create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.settings import Settings, save
from asr_desktop.transcripts.library import Library
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder

RATE = 16_000


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


@pytest.fixture
def killed(tmp_path: Path) -> Session:
    """A session of two sentences whose recorder never came to its end."""
    try:
        speech = read_all(spoken("we sailed at dawn and came back when it was dark"))
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    session = create_session(tmp_path)
    session.append_event("started", 0.0, device="a microphone")
    silence = np.zeros(RATE, np.float32)
    sound = np.concatenate([silence, speech, silence, speech])
    writer = WavWriter(session.part_path(1), RATE, 1)
    writer.append((32767 * sound).astype(np.int16).tobytes())
    writer.close()
    return session


def test_a_killed_session_is_listed_recovered_and_then_left_alone(
    killed: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(killed.path.parent)
    model = str(model_folder("wav2vec2-conformer"))
    assert run("sessions", "--folder", folder) == 0
    assert "interrupted" in capsys.readouterr().out

    assert run("recover", "--folder", folder, "--model", model, "--decoder", "greedy") == 0
    assert killed.name in capsys.readouterr().out
    assert killed.state() is SessionState.FINISHED
    written = killed.transcript_file.read_bytes() if killed.transcript_file.exists() else b""
    (entry,) = Library().entries()
    assert (entry.session_folder, entry.model) == (killed.path, "wav2vec2-conformer")

    assert run("sessions", "--folder", folder, "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    listed = json.loads(line)
    assert listed["state"] == "finished"
    assert listed["recognised"] is True
    assert listed["seconds"] > 5

    assert run("recover", "--folder", folder, "--model", model) == 0
    assert "All recordings are complete" in capsys.readouterr().err
    assert (killed.transcript_file.read_bytes() if killed.transcript_file.exists() else b"") == written


def test_a_session_that_does_not_exist_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("recover", "none", "--folder", str(tmp_path)) == 1
    assert "There is no session" in capsys.readouterr().err


def test_one_hopeless_session_does_not_keep_the_others_from_it(
    killed: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hopeless = tmp_path / "2020-01-01_00-00-00"
    hopeless.mkdir()
    (hopeless / "events.jsonl").write_text('{"type": "started", "at": 0}\n')
    (hopeless / "transcript.jsonl").mkdir()
    model = str(model_folder("wav2vec2-conformer"))
    code = run(
        "recover",
        killed.name,
        hopeless.name,
        "--folder",
        str(tmp_path),
        "--model",
        model,
        "--decoder",
        "greedy",
    )
    assert code == 1
    assert killed.state() is SessionState.FINISHED
    assert "Traceback" not in capsys.readouterr().err


def test_nothing_recorded_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sessions", "--folder", str(tmp_path)) == 0
    assert capsys.readouterr().out == ""


def test_the_folder_that_was_chosen_in_the_window_is_looked_into(
    killed: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    save(Settings(sessions_folder=str(killed.path.parent)))
    assert run("sessions") == 0
    assert killed.name in capsys.readouterr().out
    killed.repair()
    assert run("library", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["source"] == str(killed.path)
