"""Realtime transcription, as the `openai` package's own client asks for it."""

from __future__ import annotations

import asyncio
import base64
import errno
import io
import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from openai import OpenAI
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from asr_desktop.audio.read import read_all
from asr_desktop.base import paths
from asr_desktop.recognition.segmenter import SegmenterOptions
from asr_desktop.server import realtime_socket
from asr_desktop.server.limits import Limits
from asr_desktop.server.live_recognition import ClientRecording
from asr_desktop.server.realtime_protocol import RealtimeSettings
from asr_desktop.server.realtime_turns import ListenedSpeech
from asr_desktop.server.refusal import Refusal
from asr_desktop.server.request_fields import MOST_HOTWORDS
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.recognition import worker_loaders
from tests.server.running_server import MODEL, PATIENCE_SECONDS, hold, serving, transcribe, wait_for

pytestmark = pytest.mark.usefixtures("recognisers_are_threads")

COMPLETED = "conversation.item.input_audio_transcription.completed"
DELTA = "conversation.item.input_audio_transcription.delta"


@pytest.fixture
def port() -> Iterator[int]:
    with serving(languages=("en",)) as port:
        yield port


def sound(rate: int = 24_000) -> np.ndarray[Any, np.dtype[np.int16]]:
    samples = read_all(spoken(SHORT_TEXT))
    silence = np.zeros(rate, np.float32)
    made = np.concatenate([soxr.resample(samples, 16_000, rate), silence])
    return (made * 32_767).astype(np.int16)


def client(port: int) -> OpenAI:
    return OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none", max_retries=0)


def append(connection: Any, data: bytes, size: int = 9_999) -> None:
    """In pieces that are cut in the middle of samples."""
    for start in range(0, len(data), size):
        piece = base64.b64encode(data[start : start + size]).decode()
        connection.input_audio_buffer.append(audio=piece)


def until(connection: Any, kind: str, seen: list[Any]) -> Any:
    """The next event of this type; others go into `seen`."""
    while True:
        event = connection.recv()
        seen.append(event)
        if event.type == kind:
            return event
        assert event.type != "error", event


def session(**audio_input: Any) -> dict[str, Any]:
    return {"type": "transcription", "audio": {"input": audio_input}}


def test_sound_between_commits_is_a_recording(port: int) -> None:
    pcm = sound()
    wav = io.BytesIO()
    soundfile.write(wav, pcm, 24_000, format="WAV", subtype="PCM_16")
    status, wanted, _ = transcribe(port, wav.getvalue())
    assert status == 200
    with client(port).realtime.connect(extra_query={"intent": "transcription"}) as connection:
        seen: list[Any] = []
        created = until(connection, "session.created", seen)
        assert created.session.type == "transcription"
        connection.session.update(
            session=session(
                format={"type": "audio/pcm", "rate": 24_000},
                transcription={"model": "gpt-4o-transcribe", "language": "en"},
                turn_detection=None,
            )
        )
        updated = until(connection, "session.updated", seen)
        assert updated.session.audio.input.turn_detection is None
        items = []
        for _ in range(2):
            append(connection, pcm.tobytes())
            connection.input_audio_buffer.commit()
            committed = until(connection, "input_audio_buffer.committed", seen)
            done = until(connection, COMPLETED, seen)
            items.append(committed.item_id)
            assert done.item_id == committed.item_id
            assert done.transcript == wanted["text"]
            assert done.usage.seconds == pytest.approx(len(pcm) / 24_000, abs=0.01)
            assert committed.previous_item_id == (items[-2] if len(items) > 1 else None)
            told = "".join(
                event.delta for event in seen if event.type == DELTA and event.item_id == items[-1]
            )
            assert told == wanted["text"]
    assert len(set(items)) == 2


@pytest.mark.parametrize(("kind", "subtype"), [("audio/pcmu", "ULAW"), ("audio/pcma", "ALAW")])
def test_telephone_sound(port: int, kind: str, subtype: str) -> None:
    raw, wav = io.BytesIO(), io.BytesIO()
    soundfile.write(raw, sound(8_000), 8_000, format="RAW", subtype=subtype)
    soundfile.write(wav, sound(8_000), 8_000, format="WAV", subtype=subtype)
    _, wanted, _ = transcribe(port, wav.getvalue())
    with client(port).realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session=session(format={"type": kind}, turn_detection=None))
        append(connection, raw.getvalue())
        connection.input_audio_buffer.commit()
        assert until(connection, COMPLETED, []).transcript == wanted["text"]


