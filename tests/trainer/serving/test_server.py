from __future__ import annotations

import ast
import http.client
import importlib.metadata
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_desktop.audio.read import read_all
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.server.refusal import ServerError
from asr_desktop.server.running import listening_socket
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.fixtures.make_models import model_folder
from tests.recognition.worker_in_thread import recognisers_are_threads
from tests.server.running_server import ask, running
from tests.test_first_imports import ROOT, Importing, modules
from trainer.cli import main
from trainer.serving import server
from trainer.serving.bundle import PACKAGES, write_bundle
from trainer.serving.handlers import RequestLimits
from trainer.serving.server import make_application, server_limits

__all__ = ["recognisers_are_threads"]

LIMITS = RequestLimits(body_bytes=400_000, seconds=20.0)


@pytest.fixture
def port(recognisers_are_threads: None) -> Iterator[int]:
    application = make_application(ModelFolder.load(model_folder("wav2vec2-group")), LIMITS)
    with running(application, server_limits(LIMITS)) as port:
        yield port


def test_speech_is_answered_with_its_text(port: int) -> None:
    recording = spoken(SHORT_TEXT)
    status, answer, _ = ask(
        port, "POST", "/invocations", recording.read_bytes(), {"Content-Type": "audio/wav"}
    )
    assert status == 200
    samples = [round(float(sample), 4) for sample in read_all(recording)]
    body = json.dumps({"speech_array": samples, "sampling_rate": 16_000}).encode()
    status, other, _ = ask(port, "POST", "/transcribe", body, {"Content-Type": "application/json"})
    assert (status, other["seconds"]) == (200, answer["seconds"])
    status, text, headers = ask(
        port,
        "POST",
        "/invocations",
        recording.read_bytes(),
        {"Content-Type": "audio/wav", "Accept": "text/plain"},
    )
    assert text == answer["text"]
    assert headers["Content-Type"].startswith("text/plain")


def test_health_is_told(port: int) -> None:
    for path in ("/ping", "/health"):
        assert ask(port, "GET", path)[:2] == (200, {"status": "ready", "model": "wav2vec2-group"})


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("GET", "/", None, "", 404),
        ("GET", "/invocations", None, "", 405),
        ("POST", "/ping", b"", "", 405),
        ("POST", "/invocations", b"", "application/json", 400),
        ("POST", "/invocations", b"{", "application/json", 400),
        ("POST", "/invocations", b"abc", "image/png", 415),
        ("POST", "/invocations", b"x" * 400_001, "application/json", 413),
    ],
)
def test_errors_are_json_sentences(
    port: int, method: str, path: str, body: bytes | None, kind: str, status: int
) -> None:
    answered, answer, headers = ask(port, method, path, body, {"Content-Type": kind} if kind else {})
    assert answered == status
    assert answer["error"].endswith(".")
    assert status != 405 or headers["Allow"]


def test_what_lies_about_its_length_is_cut_off(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    chunks = (b"x" * 100_000 for _ in range(50))
    try:
        connection.request("POST", "/invocations", chunks, encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # it stopped listening before all was sent
    finally:
        connection.close()
    assert ask(port, "GET", "/ping")[0] == 200


def test_a_defect_tells_strangers_nothing(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(server, "answer", fail)
    body = b'{"speech_array": [0.0], "sampling_rate": 16000}'
    status, answer, _ = ask(port, "POST", "/invocations", body, {"Content-Type": "application/json"})
    assert (status, answer) == (500, {"error": "The request failed; the server's log says more."})


def test_whole_numbers_of_hundreds_of_digits_are_refused(port: int) -> None:
    for body in (
        f'{{"speech_array": [{"9" * 400}], "sampling_rate": 16000}}',
        f'{{"speech_array": [0.0], "sampling_rate": {"9" * 400}}}',
        f'{{"speech_array": [{"9" * 5000}], "sampling_rate": 16000}}',
    ):
        status, answer, _ = ask(
            port, "POST", "/invocations", body.encode(), {"Content-Type": "application/json"}
        )
        assert (status, bool(answer["error"])) == (400, True)


def test_a_web_page_cannot_ask(port: int) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        status, answer, _ = ask(port, "POST", "/invocations", b"{}", headers)
        assert (status, bool(answer["error"])) == (403, True)


def test_a_port_in_use_is_a_sentence(port: int) -> None:
    with pytest.raises(ServerError, match=f"cannot listen on localhost, port {port}"):
        listening_socket("localhost", port)


def test_other_machines_need_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(model_folder("hubert")), "--host", "0.0.0.0", "--port", "0"]) == 1
    assert "clients have to show a token" in capsys.readouterr().err


def test_the_command_serves_until_it_is_stopped() -> None:
    arguments = ["serve", str(model_folder("hubert")), "--port", "0", "--max-seconds", "5"]
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer.cli", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(
            r"Serving hubert at http://localhost:(\d+)/invocations \(press Ctrl-C to stop\)\n", line
        )
        assert found
        samples = json.dumps({"speech_array": [0.0] * 80_001, "sampling_rate": 16_000}).encode()
        status, answer, _ = ask(
            int(found[1]), "POST", "/invocations", samples, {"Content-Type": "application/json"}
        )
        assert (status, "longer than 5 s" in answer["error"]) == (413, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in (0, 130)
    finally:
        process.kill()
        process.wait()


def test_wrong_limits_are_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(model_folder("hubert")), "--max-seconds", "0"]) == 2
    assert "0 must be a number above 0" in capsys.readouterr().err


def test_the_archive_asks_for_every_package_that_its_modules_import() -> None:
    importing = Importing(modules(ROOT))
    importing.import_module("trainer.serving.handlers")
    statements = [node for name in importing.begun for node in ast.walk(modules(ROOT)[name])]
    imported = {alias.name for node in statements if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in statements if isinstance(node, ast.ImportFrom) and node.module}
    others = {name.split(".")[0] for name in imported} - sys.stdlib_module_names - {"asr_desktop", "trainer"}
    providers = importlib.metadata.packages_distributions()
    wanted = {provider.lower().replace("_", "-") for name in others for provider in providers[name]}
    assert {"numpy", "av", "cattrs"} <= wanted <= set(PACKAGES)


def test_the_archive_runs_without_this_repository(tmp_path: Path) -> None:
    archive = write_bundle(ModelFolder.load(model_folder("wav2vec2-group")), tmp_path / "model.tar.gz")
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        tar.extractall(tmp_path / "model", filter="data")
    assert "model.safetensors" not in names
    assert {"config.json", "model.onnx", "code/inference.py"} <= set(names)
    assert not any("/gui/" in name or "/models/" in name for name in names)
    assert "onnxruntime==" in (tmp_path / "model" / "code" / "requirements.txt").read_text()
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1] + '/code'); import inference, asr_desktop; "
        "assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'; "
        "assert asr_desktop.__file__.startswith(sys.argv[1]), asr_desktop.__file__; "
        "model = inference.model_fn(sys.argv[1]); "
        "samples = inference.input_fn(open(sys.argv[2], 'rb').read(), 'audio/wav'); "
        "print(inference.output_fn(inference.predict_fn(samples, model), 'application/json'))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(tmp_path / "model"), str(spoken(SHORT_TEXT))],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={name: os.environ[name] for name in os.environ.keys() - {"PYTHONPATH", "ORT_DISABLE_TELEMETRY"}},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["seconds"] > 1
