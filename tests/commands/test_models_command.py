"""`asr-desktop models …` from the outside: against a hub on this machine, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop import DEFAULT_MODEL, cli
from asr_desktop.base import settings
from asr_desktop.commands import terminal
from asr_desktop.commands.recognition_options import RecognitionOptions, RuntimeOptions, model_choice
from asr_desktop.model_store.download import DownloadProgress, DownloadState
from tests.fixtures.make_models import model_folder
from tests.model_store.hub_stand_in import Fault, HubStandIn, StandInRepository, running_hub

NETWORK = "model.onnx"
WAIT_SECONDS = 120.0


@pytest.fixture
def hub() -> Iterator[HubStandIn]:
    files = {file.name: file.read_bytes() for file in model_folder("wav2vec2-group").iterdir()}
    with running_hub() as hub:
        hub.repositories["someone/tiny-de"] = StandInRepository(
            files, card={"license": "mit", "language": "de"}
        )
        yield hub


def environment(home: Path, hub: HubStandIn | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()}
    kept |= {"ASR_DESKTOP_HOME": str(home), "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0"}
    return kept | ({"HF_ENDPOINT": hub.url} if hub else {})


def models(home: Path, hub: HubStandIn | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asr_desktop", "models", *arguments],
        capture_output=True,
        text=True,
        env=environment(home, hub),
        timeout=WAIT_SECONDS,
    )


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_a_model_is_found_fetched_used_and_removed(home: Path, hub: HubStandIn) -> None:
    found = models(home, hub, "search", "tiny", "--hub")
    assert found.stdout == "someone/tiny-de  de  mit  7 downloads\n", found
    got = models(home, hub, "get", "someone/tiny-de", "--use")
    assert got.returncode == 0, got
    assert got.stdout == f"{home / 'models' / 'tiny-de'}\n"
    assert "tiny-de: verifying" in got.stderr
    listed = models(home, None, "list").stdout.splitlines()
    assert listed[0].startswith("tiny-de     de, default  ")
    assert listed[1].startswith("starter-en  en, language model  ")
    about = models(home, None, "info", "tiny-de").stdout
    for line in (
        "state           active",
        "licence         mit",
        "repository      someone/tiny-de at 1234567890",
    ):
        assert line in about
    assert models(home, None, "remove", "tiny-de").stdout.startswith("Removed tiny-de; freed ")
    assert [line.split()[0] for line in models(home, None, "list").stdout.splitlines()] == ["starter-en"]


def test_ctrl_c_stops_a_download_and_the_same_command_goes_on(home: Path, hub: HubStandIn) -> None:
    hub.faults[NETWORK] = Fault(pause_seconds=0.2)
    part = home / "models" / ".downloads" / "tiny-de" / f"{NETWORK}.part"
    command = [sys.executable, "-m", "asr_desktop", "models", "get", "someone/tiny-de"]
    arrived, may_go_on = threading.Event(), threading.Event()

    def hold() -> None:
        if part.is_file() and part.stat().st_size:
            arrived.set()
            may_go_on.wait(WAIT_SECONDS)

    hub.on_piece = hold
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(home, hub))
    assert arrived.wait(WAIT_SECONDS)
    process.send_signal(signal.SIGINT)
    may_go_on.set()
    _, said = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 130
    assert "note: Stopped. Run the same command again to resume." in said
    assert "Traceback" not in said
    hub.faults.clear()
    hub.requests.clear()
    assert models(home, hub, "get", "someone/tiny-de").returncode == 0
    assert [request.range for request in hub.bytes_of(NETWORK) if "resolve" not in request.path] != [None]


def test_offline_is_heard(home: Path, hub: HubStandIn) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "asr_desktop", "models", "get", "someone/tiny-de"],
        capture_output=True,
        text=True,
        env=environment(home, hub) | {"HF_HUB_OFFLINE": "1"},
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 1
    assert "downloads are turned off" in done.stderr
    assert hub.requests == []


def test_the_catalogue_is_searched_without_a_network(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("models", "search", "base", "--language", "en") == 0
    first = capfd.readouterr().out.splitlines()[0]
    assert first.split()[:4] == ["wav2vec2-base-960h-int8", "en", "95", "MB"]
    assert run("models", "search", "nonsense") == 0
    assert "No matches in the catalogue" in capfd.readouterr().err
    assert run("models", "search", "--language", "sv", "--json") == 0
    assert json.loads(capfd.readouterr().out)["licence"] == "cc0-1.0"


def test_what_is_known_of_a_model_that_is_not_here(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("models", "info", "wav2vec2-base-960h-int8") == 0
    out = capfd.readouterr().out
    assert "state       available" in out
    assert "errors      3.4 % (LibriSpeech test-clean, letter by letter)" in out
    assert "stated at   https://huggingface.co/facebook/wav2vec2-base-960h" in out
    assert run("models", "info", "wav2vec2-base-960h-int8", "--json") == 0
    assert json.loads(capfd.readouterr().out)["state"] == "available"


def test_the_speed_here_is_measured_and_remembered(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("models", "add", model_folder("wav2vec2-group"), "--name", "mine") == 0
    assert run("models", "info", "mine") == 0
    assert "not measured; use --measure" in capfd.readouterr().out
    assert run("models", "info", "mine", "--measure") == 0
    assert "s per second of sound on" in capfd.readouterr().out
    assert run("models", "info", "mine", "--json") == 0
    assert json.loads(capfd.readouterr().out)["speed"]["verdict"] in ("live", "delayed", "files")


def test_a_card_is_printed_without_its_header(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("models", "info", DEFAULT_MODEL) == 0
    out = capfd.readouterr().out
    assert "# starter-en" in out
    assert "library_name" not in out
    assert "trainable       yes" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("use", "nobody"), "There is no model “nobody”"),
        (("use", "wav2vec2-base-960h-int8"), "is not installed; get it with"),
        (("get", "nobody"), "is not in the catalogue"),
        (("remove", DEFAULT_MODEL), "is part of the program"),
        (("add", "/nowhere"), "has no config.json"),
        (("convert", "/nowhere"), "has no config.json"),
        (("info", "nobody"), "There is no model"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: tuple[str, ...], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("models", *arguments) == 1
    said = capfd.readouterr().err.splitlines()[-1]
    assert said.startswith("asr-desktop: ")
    assert sentence in said


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that `transcribe` and `live` go on with."""
    seen: list[str] = []

    class Stop(Exception):
        pass

    def note(name: str, **settings: object) -> None:
        seen.append(name)
        raise Stop

    monkeypatch.setattr("asr_desktop.Transcriber", note, raising=False)
    monkeypatch.setattr("asr_desktop.recognition.model_folder.find_model", note)
    return seen