def test_utterances_are_found_in_the_sound(port: int) -> None:
    with client(port).realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(
            session=session(
                transcription={"prompt": "boat, evening"},
                turn_detection={"type": "server_vad", "silence_duration_ms": 300, "threshold": 0.4},
            )
        )
        seen: list[Any] = []
        for number in range(2):
            append(connection, sound().tobytes())
            connection.input_audio_buffer.commit()
            until(connection, COMPLETED, seen)
            started = [event for event in seen if event.type == "input_audio_buffer.speech_started"]
            assert started[-1].audio_start_ms >= number * 1_000 * len(sound()) // 24_000 - 500
    kinds = [event.type for event in seen]
    items = [event.item_id for event in seen if event.type == COMPLETED]
    assert len(set(items)) == len(items) >= 2
    for item in items:
        own = [event for event in seen if getattr(event, "item_id", None) == item]
        assert own[0].type == "input_audio_buffer.speech_started"
        assert own[-1].type == COMPLETED
        order = [event.type for event in own if event.type not in (DELTA,)]
        assert order[1:3] == ["input_audio_buffer.speech_stopped", "input_audio_buffer.committed"]
        told = "".join(event.delta for event in own if event.type == DELTA)
        assert told
        stopped = next(event for event in own if event.type == "input_audio_buffer.speech_stopped")
        assert stopped.audio_end_ms > own[0].audio_start_ms
    assert "session.updated" in kinds
    assert all(event.transcript for event in seen if event.type == COMPLETED)


def test_clients_of_the_beta_are_understood(port: int) -> None:
    headers = {"OpenAI-Beta": "realtime=v1"}
    with connect(f"ws://127.0.0.1:{port}/v1/realtime?intent=transcription", additional_headers=headers) as ws:
        assert json.loads(ws.recv())["type"] == "transcription_session.created"
        asked = {
            "input_audio_format": "g711_ulaw",
            "input_audio_transcription": {"model": "whisper-1", "prompt": "Ada Lovelace"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 400},
        }
        ws.send(json.dumps({"type": "transcription_session.update", "session": asked}))
        said = json.loads(ws.recv())
        assert said["type"] == "transcription_session.updated"
        assert said["session"]["input_audio_format"] == "g711_ulaw"
        assert said["session"]["turn_detection"]["silence_duration_ms"] == 400


def test_cleared_sound_is_gone(port: int) -> None:
    with client(port).realtime.connect(extra_query={"intent": "transcription"}) as connection:
        for detection in ({"type": "server_vad"}, None):
            connection.session.update(session=session(turn_detection=detection))
            append(connection, sound().tobytes())
            connection.input_audio_buffer.clear()
            until(connection, "input_audio_buffer.cleared", [])
            connection.input_audio_buffer.commit()
            while (event := connection.recv()).type != "error":
                assert event.type not in (COMPLETED, "input_audio_buffer.committed")
            assert "no sound" in event.error.message
    (folder,) = (paths.data_folder() / "cache").iterdir()
    while any(folder.iterdir()):  # the server sees the end of the connection a moment later
        pass


