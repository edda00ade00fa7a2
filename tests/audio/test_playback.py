from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from av import AudioFrame
from numpy.typing import NDArray

from asr_desktop.audio import sound_card
from asr_desktop.audio.playback import Player
from asr_desktop.audio.seekable_sound import OUTPUT_RATE, MediaSound
from asr_desktop.audio.sound_card import Callback
from asr_desktop.base.errors import DeviceError, MediaError
from tests.virtual_microphone import VirtualMicrophone, virtual_microphone

__all__ = ["virtual_microphone"]

DELAY_SECONDS = 0.2


class FakeCard:
    """A sound card whose time goes on when the test says so; what it is given is heard 0.2 s later.

    It waits for the thread that decodes, however busy the machine is: a real card would not, and play silence
    (see the test of that).
    """

    def __init__(self) -> None:
        self.time = 100.0
        self.player: Player | None = None
        self.heard: list[NDArray[np.float32]] = []
        self.closed = False

    def open(self, fill: Callback, ended: Callable[[], None]) -> FakeCard:
        self._fill = fill
        self.unplug = ended
        return self

    def now(self) -> float:
        return self.time

    def close(self) -> None:
        self.closed = True

    def run(self, seconds: float, frames: int = 480) -> NDArray[np.float32]:
        """Let time pass; the sound of that time, which is heard later."""
        taken = []
        for _ in range(round(seconds * OUTPUT_RATE / frames)):
            if self.player is not None:
                ready(self.player)
            out = np.full((frames, 2), 9.0, np.float32)
            self._fill(out, self.time + DELAY_SECONDS)
            self.time += frames / OUTPUT_RATE
            taken.append(out)
        self.heard += taken
        return np.concatenate(taken)


