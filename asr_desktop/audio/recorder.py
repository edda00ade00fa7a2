"""Records from the microphone to the disk, and does nothing else.

    callback → queue → the recorder's thread → sound-001.wav in the session's folder

Recognition, display and dictation read from the file (`audio/tail`), so nothing downstream can lose a
recording.

**What can be lost.** Sound is handed to the operating system every 50 ms, so it survives if this program is
killed. Once a second the header is updated and the file is synced to the disk (fdatasync), so a power cut
costs about a second. A slow disk delays only this thread: sound waits in memory, and syncing takes at most
a tenth of the time.

**Faults** are detected, written to the session's events, reported through `on_event` in one sentence, and
survived: input overflows and suspended machines (a gap), an unplugged device (the recording waits for it,
or continues with another), a device that returns with another rate (a new part), a full disk (sound waits
in memory for a minute).
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from asr_desktop.audio.capture import Capture
from asr_desktop.audio.devices import InputDevice, find_input
from asr_desktop.audio.levels import NO_LEVEL, Level
from asr_desktop.audio.part_writer import News, PartWriter
from asr_desktop.audio.recorder_input import RecorderInput
from asr_desktop.audio.session import LOCK_FILE, Session, create_session, take_lock
from asr_desktop.base.errors import RecordingError
from asr_desktop.base.file_lock import FileLock
from asr_desktop.base.sentences import Sentence

# Events of a recording: reported to the listener and stored in the session

logger = logging.getLogger(__name__)


class RecorderState(Enum):
    """State of a recorder."""

    STARTING = "starting"
    """The device is warming up: speech may be lost."""
    LISTENING = "listening"
    PAUSED = "paused"
    NO_DEVICE = "no device"
    """The device has vanished; recording continues when one is available."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RecorderEvent:
    """An event; `message` is a sentence for the user, or empty.

    `kind` is one of started, listening, paused, resumed, part, gap, overflow, silent, device_lost,
    device_changed, disk_low, disk_full, disk_ok, stopped. `at_seconds` counts recorded sound.
    """

    kind: str
    at_seconds: float
    message: str | None
    details: dict[str, Any]


class EventLog:
    """Reports each event at once, and stores it in order as soon as the disk accepts it.

    All methods belong to the recorder's thread. An exception in the listener never ends the recording.
    """

    def __init__(self, session: Session, listener: Callable[[RecorderEvent], None] | None) -> None:
        self._session = session
        self._listener = listener
        self._waiting: deque[tuple[str, float, dict[str, Any]]] = deque()

    def add(self, event: RecorderEvent) -> None:
        stored = event.details if event.message is None else {**event.details, "message": event.message}
        if self._waiting or not self._store(event.kind, event.at_seconds, stored):
            self._waiting.append((event.kind, event.at_seconds, stored))
        if self._listener is not None:
            try:
                self._listener(event)
            except Exception:
                logger.exception("a listener to the recorder's events failed")

    def write_waiting(self) -> None:
        """Store pending events, as far as there is space."""
        while self._waiting and self._store(*self._waiting[0]):
            self._waiting.popleft()

    def finish(self) -> None:
        """Last attempt to store pending events; the rest goes to the program's log."""
        self.write_waiting()
        for kind, at_seconds, _ in self._waiting:
            logger.error(
                "session %s: no room for the event %s at %.1f s", self._session.name, kind, at_seconds
            )

    def _store(self, kind: str, at_seconds: float, details: dict[str, Any]) -> bool:
        try:
            self._session.append_event(kind, at_seconds, **details)
        except OSError:
            return False
        return True


__all__ = ["Recorder", "RecorderEvent", "RecorderState"]


TURN_SECONDS = 0.05
# Speech just before Stop is still in the sound system's buffers.
DRAIN_SECONDS = 0.4
# Packets come every 40 ms or so; after longer than this none is on its way, the device is paused or lost.
LONGEST_ON_ITS_WAY_SECONDS = 0.3
LOOKS_FOR_DEVICE_EVERY_SECONDS = 1.0


