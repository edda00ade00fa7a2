"""Reads a recording as 16 kHz mono blocks while it is still being recorded; the input of the live pipeline.

It reads the session's parts from the disk, in any process, waits for new sound, and ends when the recorder
has finished or died. A finished session is read the same way, without waiting.

Sample `n` of the whole is the same wherever reading began, so a restarted recogniser can continue in the
middle.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.resample import MEMORY_SECONDS, Downmixer, StreamResampler
from asr_desktop.audio.session import Session, SessionState
from asr_desktop.audio.wav_part import HEADER_BYTES, WavPart

LOOKS_EVERY_SECONDS = 0.03
ASKS_FOR_END_EVERY_SECONDS = 0.25
LONGEST_BLOCK_SECONDS = 0.5  # as files are read, so that the downmix decides at the same places
CHANNEL_NAMES = {1: ("FC",), 2: ("FL", "FR")}


def read_growing(
    session: Session,
    *,
    start_sample: int = 0,
    stop: Callable[[], bool] | None = None,
    on_idle: Callable[[], None] | None = None,
) -> Iterator[NDArray[np.float32]]:
    """Yields mono float32 blocks at 16 kHz, within ±1, from `start_sample` on, as they reach the disk.

    Blocks are at most half a second long. `stop` is polled, and True ends reading at once; `on_idle` is
    called while there is nothing to read. Reading ends at the end of a session that is no longer recorded.
    """
    part_start = 0  # of the part, in samples at 16 kHz
    number = 1
    while True:
        part = _wait_for_part(session, number, stop, on_idle)
        if part is None:
            return
        is_last_frames = _end_of_part(session, number)
        if session.part_path(number + 1).exists() and part_start + _samples_of(part) <= start_sample:
            part_start += _samples_of(part)
        else:
            skip = max(0, start_sample - part_start)
            length = skip
            for block in _read_part(part, skip, is_last_frames, stop, on_idle):
                length += block.size
                yield block
            if stop is not None and stop():
                return
            part_start += length
        number += 1


def samples_so_far(session: Session) -> int:
    """How many samples `read_growing` gives of what is on the disk (the resampler holds back a few)."""
    return sum(_samples_of(part) for part in session.parts())


def _samples_of(part: WavPart) -> int:
    return _at_16_khz(part.frames(), part.sample_rate)


def _at_16_khz(frames: int, sample_rate: int) -> int:
    return (2 * frames * SAMPLE_RATE + sample_rate) // (2 * sample_rate)


def _wait_for_part(
    session: Session, number: int, stop: Callable[[], bool] | None, on_idle: Callable[[], None] | None
) -> WavPart | None:
    path = session.part_path(number)
    while True:
        ended = session.state() is not SessionState.RECORDING
        if path.exists():
            part = WavPart.open(path)
            if part is not None:
                return part
        if ended or (stop is not None and stop()):
            return None
        _idle(on_idle)


def _end_of_part(session: Session, number: int) -> Callable[[], bool]:
    """Whether this part is complete; checks the lock and the events only occasionally."""
    following = session.part_path(number + 1)
    asked_at = float("-inf")
    ended = False

    def has_ended() -> bool:
        nonlocal asked_at, ended
        if not ended:
            ended = following.exists()
        if not ended and time.monotonic() - asked_at >= ASKS_FOR_END_EVERY_SECONDS:
            asked_at = time.monotonic()
            ended = session.state() is not SessionState.RECORDING
        return ended

    return has_ended


def _read_part(
    part: WavPart,
    skip_samples: int,
    has_ended: Callable[[], bool],
    stop: Callable[[], bool] | None,
    on_idle: Callable[[], None] | None,
) -> Iterator[NDArray[np.float32]]:
    """The part from its `skip_samples`-th sample at 16 kHz on.

    Reading begins earlier by the downmix's memory, at a frame that falls on a sample at 16 kHz, so that both
    filters are in their stride and in step when the first sample is given out.
    """
    grid_frames = part.sample_rate // math.gcd(part.sample_rate, SAMPLE_RATE)
    earlier = max(0, skip_samples / SAMPLE_RATE - MEMORY_SECONDS) * part.sample_rate
    first_frame = int(earlier) // grid_frames * grid_frames
    unwanted = skip_samples - first_frame * SAMPLE_RATE // part.sample_rate
    names = CHANNEL_NAMES.get(part.channels, ("NONE",) * part.channels)
    mixer = Downmixer(names, part.sample_rate)
    resampler = StreamResampler(part.sample_rate, SAMPLE_RATE)
    block_bytes = round(LONGEST_BLOCK_SECONDS * part.sample_rate) * part.frame_bytes
    with part.path.open("rb") as file:
        file.seek(HEADER_BYTES + first_frame * part.frame_bytes)
        torn = b""
        while True:
            if stop is not None and stop():
                return
            was_ended = has_ended()  # asked before reading: what came in between is read in the next turn
            sound = torn + file.read(block_bytes)
            whole = len(sound) - len(sound) % part.frame_bytes
            torn = sound[whole:]
            if whole:
                frames = np.frombuffer(sound[:whole], np.int16).reshape(-1, part.channels).T
                mono = resampler.accept(mixer.mix(frames.astype(np.float32) / np.float32(32768.0)))
            elif was_ended:
                mono = resampler.flush()
            else:
                _idle(on_idle)
                continue
            if mono.size > unwanted:
                yield np.clip(mono[unwanted:], -1.0, 1.0)
            unwanted = max(0, unwanted - mono.size)
            if not whole:
                return


def _idle(on_idle: Callable[[], None] | None) -> None:
    if on_idle is not None:
        on_idle()
    time.sleep(LOOKS_EVERY_SECONDS)
