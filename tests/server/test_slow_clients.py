"""Clients that are slow, silent, or gone."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from asr_desktop.server.limits import Limits
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.recognition import worker_loaders
from tests.server.running_server import (
    QUICK,
    all_of,
    ask,
    connect,
    form,
    hold,
    serving,
    transcribe,
    wait_for,
)

pytestmark = pytest.mark.usefixtures("recognisers_are_threads")
HEAD = b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\n"
CROWD = 150


def test_who_sends_no_headers_is_cut_off() -> None:
    with serving(QUICK) as port, connect(port) as silent, connect(port) as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\nHost:")
        assert all_of(silent) == b""
        assert all_of(slow) == b""
        assert ask(port, "GET", "/health")[0] == 200


def test_a_second_request_gets_no_longer_either() -> None:
    with serving(QUICK) as port, connect(port) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"
        with contextlib.suppress(OSError):
            connection.sendall(b"GET /health HTTP/1.1\r\nHo")
        assert b"HTTP/1.1" not in all_of(connection)


@pytest.mark.parametrize(
    ("framing", "begun"),
    [(b"Content-Length: 1000\r\n", b"--x\r\n"), (b"Transfer-Encoding: chunked\r\n", b"5\r\n--x\r\n\r\n")],
)
def test_a_body_that_never_ends_is_refused(framing: bytes, begun: bytes) -> None:
    with serving(QUICK) as port, connect(port) as connection:
        connection.sendall(HEAD + b"Content-Type: multipart/form-data; boundary=x\r\n" + framing + b"\r\n")
        connection.sendall(begun)
        said = all_of(connection)
        assert said.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in said.lower()


def test_a_crowd_of_silent_clients_shuts_nobody_out() -> None:
    """As many as may be connected, and half as many again; the oldest of the silent ones make room."""
    limits = Limits(connections=CROWD * 2 // 3)
    recording = spoken(SHORT_TEXT).read_bytes()
    with serving(limits) as port, contextlib.ExitStack() as crowd:
        silent = [crowd.enter_context(connect(port)) for _ in range(CROWD)]
        silent[-1].sendall(b"GET /health HT")
        assert ask(port, "GET", "/health")[0] == 200
        assert transcribe(port, recording)[0] == 200
        assert all_of(silent[0]) == b""


def test_bodies_in_flight_are_counted() -> None:
    limits = replace(QUICK, bodies=1, body_seconds=60.0)
    with serving(limits) as port, connect(port) as slow:
        slow.sendall(
            HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n--x"
        )
        while "asr_receiving 1.0" not in ask(port, "GET", "/metrics")[1]:
            pass
        status, _, headers = transcribe(port, b"")
        assert (status, headers["retry-after"]) == (503, "10")
        slow.close()
        while "asr_receiving 0.0" not in ask(port, "GET", "/metrics")[1]:
            pass
        assert transcribe(port, b"")[0] == 400


def test_who_left_is_not_worked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold(tmp_path, monkeypatch)
    body, headers = form(spoken(SHORT_TEXT).read_bytes())
    head = HEAD + f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(loader="held") as port:
        with connect(port) as working, connect(port) as waiting:
            working.sendall(head + body)
            wait_for(tmp_path / worker_loaders.HELD)
            waiting.sendall(head + body)
            while "asr_in_line 2.0" not in ask(port, "GET", "/metrics")[1]:
                pass
        wait_for(tmp_path / worker_loaders.CANCELLED)
        while "asr_in_line 0.0" not in ask(port, "GET", "/metrics")[1]:
            pass
        held.unlink()
        assert transcribe(port, spoken(SHORT_TEXT).read_bytes())[0] == 200


def test_too_many_in_line_are_told_to_come_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold(tmp_path, monkeypatch)
    body, headers = form(spoken(SHORT_TEXT).read_bytes())
    head = HEAD + f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(Limits(waiting=1), loader="held") as port, connect(port) as first, connect(port) as second:
        first.sendall(head + body)
        wait_for(tmp_path / worker_loaders.HELD)
        second.sendall(head + body)
        while "asr_in_line 2.0" not in ask(port, "GET", "/metrics")[1]:
            pass
        status, answer, more = ask(port, "POST", "/v1/audio/transcriptions", body, headers)
        assert (status, more["retry-after"]) == (503, "10")
        assert "Too many requests wait" in answer["error"]["message"]
        assert ask(port, "GET", "/health")[:2] == (200, {"status": "ready", "model": "wav2vec2-group"})
        held.unlink()
        for connection in (first, second):
            assert connection.recv(12) == b"HTTP/1.1 200"


def test_waiting_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold(tmp_path, monkeypatch)
    body, headers = form(spoken(SHORT_TEXT).read_bytes())
    head = HEAD + f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(Limits(wait_seconds=0.5), loader="held") as port, connect(port) as first:
        first.sendall(head + body)
        wait_for(tmp_path / worker_loaders.HELD)
        status, answer, _ = ask(port, "POST", "/v1/audio/transcriptions", body, headers)
        assert (status, "busy" in answer["error"]["message"]) == (503, True)
        held.unlink()
        assert first.recv(12) == b"HTTP/1.1 200"


def test_a_server_that_stops_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold(tmp_path, monkeypatch)
    body, headers = form(spoken(SHORT_TEXT).read_bytes())
    head = HEAD + f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with contextlib.ExitStack() as clients:
        with serving(loader="held") as port:
            client = clients.enter_context(connect(port))
            client.sendall(head + body)
            wait_for(tmp_path / worker_loaders.HELD)
        held.unlink()
        said = all_of(client)
        assert said.startswith(b"HTTP/1.1 503")
        assert b"stopping" in said
