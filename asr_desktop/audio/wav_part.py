"""A WAV file that is valid at every moment while it is being written.

Sound is appended, and the two sizes in the header are updated once a second. So any player can open the
file during the recording and after a crash, and our own reader also reads the last second, which the header
does not cover yet. A headerless file would not need these updates, but no other program could open it.

16-bit samples have 96 dB of dynamic range; a microphone in a quiet room has some 60, and recognition gains
nothing beyond that.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.small_file import SmallFileError, open_regular

SAMPLE_BYTES = 2
HEADER_BYTES = 44
# A WAV file's sizes are 32 bits wide, and some readers take them for signed: three hours of 48 kHz stereo.
LONGEST_PART_BYTES = 2**31 - 2**16
_MOST_CHANNELS = 256
_MOST_SAMPLE_RATE = 1_000_000


class WavWriter:
    """Appends interleaved 16-bit samples; raises OSError as the operating system does."""

    def __init__(self, path: Path, sample_rate: int, channels: int) -> None:
        self.path = path
        self.sample_rate = sample_rate
        self.frame_bytes = SAMPLE_BYTES * channels
        self.sound_bytes = 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(self._file, _header(sample_rate, channels, 0))
        except OSError:
            os.close(self._file)
            path.unlink()
            raise

    def append(self, sound: bytes | memoryview) -> int:
        """Writes as much as fits and returns the number of bytes: fewer than given on a disk that fills."""
        written = os.write(self._file, sound)
        self.sound_bytes += written
        return written

    def refresh_header(self) -> None:
        """Write the size so far, in whole frames, into the header."""
        sound_bytes = self.sound_bytes - self.sound_bytes % self.frame_bytes
        for place, size in ((4, HEADER_BYTES - 8 + sound_bytes), (40, sound_bytes)):
            os.lseek(self._file, place, os.SEEK_SET)
            os.write(self._file, struct.pack("<I", size))
        os.lseek(self._file, 0, os.SEEK_END)

    def sync(self) -> None:
        """Returns when the disk itself holds everything."""
        getattr(os, "fdatasync", os.fsync)(self._file)

    def close(self) -> None:
        os.close(self._file)


@dataclass(frozen=True, slots=True)
class WavPart:
    """A part as it is on the disk now, whatever length its header states."""

    path: Path
    sample_rate: int
    channels: int

    @staticmethod
    def open(path: Path) -> WavPart | None:
        """None while the header is not complete yet, and for what is no part of ours."""
        try:
            with open_regular(path) as file:
                header = file.read(HEADER_BYTES)
        except SmallFileError:
            return None
        if len(header) < HEADER_BYTES or header[:4] != b"RIFF" or header[36:40] != b"data":
            return None
        channels, sample_rate = struct.unpack("<HI", header[22:28])
        if not 0 < channels <= _MOST_CHANNELS or not 0 < sample_rate <= _MOST_SAMPLE_RATE:
            return None
        return WavPart(path, sample_rate, channels)

    @property
    def frame_bytes(self) -> int:
        return SAMPLE_BYTES * self.channels

    def frames(self) -> int:
        """Whole frames on the disk."""
        return max(0, self.path.stat().st_size - HEADER_BYTES) // self.frame_bytes

    def seconds(self) -> float:
        return self.frames() / self.sample_rate

    def repair(self) -> None:
        """Makes the header agree with the sound, and drops a torn last frame."""
        frames = self.frames()
        with self.path.open("r+b") as file:
            file.write(_header(self.sample_rate, self.channels, frames * self.frame_bytes))
            file.truncate(HEADER_BYTES + frames * self.frame_bytes)
            file.flush()
            os.fsync(file.fileno())


def _header(sample_rate: int, channels: int, sound_bytes: int) -> bytes:
    frame_bytes = SAMPLE_BYTES * channels
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEADER_BYTES - 8 + sound_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        channels,
        sample_rate,
        sample_rate * frame_bytes,
        frame_bytes,
        8 * SAMPLE_BYTES,
        b"data",
        sound_bytes,
    )
