"""Notifies about inputs that are plugged in or removed.

A sound server reports them. Without one PortAudio has to be polled, and it notices devices only when it is
restarted, which opens every device for a moment and would end open streams. So it is restarted only after a
cheaper indicator has changed, and never while something is recorded or played; changes during that time are
noticed afterwards.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from asr_desktop.audio import pulse
from asr_desktop.audio.devices import InputDevice, is_in_use, list_inputs
from asr_desktop.base.errors import DeviceError

LOOKS_EVERY_SECONDS = 2.0
# Without a cheap indicator PortAudio itself is polled, less often.
ASKS_EVERY_SECONDS = 10.0
# A device shows up in the kernel's list a moment before it can be opened.
LOOKS_AFTER_A_CHANGE = 2
ALSA_LISTS = (Path("/proc/asound/cards"), Path("/proc/asound/pcm"))


class DeviceWatcher:
    """Calls `on_change(inputs)` from its own thread when an input appears, disappears or becomes the
    default."""

    def __init__(self, on_change: Callable[[tuple[InputDevice, ...]], None]) -> None:
        self._on_change = on_change
        self._known = list_inputs()
        self._stopped = threading.Event()
        self._changing = threading.Lock()
        self._subscription = pulse.Subscription() if pulse.is_available() else None
        self._thread = threading.Thread(target=self._run, name="device-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with self._changing:
            self._stopped.set()
            if self._subscription is not None:
                self._subscription.close()
        self._thread.join(timeout=2 * LOOKS_EVERY_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            if self._subscription is not None:
                self._follow(self._subscription)
            else:
                self._poll()

    def _follow(self, subscription: pulse.Subscription) -> None:
        """Until the sound server ends, as it does when it is restarted."""
        for _ in subscription.changes():
            if self._stopped.is_set():
                return
            self._look()
        with self._changing:
            subscription.close()
            self._subscription = None

    def _poll(self) -> None:
        """Until a sound server is there."""
        seen = sound_hardware()
        looks = 1  # what came while nobody looked
        while not self._stopped.wait(ASKS_EVERY_SECONDS if seen is None else LOOKS_EVERY_SECONDS):
            now = sound_hardware()
            if now is None or now != seen:
                looks, seen = LOOKS_AFTER_A_CHANGE if now is not None else 1, now
            if looks == 0 or is_in_use():
                continue
            looks -= 1
            self._look()
            if pulse.is_available():
                with self._changing:
                    self._subscription = None if self._stopped.is_set() else pulse.Subscription()
                return

    def _look(self) -> None:
        try:
            inputs = list_inputs()
        except DeviceError:
            inputs = ()
        if inputs != self._known and not self._stopped.is_set():
            self._known = inputs
            self._on_change(inputs)


def sound_hardware() -> tuple[str, ...] | None:
    """Texts that differ when a device or a sound server came or went; None where there are none like that.

    Costs some 0.1 ms and touches no device.
    """
    if not sys.platform.startswith("linux"):
        return None
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    return (*map(_text, ALSA_LISTS), str((runtime / "pulse" / "native").exists()))


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""  # no sound card, and so no list of them
