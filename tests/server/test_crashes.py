"""The recogniser's process dies, fails, or cannot load its model."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.recognition.model_folder import find_model
from asr_desktop.server.running import is_loopback
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.server.running_server import MODEL, ask, serving, transcribe

TOKEN = "0123456789abcdef"


@pytest.mark.real_recogniser
def test_a_crash_costs_one_request(tmp_path: Path) -> None:
    recording = spoken(SHORT_TEXT)
    samples, rate = soundfile.read(recording)
    loud, quiet = tmp_path / "loud.wav", tmp_path / "quiet.wav"
    soundfile.write(loud, samples / np.abs(samples).max() * 0.9, rate)
    soundfile.write(quiet, samples / np.abs(samples).max() * 0.4, rate)
    with serving(loader="startled") as port:
        status, answer, _ = transcribe(port, loud.read_bytes(), response_format="verbose_json")
        assert status == 200
        assert "crashed on it 2 times" in answer["warnings"][-1]
        assert answer["text"] == ""
        assert ask(port, "GET", "/health")[0] == 200
        status, answer, _ = transcribe(port, quiet.read_bytes())
        assert (status, bool(answer["text"])) == (200, True)
        assert "asr_recogniser_restarts_total 2.0" in ask(port, "GET", "/metrics")[1]


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asr_desktop", "serve", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **more},
        timeout=120,
    )


def test_other_machines_need_a_token(tmp_path: Path) -> None:
    done = run("--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 1
    assert "clients have to show a token" in done.stderr
    assert "Traceback" not in done.stderr
    short = tmp_path / "token"
    short.write_text("short")
    assert "A token has 16 or more" in run("--host", "0.0.0.0", "--token-file", str(short)).stderr


def test_which_addresses_are_this_machine_s() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.1.2.3", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "localhost.evil.example", "")))


def test_the_command_serves_until_it_is_stopped() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "asr_desktop", "serve", "--port", "0", "--max-megabytes", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ASR_DESKTOP_TOKEN": TOKEN},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        name = find_model("starter-en").name
        assert line.startswith(f"Serving {name} at http://localhost:")
        port = int(line.split("/v1")[0].rpartition(":")[2])
        assert ask(port, "GET", "/v1/models")[0] == 401
        answer = ask(port, "GET", "/v1/models", headers={"Authorization": f"Bearer {TOKEN}"})[1]
        assert answer["data"][0]["id"] == name
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in (0, 130)
        assert process.stderr is not None
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.wait()


def test_a_model_that_does_not_load_is_a_sentence(tmp_path: Path) -> None:
    from tests.fixtures.make_models import model_folder

    folder = tmp_path / "broken"
    folder.mkdir()
    for path in model_folder(MODEL).iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(b"broken" if path.suffix == ".onnx" else path.read_bytes())
    done = run("--model", str(folder), "--port", "0")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_other_commands_do_not_import_the_web_framework() -> None:
    program = (
        "import sys; import asr_desktop.commands.app, trainer.cli; "
        "print([name for name in ('starlette', 'uvicorn', 'prometheus_client', 'websockets') "
        "if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


def test_a_defect_of_a_server_in_the_window_is_in_the_program_s_log(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DEFECTIVE], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    log = (home / "logs" / "asr-desktop.log").read_text(encoding="utf-8")
    assert "boom" in log
    assert "Traceback" in log


DEFECTIVE = """
import http.client, threading
from asr_desktop.base import log_file
from asr_desktop.server.application import Application
from asr_desktop.server.limits import Limits
from asr_desktop.server.running import BackgroundServer, listening_socket

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for done in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{done}.complete"})
        return
    raise RuntimeError("boom")

class Defective(Application):
    async def loaded(self):
        return []

log_file.configure()
ready = threading.Event()
listening = listening_socket("localhost", 0)
port = listening.getsockname()[1]
server = BackgroundServer(
    Defective(app, []), listening, Limits(), lambda warnings: ready.set(), lambda failure: None
)
assert ready.wait(30)
connection = http.client.HTTPConnection("localhost", port)
connection.request("GET", "/")
assert connection.getresponse().status == 500
server.stop()
"""
