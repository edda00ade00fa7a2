"""`asr-desktop archive` with real recognisers: the same files as `transcribe`, through kills and Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asr_desktop.archive import run as archive_run
from asr_desktop.archive.ledger import LEDGER, Ledger
from asr_desktop.archive.outcome import ArchiveError
from asr_desktop.base.errors import ExportError
from tests.fake_transcriber import run
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition.worker_in_thread import recognisers_are_threads

__all__ = ["recognisers_are_threads"]

ROOT = Path(__file__).parents[2]
NAMES = ("long.wav", "below/short.wav", "below/deeper/other.wav")
PATIENCE_SECONDS = 300.0


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    try:
        speech = spoken("the boat came back in the evening")
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    for name in NAMES:
        place = tmp_path / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(speech, place)
    (tmp_path / "in" / "broken.mp3").write_text("no sound")
    return tmp_path / "in"


def options_of(tmp_path: Path) -> list[str]:
    tiny = str(model_folder("wav2vec2-conformer"))
    return [
        *("--model", tiny, "--decoder", "greedy", "--provider", "cpu"),
        *("--format", "txt", "--format", "srt", "--format", "json", "--spoken"),
    ]


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("archive")
    }


@pytest.mark.usefixtures("recognisers_are_threads")
def test_the_same_files_as_transcribe(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inbox / "long.txt").write_text("the boat came back in the evening")
    assert run("transcribe", inbox, "--output-dir", tmp_path / "by-transcribe", *options_of(tmp_path)) == 1
    capsys.readouterr()

    assert run("archive", inbox, "--output-dir", tmp_path / "out", "--json", *options_of(tmp_path)) == 1

    printed = capsys.readouterr()
    assert printed.err.count("broken.mp3:") == 1, printed.err
    assert outputs(tmp_path / "out") == outputs(tmp_path / "by-transcribe")
    report = json.loads(printed.out)
    assert (report["recordings"], report["done"], report["complete"]) == (4, 3, False)
    assert report["failures"][0]["file"] == str(inbox / "broken.mp3")
    assert report["references"]["files"] == 1
    assert json.loads((tmp_path / "out" / "archive-report.json").read_text()) == report
    assert "Traceback" not in printed.err

    (inbox / "broken.mp3").unlink()
    assert run("archive", inbox, "--output-dir", tmp_path / "out", *options_of(tmp_path)) == 0
    assert "3 of 3 recordings" in capsys.readouterr().out


@pytest.mark.usefixtures("recognisers_are_threads")
def test_what_cannot_be_done_is_a_sentence(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--output-dir", tmp_path / "out")
    assert run("archive", inbox, *out, "--model", "absent") == 1
    assert "absent" in capsys.readouterr().err
    assert run("archive", inbox, *out, "--ray", "auto", "--processes", "2") == 2
    (tmp_path / "empty").mkdir()
    assert run("archive", tmp_path / "empty", *out, *options_of(tmp_path)) == 1
    assert "contains no audio" in capsys.readouterr().err


@pytest.mark.usefixtures("recognisers_are_threads")
def test_what_ended_a_run_is_told_and_not_what_came_of_it(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object) -> None:
        raise ArchiveError("The ledger cannot be written.")

    def refused_too(*arguments: object) -> None:
        raise ExportError("The report cannot be written.")

    monkeypatch.setattr(Ledger, "begin", refused)
    monkeypatch.setattr(archive_run, "write_report", refused_too)
    (inbox / "broken.mp3").unlink()
    assert run("archive", inbox / "long.wav", "--output-dir", tmp_path / "out", *options_of(tmp_path)) == 1
    told = capsys.readouterr().err
    assert "The ledger cannot be written." in told
    assert "The report" not in told


def start(inbox: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "asr_desktop", "archive", str(inbox), "--output-dir", str(out)]
    return subprocess.Popen(
        [*command, *options_of(out), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def lines(out: Path) -> list[dict[str, str]]:
    ledger = out / LEDGER
    if not ledger.exists():
        return []
    return [json.loads(line) for line in ledger.read_bytes().splitlines(keepends=True) if line[-1:] == b"\n"]


def done(out: Path) -> list[str]:
    return [line["source"] for line in lines(out) if line["state"] == "done"]


def wait_for_one(out: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not done(out):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_program_that_is_ended_is_gone_on_with(inbox: Path, tmp_path: Path, how: signal.Signals) -> None:
    (inbox / "broken.mp3").unlink()
    for number in range(6):
        shutil.copy(inbox / "long.wav", inbox / f"{number}.wav")
    out = tmp_path / "out"
    first = start(inbox, out, "--processes", "1")
    wait_for_one(out, first)
    os.kill(first.pid, how)
    printed = first.communicate()[0].decode()
    before = done(out)
    assert 0 < len(before) < 9
    if how is signal.SIGINT:
        assert first.returncode == 130
        assert "Run the same command again" in printed
        assert json.loads((out / "archive-report.json").read_text())["complete"] is False

    second = start(inbox, out)
    printed = second.communicate()[0].decode()

    assert second.returncode == 0, printed
    assert sorted(done(out)) == sorted(str(path) for path in inbox.rglob("*.wav")), "each once"
    assert len(outputs(out)) == 3 * 9
    assert not [name for name in outputs(out) if name.endswith(".tmp")]


@pytest.mark.slow
def test_a_recogniser_that_is_killed_costs_nothing(inbox: Path, tmp_path: Path) -> None:
    (inbox / "broken.mp3").unlink()
    for number in range(6):
        shutil.copy(inbox / "long.wav", inbox / f"{number}.wav")
    out = tmp_path / "out"
    program = start(inbox, out, "--processes", "2")
    wait_for_one(out, program)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(program.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    printed = program.communicate()[0].decode()

    assert children
    assert program.returncode == 0, printed
    assert sorted(done(out)) == sorted(str(path) for path in inbox.rglob("*.wav"))
