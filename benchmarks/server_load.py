"""What a crowd does to `asr-desktop serve`: slow clients, many files at once, oversize, lies, garbage.

    python -m benchmarks.server_load [--slow 200] [--files 32] [--seconds 60]
    python -m benchmarks.server_load --trainer        # the same for `asr-trainer serve`

A client that is told to come later (503) does so, as the Retry-After header says. Everything on this machine,
at most 208 connections. Health is asked for throughout, one question after the other; the longest answer is
what counts.

On two cores that other programs kept busy (load 20), 2026-11-30: 200 slow clients were closed within 21 s,
health in 0.152 s at most (median 0.0013, 202 times); oversize, lies and garbage, 0.017 s at most; 32 files of
60 s at once in 234 s, all answered, 0.515 s at most (1942 times). The server's own memory stayed at 105 MB or
less, and no recording was left.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from asr_desktop.audio.read import read_all
from asr_desktop.base import paths

MOST_CONNECTIONS = 208
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\n"
FORM = "Content-Type: multipart/form-data; boundary=x\r\n"
PATIENCE_SECONDS = 900.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--slow", type=int, default=200, help="slow clients (200)")
    parser.add_argument("--files", type=int, default=32, help="files at the same time (32)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of sound in each (60)")
    parser.add_argument("--trainer", action="store_true", help="measure asr-trainer serve")
    options = parser.parse_args()
    if max(options.slow, options.files) + 8 > MOST_CONNECTIONS:
        parser.error(f"at most {MOST_CONNECTIONS - 8} at the same time")
    with (
        tempfile.TemporaryDirectory() as home,
        server(home, options.trainer) as (port, process_id),
        health(port) as answers,
    ):
        print(f"memory of the server at the start: {memory_mb(process_id):.0f} MB")
        slow_clients(port, options.slow, options.trainer)
        report("slow clients", answers, process_id)
        lies(port, options.trainer)
        report("oversize, lies, garbage", answers, process_id)
        files(port, options.files, options.seconds, options.trainer)
        report("files at once", answers, process_id)
        left = list(Path(home, "cache").glob("serve-*/*"))
        print(f"recordings left on the disk: {len(left)}")


@contextlib.contextmanager
def server(home: str, is_trainer: bool) -> Iterator[tuple[int, int]]:
    """Port and process of a server with a data folder of its own, when its model is loaded."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    command = ["-m", "asr_desktop", "serve", "--model", "starter-en"]
    if is_trainer:
        model = str(paths.bundled_models_folder() / "starter-en")
        command = ["-c", "from trainer.cli import main; main()", "serve", model]
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, paths.HOME_VARIABLE: home},
    )
    try:
        while not _is_ready(port):
            assert process.poll() is None, "the server has ended"
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.suppress(OSError), contextlib.closing(connection):
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    return False


def _path(is_trainer: bool) -> str:
    return "/invocations" if is_trainer else "/v1/audio/transcriptions"


@contextlib.contextmanager
def health(port: int) -> Iterator[list[float]]:
    """How long each answer took, as long as the block runs."""
    answers: list[float] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.wait(0.1):
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/health")
            assert connection.getresponse().status == 200
            connection.close()
            answers.append(time.monotonic() - began)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        is_over.set()
        thread.join()


def report(what: str, answers: list[float], process_id: int) -> None:
    print(
        f"{what}: health in {max(answers):.3f} s at most (median {np.median(answers):.4f}, "
        f"{len(answers)} times), memory {memory_mb(process_id):.0f} MB",
        flush=True,
    )
    answers.clear()


def slow_clients(port: int, count: int, is_trainer: bool) -> None:
    """Headers that never end, bodies that never end, nothing at all; until the server has closed them all."""
    head = HEAD.format(path=_path(is_trainer))
    with contextlib.ExitStack() as crowd:
        clients = []
        for number in range(count):
            client = crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=120))
            client.sendall(("", head, f"{head}{FORM}Content-Length: 100000\r\n\r\n--x")[number % 3].encode())
            clients.append(client)
        began = time.monotonic()
        said = Counter(_status(client) for client in clients)
        print(f"{count} slow clients were closed within {time.monotonic() - began:.0f} s: {dict(said)}")


def lies(port: int, is_trainer: bool) -> None:
    head = HEAD.format(path=_path(is_trainer))
    for what, request in {
        "more than is allowed": f"{head}{FORM}Content-Length: {1 << 40}\r\n\r\n",
        "two lengths": f"{head}{FORM}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "less than stated": f"{head}{FORM}Content-Length: 500\r\n\r\n--x--\r\n",
        "no form": f"{head}{FORM}Content-Length: 5\r\nConnection: close\r\n\r\nabcde",
        "no HTTP": "\x00\x01\x02\r\n\r\n",
        "endless headers": head + "X: " + "y" * 500_000,
    }.items():
        with socket.create_connection(("127.0.0.1", port), timeout=120) as client:
            with contextlib.suppress(OSError):
                client.sendall(request.encode())
            print(f"{what}: {_status(client)}")


def files(port: int, count: int, seconds: float, is_trainer: bool) -> None:
    speech = read_all(paths.resources_folder() / "samples" / "welcome.ogg")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "talk.wav")
        soundfile.write(path, np.resize(speech, round(seconds * 16_000)), 16_000)
        body, kind = path.read_bytes(), "audio/wav"
    if not is_trainer:
        kind = "multipart/form-data; boundary=x"
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="talk.wav"\r\n\r\n'
        body = head + body + b"\r\n--x--\r\n"

    def transcribe(number: int) -> tuple[int, int]:
        """The status, and how often the server said to come later."""
        later = 0
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
            with contextlib.closing(connection):
                connection.request("POST", _path(is_trainer), body, {"Content-Type": kind})
                response = connection.getresponse()
                said = response.read()
            if response.status != 503:
                assert response.status != 200 or is_trainer or json.loads(said)["text"]
                return response.status, later
            later += 1
            time.sleep(float(response.getheader("Retry-After") or 1))

    began = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        results = list(pool.map(transcribe, range(count)))
    statuses, most = dict(Counter(status for status, _ in results)), max(later for _, later in results)
    print(
        f"{count} files of {seconds:g} s in {time.monotonic() - began:.1f} s: {statuses}, told to come later "
        f"at most {most} times"
    )


def memory_mb(process_id: int) -> float:
    """The most that the process itself has had; the recogniser's is another."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _status(client: socket.socket) -> str:
    with contextlib.suppress(OSError):
        return client.recv(12).decode("latin-1")[9:] or "closed"
    return "closed"


if __name__ == "__main__":
    main()
