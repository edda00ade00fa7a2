"""Inputs of PulseAudio and PipeWire, queried through their tool `pactl`.

On Linux PortAudio sees a single input called "pulse" for all microphones. Readable names, monitors of the
system's own sound, and notifications of plugged devices come from the sound server. Where `pactl` is
missing or no server answers, `is_available()` is False and PortAudio's own list is used.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ANSWERS_WITHIN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Source:
    """One input of the sound server; a monitor hears what a loudspeaker plays."""

    index: int
    name: str
    description: str
    sample_rate: int
    channels: int
    is_monitor: bool
    is_default: bool


def is_available() -> bool:
    """Whether a PulseAudio-compatible server answers."""
    return shutil.which("pactl") is not None and _pactl("info") is not None


def sources() -> tuple[Source, ...]:
    """All inputs, in the server's order; empty where no server answers."""
    default = (_pactl("get-default-source") or "").strip()
    return tuple(_source(entry, default) for entry in _listed("sources"))


# The shell holds the end of a pipe of ours, which closes when we end, even by SIGKILL; then it ends pactl,
# which by itself would only notice when it has news to tell.
_SUBSCRIBE = """
exec 3>&1 >/dev/null
pactl subscribe >&3 3>&- </dev/null &
exec 3>&-
read -r nothing
kill $!
"""


class Subscription:
    """News of plugged, unplugged and changed inputs, as lines of a long-running `pactl subscribe`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["sh", "-c", _SUBSCRIBE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_plain_english(),
        )

    def changes(self) -> Iterator[str]:
        """Yields a line for each event about a source or the server, until the server ends or `close`."""
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if " on source #" in line or " on server" in line:
                    yield line.strip()

    def close(self) -> None:
        """May be called from another thread than the one that follows the changes."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _source(entry: dict[str, Any], default: str) -> Source:
    name = str(entry["name"])
    sample_format, channels, rate = str(entry["sample_specification"]).split()
    del sample_format
    return Source(
        index=int(entry["index"]),
        name=name,
        description=str(entry.get("description") or name),
        sample_rate=int(rate.removesuffix("Hz")),
        channels=int(channels.removesuffix("ch")),
        is_monitor=bool(entry.get("monitor_source")) or name.endswith(".monitor"),
        is_default=name == default,
    )


def _listed(kind: str) -> list[dict[str, Any]]:
    answer = _pactl("-f", "json", "list", kind)
    if not answer:
        return []
    try:
        entries = json.loads(answer)
    except json.JSONDecodeError:
        # pactl before 15 knows no JSON and prints its own format.
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def _pactl(*arguments: str) -> str | None:
    try:
        finished = subprocess.run(
            ["pactl", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWERS_WITHIN_SECONDS,
            env=_plain_english(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return finished.stdout if finished.returncode == 0 else None


def _plain_english() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8"}
