"""`asr-desktop watch` with a tiny network: what lies in a folder, and what comes into it."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from asr_desktop import cli
from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.transcripts.library import Library
from tests.fixtures.make_fixtures import VoiceMissingError, spoken
from tests.fixtures.make_media import Track, write_tracks
from tests.fixtures.make_models import model_folder
from tests.recognition.worker_waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals as POSIX has them")


@pytest.fixture
def options() -> list[str]:
    model = str(model_folder("wav2vec2-conformer"))
    return ["--model", model, "--decoder", "greedy", "--threads", "1", "--settle-seconds", "0.2"]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    try:
        sound = spoken("the boat came back in the evening")
    except VoiceMissingError as missing:
        pytest.skip(str(missing))
    folder = tmp_path / "inbox"
    (folder / "below").mkdir(parents=True)
    shutil.copy(sound, folder / "below" / "talk.wav")
    return folder


def watch(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["watch", *arguments])
    code = ended.value.code
    assert isinstance(code, int | None)
    return code or 0


def test_once_does_what_lies_there_and_nothing_twice(
    inbox: Path, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = [
        str(inbox),
        "--once",
        "--output-dir",
        str(out),
        "--format",
        "txt",
        "--format",
        "vtt",
        *options,
    ]
    assert watch(*arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(out / "below" / "talk.txt"),
        str(out / "below" / "talk.vtt"),
    ]
    assert [entry.title for entry in Library().entries()] == ["talk"]
    (inbox / "bad.mp3").write_text("this is no sound")
    assert watch(*arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == "", "what is in the library is passed over"
    assert "bad.mp3" in captured.err


def test_the_track_of_films_can_be_chosen(inbox: Path, options: list[str], tmp_path: Path) -> None:
    talk = read_all(inbox / "below" / "talk.wav")
    tracks = [Track(np.zeros_like(talk), SAMPLE_RATE, "flac"), Track(talk, SAMPLE_RATE, "flac")]
    write_tracks(inbox / "film.mkv", tracks)
    (inbox / "below" / "talk.wav").unlink()
    out = tmp_path / "out"
    assert watch(str(inbox), "--once", "--track", "2", "--output-dir", str(out), *options) == 0
    assert (out / "film.txt").read_text(encoding="utf-8").strip()


def test_a_folder_that_is_not_there_is_a_sentence(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch(str(tmp_path / "absent"), *options) == 1
    assert "absent" in capsys.readouterr().err


def test_it_watches_until_it_is_interrupted(inbox: Path, options: list[str]) -> None:
    command = [sys.executable, "-m", "asr_desktop", "watch", str(inbox), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        guard = threading.Timer(PATIENCE_SECONDS, process.kill)
        guard.start()
        assert process.stdout is not None
        told = [process.stdout.readline()]  # a file is there before its name is printed
        # In one go: a file that grows while it is transcribed is transcribed once more.
        shutil.copy(inbox / "below" / "talk.wav", inbox.parent / "new.wav")
        (inbox.parent / "new.wav").rename(inbox / "new.wav")
        told.append(process.stdout.readline())
        guard.cancel()
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert (*told, *out.splitlines()) == (f"{inbox / 'below' / 'talk.txt'}\n", f"{inbox / 'new.txt'}\n"), err
    assert "Traceback" not in err
    assert len(Library().entries()) == 2


def test_a_data_folder_that_may_not_be_written_ends_it_with_a_sentence(
    inbox: Path, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    command = [sys.executable, "-m", "asr_desktop", "watch", str(inbox), "--once", *options]
    if os.geteuid() == 0:  # may write anywhere but on a disk that nobody may write on
        quoted = " ".join(map(shlex.quote, command))
        mounting = f"mount -t tmpfs -o ro tmpfs {shlex.quote(str(data))}"
        if subprocess.run(
            ["unshare", "-m", "sh", "-c", mounting], check=False, capture_output=True
        ).returncode:
            pytest.skip("root may write anywhere, and may not mount here")
        command = ["unshare", "-m", "sh", "-c", f"{mounting} && exec {quoted}"]
    else:
        data.chmod(0o500)
    environment = {**os.environ, "ASR_DESKTOP_HOME": str(data)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    assert "cannot be written" in line or "cannot write" in line
    assert done.stdout == ""


@pytest.mark.parametrize(
    "part",
    [
        "folder_watcher.FolderWatcher._settle",
        "file_queue.FileQueue._next",
        "folder_watcher.FolderWatcher._look_through",
    ],
)
@pytest.mark.parametrize("once", [["--once"], []])
def test_a_thread_that_dies_ends_it_with_a_sentence(
    part: str,
    once: list[str],
    inbox: Path,
    options: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*arguments: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr("asr_desktop.jobs.lasting_thread.RESTARTS_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(f"asr_desktop.jobs.{part}", fail)
    assert watch(str(inbox), *once, *options) == 1
    assert "LookupError: a defect" in capsys.readouterr().err
