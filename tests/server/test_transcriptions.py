from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from asr_desktop import Transcriber
from asr_desktop.base import paths
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.server import transcriptions
from asr_desktop.server.limits import Limits
from asr_desktop.server.request_fields import hotwords_of_prompt
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.fixtures.make_models import model_folder
from tests.server.running_server import MODEL, ask, serving, transcribe

pytestmark = pytest.mark.usefixtures("recognisers_are_threads")
LIMITS = Limits(body_bytes=2_000_000, sound_seconds=60.0)


@pytest.fixture
def port() -> Iterator[int]:
    with serving(LIMITS, languages=("en",)) as port:
        yield port


@pytest.fixture(scope="module")
def recording() -> Path:
    return spoken(SHORT_TEXT)


@pytest.fixture(scope="module")
def text(recording: Path) -> str:
    return Transcriber(model_folder(MODEL)).transcribe(recording).text.replace("\n", " ")


def client(port: int, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=key, max_retries=0)


def test_the_openai_package_gets_every_format(port: int, recording: Path, text: str) -> None:
    transcriptions = client(port).audio.transcriptions
    assert transcriptions.create(file=recording, model="whisper-1").text == text
    verbose = transcriptions.create(
        file=recording,
        model=MODEL,
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
        language="en",
        prompt="Ada Lovelace",
        temperature=0.0,
    )
    assert verbose.text == text
    assert verbose.language == "en"
    assert verbose.words is not None
    assert verbose.segments is not None
    assert " ".join(word.word for word in verbose.words) == text
    assert all(word.start < word.end <= float(verbose.duration) + 0.1 for word in verbose.words)
    assert " ".join(segment.text for segment in verbose.segments) == text
    assert transcriptions.create(file=recording, model=MODEL, response_format="text").strip() == text
    assert " --> " in transcriptions.create(file=recording, model=MODEL, response_format="srt")
    assert transcriptions.create(file=recording, model=MODEL, response_format="vtt").startswith("WEBVTT")
    assert [model.id for model in client(port).models.list()] == [MODEL]
    assert client(port).models.retrieve(MODEL).id == MODEL


def test_the_openai_package_gets_a_stream(port: int, recording: Path, text: str) -> None:
    stream = client(port).audio.transcriptions.create(file=recording, model=MODEL, stream=True)
    events = list(stream)
    assert "".join(event.delta for event in events[:-1]) == text
    assert (events[-1].type, events[-1].text) == ("transcript.text.done", text)


def test_curl_gets_an_answer(port: int, recording: Path, text: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    address = f"http://localhost:{port}/v1/audio/transcriptions"
    asked = ["-F", f"file=@{recording}", "-F", "timestamp_granularities[]=word"]
    said = subprocess.check_output(
        ["curl", "-sS", address, *asked, "-F", "response_format=verbose_json"], timeout=120
    )
    answer = json.loads(said)
    assert answer["text"] == text
    assert "words" in answer
    assert "segments" not in answer


def test_no_recording_is_kept(port: int, recording: Path) -> None:
    assert transcribe(port, recording.read_bytes())[0] == 200
    assert transcribe(port, b"broken")[0] == 400
    (folder,) = (paths.data_folder() / "cache").iterdir()
    assert list(folder.iterdir()) == []


def test_the_folder_goes_with_the_server(recording: Path) -> None:
    with serving():
        pass
    assert list((paths.data_folder() / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"response_format": "docx"}, 400, "response_format has to be one of"),
        ({"timestamp_granularities[]": "word"}, 400, "needs the response_format verbose_json"),
        ({"timestamp_granularities[]": "line", "response_format": "verbose_json"}, 400, "word"),
        ({"model": "big"}, 404, f"there is {MODEL}"),
        ({"language": "de"}, 400, "does not know the language"),
        ({"temperature": "9" * 400}, 400, "temperature has to be a number"),
        ({"hotwords": "Ada:" + "9" * 400}, 400, "weight"),
        ({"hotwords": "Ada:-1"}, 400, "weight"),
        ({"prompt": "\n".join(f"word{number}" for number in range(1001))}, 400, "hotwords"),
    ],
)
def test_wrong_fields_are_sentences(
    port: int, recording: Path, fields: dict[str, str], status: int, sentence: str
) -> None:
    answered, answer, _ = transcribe(port, recording.read_bytes(), **fields)
    assert answered == status
    assert sentence in answer["error"]["message"]
    assert answer["error"]["type"] in ("invalid_request_error", "not_found_error")


