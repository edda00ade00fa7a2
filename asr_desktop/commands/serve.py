"""`asr-desktop serve`: speech to text for other programs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import messages
from asr_desktop.commands import options
from asr_desktop.commands.recognition_options import (
    Model,
    RecognitionOptions,
    RuntimeOptions,
    model_choice,
)

DEFAULT_PORT = 8765


@options.grouped
def serve(
    model: Model = DEFAULT_MODEL,
    host: options.Host = "localhost",
    port: options.Port = DEFAULT_PORT,
    token_file: options.TokenFile = None,
    allow_hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="Additional host name that clients may use for this computer. Repeatable.",
            rich_help_panel=options.ADDRESS,
        ),
    ] = None,
    wyoming_port: Annotated[
        int | None,
        typer.Option(
            "--wyoming-port",
            min=0,
            max=65_535,
            help="Also serve the Wyoming protocol, for Home Assistant, on this port (usually 10300).",
        ),
    ] = None,
    wyoming_allow: Annotated[
        list[str] | None,
        typer.Option(
            "--wyoming-allow",
            metavar="ADDRESS",
            help="Address or network (192.168.1.0/24) of other computers that may use the Wyoming protocol, "
            "which has no passwords. Repeatable.",
        ),
    ] = None,
    recognition: RecognitionOptions = RecognitionOptions(),
    runtime: RuntimeOptions = RuntimeOptions(),
    max_megabytes: Annotated[
        int | None,
        typer.Option(
            "--max-megabytes",
            min=1,
            help="Maximum size of a request. Default: 512.",
            rich_help_panel=options.LIMITS,
        ),
    ] = None,
    max_minutes: Annotated[
        float | None,
        typer.Option(
            "--max-minutes",
            min=0.01,
            help="Maximum length of the sound in a request. Default: 240.",
            rich_help_panel=options.LIMITS,
        ),
    ] = None,
    max_waiting: Annotated[
        int | None,
        typer.Option(
            "--max-waiting",
            min=0,
            help="Maximum number of waiting requests; others get status 503. Default: 32.",
            rich_help_panel=options.LIMITS,
        ),
    ] = None,
) -> None:
    """Serve other programs: an OpenAI-compatible API for files, and a WebSocket for live speech.

    Sound is deleted after each request. See docs/server.md for the API.
    """
    from dataclasses import replace

    from asr_desktop.server.application import Served, openai_application
    from asr_desktop.server.guard import listening_host, networks
    from asr_desktop.server.limits import Limits
    from asr_desktop.server.running import is_loopback, listening_socket, run
    from asr_desktop.server.token import needed, read_token
    from asr_desktop.server.wyoming import WyomingOptions

    allowed = networks(wyoming_allow or [])
    if allowed and wyoming_port is None:
        raise typer.BadParameter("needs --wyoming-port.", param_hint="--wyoming-allow")
    token = read_token(token_file)
    if token is None and not is_loopback(host):
        raise needed(host)
    choice = model_choice(model, recognition, runtime)
    asked: dict[str, Any] = {
        "body_bytes": None if max_megabytes is None else max_megabytes * 1024 * 1024,
        "sound_seconds": None if max_minutes is None else max_minutes * 60,
        "waiting": max_waiting,
    }
    limits = replace(Limits(), **{name: value for name, value in asked.items() if value is not None})
    listening = listening_socket(host, port)
    wyoming = None
    if wyoming_port is not None:
        wyoming = WyomingOptions(listening_socket(listening_host(allowed), wyoming_port), allowed)
    served = Served.of(choice, limits=limits, token=token, names=tuple(allow_hosts or ()), wyoming=wyoming)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/v1"

    def tell(warnings: list[str]) -> None:
        for warning in warnings:
            messages.note(warning)
        print(f"Serving {served.model} at {address} (press Ctrl-C to stop)", flush=True)
        if wyoming is not None:
            print(f"Wyoming protocol on port {wyoming.listening.getsockname()[1]}", flush=True)
        if not is_loopback(host):
            messages.note("Connections are not encrypted; use a reverse proxy with TLS on other networks.")

    run(openai_application(served), listening, limits, tell)