@pytest.mark.parametrize(
    ("event", "parameter"),
    [
        ({"type": "response.create"}, "type"),
        ({"type": "input_audio_buffer.append", "audio": "!!"}, "audio"),
        ({"type": "input_audio_buffer.append"}, "audio"),
        ({"type": "session.update", "session": {"type": "realtime"}}, "session.type"),
        ({"type": "session.update", "session": session(format={"type": "mp3"})}, "format"),
        (
            {"type": "session.update", "session": session(format={"type": "audio/pcm", "rate": 1})},
            "format.rate",
        ),
        (
            {"type": "session.update", "session": session(turn_detection={"threshold": 7})},
            "turn_detection.threshold",
        ),
        (
            {"type": "session.update", "session": session(transcription={"language": "xx"})},
            "language",
        ),
        ({"type": "session.update", "session": session(transcription={"model": "other"})}, "model"),
        ({"type": "session.update", "session": []}, "session"),
        (
            {"type": "session.update", "session": session(turn_detection={"prefix_padding_ms": 8_000})},
            "turn_detection",
        ),
        (
            {
                "type": "session.update",
                "session": session(transcription={"prompt": "; ".join(map(str, range(MOST_HOTWORDS + 1)))}),
            },
            "prompt",
        ),
        ({"type": "session.update", "session": session(transcription={"model": "\ud800"})}, "model"),
    ],
)
def test_a_client_s_fault_is_an_event_and_the_session_goes_on(
    port: int, event: dict[str, Any], parameter: str
) -> None:
    with connect(f"ws://127.0.0.1:{port}/v1/realtime?intent=transcription") as ws:
        ws.recv()
        ws.send(json.dumps({**event, "event_id": "mine"}))
        error = json.loads(ws.recv())
        assert error["type"] == "error"
        assert (error["error"]["param"], error["error"]["event_id"]) == (parameter, "mine")
        for garbage in ("{", "[1]", '{"type": 3}'):
            ws.send(garbage)
            assert json.loads(ws.recv())["type"] == "error"
        ws.send(json.dumps({"type": "session.update", "session": session()}))
        assert json.loads(ws.recv())["type"] == "session.updated"


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?intent=conversation", {}, 400),
        ("?model=other", {}, 404),
        ("", {"Origin": "https://evil.example"}, 403),
    ],
)
def test_who_is_not_served(port: int, query: str, headers: dict[str, str], status: int) -> None:
    address = f"ws://127.0.0.1:{port}/v1/realtime{query}"
    with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers=headers):
        pass
    assert refused.value.response.status_code == status


def test_models_by_their_names(port: int) -> None:
    for name in ("gpt-4o-mini-transcribe", "gpt-realtime", MODEL):
        with client(port).realtime.connect(model=name) as connection:
            assert connection.recv().type == "session.created"


def closing_code(ws: ClientConnection) -> int | None:
    """After everything that the server still says."""
    with suppress(ConnectionClosed):
        while True:
            ws.recv()
    return ws.close_code


def wait_for_error(ws: ClientConnection) -> str:
    """The kind of the next error; events are answered in their order."""
    while (event := json.loads(ws.recv()))["type"] != "error":
        pass
    kind: str = event["error"]["type"]
    return kind


def test_limits_hold_here_too() -> None:
    data = base64.b64encode(sound().tobytes()).decode()
    loud = json.dumps({"type": "input_audio_buffer.append", "audio": data})
    with serving(Limits(sound_seconds=1.0)) as port, connect(f"ws://127.0.0.1:{port}/v1/realtime") as ws:
        ws.send(loud)
        assert closing_code(ws) == 1008
    with serving(Limits(live=1)) as port:
        address = f"ws://127.0.0.1:{port}/v1/realtime"
        with connect(address) as first, connect(address) as second:
            first.send(json.dumps({"type": "input_audio_buffer.append", "audio": data[:4_000]}))
            first.send("{}")
            assert wait_for_error(first) == "invalid_request_error", "so the sound is being listened to"
            second.send(loud)
            assert closing_code(second) == 1013
    with serving(Limits(bodies=1)) as port, connect(f"ws://127.0.0.1:{port}/v1/realtime"):
        with pytest.raises(InvalidStatus) as refused, connect(f"ws://127.0.0.1:{port}/v1/realtime"):
            pass
        assert refused.value.response.status_code == 503


def test_who_falls_silent_leaves_the_place_to_others() -> None:
    data = base64.b64encode(sound().tobytes()[:48_000]).decode()
    heard = json.dumps({"type": "input_audio_buffer.append", "audio": data})
    with serving(Limits(live=1, body_seconds=0.2, wait_seconds=60.0)) as port:
        address = f"ws://127.0.0.1:{port}/v1/realtime"
        with connect(address) as first:
            first.send(heard)
            kinds: list[str] = []
            while "invalid_request_error" not in kinds:  # until the first one's place is free
                with connect(address) as second:
                    second.send(heard)
                    with suppress(ConnectionClosed):  # refused already
                        second.send("{}")
                    kinds.append(wait_for_error(second))
            assert set(kinds) <= {"server_error", "invalid_request_error"}


def updated(asked: dict[str, Any]) -> RealtimeSettings:
    return RealtimeSettings().updated(asked, "m", (), is_beta=False, segmenter_options=SegmenterOptions())