class Recorder:
    """One recording session, from `start` to `stop`; usable as a context manager.

    `device` is what `find_input` understands; None is the system's default, and the next when that
    vanishes. `session` or `folder` say where to; without them it is a new one in the program's folder.
    `on_event` is called from the recorder's thread and should return soon. `find` and `capture` stand for the
    sound system.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        session: Session | None = None,
        folder: Path | None = None,
        on_event: Callable[[RecorderEvent], None] | None = None,
        find: Callable[[str | None], InputDevice] = find_input,
        capture: Callable[[InputDevice], Any] = Capture,
    ) -> None:
        self._input = RecorderInput(device, find, capture)
        self._given_session = session
        self._folder = folder
        self._on_event = on_event
        self._thread: threading.Thread | None = None
        self._listening = threading.Event()
        self._stop_at: float | None = None
        self._state = RecorderState.STARTING
        self._failure: BaseException | None = None
        # From start() on:
        self._lock: FileLock
        self._writer: PartWriter
        self._events: EventLog

    # What others may ask and wish, from any thread.

    @property
    def session(self) -> Session:
        """The session's folder; known from `start` on."""
        if self._thread is None:
            raise RecordingError(Sentence("The recording has not been started: call start() first."))
        return self._writer.session

    @property
    def state(self) -> RecorderState:
        return self._state

    @property
    def device(self) -> InputDevice | None:
        """What is recorded now, or was until it vanished."""
        return self._input.device if self._thread is not None else None

    @property
    def level(self) -> Level:
        """Level of the latest 50 ms or so."""
        heard = self._state in (RecorderState.STARTING, RecorderState.LISTENING) and self._thread is not None
        return self._input.health.level if heard else NO_LEVEL

    @property
    def recorded_seconds(self) -> float:
        """Sound in the session so far, all parts."""
        return self._writer.seconds if self._thread is not None else 0.0

    @property
    def now_seconds(self) -> float:
        """Estimated position, in the session's sound, of a word spoken now: received sound plus what is still
        buffered."""
        if self._thread is None:
            return 0.0
        heard_seconds = self._writer.seconds + self._writer.waiting_seconds
        last_heard_at = self._input.health.last_heard_at
        on_its_way = 0.0 if last_heard_at is None else max(0.0, time.monotonic() - last_heard_at)
        return heard_seconds + min(on_its_way, LONGEST_ON_ITS_WAY_SECONDS)

    @property
    def waiting_seconds(self) -> float:
        """Received sound that is not written yet: very little, unless the disk is full or slow."""
        return self._writer.waiting_seconds if self._thread is not None else 0.0

    def start(self) -> None:
        """Open the device and the session, and start recording.

        Raises DeviceError or RecordingError if that fails, and leaves nothing behind.
        """
        if self._thread is not None:
            raise RecordingError(Sentence("This recording has already been started: create a new one."))
        self._input.find()
        session = self._given_session or create_session(self._folder)
        self._lock = FileLock(session.path / LOCK_FILE)
        try:
            take_lock(self._lock, session)
            self._writer = PartWriter(session)
            self._events = EventLog(session, self._on_event)
            self._input.open()
        except BaseException:
            self._lock.release()
            if self._given_session is None:
                shutil.rmtree(session.path, ignore_errors=True)
            raise
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def wait_until_listening(self, timeout_seconds: float | None = None) -> bool:
        """Wait for the device's warm-up; True once words are recorded completely."""
        return self._listening.wait(timeout_seconds)

    def pause(self) -> None:
        """Keep the device open but drop its sound, until `resume`."""
        self._input.set_paused(True)

    def resume(self) -> None:
        self._input.set_paused(False)

    def switch_device(self, device: str | None) -> None:
        """Continue the session with another input; raises DeviceError if there is no such input."""
        self._input.choose(device)

    def stop(self) -> None:
        """Record everything up to now, finish the session, and return when it is completely on the disk.

        Raises RecordingError if some sound could not be written; the rest is kept.
        """
        if self._thread is None:
            return
        if self._stop_at is None:
            self._stop_at = time.monotonic() + DRAIN_SECONDS
        if threading.current_thread() is self._thread:
            return  # asked by a listener: the thread cannot wait for itself
        self._thread.join()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def __enter__(self) -> Recorder:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # The recorder's own thread.

    def _run(self) -> None:
        reason = "error"
        try:
            self._tell("started", device=self._input.device.name, device_id=self._input.device.id)
            while self._stop_at is None or time.monotonic() < self._stop_at:
                if self._input.is_open:
                    self._take_sound(TURN_SECONDS)
                    self._write()
                    self._look_at_input()
                else:
                    self._write()
                    self._look_for_input()
            reason = "user"
        except RecordingError as error:
            self._failure = error
            reason = "disk full"
        except BaseException as error:
            logger.exception("the recorder failed")
            self._failure = error
        finally:
            self._finish(reason)

    def _take_sound(self, wait_seconds: float) -> None:
        """Everything received so far; waits briefly if there is nothing."""
        for heard in self._input.take(wait_seconds):
            if isinstance(heard, bool):
                self._mark_pause(heard)
            elif heard:
                self._tell_all(self._input.health.accept(heard))
                sound = b"".join(packet.sound for packet in heard)
                self._writer.add(sound, self._input.sample_rate, self._input.channels)

    def _mark_pause(self, paused: bool) -> None:
        if paused:
            self._state = RecorderState.PAUSED
            self._tell("paused")
        else:
            self._state = RecorderState.LISTENING if self._input.health.is_settled else RecorderState.STARTING
            self._input.health.resumed()
            self._tell("resumed")

    def _write(self) -> None:
        """Write as much as the disk accepts; raises RecordingError when waiting longer is pointless."""
        self._tell_all(self._writer.write())
        if self._writer.is_disk_well:
            self._events.write_waiting()

    def _look_at_input(self) -> None:
        health = self._input.health
        self._tell_all(health.look(TURN_SECONDS))
        if health.is_settled and not self._listening.is_set():
            self._listening.set()
        if health.is_settled and self._state is RecorderState.STARTING:
            self._state = RecorderState.LISTENING
        why, is_to_change = health.why_lost(), self._input.is_to_change
        if why is not None or is_to_change:
            self._leave_input()
            self._state = RecorderState.NO_DEVICE
        if why is not None and not is_to_change:
            self._tell_all([self._input.lost(why)])

    def _leave_input(self) -> None:
        self._input.close()
        self._take_sound(0)
        self._input.forget()

    def _look_for_input(self) -> None:
        """The wanted device if it is there (again), else a little wait."""
        news = self._input.open_again()
        if self._input.is_open:
            self._state = RecorderState.PAUSED if self._input.is_paused else RecorderState.STARTING
        self._tell_all(news)
        end = time.monotonic() + LOOKS_FOR_DEVICE_EVERY_SECONDS
        while not self._may_go_on() and time.monotonic() < end:
            time.sleep(TURN_SECONDS)

    def _may_go_on(self) -> bool:
        """Whether it is pointless to keep waiting for a device."""
        return self._input.is_open or self._input.is_to_change or self._stop_at is not None

    def _finish(self, reason: str) -> None:
        try:
            if self._input.is_open:
                self._leave_input()
            self._finish_session(reason)
        finally:
            self._state = RecorderState.STOPPED
            self._lock.release()

    def _finish_session(self, reason: str) -> None:
        unsaved_seconds = self._writer.finish()
        if unsaved_seconds and self._failure is None:
            self._failure = RecordingError(
                Sentence(
                    "The last {unsaved_seconds:.1f} s of audio could not be saved, because the disk is "
                    "full: free some space; everything before is saved.",
                    unsaved_seconds=unsaved_seconds,
                )
            )
        message = str(self._failure) if isinstance(self._failure, RecordingError) else None
        self._tell("stopped", message, reason=reason, unsaved_seconds=round(unsaved_seconds, 2))
        self._events.finish()

    def _tell_all(self, news: Iterable[News]) -> None:
        for kind, message, details in news:
            self._tell(kind, message, **details)

    def _tell(
        self, kind: str, message: str | None = None, *, seconds_ago: float = 0.0, **details: Any
    ) -> None:
        at_seconds = max(0.0, self._writer.seconds + self._writer.waiting_seconds - seconds_ago)
        self._events.add(RecorderEvent(kind, at_seconds, message, details))
