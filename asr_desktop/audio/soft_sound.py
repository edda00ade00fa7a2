"""Amplifies very soft sound to the level that voice detection and the networks expect.

A recorder with its input turned down, or a voice at the far end of a hall, is 30 dB and more below what
networks were trained on, and its speech is not detected.

The decision depends on the loudest half second within the next minute: from any half second at an ordinary
level on, sound passes unchanged, bit for bit. So a pause in an ordinary recording is never amplified, and
neither is digital silence.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.base.sentences import Sentence

LOOK_AHEAD_SECONDS = 60.0
SOFT_BELOW_DBFS = -45.0
"""Of the loudest half second. Speech that was recorded for listening has it at -35 to -10; below -45 the
voice detector begins to miss parts of accented speech."""
SILENT_BELOW_DBFS = -93.0
"""Nothing to be raised: the rounding of 16-bit samples lies at -98, their dither at -96."""
RAISED_TO_DBFS = -26.0
_WINDOW = round(0.5 * SAMPLE_RATE)


class SoftSoundRaiser:
    """Raises one stream of 16 kHz mono blocks; `loudest_dbfs` and `gain_db` say afterwards what it met."""

    def __init__(self) -> None:
        self.loudest_dbfs = -math.inf
        """Of its half seconds."""
        self.gain_db = 0.0
        """The most that anything was raised."""

    def raise_soft(self, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The same blocks, louder where all until a minute later is soft."""
        waiting: deque[NDArray[np.float32]] = deque()
        waiting_samples = 0
        for block in blocks:
            self.loudest_dbfs = max(self.loudest_dbfs, loudest_dbfs(block))
            waiting.append(block)
            waiting_samples += block.size
            while waiting and (
                self.loudest_dbfs >= SOFT_BELOW_DBFS or waiting_samples > LOOK_AHEAD_SECONDS * SAMPLE_RATE
            ):
                first = waiting.popleft()
                waiting_samples -= first.size
                yield self._raised(first)
        for block in waiting:
            yield self._raised(block)

    def notice(self, name: str, *, has_words: bool) -> Sentence | None:
        """A warning about a soft file, once all of it was amplified and recognised."""
        if self.gain_db == 0.0:
            return None
        if not has_words:
            return Sentence(
                "No words were recognised in {name}, because it is too quiet ({level:.0f} dB at its "
                "loudest): record it again with a higher input level or closer to the microphone.",
                name=name,
                level=self.loudest_dbfs,
            )
        return Sentence(
            "{name} is very quiet and was amplified by {gain:.0f} dB: check the words, and set a higher "
            "input level for the next recording.",
            name=name,
            gain=self.gain_db,
        )

    def _raised(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        if not is_soft(self.loudest_dbfs):
            return block
        self.gain_db = max(self.gain_db, RAISED_TO_DBFS - self.loudest_dbfs)
        return raised(block, self.loudest_dbfs)


def is_soft(loudest: float) -> bool:
    """Whether sound whose loudest half second has `loudest` dBFS is to be raised."""
    return SILENT_BELOW_DBFS <= loudest < SOFT_BELOW_DBFS


def raised(samples: NDArray[np.float32], loudest: float) -> NDArray[np.float32]:
    """Samples whose loudest half second has `loudest` dBFS, with that brought to RAISED_TO_DBFS."""
    return np.clip(samples * np.float32(10 ** ((RAISED_TO_DBFS - loudest) / 20)), -1.0, 1.0)


def loudest_dbfs(samples: NDArray[np.float32], window_samples: int = _WINDOW) -> float:
    """Of the half seconds of mono 16 kHz samples [n]; a constant offset is no sound."""
    starts = range(0, samples.size, window_samples)
    powers = [float(np.var(samples[start : start + window_samples])) for start in starts]
    return dbfs(max(powers, default=0.0))


def dbfs(power: float) -> float:
    """The level of a mean square."""
    return 10 * math.log10(power) if power > 0 else -math.inf
