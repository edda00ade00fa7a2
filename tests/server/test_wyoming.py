"""The Wyoming protocol, as Home Assistant's own client speaks it, and as nobody should."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong

from asr_desktop.audio.read import read_all
from asr_desktop.base import paths
from asr_desktop.server import wyoming
from asr_desktop.server.guard import listening_host, networks
from asr_desktop.server.limits import Limits
from asr_desktop.server.refusal import ServerError
from asr_desktop.server.running import listening_socket
from asr_desktop.server.wyoming import WyomingOptions
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.recognition import worker_loaders
from tests.server.running_server import (
    MODEL,
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

FORMAT = b'{"rate": 16000, "width": 2, "channels": 1}'


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Of Wyoming, and of the other server."""
    listening = listening_socket("localhost", 0)
    port = listening.getsockname()[1]
    with serving(wyoming=WyomingOptions(listening), languages=("en",)) as other:
        yield port, other


def sound() -> bytes:
    return (read_all(spoken(SHORT_TEXT)) * 32_767).astype("<i2").tobytes()


def speech(pcm: bytes, rate: int = 16_000, width: int = 2, channels: int = 1) -> list[Event]:
    pieces = [pcm[start : start + 2_048] for start in range(0, len(pcm), 2_048)]
    return [
        AudioStart(rate, width, channels).event(),
        *(AudioChunk(rate, width, channels, piece).event() for piece in pieces),
        AudioStop().event(),
    ]


def talk(port: int, *events: Event, last: str = "transcript-stop") -> list[Event]:
    """What comes back, until an event of this type."""

    async def talked() -> list[Event]:
        heard: list[Event] = []
        async with AsyncTcpClient("127.0.0.1", port) as client:
            for event in events:
                await client.write_event(event)
            while (event := await client.read_event()) is not None:
                heard.append(event)
                if event.type == last:
                    break
        return heard

    return asyncio.run(talked())


def test_it_says_what_it_is(ports: tuple[int, int]) -> None:
    (event,) = talk(ports[0], Describe().event(), last="info")
    (program,) = Info.from_event(event).asr
    assert program.supports_transcript_streaming
    assert [(model.name, model.languages, model.installed) for model in program.models] == [
        (MODEL, ["en"], True)
    ]
    (pong,) = talk(ports[0], Ping(text="still there?").event(), last="pong")
    assert Pong.from_event(pong).text == "still there?"


def test_speech_comes_back_as_text(ports: tuple[int, int]) -> None:
    samples, rate = soundfile.read(spoken(SHORT_TEXT), dtype="int16")
    events = talk(ports[0], Transcribe(language="en").event(), *speech(samples.tobytes(), rate))

    (folder,) = (paths.data_folder() / "cache").iterdir()
    assert list(folder.iterdir()) == [], "no sound is kept"
    assert [TranscriptStart.is_type(events[0].type), TranscriptStop.is_type(events[-1].type)] == [True, True]
    text = Transcript.from_event(events[-2]).text
    chunks = [TranscriptChunk.from_event(event).text for event in events[1:-2]]
    assert text
    assert "".join(chunks) == text
    status, answer, _ = transcribe(ports[1], spoken(SHORT_TEXT).read_bytes())
    assert (status, answer["text"]) == (200, text), "the same as over the other protocol"
    assert 'asr_requests_total{path="wyoming",status="200"} 1.0' in ask(ports[1], "GET", "/metrics")[1]


def test_several_recordings_over_one_connection_and_in_another_format(ports: tuple[int, int]) -> None:
    stereo = read_all(spoken(SHORT_TEXT)).repeat(2).repeat(2)  # 32 kHz, two channels
    pcm = (stereo * 32_767).astype("<i2").tobytes()

    async def talked() -> list[str]:
        texts = []
        async with AsyncTcpClient("127.0.0.1", ports[0]) as client:
            for events in (speech(sound()), speech(pcm, 32_000, 2, 2)):
                for event in events:
                    await client.write_event(event)
                while (event := await client.read_event()) is not None:
                    if Transcript.is_type(event.type):
                        texts.append(Transcript.from_event(event).text)
                    if TranscriptStop.is_type(event.type):
                        break
        return texts

    assert len([text for text in asyncio.run(talked()) if text]) == 2


def test_silence_is_no_text(ports: tuple[int, int]) -> None:
    events = talk(ports[0], *speech(bytes(32_000)))
    assert [event.type for event in events] == ["transcript-start", "transcript", "transcript-stop"]
    assert Transcript.from_event(events[1]).text == ""


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([Transcribe(language="xx").event()], "400"),
        ([Transcribe(transcript_names=["a:-1"]).event()], "400"),
        ([Event("transcribe", {"transcript_terms": "boat"})], "400"),
        ([AudioStart(16_000, 4, 1).event()], "400"),
        ([AudioStart(1, 2, 1).event()], "400"),
        ([AudioStart(16_000, 2, 1).event(), AudioChunk(8_000, 2, 1, b"ab").event()], "400"),
    ],
)
def test_what_cannot_be_done_is_an_error(ports: tuple[int, int], events: list[Event], code: str) -> None:
    (event,) = talk(ports[0], *events, last="error")
    assert Error.from_event(event).code == code


@pytest.mark.parametrize(
    "said",
    [
        b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"x" * 200_000,
        b"[1]\n",
        b'{"type": 3}\n',
        b'{"type": "ping", "data_length": 999999999}\n',
        b'{"type": "audio-chunk", "payload_length": 99999999999}\n',
        b'{"type": "ping", "data_length": -1}\n',
        b'{"type": "ping", "data_length": 3}\n[1]',
    ],
)
def test_garbage_is_refused(ports: tuple[int, int], said: bytes) -> None:
    with connect(ports[0]) as connection:
        connection.sendall(said)
        answer = all_of(connection)
    assert b'"error"' in answer or answer == b""
    assert talk(ports[0], Describe().event(), last="info"), "and others are served"


