"""`asr-desktop live`, with a microphone that hears a file, and with one of the sound system."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from asr_desktop import Transcriber
from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import Session, SessionState, list_sessions
from asr_desktop.recognition.live_session import follow_session, is_recognised
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.library import Library
from tests.audio.fake_sound import wait_for
from tests.fixtures.make_models import model_folder
from tests.live_program import LINE_KEYS
from tests.recognition import worker_loaders
from tests.recognition.live_talks import RATE, sentence
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["sentence", "virtual_microphone"]


ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 240.0


@pytest.fixture
def sound(sentence: NDArray[np.float32], tmp_path: Path) -> Path:
    """Three sentences with pauses."""
    pause = np.zeros(round(1.2 * RATE), np.float32)
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.concatenate([pause, sentence, pause, sentence, pause, sentence, pause]), RATE)
    return path


@contextmanager
def running(*command: object) -> Iterator[subprocess.Popen[str]]:
    """The program, ended by force if it does not end by itself."""
    program = subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    guard = threading.Timer(PATIENCE_SECONDS, program.kill)
    guard.start()
    try:
        yield program
    finally:
        guard.cancel()
        program.kill()
        program.wait()


def model() -> Path:
    return model_folder("wav2vec2-conformer")


def live(
    sound: Path, save: Path, *arguments: object, speed: float = 4.0, delay: float = 0.0
) -> tuple[object, ...]:
    common = ("--model", model(), "--decoder", "greedy", "--threads", 1, "--provider", "cpu", "--save", save)
    # As it was recognised: this network's letters make no sentences that marks could be tried on.
    common = (*common, "--spoken")
    return ("tests.live_from_file", sound, speed, delay, "live", *common, *arguments)


def lines_until(
    program: subprocess.Popen[str], wanted: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """The objects that the program prints, up to and with the first that is wanted."""
    assert program.stdout is not None
    lines = []
    for line in program.stdout:
        lines.append(json.loads(line))
        if wanted(lines[-1]):
            return lines
    raise AssertionError(f"not among {len(lines)} lines; {program.stderr and program.stderr.read()}")


def only_session(folder: Path) -> Session:
    (summary,) = list_sessions(folder)
    return Session(summary.path)


def file_texts(session: Session) -> list[str]:
    """What the file transcript of the recorded sound says, utterance by utterance."""
    texts: list[str] = []
    transcriber = Transcriber(model(), decoder="greedy", providers=["cpu"], threads=1)
    words = transcriber.recogniser.words

    def listen(samples: NDArray[np.float32], offset_seconds: float = 0.0) -> list[Word]:
        found = words(samples, offset_seconds)
        texts.append(" ".join(word.text for word in found))
        return found

    transcriber.recogniser.words = listen  # type: ignore[method-assign]
    transcriber.transcribe(session.part_path(1))
    return texts


def test_json_has_one_object_a_line_and_the_finals_of_the_file(sound: Path, tmp_path: Path) -> None:
    seconds = soundfile.info(sound).duration
    with running(*live(sound, tmp_path / "kept", "--json", "--seconds", seconds)) as program:
        out, err = program.communicate()
    assert program.returncode == 0, err
    lines = [json.loads(line) for line in out.splitlines()]
    assert all(line.keys() >= LINE_KEYS for line in lines)
    kinds = [line["type"] for line in lines]
    assert set(kinds) <= {"listening", "partial", "final", "lag", "warning", "stopped"}
    assert kinds[-1] == "stopped"
    assert lines[-1]["complete"]
    (listening,) = [line for line in lines if line["type"] == "listening"]
    assert listening["device"] == "Fake microphone"
    session = only_session(tmp_path / "kept")
    assert listening["session"] == str(session.path)
    assert session.state() is SessionState.FINISHED
    finals = [line for line in lines if line["type"] == "final"]
    assert [line["utterance"] for line in finals] == [1, 2, 3]
    assert [line["text"] for line in finals] == file_texts(session)
    assert [line["text"] for line in finals] == [entry["text"] for entry in session.utterances()]
    for line in finals:
        assert " ".join(word["text"] for word in line["words"]) == line["text"] == line["committed"]
        assert line["start"] <= line["words"][0]["start"] < line["words"][-1]["end"] <= line["end"]
    # A machine too slow for them leaves them out; tests/recognition/test_live_partials.py wants them.
    shown = [line for line in lines if line["type"] == "partial"]
    assert all(line["text"].startswith(line["committed"]) for line in shown)


def test_ctrl_c_stops_listening_and_what_was_said_is_recognised(sound: Path, tmp_path: Path) -> None:
    with running(*live(sound, tmp_path / "kept", "--json")) as program:
        # On a slow machine its partial results may all be left out.
        before = lines_until(program, lambda line: line["utterance"] == 2)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate()
    assert program.returncode == 0, err
    lines = before + [json.loads(line) for line in out.splitlines()]
    assert lines[-1]["type"] == "stopped"
    assert lines[-1]["complete"]
    finals = [line["text"] for line in lines if line["type"] == "final"]
    session = only_session(tmp_path / "kept")
    assert len(finals) >= 2
    assert finals == file_texts(session)
    assert session.duration_seconds() < 60


def test_a_second_ctrl_c_stops_at_once_and_no_sound_is_lost(sound: Path, tmp_path: Path) -> None:
    """On a machine that needs three seconds for one of sound, so that there is something left to do."""
    with running(*live(sound, tmp_path / "kept", "--json", speed=8.0, delay=3.0)) as program:
        lines_until(program, lambda line: line["type"] == "lag" and line["seconds"] > 5)
        program.send_signal(signal.SIGINT)
        lines_until(program, lambda line: line["type"] == "warning" and "Stopping" in line["text"])
        program.send_signal(signal.SIGINT)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate()
    assert program.returncode == 130
    assert err == ""
    last = json.loads(out.splitlines()[-1])
    assert last["type"] == "stopped"
    assert not last["complete"]
    session = only_session(tmp_path / "kept")
    assert session.state() is SessionState.FINISHED
    assert session.duration_seconds() == pytest.approx(last["end"], abs=0.01)
    # What was not recognised can be now.
    known = len(list(session.utterances()))
    transcriber = Transcriber(model(), decoder="greedy", providers=["cpu"], threads=1)
    follow_session(session, transcriber.recogniser, lambda event: None)
    texts = [entry["text"] for entry in session.utterances()]
    assert len(texts) > known
    assert texts == file_texts(session)


def test_without_a_terminal_only_the_final_text_is_on_standard_output(sound: Path, tmp_path: Path) -> None:
    seconds = soundfile.info(sound).duration
    with running(*live(sound, tmp_path / "kept", "--seconds", seconds)) as program:
        out, err = program.communicate()
    assert program.returncode == 0, err
    session = only_session(tmp_path / "kept")
    assert out.splitlines() == [entry["text"] for entry in session.utterances()]
    assert "Listening to Fake microphone" in err
    assert str(session.path) in err
    assert "Traceback" not in err
    (entry,) = Library().entries()
    assert (entry.session_folder, entry.model) == (session.path, model().name)
    assert [segment.text for segment in Library().transcript(entry.id).segments] == out.splitlines()


def test_a_library_that_cannot_be_used_costs_a_sentence(sound: Path, tmp_path: Path, home: Path) -> None:
    (home / "library.sqlite3").mkdir()
    seconds = soundfile.info(sound).duration
    with running(*live(sound, tmp_path / "kept", "--json", "--seconds", seconds)) as program:
        out, err = program.communicate()
    assert program.returncode == 0
    [line] = err.splitlines()
    assert "cannot be written" in line
    assert f"text are saved in {only_session(tmp_path / 'kept').path}" in line
    assert json.loads(out.splitlines()[-1])["type"] == "stopped"


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["--model", "nobody's"], "nobody's"),
        (["--hotword", "boat:99"], "hotword"),
        (["--device", "none"], "none"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_recorded(
    sound: Path, tmp_path: Path, arguments: list[str], about: str
) -> None:
    with running(*live(sound, tmp_path / "kept", *arguments)) as program:
        out, err = program.communicate()
    assert program.returncode == 1
    assert out == ""
    assert about in err
    assert len(err.splitlines()) == 1
    assert list_sessions(tmp_path / "kept") == []


@pytest.fixture
def loud(sound: Path, tmp_path: Path) -> Path:
    samples, _ = soundfile.read(sound, dtype="float32")
    path = tmp_path / "loud.wav"
    soundfile.write(path, samples * (0.9 / np.abs(samples).max()), RATE)
    return path


@pytest.mark.slow
def test_a_recogniser_that_gives_up_does_not_end_the_recording(
    loud: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It crashes over every sentence: two are left out, over the third it is given up."""
    monkeypatch.setenv("LIVE_LOADER", f"{worker_loaders.NAME}:startled")
    with running(*live(loud, tmp_path / "kept", "--json")) as program:
        before = lines_until(program, lambda line: "No sound is lost" in line["text"])
        session = only_session(tmp_path / "kept")
        at_failure = session.duration_seconds()
        wait_for(lambda: session.duration_seconds() > at_failure + 2, "cannot be written to disk")
        assert session.state() is SessionState.RECORDING
        program.send_signal(signal.SIGINT)
        out, err = program.communicate()
    assert (program.returncode, err) == (1, "")
    lines = before + [json.loads(line) for line in out.splitlines()]
    warnings = [line["text"] for line in lines if line["type"] == "warning"]
    assert sum("was left out" in text for text in warnings) == 2
    assert sum("stopped unexpectedly 5 times in a row" in text for text in warnings) == 1
    assert lines[-1]["type"] == "stopped"
    assert not lines[-1]["complete"]
    assert session.state() is SessionState.FINISHED
    assert not is_recognised(session)


