"""`asr-desktop serve` with the model that ships, as others' live clients use it."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr
from openai import OpenAI
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient

from asr_desktop.audio.read import read_all
from asr_desktop.base import paths
from asr_desktop.teaching.scoring import edit_distance

pytestmark = [pytest.mark.slow, pytest.mark.real_recogniser]

ROOT = Path(__file__).parents[2]
SAMPLE = paths.resources_folder() / "samples" / "welcome.ogg"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Of the server, and of its Wyoming protocol."""
    process = subprocess.Popen(
        [sys.executable, "-m", "asr_desktop", "serve", "--port", "0", "--wyoming-port", "0"],
        cwd=ROOT,
        env={**os.environ, paths.HOME_VARIABLE: str(tmp_path_factory.mktemp("server"))},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        yield int(first.split("/v1")[0].rpartition(":")[2]), int(second.rpartition(" ")[2])
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def client(ports: tuple[int, int]) -> OpenAI:
    return OpenAI(base_url=f"http://127.0.0.1:{ports[0]}/v1", api_key="none", max_retries=0)


@pytest.fixture(scope="module")
def text(client: OpenAI) -> str:
    """What the server makes of the sample as a file."""
    with SAMPLE.open("rb") as file:
        return client.audio.transcriptions.create(file=file, model="whisper-1").text


def words(said: str) -> list[str]:
    return "".join(sign for sign in said.lower() if sign.isalnum() or sign == " ").split()


def pcm(rate: int) -> bytes:
    samples = soxr.resample(read_all(SAMPLE), 16_000, rate)
    return (np.concatenate([samples, np.zeros(rate, np.float32)]) * 32_767).astype("<i2").tobytes()


def test_realtime_gives_the_text_of_the_file(client: OpenAI, text: str) -> None:
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(
            session={"type": "transcription", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}
        )
        sound = pcm(24_000)
        for start in range(0, len(sound), 12_000):
            connection.input_audio_buffer.append(
                audio=base64.b64encode(sound[start : start + 12_000]).decode()
            )
        connection.input_audio_buffer.commit()
        connection.input_audio_buffer.clear()  # answered when all of it has its text
        completed, deltas = [], {}
        while (event := connection.recv()).type != "input_audio_buffer.cleared":
            assert event.type != "error", event
            if event.type == "conversation.item.input_audio_transcription.completed":
                completed.append(event)
            elif event.type == "conversation.item.input_audio_transcription.delta":
                deltas[event.item_id] = deltas.get(event.item_id, "") + event.delta
    said = words(" ".join(event.transcript for event in completed))
    assert edit_distance(words(text), said) <= len(said) // 10, said
    assert set(deltas) == {event.item_id for event in completed}


def test_wyoming_gives_the_text_of_the_file(ports: tuple[int, int], text: str) -> None:
    async def talked() -> str:
        async with AsyncTcpClient("127.0.0.1", ports[1]) as client:
            await client.write_event(Transcribe(language="en").event())
            await client.write_event(AudioStart(16_000, 2, 1).event())
            sound = pcm(16_000)
            for start in range(0, len(sound), 4_096):
                await client.write_event(AudioChunk(16_000, 2, 1, sound[start : start + 4_096]).event())
            await client.write_event(AudioStop().event())
            while (event := await client.read_event()) is not None:
                if Transcript.is_type(event.type):
                    return Transcript.from_event(event).text
        raise AssertionError("no transcript")

    said = words(asyncio.run(talked()))
    assert edit_distance(words(text), said) <= len(said) // 20, said