def test_turn_detection_is_the_segmenter_s() -> None:
    detection = {"type": "server_vad", "threshold": 0.2, "prefix_padding_ms": 100, "silence_duration_ms": 50}
    settings = updated(session(turn_detection=detection))
    assert settings.turn_detection is not None
    made = settings.turn_detection.segmenter_options(SegmenterOptions())
    assert (made.threshold, made.release_threshold) == (0.2, min(0.2, SegmenterOptions().release_threshold))
    assert (made.pre_roll_ms, made.hangover_ms, made.tail_ms) == (100.0, 100.0, 100.0)
    with pytest.raises(Refusal, match="silence_duration_ms"):
        updated(session(turn_detection={"silence_duration_ms": True}))


def appended(samples: int = 48_000) -> str:
    data = base64.b64encode(sound().tobytes()[:samples]).decode()
    return json.dumps({"type": "input_audio_buffer.append", "audio": data})


COMMIT = json.dumps({"type": "input_audio_buffer.commit"})
BY_HAND = json.dumps({"type": "session.update", "session": session(turn_detection=None)})


def test_who_waits_for_a_text_is_not_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = hold(tmp_path, monkeypatch)
    asked_again = threading.Event()
    wait = realtime_socket._RealtimeSession._next

    async def counted(self: realtime_socket._RealtimeSession) -> str | None:
        message = await wait(self)
        if message is None:
            asked_again.set()
        return message

    monkeypatch.setattr(realtime_socket._RealtimeSession, "_next", counted)
    limits = Limits(wait_seconds=0.5)
    with serving(limits, loader="held") as port, connect(f"ws://127.0.0.1:{port}/v1/realtime") as ws:
        for message in (BY_HAND, appended(), COMMIT):
            ws.send(message)
        wait_for(tmp_path / worker_loaders.HELD)
        assert asked_again.wait(PATIENCE_SECONDS), "the time in which something has to come is over"
        gate.unlink()
        while (event := json.loads(ws.recv()))["type"] != COMPLETED:
            assert event["type"] != "error"


def test_while_speech_gets_its_text_the_client_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    finishing, given_up = threading.Event(), threading.Event()

    async def never(self: ListenedSpeech) -> None:
        finishing.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
            await self.drop()

    monkeypatch.setattr(ListenedSpeech, "finish", never)
    with serving(Limits(live=1)) as port:
        with connect(f"ws://127.0.0.1:{port}/v1/realtime") as ws:
            for message in (appended(), COMMIT, "{}", "{}"):
                ws.send(message)
            assert finishing.wait(PATIENCE_SECONDS)
            assert ws.ping().wait(PATIENCE_SECONDS), "so a pong is read as well"
        assert given_up.wait(PATIENCE_SECONDS), "its place is free as soon as it has left"


@pytest.mark.parametrize("has_refused", [False, True])
def test_sound_that_nobody_commits_is_closed(monkeypatch: pytest.MonkeyPatch, has_refused: bool) -> None:
    closed = threading.Event()

    class Buffer(realtime_socket._Buffer):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            close = self.close
            self.close = lambda: (close(), closed.set())[0]

    monkeypatch.setattr(realtime_socket, "_Buffer", Buffer)
    monkeypatch.setattr(realtime_socket, "_MOST_ITEMS", 0)
    with serving() as port, connect(f"ws://127.0.0.1:{port}/v1/realtime") as ws:
        for message in (BY_HAND, appended()):
            ws.send(message)
        if has_refused:
            ws.send(COMMIT)
            assert closing_code(ws) == 1013
        else:
            ws.send("{}")
            wait_for_error(ws)
            ws.close()
        assert closed.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("is_buffered", [False, True])
def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch, is_buffered: bool) -> None:
    def full(*arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    class Buffer(realtime_socket._Buffer):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.write = full

    monkeypatch.setattr(realtime_socket, "_Buffer", Buffer)
    monkeypatch.setattr(ClientRecording, "write", full)
    with serving() as port, connect(f"ws://127.0.0.1:{port}/v1/realtime") as ws:
        for message in ((BY_HAND,) if is_buffered else ()) + (appended(),):
            ws.send(message)
        while (event := json.loads(ws.recv()))["type"] != "error":
            pass
        assert "cannot write down the sound" in event["error"]["message"]
        assert closing_code(ws) == 1011
