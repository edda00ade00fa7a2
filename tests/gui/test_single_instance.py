"""Who is first, wherever others listen, and what is said where the first one not responding."""

from __future__ import annotations

import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from pytestqt.qtbot import QtBot

from asr_desktop.base.file_lock import FileLock
from asr_desktop.gui import single_instance
from asr_desktop.gui.single_instance import ADDRESS_FILE, LOCK_FILE, InstanceError, SingleInstance

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX sockets and users")


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(single_instance, "ANSWERS_WITHIN_MS", 300)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's runtime folder, at a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def first() -> Iterator[SingleInstance]:
    instance = SingleInstance()
    yield instance
    instance.close()


def address(home: Path) -> Path:
    return Path((home / ADDRESS_FILE).read_text())


def test_the_socket_lies_where_only_the_user_can_reach_it(
    home: Path, runtime: Path, first: SingleInstance
) -> None:
    assert first.is_first()
    assert address(home).parent == runtime
    assert stat.S_ISSOCK(address(home).stat().st_mode)


def test_a_runtime_folder_that_others_can_write_to_is_not_used(
    home: Path, runtime: Path, first: SingleInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_LONGEST_PATH", 1000)
    monkeypatch.setattr(QLocalServer, "listen", lambda server, address: True)
    runtime.chmod(0o777)
    assert first.is_first()
    assert address(home).parent == home / "run"
    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_has_a_shorter_one(
    home: Path, first: SingleInstance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
        monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path / ("long" * 30)))
        monkeypatch.setattr(tempfile, "tempdir", folder)
        instance = SingleInstance()
        assert instance.is_first()
        place = address(tmp_path / ("long" * 30)).parent
        assert place == Path(folder) / f"asr-desktop-{os.getuid()}"
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        instance.close()


def test_a_listener_at_the_old_guessable_name_does_not_keep_the_window_shut(
    home: Path, first: SingleInstance
) -> None:
    import hashlib

    foreign = QLocalServer()
    name = f"asr-desktop-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"
    assert foreign.listen(name)
    assert first.is_first()
    foreign.close()


def test_a_first_one_that_does_not_answer_is_named(home: Path, first: SingleInstance) -> None:
    lock = FileLock(home / LOCK_FILE)
    assert lock.acquire()
    with pytest.raises(InstanceError, match="is already open but not responding"):
        first.is_first()
    lock.release()
    assert first.is_first()


def test_a_listener_that_says_nothing_is_named(home: Path, runtime: Path, first: SingleInstance) -> None:
    lock, silent = FileLock(home / LOCK_FILE), QLocalServer()
    assert lock.acquire()
    assert silent.listen(str(runtime / "silent.sock"))
    (home / ADDRESS_FILE).write_text(str(runtime / "silent.sock"))
    with pytest.raises(InstanceError, match="not responding"):
        first.is_first()
    silent.close()
    lock.release()


def test_a_listener_of_another_user_is_named(
    home: Path, runtime: Path, first: SingleInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first.is_first()
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)  # the listener is now another user's
    with pytest.raises(InstanceError, match=r"Another user's program is using .*asr-desktop-"):
        SingleInstance().is_first()


def test_a_window_of_another_user_is_named(
    home: Path, first: SingleInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = FileLock(home / LOCK_FILE)
    assert lock.acquire()
    (home / ADDRESS_FILE).write_text("/run/user/12345/asr-desktop.sock")
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    with pytest.raises(InstanceError, match="Another user has"):
        first.is_first()
    lock.release()


def test_on_windows_the_pipe_has_a_name_nobody_can_guess_and_is_the_user_s_alone(
    home: Path, first: SingleInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[QLocalServer.SocketOption] = []
    set_options = QLocalServer.setSocketOptions

    def remember(server: QLocalServer, chosen: QLocalServer.SocketOption) -> None:
        options.append(chosen)
        set_options(server, chosen)

    monkeypatch.setattr(QLocalServer, "setSocketOptions", remember)
    monkeypatch.setattr(single_instance.sys, "platform", "win32")
    assert first.is_first()
    assert options == [QLocalServer.SocketOption.UserAccessOption]
    name = (home / ADDRESS_FILE).read_text()
    assert re.fullmatch("asr-desktop-[0-9a-f]{32}", name)
    assert single_instance._new_address() != name
    second = QLocalSocket()
    second.connectToServer(name)
    assert second.waitForConnected()
    assert not single_instance._is_of_another_user(second)


@pytest.mark.parametrize("others", [False, True])
def test_on_macos_the_other_end_s_user_is_asked_of_the_system(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: bool
) -> None:
    user = os.getuid() + others

    class PeerOnMacOs:
        """Answers LOCAL_PEERCRED with a struct xucred (sys/ucred.h): version, user, groups."""

        def __init__(self, fileno: int) -> None:
            os.close(fileno)

        def __enter__(self) -> PeerOnMacOs:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def getsockopt(self, level: int, option: int, size: int) -> bytes:
            assert (level, option) == (0, 1)  # SOL_LOCAL, LOCAL_PEERCRED
            answer = struct.pack("IIh16I", 0, user, 1, *range(16))
            assert size == len(answer)
            return answer

    with tempfile.TemporaryDirectory() as folder:  # pytest's own are too long for a socket
        server, connection = QLocalServer(), QLocalSocket()
        assert server.listen(f"{folder}/s")
        connection.connectToServer(f"{folder}/s")
        assert connection.waitForConnected()
        monkeypatch.setattr(single_instance.sys, "platform", "darwin")
        monkeypatch.setattr(single_instance.socket, "socket", PeerOnMacOs)
        assert single_instance._is_of_another_user(connection) is others
        connection.abort()
        server.close()


def test_the_program_says_it_and_does_not_end_as_if_all_were_well(home: Path) -> None:
    lock = FileLock(home / LOCK_FILE)
    assert lock.acquire()
    code = """
from PySide6.QtWidgets import QMessageBox
from asr_desktop.gui import app, single_instance
single_instance.ANSWERS_WITHIN_MS = 300
QMessageBox.critical = lambda parent, title, sentence: print(title, sentence, sep=": ")
raise SystemExit(app.main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    lock.release()
    assert done.returncode == 1
    sentence = (
        f"The window for {home} is already open but not responding; wait a moment and try again, or quit "
        "the other asr-desktop.\n"
    )
    assert done.stdout == f"ASR Desktop: {sentence}"
    assert done.stderr.splitlines()[-1] == f"asr-desktop: {sentence.strip()}"