@pytest.mark.parametrize(
    ("file", "status", "sentence"),
    [
        (None, 400, "field file is missing"),
        (b"", 400, "talk.wav"),
        (b"no sound at all", 400, "talk.wav"),
        (b"x" * 2_000_001, 413, "too large"),
    ],
)
def test_wrong_files_are_sentences(port: int, file: bytes | None, status: int, sentence: str) -> None:
    answered, answer, _ = transcribe(port, file)
    assert answered == status
    assert sentence in answer["error"]["message"]


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch, port: int, recording: Path) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(transcriptions.shutil, "copyfileobj", full)
        status, answer, _ = transcribe(port, recording.read_bytes())
    assert (status, answer["error"]["type"]) == (500, "server_error")
    assert "cannot write down the sound: its disk is full" in answer["error"]["message"]
    assert transcribe(port, recording.read_bytes())[0] == 200


def test_a_name_is_only_a_name(port: int, recording: Path, text: str) -> None:
    for name in ("../../etc/passwd.wav", "C:\\sound.wav", "a" * 400 + ".wav", "..", "-rf", "tönë.wav"):
        status, answer, _ = transcribe(port, recording.read_bytes(), name)
        assert (status, answer["text"]) == (200, text), name


def test_sound_that_is_too_long_is_refused(recording: Path) -> None:
    with serving(Limits(sound_seconds=0.5)) as port:
        status, answer, _ = transcribe(port, recording.read_bytes())
        assert (status, "longer than 0.5 s" in answer["error"]["message"]) == (413, True)
        status, stream, _ = transcribe(port, recording.read_bytes(), stream="true")
        assert status == 200
        assert '"type": "error"' in stream


@pytest.mark.parametrize(
    ("method", "path", "kind", "status"),
    [
        ("GET", "/", "", 404),
        ("GET", "/v1/audio/transcriptions", "", 405),
        ("POST", "/v1/models", "", 405),
        ("GET", "/v1/models/another", "", 404),
        ("POST", "/v1/audio/transcriptions", "application/json", 415),
        ("POST", "/v1/audio/transcriptions", "multipart/form-data", 400),
    ],
)
def test_wrong_requests_are_sentences(port: int, method: str, path: str, kind: str, status: int) -> None:
    answered, answer, _ = ask(
        port, method, path, b"x" if kind else None, {"Content-Type": kind} if kind else {}
    )
    assert answered == status
    assert answer["error"]["message"]


def test_figures_say_what_was_done(port: int, recording: Path) -> None:
    transcribe(port, recording.read_bytes())
    ask(port, "GET", "/secret-of-somebody")
    status, text, _ = ask(port, "GET", "/metrics")
    assert status == 200
    assert 'asr_requests_total{path="/v1/audio/transcriptions",status="200"} 1.0' in text
    assert 'asr_requests_total{path="other",status="404"} 1.0' in text
    assert "asr_in_line 0.0" in text


def test_a_prompt_gives_hotwords() -> None:
    assert hotwords_of_prompt("Ada Lovelace, Babbage; “Difference Engine”") == [
        Hotword("Ada Lovelace"),
        Hotword("Babbage"),
        Hotword("Difference Engine"),
    ]
    running = hotwords_of_prompt("We were talking about the engine of Babbage")
    assert Hotword("Babbage", 2.0) in running
    assert all(hotword.weight == 2.0 and len(hotword.text) > 3 for hotword in running)
    assert hotwords_of_prompt(" .. , ") == []
