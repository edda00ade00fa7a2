"""What all tests have in common: no network, and a data folder of their own."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from asr_desktop.base import private_files  # before any test imports a library that reports its use

# Before anything imports transformers: it looks online for what it does not find, and waits for it.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"

# Workers of pytest-xdist are more than there are cores: threads of theirs would only get in each other's way.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Before anything makes a QApplication, which ends the process where there is no screen. With a DISPLAY (Xvfb,
# say) the real platform is tested.
if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A shell's background jobs ignore Ctrl-C, and so would every program that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure, so no example has a deadline; and nothing is kept between runs.
settings.register_profile(
    "asr-desktop", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("asr-desktop")

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests one worker of pytest-xdist does one after the other (with --dist loadgroup).

    Those of a file, which share what they look at; and all that play into a sound server, because sound
    cannot wait for a processor. These take as long as their sound, so they are slow as well.
    """
    for item in items:
        if "virtual_microphone" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("sound"))
        else:
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder for each test, so that none meets or touches what the person here has stored."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ASR_DESKTOP_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def umask_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that a test runs in this process makes private what is made after it."""
    monkeypatch.setattr(private_files, "_usual_umask", None)
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to another machine is an error; servers that a test starts on this one are not."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_this_machine(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def shared_speech() -> Path:
    """The folder with the packs of real speech; tests that need one skip where it is absent."""
    folder = Path(os.environ.get("ASR_SHARED", ROOT.parent / "shared")) / "speech"
    if not folder.is_dir():
        pytest.skip(f"no real speech here: {folder} is absent (ASR_SHARED names another place)")
    return folder
