"""`asr-desktop devices`: the inputs that `live` can listen to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asr_desktop.base import messages
from asr_desktop.commands import options

if TYPE_CHECKING:
    from asr_desktop.audio.devices import InputDevice


def devices(
    as_json: options.AsJson = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running and report changes; press Ctrl-C to stop.")
    ] = False,
) -> None:
    """List microphones and other inputs. An asterisk marks the default."""
    from asr_desktop.audio.device_watcher import DeviceWatcher
    from asr_desktop.audio.devices import list_inputs

    known = list_inputs()
    if not known and not watch:
        messages.problem("No input device found; connect a microphone or enable it in the sound settings.")
        raise typer.Exit(1)
    for device in known:
        typer.echo(json.dumps(asdict(device), ensure_ascii=False) if as_json else _line(device))
    if not watch:
        return

    news: SimpleQueue[tuple[InputDevice, ...]] = SimpleQueue()
    watcher = DeviceWatcher(news.put)
    news.put(list_inputs())  # devices that were connected between the list and the watcher
    try:
        while True:
            now = _next(news)
            for change, device in _changes(known, now):
                typer.echo(_json(change, device) if as_json else f"{change}: {device.name}  {device.id}")
            known = now
    except KeyboardInterrupt:
        watcher.close()


def _next(news: SimpleQueue[tuple[InputDevice, ...]]) -> tuple[InputDevice, ...]:
    """Wait in short steps, because on Windows Ctrl-C does not interrupt a long wait."""
    while True:
        try:
            return news.get(timeout=0.5)
        except Empty:
            continue


def _line(device: InputDevice) -> str:
    about = "computer audio, " if device.is_loopback else ""
    star = "*" if device.is_default else " "
    return f"{star} {device.name}  ({about}{device.sample_rate / 1000:g} kHz)  {device.id}"


def _json(change: str, device: InputDevice) -> str:
    fields: dict[str, Any] = {"change": change, **asdict(device)}
    return json.dumps(fields, ensure_ascii=False)


def _changes(before: Sequence[InputDevice], now: Sequence[InputDevice]) -> list[tuple[str, InputDevice]]:
    """Devices that were added or removed, and an existing one that has become the default."""
    ids_before, ids_now = {device.id for device in before}, {device.id for device in now}
    defaults = {device.id for device in before if device.is_default}
    return [
        *(("unplugged", device) for device in before if device.id not in ids_now),
        *(("plugged in", device) for device in now if device.id not in ids_before),
        *(("default", device) for device in now if device.is_default and device.id not in defaults),
    ]
