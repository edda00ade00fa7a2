"""Writes a recording to disk: parts, headers, syncing, and handling of a full disk.

All methods belong to the recorder's thread.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import deque
from contextlib import suppress
from typing import Any

from asr_desktop.audio.session import RESERVE_FILE, Session
from asr_desktop.audio.wav_part import LONGEST_PART_BYTES, SAMPLE_BYTES, WavWriter
from asr_desktop.base.errors import RecordingError
from asr_desktop.base.sentences import Sentence

REFRESH_SECONDS = 1.0
# At most this share of the time goes into waiting for the disk.
SYNC_SHARE = 0.1
TRIES_FULL_DISK_EVERY_SECONDS = 1.0
# How long sound is kept in memory while the disk is full: 6 MB per minute at 48 kHz mono.
HOLDS_SECONDS = 60.0
LOW_DISK_SECONDS = 600.0
LOOKS_AT_DISK_EVERY_SECONDS = 10.0
LARGEST_WRITE_BYTES = 1 << 20
# Space reserved so that a full disk can still store the event that says so.
RESERVE_BYTES = 64 * 1024

News = tuple[str, str | None, dict[str, Any]]
"""An event to be told: its kind, a sentence, details; the detail `seconds_ago` moves it back in time."""


class PartWriter:
    """Writes sound into the parts of a session; what cannot be written waits."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.is_disk_well = True
        self._wav: WavWriter | None = None
        self._number = len(session.part_files())
        self._finished_seconds = session.duration_seconds()
        self._waiting: deque[tuple[memoryview, int, int]] = deque()
        self._waiting_seconds = 0.0
        self._tried_at = 0.0
        self._refreshed_at = 0.0
        self._sync_pause = REFRESH_SECONDS
        self._looked_at = 0.0
        self._low_told = False
        self._make_reserve()

    @property
    def seconds(self) -> float:
        """Sound that the operating system has taken."""
        if self._wav is None:
            return self._finished_seconds
        return self._finished_seconds + self._wav.sound_bytes // self._wav.frame_bytes / self._wav.sample_rate

    @property
    def waiting_seconds(self) -> float:
        return self._waiting_seconds

    def add(self, sound: bytes, sample_rate: int, channels: int) -> None:
        """Takes interleaved 16-bit sound; nothing is written before `write`."""
        self._waiting.append((memoryview(sound), sample_rate, channels))
        self._waiting_seconds += len(sound) / (SAMPLE_BYTES * channels * sample_rate)

    def write(self) -> list[News]:
        """Writes what waits, refreshes the header when it is time, and tells what happened.

        Raises RecordingError when a full disk has stayed full for too long.
        """
        now = time.monotonic()
        news: list[News] = []
        if self.is_disk_well or now - self._tried_at >= TRIES_FULL_DISK_EVERY_SECONDS:
            self._tried_at = now
            try:
                news += self._write_all()
                if now - self._refreshed_at >= self._sync_pause:
                    self._refresh(now)
                news += self._recovered()
            except OSError as error:
                news += self._failed(error)
        if self._waiting_seconds > HOLDS_SECONDS:
            raise RecordingError(
                Sentence(
                    "The recording was stopped because the disk is full: free some space; {seconds:.0f} "
                    "s were saved.",
                    seconds=self.seconds,
                )
            )
        if now - self._looked_at >= LOOKS_AT_DISK_EVERY_SECONDS:
            self._looked_at = now
            news += self._look_at_disk()
        return news

    def end_part(self) -> None:
        """Finishes the current part; the next sound begins a new one."""
        if self._wav is None:
            return
        with suppress(OSError):  # a full disk: the header then lags behind, which every reader of ours knows
            self._wav.refresh_header()
            self._wav.sync()
        self._finished_seconds = self.seconds
        self._wav.close()
        self._wav = None

    def finish(self) -> float:
        """Writes the rest and finishes; gives the seconds that found no place."""
        with suppress(OSError):
            self._write_all()
        self.end_part()
        self._drop_reserve()
        return self._waiting_seconds if self._waiting else 0.0

    def _write_all(self) -> list[News]:
        news: list[News] = []
        while self._waiting:
            sound, sample_rate, channels = self._waiting[0]
            news += self._part_for(sample_rate, channels)
            assert self._wav is not None
            written = self._wav.append(sound[:LARGEST_WRITE_BYTES])
            self._waiting_seconds -= written / (SAMPLE_BYTES * channels * sample_rate)
            if written < len(sound):
                self._waiting[0] = (sound[written:], sample_rate, channels)
            else:
                self._waiting.popleft()
        self._waiting_seconds = 0.0
        return news

    def _part_for(self, sample_rate: int, channels: int) -> list[News]:
        wav = self._wav
        if wav is not None:
            fits = wav.sample_rate == sample_rate and wav.frame_bytes == SAMPLE_BYTES * channels
            torn = wav.sound_bytes % wav.frame_bytes
            if (fits and wav.sound_bytes < LONGEST_PART_BYTES) or torn:
                return []
            self.end_part()
        self._number += 1
        path = self.session.part_path(self._number)
        try:
            self._wav = WavWriter(path, sample_rate, channels)
        except OSError:
            self._number -= 1
            raise
        return [("part", None, {"file": path.name, "sample_rate": sample_rate, "channels": channels})]

    def _refresh(self, now: float) -> None:
        if self._wav is None:
            return
        self._refreshed_at = now
        self._wav.refresh_header()
        self._wav.sync()
        self._sync_pause = max(REFRESH_SECONDS, (time.monotonic() - now) / SYNC_SHARE)

    def _failed(self, error: OSError) -> list[News]:
        if not self.is_disk_well:
            return []
        self.is_disk_well = False
        self._drop_reserve()
        sentence = Sentence(
            "The recording cannot be written to disk ({reason}): free some space; audio is held in "
            "memory for {held:.0f} s, and everything before is saved.",
            reason=str(error.strerror or error),
            held=HOLDS_SECONDS,
        )
        return [("disk_full", sentence, {})]

    def _recovered(self) -> list[News]:
        if self.is_disk_well:
            return []
        self.is_disk_well = True
        self._make_reserve()
        return [("disk_ok", "The disk takes sound again; nothing is missing.", {})]

    def _look_at_disk(self) -> list[News]:
        if self._wav is None or self._low_told:
            return []
        try:
            free = shutil.disk_usage(self.session.path).free
        except OSError:
            return []
        seconds = free / (self._wav.frame_bytes * self._wav.sample_rate)
        if seconds >= LOW_DISK_SECONDS:
            return []
        self._low_told = True
        sentence = Sentence(
            "The disk has room for {minutes:.0f} more minutes of audio: free some space.",
            minutes=seconds / 60,
        )
        return [("disk_low", sentence, {"free_bytes": free})]

    def _make_reserve(self) -> None:
        with suppress(OSError):
            (self.session.path / RESERVE_FILE).write_bytes(os.urandom(RESERVE_BYTES))

    def _drop_reserve(self) -> None:
        with suppress(OSError):
            (self.session.path / RESERVE_FILE).unlink()
