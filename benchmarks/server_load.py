"""How the servers bear many files at once, and how quickly they answer the health check meanwhile.

    python -m benchmarks.server_load [--requests 32] [--seconds 60] [--trainer]

Starts `asr-desktop serve` (or `asr-trainer serve`) with one thread, sends it all the files at once, asks for
its health five times a second until the last one is answered, and prints how long both took. A client that is
told to come later (503) does so, as the Retry-After header says.
"""

from __future__ import annotations

import argparse
import http.client
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from asr_desktop.audio.read import SAMPLE_RATE, read_all

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "resources" / "samples" / "welcome.ogg"
MODEL = ROOT / "models" / "starter-en"
LONGEST_WAIT_SECONDS = 3600
HEALTH_EVERY_SECONDS = 0.2
_BOUNDARY = "between-parts"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=60, help="Length of each file.")
    parser.add_argument("--trainer", action="store_true", help="Measure asr-trainer serve.")
    arguments = parser.parse_args()
    port = _free_port()
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(
            _command(arguments.trainer, port),
            env={**os.environ, "ASR_DESKTOP_HOME": home, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_until_ready(server, port)
            _measure(port, _file(arguments.seconds), arguments.requests, arguments.trainer)
        finally:
            server.terminate()
            server.wait()
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak_mb:.0f} MB; load average {os.getloadavg()[0]:.0f}")


def _command(is_trainer: bool, port: int) -> list[str]:
    if is_trainer:
        code = "from trainer.cli import main; main()"
        return [sys.executable, "-c", code, "serve", str(MODEL), "--port", str(port)]
    return [sys.executable, "-m", "asr_desktop", "serve", "--port", str(port), "--threads", "1"]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _file(seconds: int) -> bytes:
    samples = read_all(SAMPLE)
    repeated = np.tile(samples, seconds * SAMPLE_RATE // len(samples) + 1)[: seconds * SAMPLE_RATE]
    with tempfile.NamedTemporaryFile(suffix=".flac") as file:
        soundfile.write(file.name, repeated, SAMPLE_RATE)
        return Path(file.name).read_bytes()


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    while server.poll() is None:
        try:
            if _health(port) == 200:
                return
        except OSError:
            pass
        time.sleep(HEALTH_EVERY_SECONDS)
    raise SystemExit("The server has ended.")


def _health(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/health")
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _measure(port: int, file: bytes, requests: int, is_trainer: bool) -> None:
    answered = threading.Event()
    latencies: list[float] = []

    def ask_for_health() -> None:
        while not answered.wait(HEALTH_EVERY_SECONDS):
            begun = time.monotonic()
            _health(port)
            latencies.append(time.monotonic() - begun)

    watch = threading.Thread(target=ask_for_health)
    watch.start()
    begun = time.monotonic()
    with ThreadPoolExecutor(requests) as clients:
        results = list(clients.map(lambda _: _transcribe(port, file, is_trainer), range(requests)))
    elapsed = time.monotonic() - begun
    answered.set()
    watch.join()
    latencies.sort()
    print(
        f"{requests} files answered after {elapsed:.0f} s: {dict(Counter(status for status, _ in results))}"
    )
    print(f"told to come later at most {max(later for _, later in results)} times")
    print(
        f"health, asked {len(latencies)} times: median {statistics.median(latencies) * 1000:.0f} ms, "
        f"95 % {latencies[int(0.95 * (len(latencies) - 1))] * 1000:.0f} ms, "
        f"longest {latencies[-1] * 1000:.0f} ms, "
        f"over a second {sum(latency > 1 for latency in latencies)} times"
    )


def _transcribe(port: int, file: bytes, is_trainer: bool) -> tuple[int, int]:
    """(status, how often the server asked to come later) of one file."""
    path, kind, body = "/invocations", "audio/flac", file
    if not is_trainer:
        path, kind = "/v1/audio/transcriptions", f"multipart/form-data; boundary={_BOUNDARY}"
        head = 'Content-Disposition: form-data; name="file"; filename="talk.flac"\r\n\r\n'
        model = 'Content-Disposition: form-data; name="model"\r\n\r\nwhisper-1'
        between = f"\r\n--{_BOUNDARY}\r\n".encode()
        body = (
            between.lstrip()
            + head.encode()
            + file
            + between
            + model.encode()
            + f"\r\n--{_BOUNDARY}--\r\n".encode()
        )
    later = 0
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_WAIT_SECONDS)
        connection.request("POST", path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 503:
            return answer.status, later
        later += 1
        time.sleep(float(answer.getheader("Retry-After") or 1))


if __name__ == "__main__":
    main()
