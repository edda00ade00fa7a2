"""`asr-trainer serve` and `asr-trainer endpoint`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.argument_types import port, positive_count, positive_number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(commands: Commands) -> None:
    """Hang them into the trainer's command line."""
    serve = commands.add_parser("serve", help="answer requests over HTTP with a model")
    serve.add_argument("model", help="a model folder, or the name of an installed model")
    serve.add_argument("--host", default="localhost", help="address to listen on (this machine only)")
    serve.add_argument("--port", type=port, default=8080, help="0 takes a free one (8080)")
    serve.add_argument("--max-megabytes", type=positive_number, help="of a request (32)")
    serve.add_argument("--max-seconds", type=positive_number, help="of sound in a request (300)")
    serve.add_argument(
        "--max-wait", type=positive_number, help="seconds that a request may stand in line (60)"
    )
    serve.add_argument(
        "--max-waiting", type=positive_count, help="requests in line; others are told to come later (32)"
    )
    serve.add_argument(
        "--token-file",
        type=Path,
        help="a file with what clients have to send as Authorization: Bearer …; ASR_DESKTOP_TOKEN does the "
        "same (needed for every address but this machine's own)",
    )
    serve.set_defaults(run=_serve)

    endpoint = commands.add_parser("endpoint", help="model.tar.gz for a managed endpoint")
    endpoint.add_argument("model", help="a model folder, or the name of an installed model")
    endpoint.add_argument("--output", type=Path, default=Path("model.tar.gz"), help="(model.tar.gz)")
    endpoint.add_argument("--weights", action="store_true", help="with the PyTorch weights, too")
    endpoint.set_defaults(run=_endpoint)


def _serve(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.server.limits import Limits as ServerLimits
    from asr_desktop.server.running import is_loopback, listening_socket, run
    from asr_desktop.server.token import needed, read_token
    from trainer.serving.handlers import Limits
    from trainer.serving.server import make_application, server_limits

    asked = {
        "body_bytes": None if options.max_megabytes is None else int(options.max_megabytes * 1024 * 1024),
        "seconds": options.max_seconds,
        "wait_seconds": options.max_wait,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    limits = replace(Limits.from_environment(), **given)
    more = ServerLimits(retry_seconds=60)
    if options.max_waiting is not None:
        more = replace(more, waiting=options.max_waiting)
    token = read_token(options.token_file)
    if token is None and not is_loopback(options.host):
        raise needed(options.host)
    model = find_model(options.model)
    listening = listening_socket(options.host, options.port)
    shown = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{shown}:{listening.getsockname()[1]}/invocations"

    def tell(warnings: list[str]) -> None:
        for warning in warnings:
            _say(warning)
        print(f"{model.name} answers at {address} (Ctrl-C stops it)", flush=True)

    application = make_application(model, limits, token=token, more=more)
    run(application, listening, server_limits(limits, more), tell)
    return 0


def _endpoint(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.model_folder import find_model
    from trainer.serving.bundle import write_bundle

    print(write_bundle(find_model(options.model), options.output, with_weights=options.weights))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