def test_half_a_surrogate_pair_is_said_back(ports: tuple[int, int]) -> None:
    with connect(ports[0]) as connection:
        connection.sendall(b'{"type": "ping", "data": {"text": "\\ud800"}}\n')
        assert b"\\ud800" in connection.recv(4096)


def test_limits_hold_here_too() -> None:
    listening = listening_socket("localhost", 0)
    port = listening.getsockname()[1]
    limits = Limits(sound_seconds=0.5, bodies=1, body_seconds=0.3)
    with serving(limits, wyoming=WyomingOptions(listening)):
        assert Error.from_event(talk(port, *speech(sound()), last="error")[-1]).code == "413"
        with connect(port) as slow:
            slow.sendall(b'{"type": "aud')
            assert all_of(slow) == b"", "who says nothing more is disconnected"
        with connect(port) as first:
            first.sendall(b'{"type": "ping"}\n')
            assert b"pong" in first.recv(4096)
            assert talk(port, Describe().event(), last="info"), "who only keeps a place gives it to others"
            assert all_of(first) == b""
        with connect(port) as first:
            first.sendall(b'{"type": "describe"}\n{"type": "audio-start", "data": %s}\n' % FORMAT)
            assert b"info" in first.recv(4096)
            (folder,) = (paths.data_folder() / "cache").iterdir()
            while not list(folder.glob("*/speech.wav")):
                pass
            assert Error.from_event(talk(port, Describe().event(), last="error")[-1]).code == "503"
            first.setblocking(False)
            for _ in range(100):  # what it says beside its sound wins it no time
                if select.select([first], [], [], 0.1)[0]:
                    break
                first.sendall(b'{"type": "ping"}\n')
            else:
                raise AssertionError("who is silent in a recording keeps a place")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("pieces", [1, 64])
def test_a_full_disk_is_a_sentence_and_others_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ports: tuple[int, int], pieces: int
) -> None:
    (tmp_path / "speech.wav").symlink_to("/dev/full")
    monkeypatch.setattr(wyoming, "request_folder", lambda parent: contextlib.nullcontext(tmp_path))
    events = talk(ports[0], *speech(bytes(2_048 * pieces)), last="never")  # until the server closes
    (error,) = map(Error.from_event, events)
    assert error.code == "500"
    assert error.text == (
        "The server cannot write down the sound: its disk is full; free some space on it and send the sound "
        "again."
    )
    assert 'asr_requests_total{path="wyoming",status="500"} 1.0' in ask(ports[1], "GET", "/metrics")[1]
    monkeypatch.undo()
    assert talk(ports[0], *speech(bytes(32_000)))[-1].type == "transcript-stop"


def test_who_left_is_not_worked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hold(tmp_path, monkeypatch)
    listening = listening_socket("localhost", 0)
    port = listening.getsockname()[1]
    said = b'{"type": "audio-start", "data": %s}\n{"type": "audio-stop"}\n' % FORMAT
    with serving(loader="held", wyoming=WyomingOptions(listening)) as other:
        body, headers = form(spoken(SHORT_TEXT).read_bytes())
        head = f"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        head += f"Content-Type: {headers['Content-Type']}\r\n\r\n"
        with connect(other) as working, connect(port) as waiting:
            working.sendall(head.encode() + body)
            wait_for(tmp_path / worker_loaders.HELD)
            waiting.sendall(said)
            while "asr_in_line 2.0" not in ask(other, "GET", "/metrics")[1]:
                pass
            waiting.close()
            in_line = (ask(other, "GET", "/metrics")[1] for _ in range(2_000))
            assert any("asr_in_line 1.0" in figures for figures in in_line)
            held.unlink()
            assert b"200 OK" in working.recv(4096)


def test_other_computers_have_to_be_named(ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        wyoming.WyomingServer,
        "_may_ask",
        lambda self, peer, ask=wyoming.WyomingServer._may_ask: ask(self, ("192.168.1.20", 1)),
    )
    (event,) = talk(ports[0], Describe().event(), last="error")
    assert "--wyoming-allow" in Error.from_event(event).text


@pytest.mark.parametrize(
    ("allowed", "families"),
    [([], "4"), (["192.168.1.0/24"], "4"), (["fd00::/8"], "46"), (["192.168.1.20", "fd00::1"], "46")],
)
def test_it_listens_where_the_named_ones_can_reach_it(allowed: list[str], families: str) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with listening_socket(listening_host(networks(allowed)), 0) as listening:
        port = listening.getsockname()[1]
        for family, address in (("4", "127.0.0.1"), ("6", "::1")):
            reached = None
            with contextlib.suppress(ConnectionRefusedError):
                reached = socket.create_connection((address, port))
                reached.close()
            assert (reached is not None) == (family in families)


def test_addresses_and_networks() -> None:
    home, one = networks(["192.168.1.7/24", "fd00::1"])
    assert ipaddress.ip_address("192.168.1.200") in home
    assert ipaddress.ip_address("fd00::1") in one
    with pytest.raises(ServerError, match="not an address"):
        networks(["somewhere"])


def test_an_end_of_the_server_ends_its_clients() -> None:
    listening = listening_socket("localhost", 0)
    port = listening.getsockname()[1]
    with serving(wyoming=WyomingOptions(listening)):
        connection = connect(port)
        connection.sendall(json.dumps({"type": "ping"}).encode() + b"\n")
        assert b"pong" in connection.recv(4096)
    assert all_of(connection) == b""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))
    connection.close()
