"""`asr-trainer serve` and `asr-trainer endpoint`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from asr_desktop.commands.options import LIMITS, Host, Port, TokenFile
from trainer.commands.options import positive_count, positive_number, report

Model = Annotated[str, typer.Argument(metavar="MODEL", help="Installed model or model folder.")]


def serve(
    model: Model,
    host: Host = "localhost",
    port: Port = 8080,
    token_file: TokenFile = None,
    max_megabytes: Annotated[
        float | None,
        typer.Option(
            "--max-megabytes",
            parser=positive_number,
            metavar="MB",
            help="Maximum size of a request. Default: 32.",
            rich_help_panel=LIMITS,
        ),
    ] = None,
    max_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-seconds",
            parser=positive_number,
            metavar="SECONDS",
            help="Maximum length of the sound in a request. Default: 300.",
            rich_help_panel=LIMITS,
        ),
    ] = None,
    max_wait: Annotated[
        float | None,
        typer.Option(
            "--max-wait",
            parser=positive_number,
            metavar="SECONDS",
            help="Maximum time that a request may wait for its turn. Default: 60.",
            rich_help_panel=LIMITS,
        ),
    ] = None,
    max_waiting: Annotated[
        int | None,
        typer.Option(
            "--max-waiting",
            parser=positive_count,
            metavar="COUNT",
            help="Maximum number of waiting requests; others get status 503. Default: 32.",
            rich_help_panel=LIMITS,
        ),
    ] = None,
) -> int:
    """Serve a model over HTTP."""
    from dataclasses import replace

    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.server.limits import Limits as ServerLimits
    from asr_desktop.server.running import is_loopback, listening_socket, run
    from asr_desktop.server.token import needed, read_token
    from trainer.serving.handlers import RequestLimits
    from trainer.serving.server import make_application, server_limits

    asked: dict[str, Any] = {
        "body_bytes": None if max_megabytes is None else int(max_megabytes * 1024 * 1024),
        "seconds": max_seconds,
        "wait_seconds": max_wait,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    limits = replace(RequestLimits.from_environment(), **given)
    more = ServerLimits(retry_seconds=60)
    if max_waiting is not None:
        more = replace(more, waiting=max_waiting)
    token = read_token(token_file)
    if token is None and not is_loopback(host):
        raise needed(host)
    folder = find_model(model)
    listening = listening_socket(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/invocations"

    def tell(warnings: list[str]) -> None:
        for warning in warnings:
            report(warning)
        print(f"Serving {folder.name} at {address} (press Ctrl-C to stop)", flush=True)

    application = make_application(folder, limits, token=token, more=more)
    run(application, listening, server_limits(limits, more), tell)
    return 0


def endpoint(
    model: Model,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="Archive to write.")] = Path(
        "model.tar.gz"
    ),
    weights: Annotated[bool, typer.Option("--weights", help="Include the PyTorch weights.")] = False,
) -> int:
    """Package a model as model.tar.gz for a managed endpoint."""
    from asr_desktop.recognition.model_folder import find_model
    from trainer.serving.bundle import write_bundle

    print(write_bundle(find_model(model), output, with_weights=weights))
    return 0
