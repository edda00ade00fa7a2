"""A microphone made of software: what a test plays into it, the program under test records.

A PulseAudio server of its own in a throw-away folder, with a null sink as loudspeaker and a source that hears
it; no sound card, no root and no running desktop are needed. The `virtual_microphone` fixture points this
process, and all it starts, to it, and skips with the reason where PulseAudio is missing.

Facts about it (Debian 12): PortAudio's first callback comes 1.5-1.7 s after start; what is played before is
lost without any flag; played and recorded sound then agree to a correlation of 0.98 and better.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

MICROPHONE = "vmic"
LOUDSPEAKER = "vspk"
STARTS_WITHIN_SECONDS = 20.0

_SCRIPT = """
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
load-module module-null-sink sink_name={speaker} rate={rate} channels=2
set-default-sink {speaker}
"""


@dataclass
class VirtualMicrophone:
    """A running PulseAudio server; `plug_in` and `pull_out` the microphone, `play` sound into it."""

    folder: Path
    environment: dict[str, str]
    rate: int
    _modules: dict[str, str] = field(default_factory=dict)

    def pactl(self, *arguments: str) -> str:
        command = ["pactl", *arguments]
        return subprocess.run(
            command, env=self._all_variables(), check=True, capture_output=True, text=True, timeout=20
        ).stdout.strip()

    def plug_in(
        self, name: str = MICROPHONE, description: str = "Virtual-Microphone", *, default: bool = True
    ) -> None:
        self._modules[name] = self.pactl(
            "load-module",
            "module-remap-source",
            f"master={LOUDSPEAKER}.monitor",
            f"source_name={name}",
            f"source_properties=device.description={description}",
        )
        if default:
            self.pactl("set-default-source", name)

    def pull_out(self, name: str = MICROPHONE) -> None:
        self.pactl("unload-module", self._modules.pop(name))

    def play(self, signal: NDArray[np.float32], sample_rate: int) -> None:
        """Plays to the end; returns when the last sample has been heard."""
        self.start_playing(signal, sample_rate).wait(timeout=600)

    def start_playing(self, signal: NDArray[np.float32], sample_rate: int) -> subprocess.Popen[bytes]:
        path = self.folder / f"play-{time.monotonic_ns()}.wav"
        soundfile.write(path, signal, sample_rate, subtype="PCM_16")
        return subprocess.Popen(["paplay", "--latency-msec=100", str(path)], env=self._all_variables())

    def _all_variables(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


@contextmanager
def running_microphone(rate: int = 48_000) -> Iterator[VirtualMicrophone]:
    """Starts the server, plugs the microphone in, and takes all down again."""
    missing = _what_is_missing()
    if missing:
        pytest.skip(missing)
    # Socket paths may not be long, so no pytest folder.
    with tempfile.TemporaryDirectory(prefix="vmic-") as name:
        folder = Path(name)
        socket = folder / "pulse.sock"
        (folder / "home").mkdir()
        environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder / "home"),
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_COOKIE": str(folder / "cookie"),
        }
        script = folder / "server.pa"
        script.write_text(_SCRIPT.format(socket=socket, speaker=LOUDSPEAKER, rate=rate))
        options = [
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--disable-shm",
            "--realtime=no",
        ]
        server = subprocess.Popen(
            ["pulseaudio", "-n", "-F", str(script), *options],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=(folder / "server.log").open("wb"),
        )
        microphone = VirtualMicrophone(folder, environment, rate)
        try:
            _wait_until_ready(microphone, server)
            microphone.plug_in()
            yield microphone
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture
def virtual_microphone(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualMicrophone]:
    with running_microphone() as microphone:
        for variable, value in microphone.environment.items():
            monkeypatch.setenv(variable, value)
        yield microphone


def _what_is_missing() -> str | None:
    for program in ("pulseaudio", "pactl", "paplay"):
        if shutil.which(program) is None:
            return f"no virtual microphone: {program} is not installed"
    if ctypes.util.find_library("portaudio") is None:
        return "no virtual microphone: PortAudio (libportaudio2) is not installed"
    return None


def _wait_until_ready(microphone: VirtualMicrophone, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            microphone.pactl("info")
            return
        except subprocess.SubprocessError:
            if server.poll() is not None or time.monotonic() > deadline:
                log = (microphone.folder / "server.log").read_text(errors="replace")[-300:]
                pytest.skip(f"no virtual microphone: PulseAudio did not start here ({log.strip()})")
            time.sleep(0.05)
