from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr_desktop import Transcriber
from asr_desktop.audio.read import read_all
from asr_desktop.writing.options import SPOKEN
from tests.fixtures.make_fixtures import SHORT_TEXT, spoken
from tests.fixtures.make_models import model_folder
from trainer.serving import handlers
from trainer.serving.handlers import (
    JSON,
    RequestError,
    RequestLimits,
    ServedModel,
    input_fn,
    model_fn,
    output_fn,
    predict_fn,
)


@pytest.fixture(scope="module")
def model() -> ServedModel:
    return model_fn(model_folder("wav2vec2-group"))


@pytest.fixture(scope="module")
def recording() -> Path:
    return spoken(SHORT_TEXT)


def request(samples: list[float] | list[int], rate: float = 16_000) -> str:
    return json.dumps({"speech_array": samples, "sampling_rate": rate})


def test_the_four_handlers_give_what_the_app_gives(model: ServedModel, recording: Path) -> None:
    samples = read_all(recording)
    app = Transcriber(model_folder("wav2vec2-group"), writing=SPOKEN).transcribe(recording)
    for body, kind in (
        (request(samples.astype(float).tolist()), JSON),
        (recording.read_bytes(), "audio/wav"),
        (recording.read_bytes(), "application/octet-stream"),
    ):
        answer = json.loads(output_fn(predict_fn(input_fn(body, kind), model), JSON))
        assert answer["text"] == app.text.replace("\n", " ")
        assert len(answer["words"]) == len(app.words)
        assert answer["words"][0]["start"] == pytest.approx(app.words[0].start_seconds, abs=1e-3)
        assert answer["seconds"] == pytest.approx(len(samples) / 16_000, abs=1e-3)
    assert output_fn({"text": "hello", "words": []}, "text/plain") == "hello"


def test_other_rates_and_whole_numbers_become_what_the_model_hears() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(8_000) / 8_000)
    heard = input_fn(request(tone.tolist(), 8_000))
    assert heard.dtype == np.float32
    assert heard.size == 16_000
    expected = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    np.testing.assert_allclose(heard[500:-500], expected[500:-500], atol=0.01)
    whole = (16_384 * tone).astype(int).tolist()
    np.testing.assert_allclose(input_fn(request(whole, 16_000)), tone / 2, atol=1e-3)


def test_silence_and_nothing_have_no_text(model: ServedModel) -> None:
    for samples in ([], [0.0] * 16_000):
        assert predict_fn(input_fn(request(samples)), model)["text"] == ""


@pytest.mark.parametrize(
    ("body", "kind", "status", "sentence"),
    [
        ("{", JSON, 400, "not valid JSON"),
        ("[1, 2]", JSON, 400, "must be an object"),
        ('{"speech_array": [0.1]}', JSON, 400, "speech_array and sampling_rate"),
        ('{"speech_array": [0.1], "sampling_rate": "16k"}', JSON, 400, "sampling_rate must be a number"),
        ('{"speech_array": [0.1], "sampling_rate": true}', JSON, 400, "sampling_rate must be a number"),
        ('{"speech_array": [0.1], "sampling_rate": 7}', JSON, 400, "sampling_rate must be a number"),
        ('{"speech_array": [[0.1]], "sampling_rate": 16000}', JSON, 400, "list of numbers"),
        ('{"speech_array": ["a"], "sampling_rate": 16000}', JSON, 400, "list of numbers"),
        ('{"speech_array": [NaN], "sampling_rate": 16000}', JSON, 400, "not finite"),
        ('{"speech_array": [1e4, 0.5], "sampling_rate": 16000}', JSON, 400, "from -1 to 1"),
        (f'{{"speech_array": [{"9" * 400}], "sampling_rate": 16000}}', JSON, 400, "out of range"),
        (f'{{"speech_array": [0.1], "sampling_rate": {"9" * 400}}}', JSON, 400, "sampling_rate must be"),
        ("[" * 100_000, JSON, 400, "not valid JSON"),
        (b"not a sound", "audio/wav", 400, "not a readable sound file"),
        ("x", "text/html", 415, "not supported"),
    ],
)
def test_bad_requests_are_sentences(body: str | bytes, kind: str, status: int, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence) as raised:
        input_fn(body, kind)
    assert raised.value.status == status


def test_what_is_too_long_is_refused(recording: Path) -> None:
    limits = RequestLimits(seconds=0.5)
    for body, kind in ((request([0.0] * 8_001), JSON), (recording.read_bytes(), "audio/wav")):
        with pytest.raises(RequestError, match=r"longer than 0\.5 s") as raised:
            input_fn(body, kind, limits)
        assert raised.value.status == 413
    with pytest.raises(RequestError, match="the limit is 10") as raised:
        input_fn(b"x" * 11, JSON, RequestLimits(body_bytes=10))
    assert raised.value.status == 413


def test_a_busy_recogniser_turns_requests_away(model: ServedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.zeros(1_600, np.float32)
    with model._turn, pytest.raises(RequestError, match="busy") as raised:
        predict_fn(samples, model, RequestLimits(wait_seconds=0.01))
    assert raised.value.status == 503
    assert predict_fn(samples, model, RequestLimits(wait_seconds=0.01))["text"] == ""


def test_no_request_leaves_a_file_behind(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers.tempfile, "tempdir", str(tmp_path))
    input_fn(recording.read_bytes(), "audio/wav")
    with pytest.raises(RequestError):
        input_fn(b"broken", "audio/wav")
    assert list(tmp_path.iterdir()) == []


def test_limits_come_from_the_environment() -> None:
    assert RequestLimits.from_environment({"ASR_MAX_SECONDS": "12.5"}) == RequestLimits(seconds=12.5)
    for wrong in ("0", "-1", "many", "inf", "nan"):
        with pytest.raises(RequestError, match="ASR_MAX_SECONDS"):
            RequestLimits.from_environment({"ASR_MAX_SECONDS": wrong})


def test_answers_come_only_as_what_they_are() -> None:
    with pytest.raises(RequestError) as raised:
        output_fn({"text": ""}, "image/png")
    assert raised.value.status == 406
    assert output_fn({"text": ""}, "text/html, */*;q=0.1") == '{"text": ""}'