def test_a_model_that_cannot_be_used_at_all_ends_it(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVE_LOADER", f"{worker_loaders.NAME}:faulty")
    with running(*live(sound, tmp_path / "kept", "--json")) as program:
        _, err = program.communicate()
    assert program.returncode == 1
    assert "a defect of two lines" in err
    assert len(err.splitlines()) == 1
    assert only_session(tmp_path / "kept").state() is SessionState.FINISHED


def test_options_of_recognition_reach_it(sound: Path, tmp_path: Path) -> None:
    """A hangover longer than the pauses makes one utterance of three sentences."""
    seconds = soundfile.info(sound).duration
    speech = ("--hangover-ms", 2000, "--pre-roll-ms", 300, "--max-utterance-seconds", 60)
    with running(*live(sound, tmp_path / "kept", "--json", "--seconds", seconds, *speech)) as program:
        out, err = program.communicate()
    assert program.returncode == 0, err
    finals = [line for line in map(json.loads, out.splitlines()) if line["type"] == "final"]
    assert len(finals) == 1
    with running(*live(sound, tmp_path / "none", "--beam-width", 0)) as program:
        _, err = program.communicate()
    assert program.returncode == 1
    assert "beam width is 0" in err
    assert list_sessions(tmp_path / "none") == []


def test_through_a_real_sound_system(
    virtual_microphone: VirtualMicrophone, sentence: NDArray[np.float32], tmp_path: Path
) -> None:
    common = (
        "--model",
        model(),
        "--decoder",
        "greedy",
        "--threads",
        1,
        "--json",
        "--spoken",
        "--save",
        tmp_path / "kept",
    )
    with running("asr_desktop", "live", *common) as program:
        lines = lines_until(program, lambda line: line["type"] == "listening")
        pause = np.zeros(RATE, np.float32)
        virtual_microphone.play(np.concatenate([sentence, pause, sentence]), RATE)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate()
    assert program.returncode == 0, err
    lines += [json.loads(line) for line in out.splitlines()]
    finals = [line for line in lines if line["type"] == "final"]
    session = only_session(tmp_path / "kept")
    assert len(finals) == 2, "the last sentence ended when Ctrl-C came"
    assert [line["text"] for line in finals] == file_texts(session)


@pytest.mark.slow
def test_a_soft_voice_in_a_real_microphone_is_recognised_as_its_file_is(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    """Four sentences 40 dB too soft: the words of the recording, and one sentence on what to do."""
    folder = ROOT / "resources" / "general-speech"
    pause = np.zeros(RATE, np.float32)
    voices = [read_all(folder / f"{number:02}.ogg") for number in (1, 12, 20, 30)]
    talk = np.concatenate([piece for voice in voices for piece in (pause, voice)] + [pause])
    with running("asr_desktop", "live", "--threads", 1, "--json", "--save", tmp_path / "kept") as program:
        lines = lines_until(program, lambda line: line["type"] == "listening")
        virtual_microphone.play(talk * np.float32(0.01), RATE)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate()
    assert program.returncode == 0, err
    lines += [json.loads(line) for line in out.splitlines()]
    finals = [line for line in lines if line["type"] == "final"]
    assert all(line["gain_db"] > 20.0 for line in finals if line["text"])
    assert len([line for line in lines if "very quiet" in line["text"]]) == 1
    (sound,) = only_session(tmp_path / "kept").parts()
    of_file = Transcriber(providers=["cpu"], threads=1).transcribe(sound.path).text.split()
    heard = " ".join(line["text"] for line in finals).split()
    assert len(of_file) > 25
    assert sum(min(of_file.count(word), heard.count(word)) for word in set(of_file)) >= 0.85 * len(of_file)
