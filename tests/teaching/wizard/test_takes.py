from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.recorder import Recorder
from asr_desktop.base.errors import RecordingError
from asr_desktop.teaching.data import read_dataset
from asr_desktop.teaching.listening import Listener
from asr_desktop.teaching.wizard.takes import TakeCheck, TakeRecorder, check_take
from asr_desktop.teaching.wizard.wizard import Wizard
from tests.audio.fake_sound import FakeSoundSystem
from tests.teaching.chord_model import chord_listener
from tests.teaching.singing import RATE, sung
from trainer.commands.data import record_in_terminal


class Mouth:
    """Speaks into a fake microphone, ten times as fast as people: silence, until it is given words."""

    def __init__(self, system: FakeSoundSystem) -> None:
        self._system = system
        self._sound: NDArray[np.float32] = np.zeros(0, np.float32)
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._noise = np.random.default_rng(3)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def say(self, sound: NDArray[np.float32]) -> None:
        """Returns when all of it was said."""
        with self._lock:
            self._sound = np.concatenate([self._sound, sound])
        while len(self._sound):
            time.sleep(0.01)

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        count = RATE // 50
        due = time.monotonic()
        while not self._done.is_set():
            with self._lock:
                block, self._sound = self._sound[:count], self._sound[count:]
            block = np.pad(block, (0, count - len(block))) + 0.0005 * self._noise.standard_normal(count)
            if self._system.captures:
                self._system.capture.hear((np.clip(block, -1, 1) * 32_767).astype(np.int16))
            due += 0.002
            time.sleep(max(0.0, due - time.monotonic()))


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[tuple[Recorder, Mouth]]:
    system = FakeSoundSystem()
    mouth = Mouth(system)
    recorder = Recorder(folder=tmp_path / "recording", find=system.find, capture=system.open)
    with recorder:
        yield recorder, mouth
    mouth.stop()


def test_a_take_holds_what_was_said_between_its_marks(microphone: tuple[Recorder, Mouth]) -> None:
    recorder, mouth = microphone
    takes = TakeRecorder(recorder)
    listener = chord_listener()
    for sentence in ("abba cab", "face egg"):
        takes.begin()
        assert takes.is_recording
        mouth.say(sung(sentence))
        samples = takes.end()
        assert not takes.is_recording
        assert listener.hear(samples, sentence).recognised == sentence


def test_an_end_without_a_beginning_is_a_sentence(microphone: tuple[Recorder, Mouth]) -> None:
    takes = TakeRecorder(microphone[0])
    with pytest.raises(RecordingError, match="No recording was started"):
        takes.end()
    takes.begin()
    takes.cancel()
    with pytest.raises(RecordingError, match="No recording was started"):
        takes.end()


def test_a_microphone_that_stops_is_a_sentence(microphone: tuple[Recorder, Mouth]) -> None:
    recorder, _ = microphone
    takes = TakeRecorder(recorder)
    takes.begin()
    recorder.stop()
    with pytest.raises(RecordingError, match="stopped sending sound"):
        takes.end()


def terminal(answers: list[str], mouth: Mouth, spoken: Callable[[], str | None]) -> Callable[[str], str]:
    """Somebody at the keyboard who reads aloud what `spoken` says while a take is recorded."""

    def ask(line: str) -> str:
        if "Recording" in line:
            mouth.say(sung(spoken() or ""))
            return ""
        if not answers:
            raise EOFError
        return answers.pop(0)

    return ask


def test_the_terminal_leads_through_sentences(tmp_path: Path, microphone: tuple[Recorder, Mouth]) -> None:
    recorder, mouth = microphone
    wizard = Wizard(tmp_path / "me", ["abba cab bead", "face egg hag", "dace fed cage"], chord_listener())
    said: list[str] = []
    wrong_once = iter(["hag hag hag fed"])
    skipped = wizard.prompt
    # Skip one, read one wrongly and again, read the last; the end of input stops it.
    ask = terminal(["s", "", "a", "", ""], mouth, lambda: next(wrong_once, None) or wizard.prompt)
    record_in_terminal(wizard, TakeRecorder(recorder), ask, said.append)
    found = read_dataset(tmp_path / "me")
    assert len(found) == 2
    assert skipped not in {u.transcript for u in found}
    told = "\n".join(said)
    assert "did not sound like the sentence" in told
    assert "Kept." in told
    assert "2 takes" in said[-1]
    listener = chord_listener()
    for take in found:
        assert listener.hear(take.samples(), take.transcript).recognised == take.transcript


def test_the_terminal_stops_when_enough_is_kept(tmp_path: Path, microphone: tuple[Recorder, Mouth]) -> None:
    recorder, mouth = microphone
    wizard = Wizard(tmp_path / "me", ["abba cab bead", "face egg hag"], chord_listener())
    ask = terminal([""] * 9, mouth, lambda: wizard.prompt)
    record_in_terminal(wizard, TakeRecorder(recorder), ask, lambda line: None, minutes=0.01)
    assert wizard.progress.takes == 1


PROMPT = "Abba, cab bead dace."


@pytest.fixture(scope="module")
def listener() -> Listener:
    return chord_listener()


def names(check: TakeCheck) -> list[str]:
    return [problem.name for problem in check.problems]


def test_a_good_take_has_no_problems(listener: Listener) -> None:
    check = check_take(sung(PROMPT), PROMPT, listener)
    assert names(check) == []
    assert check.is_good
    assert check.heard is not None
    assert check.heard.letter_errors == 0.0


def test_each_problem_is_told_and_those_that_would_teach_mistakes_spoil_the_take(listener: Listener) -> None:
    sound = sung(PROMPT)
    noise = np.random.default_rng(0).standard_normal(sound.size).astype(np.float32)
    cases = {
        "clipped": (np.clip(20 * sound, -1, 1), False),
        "quiet": (0.02 * sound, True),
        "noisy": (sound + 0.04 * noise, True),
        "cut-start": (sound[round(0.36 * RATE) :], False),
        "cut-end": (sound[: -round(0.36 * RATE)], False),
        "silent": (np.zeros(3 * RATE, np.float32), False),
        "too-short": (sound[: RATE // 4], False),
        "other-words": (sung("face egg hag fed"), False),
    }
    for name, (samples, is_good) in cases.items():
        check = check_take(samples.astype(np.float32), PROMPT, listener)
        assert name in names(check)
        assert check.is_good == is_good, name
        assert all(problem.sentence.endswith(".") for problem in check.problems)


def test_a_word_that_was_not_said_is_named(listener: Listener) -> None:
    spoken = "abba cab {} dace fed egg deaf hag cage face egg fed"
    check = check_take(sung(spoken.format("hegf")), spoken.format("bead"), listener)
    (problem,) = check.problems
    assert "“bead”" in problem.sentence
    assert check.is_good  # it is for the person to judge: the model may be the one who is wrong


def test_without_a_model_words_are_not_checked() -> None:
    check = check_take(sung("face egg hag fed"), PROMPT, None)
    assert check.is_good
    assert check.heard is None