class Ramp:
    """A sound whose samples say where they are: the second, divided by 100."""

    duration_seconds = 10.0

    def frames(self, start_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
        for begin in np.arange(int(start_seconds * 10) / 10, self.duration_seconds, 0.1):
            values = (begin + np.arange(4800) / OUTPUT_RATE).astype(np.float32) / 100
            frame = AudioFrame.from_ndarray(np.repeat(values, 2).reshape(1, -1), "flt", "stereo")
            frame.sample_rate = OUTPUT_RATE
            yield float(begin), frame


class Torn(Ramp):
    def frames(self, start_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
        yield from list(super().frames(start_seconds))[:5]
        raise MediaError("The disk is gone.")


@pytest.fixture
def card() -> FakeCard:
    return FakeCard()


def ready(player: Player) -> None:
    """Until there is sound to go on with, or the end, or nothing is played."""
    deadline = time.monotonic() + 60
    while player.is_playing and not has_sound(player) and time.monotonic() < deadline:
        time.sleep(0.002)


def has_sound(player: Player) -> bool:
    wanted = player._request.number
    current = player._current
    return any(number == wanted for number, _ in list(player._ready)) or (
        current is not None and current[0] == wanted
    )


def places(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return sound[:, 0] * 100


def test_the_position_is_what_is_heard_now(card: FakeCard) -> None:
    player = card.player = Player(Ramp(), open_output=card.open)
    player.play(2.0)
    ready(player)
    card.run(1.0)
    assert player.position_seconds == pytest.approx(2.0 + 1.0 - DELAY_SECONDS, abs=0.011)
    sounding = places(np.concatenate(card.heard))
    assert sounding[0] == pytest.approx(2.0, abs=1e-4)
    assert np.allclose(np.diff(sounding), 1 / OUTPUT_RATE, atol=1e-4)
    player.close()
    assert card.closed


def test_a_decoder_that_is_late_costs_silence_and_no_sound(card: FakeCard) -> None:
    """The position stands still meanwhile, and nothing is left out."""
    is_late, may_go_on = threading.Event(), threading.Event()

    class Late(Ramp):
        def frames(self, start_seconds: float) -> Iterator[tuple[float, AudioFrame]]:
            for begin, frame in super().frames(start_seconds):
                if begin > 2.95:
                    is_late.set()
                    may_go_on.wait()
                yield begin, frame

    player = Player(Late(), open_output=card.open)
    player.play(2.6)  # what there is of it is decoded ahead, before the card asks for any
    assert is_late.wait(60)
    while card.run(0.01).any():
        pass
    card.run(DELAY_SECONDS)
    assert player.position_seconds == pytest.approx(3.0, abs=1e-3)
    card.run(0.5)
    assert player.position_seconds == pytest.approx(3.0, abs=1e-3)
    may_go_on.set()
    card.player = player
    assert places(card.run(0.1))[0] == pytest.approx(3.0, abs=1e-3)
    player.close()


def test_pause_is_silent_and_playing_goes_on_at_the_next_sample(card: FakeCard) -> None:
    player = card.player = Player(Ramp(), open_output=card.open)
    player.play(1.0)
    ready(player)
    before = places(card.run(0.5))
    player.pause()
    assert not card.run(0.3).any()
    assert player.position_seconds == pytest.approx(1.5, abs=1e-3)
    player.toggle()
    after = places(card.run(0.1))
    assert after[0] == pytest.approx(before[-1] + 1 / OUTPUT_RATE, abs=1e-3)
    player.close()


def test_a_jump_throws_away_what_was_decoded(card: FakeCard) -> None:
    player = card.player = Player(Ramp(), open_output=card.open)
    player.play(0.0)
    ready(player)
    card.run(0.3)
    player.seek(7.25)
    card.run(0.02)
    ready(player)
    jumped = places(card.run(0.3))
    sounding = jumped[jumped > 0]
    assert sounding[0] == pytest.approx(7.25, abs=0.03)
    card.run(DELAY_SECONDS)
    assert player.position_seconds > 7.25
    player.seek(-4)
    player.pause()
    assert player.position_seconds == 0.0
    player.seek(99)
    assert player.position_seconds == 10.0
    player.close()


def test_a_loop_repeats_to_the_sample(card: FakeCard) -> None:
    player = card.player = Player(Ramp(), open_output=card.open)
    player.set_loop(3.0, 3.25)
    player.play()
    ready(player)
    heard = places(card.run(1.0))
    heard = heard[heard > 0]
    assert heard[: OUTPUT_RATE // 4] == pytest.approx(heard[OUTPUT_RATE // 4 : OUTPUT_RATE // 2], abs=1e-3)
    assert heard.min() == pytest.approx(3.0, abs=1e-3)
    assert heard.max() == pytest.approx(3.25, abs=1e-3)
    assert 3.0 <= player.position_seconds <= 3.25
    player.seek(5.0)
    assert player.loop is None
    player.close()


def test_a_stretch_is_played_once_and_playing_goes_on_behind_it(card: FakeCard) -> None:
    player = card.player = Player(Ramp(), open_output=card.open)
    player.play_stretch(4.0, 4.5)
    ready(player)
    heard = places(card.run(1.0))
    heard = heard[heard > 0]
    assert (heard.min(), heard.max()) == pytest.approx((4.0, 4.5), abs=1e-3)
    assert len(heard) == OUTPUT_RATE // 2
    assert not player.is_playing
    player.play()
    ready(player)
    assert places(card.run(0.1))[0] == pytest.approx(4.5, abs=1e-3)
    player.close()


def test_the_speed_changes_how_fast_the_position_goes(card: FakeCard) -> None:
    player = card.player = Player(Ramp(), open_output=card.open)
    player.set_speed(2.0)
    player.play(1.0)
    ready(player)
    card.run(2.0)
    assert player.position_seconds == pytest.approx(1.0 + 2 * (2.0 - DELAY_SECONDS), abs=0.1)
    player.set_speed(99)
    assert player.speed == 2.0
    player.set_speed(0.1)
    assert player.speed == 0.5
    player.close()


def test_the_end_is_told_and_play_begins_again(card: FakeCard) -> None:
    ended = threading.Event()
    player = card.player = Player(Ramp(), open_output=card.open, on_end=ended.set)
    player.play(9.8)
    ready(player)
    deadline = time.monotonic() + 60
    while not ended.is_set() and time.monotonic() < deadline:
        card.run(0.1)
    assert ended.is_set()
    assert not player.is_playing
    assert player.position_seconds == pytest.approx(10.0, abs=0.01)
    player.play()
    ready(player)
    heard = places(card.run(0.1))
    assert heard[heard > 0][0] < 0.1
    player.close()


def test_a_file_that_fails_stops_with_a_sentence(card: FakeCard) -> None:
    sentences: list[str] = []
    player = card.player = Player(Torn(), open_output=card.open, on_failure=sentences.append)
    player.play()
    deadline = time.monotonic() + 60
    while not sentences and time.monotonic() < deadline:
        card.run(0.1)
    assert sentences == ["The disk is gone."]
    assert not player.is_playing
    player.close()


def test_without_a_card_the_sentence_says_that_correcting_works(
    monkeypatch: pytest.MonkeyPatch, card: FakeCard
) -> None:
    import sounddevice

    def fail(**_: object) -> None:
        raise sounddevice.PortAudioError("Error querying device -1")

    monkeypatch.setattr(sounddevice, "OutputStream", fail)
    player = Player(Ramp())
    with pytest.raises(DeviceError, match="you can still edit the text"):
        player.play()
    player.seek(3.0)
    assert player.position_seconds == 3.0
    assert not player.is_playing
    player.close()


def test_a_card_that_is_pulled_out_stops_with_a_sentence_and_can_come_back(card: FakeCard) -> None:
    sentences: list[str] = []
    player = card.player = Player(Ramp(), open_output=card.open, on_failure=sentences.append)
    player.play(1.0)
    ready(player)
    card.run(0.5)
    card.unplug()
    assert "disconnected" in sentences[0]
    assert not player.is_playing
    player.play()
    assert player.is_playing
    assert player.position_seconds == pytest.approx(1.5, abs=0.25)
    player.close()


def test_what_a_real_card_plays_is_at_the_position_that_is_told(
    virtual_microphone: VirtualMicrophone,
    tmp_path: Path,
) -> None:
    """Clicks at whole seconds: when one is heard at the loudspeaker, the position is that second."""
    rate = OUTPUT_RATE
    signal = np.zeros(6 * rate, np.float32)
    for second in range(1, 6):
        signal[second * rate : second * rate + 480] = 0.8 * np.sin(np.arange(480) * 2 * np.pi * 1000 / rate)
    soundfile.write(tmp_path / "clicks.wav", signal, rate)
    arrivals: list[tuple[float, int]] = []
    recorded = bytearray()
    command = ["parec", "--latency-msec=10", f"--rate={rate}", "--channels=1", "--format=s16le"]
    recorder = subprocess.Popen([*command, "-d", "vspk.monitor"], stdout=subprocess.PIPE)

    def listen() -> None:
        assert recorder.stdout is not None
        while sound := recorder.stdout.read1(4096):
            recorded.extend(sound)
            arrivals.append((time.monotonic(), len(recorded) // 2))

    listener = threading.Thread(target=listen)
    listener.start()
    player = Player(MediaSound(tmp_path / "clicks.wav"))
    told: list[tuple[float, float]] = []
    try:
        player.play(0.5)
        deadline = time.monotonic() + 60
        while player.is_playing and player.position_seconds < 5.4 and time.monotonic() < deadline:
            told.append((time.monotonic(), player.position_seconds))
            time.sleep(0.005)
    finally:
        player.close()
        time.sleep(0.3)
        recorder.terminate()
        recorder.wait()
        listener.join()
    heard = np.abs(np.frombuffer(bytes(recorded[: len(recorded) // 2 * 2]), np.int16) / 32_768)
    loud = np.flatnonzero(heard > 0.2)
    clicks = [loud[0], *(b for a, b in pairwise(loud) if b - a > rate // 10)]
    began = min(at - samples / rate for at, samples in arrivals)
    moments, positions = np.array(told).T
    errors = [
        float(np.interp(began + click / rate, moments, positions)) - second
        for second, click in enumerate(clicks, start=1)
    ]
    assert len(errors) >= 4
    # 10 ms on a quiet machine; a busy one hands the recorded sound over late.
    assert abs(float(np.median(errors))) < 0.1, errors


def test_the_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    original = builtins.__import__

    def fail(name: str, *arguments: object, **keywords: object) -> object:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return original(name, *arguments, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(DeviceError, match="libportaudio2"):
        sound_card._sounddevice()
