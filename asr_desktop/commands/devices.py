"""`asr-desktop devices`: the inputs that `live` can listen to."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from asr_desktop.commands import messages


def devices(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List microphones and other inputs; the one that is used without --device is marked with a star."""
    from asr_desktop.audio.devices import list_inputs

    inputs = list_inputs()
    if not inputs:
        messages.problem("There is no input; connect a microphone, or switch it on in the sound settings.")
        raise typer.Exit(1)
    for device in inputs:
        if as_json:
            typer.echo(json.dumps(asdict(device), ensure_ascii=False))
            continue
        about = "what plays on this machine, " if device.is_loopback else ""
        star = "*" if device.is_default else " "
        typer.echo(f"{star} {device.name}  ({about}{device.sample_rate / 1000:g} kHz)  {device.id}")
