from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.session import LOCK_FILE, Session, create_session
from asr_desktop.audio.tail import read_growing, samples_so_far
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.file_lock import FileLock
from tests.audio.fake_sound import wait_for
from tests.audio.measure import at_16_khz, correlation
from tests.fixtures.make_media import speech_like


class LiveSession:
    """A session that the test records by hand."""

    def __init__(self, folder: Path) -> None:
        self.session = create_session(folder)
        self._lock = FileLock(self.session.path / LOCK_FILE)
        assert self._lock.acquire()
        self.session.append_event("started", 0.0)
        self._number = 0
        self._writer: WavWriter | None = None

    def begin_part(self, sample_rate: int, channels: int = 1) -> None:
        self.end_part()
        self._number += 1
        self._writer = WavWriter(self.session.part_path(self._number), sample_rate, channels)

    def record(self, signal: NDArray[np.float32], pieces: int = 7) -> None:
        assert self._writer is not None
        sound = (signal * 32_767).astype("<i2").tobytes()
        # Pieces of odd lengths, so that reads meet torn frames.
        for piece in np.array_split(np.frombuffer(sound, np.uint8), pieces):
            self._writer.append(piece.tobytes())

    def end_part(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def stop(self) -> None:
        self.end_part()
        self.session.append_event("stopped", self.session.duration_seconds(), reason="user")
        self._lock.release()

    def die(self) -> None:
        self.end_part()
        self._lock.release()


class Listener(threading.Thread):
    """Reads a session while it grows."""

    def __init__(self, session: Session, start_sample: int = 0) -> None:
        super().__init__(daemon=True)
        self._session, self._start_sample = session, start_sample
        self.blocks: list[NDArray[np.float32]] = []
        self.idle_turns = 0
        self.start()

    def run(self) -> None:
        def idle() -> None:
            self.idle_turns += 1

        for block in read_growing(self._session, start_sample=self._start_sample, on_idle=idle):
            self.blocks.append(block)

    @property
    def samples(self) -> int:
        return sum(block.size for block in self.blocks)

    def heard(self) -> NDArray[np.float32]:
        self.join(timeout=20)
        assert not self.is_alive()
        return np.concatenate(self.blocks)


def whole(session: Session, start_sample: int = 0) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *read_growing(session, start_sample=start_sample)])


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (48_000, 1), (44_100, 2), (8_000, 1)])
def test_what_is_heard_live_is_what_was_said(rate: int, channels: int, tmp_path: Path) -> None:
    signal = speech_like(3.0, rate)
    live = LiveSession(tmp_path)
    listener = Listener(live.session)
    live.begin_part(rate, channels)
    for part in np.array_split(signal, 5):
        live.record(np.repeat(part, channels))
    live.stop()
    heard = listener.heard()
    assert heard.dtype == np.float32
    assert heard.size == 3 * SAMPLE_RATE == samples_so_far(live.session)
    assert correlation(heard, at_16_khz(signal, rate)) > 0.9999
    assert max(block.size for block in listener.blocks) <= 1.1 * SAMPLE_RATE
    # The same as read afterwards, to the last bit of 16.
    assert np.abs(heard - whole(live.session)).max() < 1e-4


def test_sound_is_passed_on_while_the_recording_goes_on(tmp_path: Path) -> None:
    signal = speech_like(2.0, 48_000)
    live = LiveSession(tmp_path)
    listener = Listener(live.session)
    wait_for(lambda: listener.idle_turns > 0, "idling before the first part")
    live.begin_part(48_000)
    live.record(signal[:48_000])
    wait_for(lambda: listener.samples > 0.95 * SAMPLE_RATE, "the first second")
    turns = listener.idle_turns
    wait_for(lambda: listener.idle_turns > turns, "idling in between")
    assert listener.is_alive()
    live.record(signal[48_000:])
    live.stop()
    assert listener.heard().size == 2 * SAMPLE_RATE


def test_parts_of_different_rates_follow_one_another(tmp_path: Path) -> None:
    signals = [(speech_like(1.2345, rate, seed), rate) for seed, rate in enumerate((48_000, 44_100, 16_000))]
    live = LiveSession(tmp_path)
    listener = Listener(live.session)
    for signal, rate in signals:
        live.begin_part(rate)
        live.record(signal)
    live.stop()
    reference = np.concatenate([at_16_khz(signal, rate) for signal, rate in signals])
    heard = listener.heard()
    assert heard.size == samples_so_far(live.session)
    assert abs(heard.size - reference.size) <= 1
    assert correlation(heard, reference) > 0.999


@pytest.mark.parametrize(
    "start", [0, 1, 7_777, 16_000, 40_001, 63_999, 64_000, 90_000, 127_999, 128_000, 200_000]
)
@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_reading_can_begin_anywhere_and_gives_the_same_samples(start: int, rate: int, tmp_path: Path) -> None:
    live = LiveSession(tmp_path)
    for seed in range(2):
        live.begin_part(rate, 2)
        live.record(np.repeat(speech_like(4.0, rate, seed), 2))
    live.stop()
    everything = whole(live.session)
    assert everything.size == 8 * SAMPLE_RATE
    later = whole(live.session, start)
    assert later.size == max(0, everything.size - start)
    assert later.size == 0 or np.abs(later - everything[start:]).max() < 1e-4


def test_reading_ends_when_the_recorder_dies(tmp_path: Path) -> None:
    live = LiveSession(tmp_path)
    live.begin_part(16_000)
    live.record(speech_like(1.0, 16_000))
    listener = Listener(live.session)
    wait_for(lambda: listener.samples == SAMPLE_RATE, "all there is")
    assert listener.is_alive()
    live.die()
    assert listener.heard().size == SAMPLE_RATE


def test_reading_can_be_ended_at_once(tmp_path: Path) -> None:
    live = LiveSession(tmp_path)
    live.begin_part(16_000)
    live.record(speech_like(5.0, 16_000))
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    assert sum(block.size for block in read_growing(live.session, stop=stop)) < 5 * SAMPLE_RATE
    live.stop()


def test_a_session_without_sound_gives_nothing(tmp_path: Path) -> None:
    live = LiveSession(tmp_path)
    live.stop()
    assert whole(live.session).size == 0
