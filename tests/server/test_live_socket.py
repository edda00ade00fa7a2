from __future__ import annotations

import contextlib
import errno
import json
from collections.abc import Iterator

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from asr_desktop.audio.read import read_all
from asr_desktop.base import paths
from asr_desktop.base.errors import RecordingError
from asr_desktop.server.limits import Limits
from asr_desktop.server.live_recognition import ClientRecording
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.server.running_server import serving

pytestmark = pytest.mark.usefixtures("recognisers_are_threads")


@pytest.fixture
def port() -> Iterator[int]:
    with serving(Limits(live=1)) as port:
        yield port


def listen(port: int, query: str = "", **more: object) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{port}/v1/listen{query}", **more)  # type: ignore[arg-type]


def test_sound_comes_back_as_events(port: int) -> None:
    sound = (read_all(spoken(SHORT_TEXT)) * 32_767).astype("<i2").tobytes()
    with listen(port, "?sample_rate=16000&hotwords=boat,evening:10") as socket:
        for start in range(0, len(sound), 3_333):  # cut in the middle of samples
            socket.send(sound[start : start + 3_333])
        socket.send(json.dumps({"type": "stop"}))
        events = [json.loads(message) for message in socket]
        assert socket.close_code == 1000
    assert events[-1]["type"] == "stopped"
    assert events[-1]["complete"]
    assert events[-1]["end"] == pytest.approx(len(sound) / 32_000, abs=1e-3)
    finals = [event for event in events if event["type"] == "final"]
    assert any(event["text"] for event in finals)
    assert not any("session" in event for event in events)
    (folder,) = (paths.data_folder() / "cache").iterdir()
    assert list(folder.iterdir()) == []


def listen_when_free(port: int) -> ClientConnection:
    """The room of who left comes back a moment after their sound is gone."""
    while True:
        try:
            return listen(port)
        except InvalidStatus as refused:
            assert refused.response.status_code == 503  # noqa: PT017 (anything else ends the test)


def test_who_goes_away_leaves_room(port: int) -> None:
    for _ in range(3):
        with listen_when_free(port) as socket:
            socket.send(np.zeros(1_600, "<i2").tobytes())
            with pytest.raises(InvalidStatus) as refused:
                listen(port)
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["retry-after"]
        with listen_when_free(port):
            pass
        while any((paths.data_folder() / "cache").glob("serve-*/*")):
            pass


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?sample_rate=" + "9" * 400, {}, 400),
        ("?sample_rate=1", {}, 400),
        ("?channels=0", {}, 400),
        ("?hotwords=a:-1", {}, 400),
        ("", {"Origin": "https://evil.example"}, 403),
    ],
)
def test_wrong_requests_are_refused(port: int, query: str, headers: dict[str, str], status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        listen(port, query, additional_headers=headers)
    assert refused.value.response.status_code == status


def test_text_that_is_no_command_ends_it(port: int) -> None:
    with listen(port) as socket:
        socket.send("hello")
        with pytest.raises(ConnectionClosed):
            socket.recv()
        assert socket.close_code == 1008


def test_silence_of_the_client_ends_it() -> None:
    with serving(Limits(body_seconds=0.2)) as port, listen(port) as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv()
        assert socket.close_code == 1008


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space"), RecordingError("The disk is full.")])
def test_a_full_disk_is_a_sentence(port: int, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def full(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(ClientRecording, "write", full)
    with listen(port) as socket:
        socket.send(bytes(3_200))
        with contextlib.suppress(ConnectionClosed):
            while True:
                socket.recv()
        assert socket.close_code == 1011
        assert "disk is full" in (socket.close_reason or "")
