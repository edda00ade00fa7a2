"""A server in a thread of the test, on a free port of this machine."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.server.application import Application, Served, openai_application
from asr_desktop.server.limits import Limits
from asr_desktop.server.running import RunningServer, listening_socket
from tests.fixtures.make_models import model_folder
from tests.recognition import worker_loaders

MODEL = "wav2vec2-group"
PATIENCE_SECONDS = 120.0
QUICK = Limits(header_seconds=0.3, body_seconds=0.3, drain_seconds=0.1)


@contextlib.contextmanager
def running(application: Application, limits: Limits) -> Iterator[int]:
    """The port of an application that runs until the block ends."""
    ready = threading.Event()
    listening = listening_socket("localhost", 0)
    server = RunningServer(application, limits, lambda warnings: ready.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server under test")
    thread.start()
    try:
        while not ready.wait(0.05):
            assert thread.is_alive()
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        listening.close()
        assert not thread.is_alive()


def served(limits: Limits | None = None, loader: str = "", **more: Any) -> Served:
    """A tiny model, with a loader of worker_loaders where one is named."""
    folder = model_folder(MODEL)
    make = partial(RecogniserProcess, loader=f"{worker_loaders.NAME}:{loader}") if loader else None
    return Served(
        model=MODEL,
        choice=ModelChoice(model=str(folder)),
        limits=limits or Limits(),
        **({"make_process": make} if make else {}),
        **more,
    )


@contextlib.contextmanager
def serving(limits: Limits | None = None, loader: str = "", **more: Any) -> Iterator[int]:
    """The port of `asr-desktop serve` with a tiny model."""
    made = served(limits, loader, **more)
    with running(openai_application(made), made.limits) as port:
        yield port


def ask(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any, Mapping[str, str]]:
    """Status, content (parsed where it is JSON) and headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        content = response.read().decode()
        kind = response.getheader("Content-Type") or ""
        return (
            response.status,
            json.loads(content) if "json" in kind else content,
            response.headers,
        )
    finally:
        connection.close()


def form(file: bytes | None, name: str = "talk.wav", **fields: str) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a multipart request."""
    boundary = "3f1c9a"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    if file is not None:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        parts.append(head.encode() + file + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def transcribe(
    port: int, file: bytes | None, name: str = "talk.wav", **fields: str
) -> tuple[int, Any, Mapping[str, str]]:
    body, headers = form(file, name, **fields)
    return ask(port, "POST", "/v1/audio/transcriptions", body, headers)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def all_of(connection: socket.socket) -> bytes:
    """What the server says until it closes."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            said += piece
    return said


def hold(folder: Path, monkeypatch: pytest.MonkeyPatch, call: int = 1) -> Path:
    """Have the acoustic model of the loader `held` stop at a call; unlinking the file lets it go on."""
    monkeypatch.setenv(worker_loaders.FOLDER_VARIABLE, os.fspath(folder))
    path = folder / worker_loaders.HOLD
    path.write_text(str(call))
    return path


def wait_for(path: Path, content: str = "") -> None:
    """Return when the file is there and holds this."""
    waiting = threading.Event()
    for _ in range(round(PATIENCE_SECONDS / 0.02)):
        if path.exists() and content in path.read_text():
            return
        waiting.wait(0.02)
    raise AssertionError(f"{path.name} never came")