def test_the_chosen_model_is_used_where_none_is_named(
    home: Path, tmp_path: Path, asked: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    sound = tmp_path / "sound.wav"
    sound.write_bytes(b"")

    def models_asked(*arguments: str | Path) -> str:
        run("transcribe", sound, *arguments)
        run("live", *arguments)
        first, second = asked[-2:]
        assert first == second
        return first

    assert models_asked() == DEFAULT_MODEL
    shutil.copytree(model_folder("wav2vec2-group"), home / "models" / "mine")
    assert run("models", "use", "mine") == 0
    assert capfd.readouterr().out == "mine is now the default model.\n"
    assert settings.load()[0].model == "mine"
    assert models_asked() == "mine"
    assert models_asked("--model", DEFAULT_MODEL) == DEFAULT_MODEL
    shutil.rmtree(home / "models" / "mine")
    capfd.readouterr()
    assert models_asked() == DEFAULT_MODEL
    assert "note: The selected model mine no longer exists" in capfd.readouterr().err


def test_what_was_learnt_of_texts_is_used_where_no_language_model_is_named(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    learnt = tmp_path / "learnt"
    learnt.mkdir()
    settings.save(settings.load()[0].changed(language_model=str(learnt)))

    def language_model(named: str | None = None) -> str | None:
        recognition = RecognitionOptions(language_model=named)
        return model_choice(DEFAULT_MODEL, recognition, RuntimeOptions()).language_model

    assert language_model() == str(learnt)
    assert language_model("none") == "none"
    learnt.rmdir()
    assert language_model() is None
    assert "no longer exists, so the model's own is used" in capfd.readouterr().err


def test_a_log_gets_a_line_for_each_state(capfd: pytest.CaptureFixture[str]) -> None:
    with terminal.shown_download("m") as show:
        for done in (0, 5_000_000, 9_000_000):
            show(DownloadProgress(DownloadState.DOWNLOADING, done, 10_000_000, 2e6, 3.0))
        show(DownloadProgress(DownloadState.VERIFYING, 10_000_000, 10_000_000))
    assert capfd.readouterr().err.splitlines() == [
        "m: downloading, 0 of 10 MB, 2.0 MB/s, about 0:03 left",
        "m: verifying, 10 of 10 MB",
    ]


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with terminal.shown_download("m") as show:
        show(DownloadProgress(DownloadState.DOWNLOADING, 1_000_000, 10_000_000, 2e6, 3.0))
    assert "m: downloading" in capfd.readouterr().err
